"""The gap in favourable decisions at each stage on the way to a decision."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.stages import PARAMETERS, at_each_stage, columns, followed, stages
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView

BEFORE = {"before": "eligible"}


def _view(women: tuple[int, int], men: tuple[int, int], rows: int = 2000) -> TableView:
    """Of 2,000 of each, how many are eligible, and how many of these are decided favourably."""
    eligible = [1 if i < most else 0 for most, _ in (women, men) for i in range(rows)]
    good = [1.0 if i < least else 0.0 for _, least in (women, men) for i in range(rows)]
    return table_view(
        at_each_stage,
        {"eligible": eligible},
        score=good,
        groups={"sex": (("women", "men"), [i // rows for i in range(2 * rows)])},
        across=("sex",),
        parameters={"before": "eligible", "after": ""},
    )


@check(
    id="fairness.stage_parity",
    title="Demographic parity difference at each stage",
    estimand="The largest difference between the favourable-decision rates of two groups at one of the declared stages, the model's "
    "decision among them.",
    unit=Unit.POINTS,
    reading="at the stage {family}, favourable decisions are {value} more frequent for {one} than for {two}",
    need=TabulatedOutcomes(at_each_stage, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="As many women as men are eligible, and as many of them are approved.",
            view=lambda: _view((1600, 1200), (1600, 1200)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
            arguments=BEFORE,
        ),
        Example(
            says="Fewer women are eligible, by 20 points; of those who are, all women and most men are approved.",
            view=lambda: _view((1200, 1200), (1600, 1200)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
            arguments=BEFORE,
        ),
        Example(
            says="Fewer women are eligible, by 11 points: too near to ten to say.",
            view=lambda: _view((1380, 1200), (1600, 1200)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
            arguments=BEFORE,
        ),
    ),
)
def stage_parity(view: TableView, *, before: str, after: str, reference: str | None = None) -> Counts:
    """The favourable-decision rates of groups at each stage, compared as differences.

    Purpose:
        A decision that is even may hide a screening that was not, and a screening that was even a decision that is not: shows the gap, with its
        bounds, at each stage of the way.
    Method:
        Each stage is a column of decisions, or of scores that are cut where the model's are; every ordered pair of groups at every
        stage is a piece. Differences are bounded by MOVER with Clopper-Pearson limits and an audit of the exact size (Zou & Donner 2008, Statistics in Medicine 27), as in
        fairness.demographic_parity. Fail pays for all stages and pairs (Holm).
    Limits:
        An association, not a cause. Rows that a stage took out of the data are not seen: stages must be columns of all who applied.
    Remedy:
        Ask fairness.stage_gap at which step the gap enters, and look at what is done there.
    Oracle:
        pandas' group means of each stage (tests/checks/test_stages.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    found = followed(view, before, after, reference)
    if isinstance(found, Undefined):
        return found
    cells = tuple(
        Rate(label, int((ways[:, i] * ways[:, -1]).sum()), int(ways[:, -1].sum()), stage)
        for i, stage in enumerate(stages(before, after))
        for label, ways in found.items()
    )
    return Rates(cells, Compare.DIFFERENCE, reference, view.focus)
