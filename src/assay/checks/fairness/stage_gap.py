"""The step at which a gap in favourable decisions enters."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.stages import PARAMETERS, at_each_stage, columns, followed, steps
from assay.checks.tabled import table_view
from assay.domain.evidence import ChangeCell, Changes, Counts, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView

AFTER = {"after": "final"}


def _view(women: int, men: int) -> TableView:
    """Of 2,000 women and 2,000 men, of whom half are decided favourably, how many of these are overridden in the end."""
    rows = 2000
    good = [1.0 if i < rows // 2 else 0.0 for _ in range(2) for i in range(rows)]
    final = [1 if lost <= i < rows // 2 else 0 for lost in (women, men) for i in range(rows)]
    return table_view(
        at_each_stage,
        {"final": final},
        score=good,
        groups={"sex": (("women", "men"), [i // rows for i in range(2 * rows)])},
        across=("sex",),
        parameters={"before": "", "after": "final"},
    )


@check(
    id="fairness.stage_gap",
    title="Change of the gap between stages",
    estimand="The largest growth of the difference between the favourable-decision rates of two groups from one declared stage to the next, "
    "of the same rows.",
    unit=Unit.POINTS,
    reading="from {family}, the rate of favourable decisions rises {value} more for {one} than for {two}",
    need=TabulatedOutcomes(at_each_stage, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="Of a thousand women and a thousand men who were approved 20 each are refused in the end.",
            view=lambda: _view(20, 20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
            arguments=AFTER,
        ),
        Example(
            says="Of a thousand women who were approved 300 are refused in the end, and of the men 20.",
            view=lambda: _view(300, 20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
            arguments=AFTER,
        ),
        Example(
            says="Of a thousand women who were approved 110 are refused in the end, and of the men 20: too near to say.",
            view=lambda: _view(110, 20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
            arguments=AFTER,
        ),
    ),
)
def stage_gap(view: TableView, *, before: str, after: str, reference: str | None = None) -> Counts:
    """By how much the gap between groups grows from each stage to the next, on the same rows.

    Purpose:
        Names the step at which a gap enters: eligibility, preprocessing, the model, or people who override it.
    Method:
        Of each group the share that gains a favourable decision at the step less the share that loses one; the difference of two groups is the change of
        their gap, and every step of every ordered pair is a piece. The four rates have Clopper-Pearson limits at a quarter of
        alpha each (Bonferroni; Clopper & Pearson 1934, Biometrika 26): exact for any number of rows. Pass needs every piece, fail pays for all of them (Holm). The gap of the
        first stage, in which nothing changes yet, is in fairness.stage_parity.
    Limits:
        An association, not a cause: a step at which the gap grows may only pass on what came before it. A box of four limits is
        wide where many decisions change both ways. Rows that a stage took out of the data are not seen.
    Remedy:
        Look at what the step does to the people whose decision it changes; the counts of the criterion say how many gain and lose.
    Oracle:
        Exact enumeration of all samples of two small groups, and pandas' differences of group means (tests/checks/test_stages.py).
    """
    found = followed(view, before, after, reference)
    if isinstance(found, Undefined):
        return found
    cells = tuple(
        ChangeCell(
            label,
            step,
            int(((ways[:, i + 1] > ways[:, i]) * ways[:, -1]).sum()),
            int(((ways[:, i + 1] < ways[:, i]) * ways[:, -1]).sum()),
            int(ways[:, -1].sum()),
        )
        for i, step in enumerate(steps(before, after))
        for label, ways in found.items()
    )
    return Changes(cells, reference, view.focus)
