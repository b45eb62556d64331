"""Whether scores are probabilities: KS calibration error and expected calibration error."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


def _calibrated() -> OutcomeView:
    return scored({ALL: ((0.1, 1800, 200), (0.3, 1400, 600), (0.7, 600, 1400), (0.9, 200, 1800))})


def _overconfident() -> OutcomeView:
    """Scores of 0.1 come true for 30 %, scores of 0.9 for 70 %."""
    return scored({ALL: ((0.1, 1400, 600), (0.3, 1200, 800), (0.7, 800, 1200), (0.9, 600, 1400))})


def _no_rows() -> OutcomeView:
    return scored({ALL: ()})


@check(
    id="performance.ks_calibration",
    title="KS calibration error",
    estimand="The largest absolute cumulative mean of (label - score) over rows ordered by score; in the worst group "
    "if groups are named.",
    unit=Unit.NUMBER,
    reading="predicted probabilities and outcomes differ by {value}[ for {group}], added up over the "
    "scores (KS calibration error)",
    need=Outcomes(),
    comparators=AT_MOST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Scores come true as often as they say.",
            view=_calibrated,
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores are overconfident.",
            view=_overconfident,
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def ks_calibration(view: OutcomeView) -> Counts:
    """The Kolmogorov-Smirnov calibration error.

    Purpose:
        Shows whether the scores can be read as probabilities, without choosing bins.
    Method:
        max over t of |mean of (label - score) 1[score <= t]| (Gupta et al. 2021, ICLR, arXiv:2006.12800).
        Certifying is pointwise: every threshold t with either sign is one piece of an intersection-union
        test, bounded as a mean is; the size is simulated. Needs 100 rows.
    Limits:
        Nearly vacuous at low base rates: a doubled probability of default at 3 % events scores 0.03. Pair it
        with observed/expected. Errors of opposite sign at neighbouring scores partly cancel.
    Remedy:
        Recalibrate on development rows (isotonic or logistic); then certify again on fresh rows.
    Oracle:
        its definition, row by row (tests/stats/test_score_calibration.py); the size of its bound by
        simulation.
    """
    return scores_of_each(view, Functional.KS_CALIBRATION)


@check(
    id="performance.ece",
    title="Expected calibration error (ECE)",
    estimand="The mean over equal-width score bins, weighted by rows, of the absolute difference between observed "
    "rate and mean score; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="predicted probabilities[ for {group}] are off by {value} on average over {bins} bins of them (calibration error)",
    need=Outcomes(),
    comparators=AT_MOST,
    across=Across.OPTIONAL,
    parameters={
        "bins": Parameter(
            "Number of bins of equal width between 0 and 1, fixed beforehand.",
            default=15,
            low=Decimal(2),
            high=Decimal(1000),
            integer=True,
        )
    },
    examples=(
        Example(
            says="Scores come true as often as they say.",
            view=_calibrated,
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores are overconfident.",
            view=_overconfident,
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def ece(view: OutcomeView, *, bins: int) -> Counts:
    """The expected calibration error over bins of equal width.

    Purpose:
        Shows how far, on average, the stated probability lies from the observed rate.
    Method:
        Sum over bins of (rows in bin / rows) |observed rate - mean score| (Naeini, Cooper & Hauskrecht 2015,
        AAAI). It is the largest of the means of s(bin) (score - label) over all choices of signs s, so it is
        bounded by an intersection-union test over signs; the size is simulated. Needs 100 rows.
    Limits:
        Depends on the bins; differences within a bin cancel; the plug-in value is biased upwards in small
        samples (Kumar, Liang & Ma 2019, NeurIPS, arXiv:1909.10155). Prefer the KS calibration error as a
        gate.
    Remedy:
        Recalibrate on development rows (isotonic or logistic); then certify again on fresh rows.
    Oracle:
        its definition, row by row (tests/stats/test_score_calibration.py); the size of its bound by
        simulation.
    """
    return scores_of_each(view, Functional.ECE, bins=bins)
