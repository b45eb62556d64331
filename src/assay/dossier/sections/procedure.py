"""What was found of the recipe: how its models do on rows that they have not seen, and what more rows would bring."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.evidence import Folds, Statistic
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Paragraph, Rich, Section, Table
from assay.dossier.charts.learning import learning
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
            yield _folds(statistic, statistic.counts)
    for i, curve in enumerate(c for c in lookup.record.curves if c.kind == "learning"):
        chart = learning(curve, prefix=f"learning-{i}")
        if chart is not None:
            caption = (
                f"{curve.label}: the share of right decisions by the number of training rows, on the same rows each time; the bars are "
                "95 % limits on either side."
            )
            yield Figure(chart, caption, _learned(curve))


def _folds(statistic: Statistic, counts: Folds) -> Table:
    columns = (Column("Fold"), Column("Rate", numeric=True), Column("Rows", numeric=True))
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((cell.label,), (figures.number(cell.events / cell.trials),), (figures.count(cell.trials),))
        for cell in counts.cells
    )
    return Table(f"The folds of {statistic.criterion}", columns, rows)


def _learned(curve: CurveRecord) -> Table:
    title = f"Right decisions by training rows, for {curve.label}"
    return table_of_points(title, "Training rows", "Right", curve, lambda rows: figures.count(round(rows)))
