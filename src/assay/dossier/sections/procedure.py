"""What was found of the recipe: how its models do on rows that they have not seen, and what more rows would bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from assay.domain import figures
from assay.domain.evidence import FoldLosses, Folds, Statistic
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Paragraph, Rich, Section, Table
from assay.dossier.charts.learning import learning, learning_losses
from assay.dossier.lookup import Lookup
from assay.dossier.sections.points import table_of_points


def procedure(lookup: Lookup) -> Section | None:
    """The section of a record; None when no criterion asked for more than one number of the recipe."""
    blocks = tuple(_blocks(lookup))
    if not blocks:
        return None
    said = (
        "The recipe trained models on parts of the training rows and was asked about others of them. None of them is the model that "
        "was judged, and no verdict on it is read off these figures."
    )
    return Section("procedure", "Evidence on the recipe", (Paragraph((said,)), *blocks))


def _blocks(lookup: Lookup) -> Iterable[Block]:
    for statistic in lookup.record.statistics:
        if isinstance(statistic.counts, Folds):
            found = [(cell.label, cell.events / cell.trials, cell.trials) for cell in statistic.counts.cells]
            yield _folds(statistic, "Rate", found)
        elif isinstance(statistic.counts, FoldLosses):
            yield _folds(statistic, "Mean absolute error", list(_mean_losses(statistic.counts)))
    for i, curve in enumerate(c for c in lookup.record.curves if c.kind in LEARNED):
        drawn = LEARNED[curve.kind]
        chart = drawn.chart(curve, prefix=f"learning-{i}")
        if chart is not None:
            caption = (
                f"{curve.label}: the {drawn.what} by the number of training rows, on the same rows each time; the bars are "
                "95 % limits on either side."
            )
            yield Figure(chart, caption, _learned(curve, drawn))


class _Drawn(NamedTuple):
    """How a kind of learning curve is told: its chart, what it shows, and the head of that column."""

    chart: Callable[..., str | None]
    what: str
    title: str
    head: str


LEARNED: Mapping[str, _Drawn] = {
    "learning": _Drawn(learning, "share of right decisions", "Right decisions", "Right"),
    "learning_losses": _Drawn(learning_losses, "mean absolute error", "Mean absolute error", "Off by"),
}
"""By the kind of the curve."""


def _mean_losses(counts: FoldLosses) -> Iterable[tuple[str, float, int]]:
    """The label, the mean loss (each at the middle of its step) and the rows of each fold."""
    width = counts.largest / counts.steps
    for cell in counts.cells:
        lost = sum(max(place - 0.5, 0) * n for place, n in zip(cell.places, cell.rows, strict=True))
        yield cell.label, width * lost / cell.n, cell.n


def _folds(statistic: Statistic, what: str, found: Iterable[tuple[str, float, int]]) -> Table:
    columns = (Column("Fold"), Column(what, numeric=True), Column("Rows", numeric=True))
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((label,), (figures.number(value),), (figures.count(n),)) for label, value, n in found
    )
    return Table(f"The folds of {statistic.criterion}", columns, rows)


def _learned(curve: CurveRecord, drawn: _Drawn) -> Table:
    title = f"{drawn.title} by training rows, for {curve.label}"
    return table_of_points(title, "Training rows", drawn.head, curve, lambda rows: figures.count(round(rows)))
