"""Scores that mean the same in every group."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


@check(
    id="fairness.calibration_by_group",
    title="Calibration within groups (KS calibration error)",
    estimand="The largest Kolmogorov-Smirnov calibration error of any group.",
    unit=Unit.NUMBER,
    reading="predicted probabilities and outcomes differ by {value}[ for {group}], added up over the "
    "scores (KS calibration error)",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    examples=(
        Example(
            says="In both groups scores of 0.2 and 0.7 come true at those rates.",
            view=lambda: scored(
                {
                    "women": ((0.2, 1600, 400), (0.7, 600, 1400)),
                    "men": ((0.2, 1600, 400), (0.7, 600, 1400)),
                }
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="In one group a score of 0.2 comes true for 50 %.",
            view=lambda: scored(
                {
                    "women": ((0.2, 1000, 1000), (0.7, 600, 1400)),
                    "men": ((0.2, 1600, 400), (0.7, 600, 1400)),
                }
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="One group has no rows.",
            view=lambda: scored({"women": (), "men": ((0.2, 1600, 400), (0.7, 600, 1400))}),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def calibration_by_group(view: OutcomeView) -> Counts:
    """The KS calibration error of each group, all of which must be small.

    Purpose:
        Shows whether a score means the same for everyone: of the people in each group with a score of 20 %, 20 out
        of 100 should turn out so.
    Method:
        For each group the largest absolute cumulative mean of (label - score) over rows ordered by score;
        every group is one piece. (Calibration within groups: Kleinberg, Mullainathan & Raghavan 2017, ITCS,
        arXiv:1609.05807; the error: Gupta et al. 2021, ICLR, arXiv:2006.12800.) Certifying is pointwise over
        all thresholds and both signs (intersection-union test). Needs 100 rows in each group.
    Limits:
        Nearly vacuous at low base rates: a doubled probability of default at 3 % events scores 0.03. Errors
        of opposite sign at neighbouring scores partly cancel. Pair it with observed/expected. Cannot hold
        together with equalized odds where base rates differ and the model errs.
    Remedy:
        Recalibrate on development rows (isotonic or logistic), within groups if that is lawful; then certify
        again.
    Oracle:
        pandas' running sums over the rows of each group (tests/checks/test_against_oracles.py); simulated sizes of its bound
        (tests/stats/test_score_calibration.py).
    """
    return scores_of_each(view, Functional.KS_CALIBRATION)
