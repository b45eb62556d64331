"""The verdicts at a glance: by stage, by distance to the threshold, and against a point estimate."""

from __future__ import annotations

from collections import Counter

from assay.domain import figures
from assay.domain.assessment import Assessment, Judged
from assay.domain.vocabulary import Comparator, Verdict
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Beside,
    Block,
    Column,
    Figure,
    Link,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.charts.overview import overview
from assay.dossier.lookup import Lookup, target


def summary(lookup: Lookup) -> Section:
    """The section of a record."""
    blocks: list[Block] = [stages(lookup)]
    chart = overview(lookup.record.judged, prefix="overview")
    if chart is None:
        blocks.append(Paragraph(("Nothing was asked, so there is nothing to report.",)))
    else:
        caption = (
            "How far each criterion is from its threshold: the mark is the estimate, the bar its interval, and one unit "
            "is one margin of error. A criterion passes when the whole bar lies right of the line. Round marks pass, "
            "square ones fail or broke, diamonds are open; a triangle at the edge lies beyond the scale. A mark without "
            "a bar was counted in full; none means that there is no value."
        )
        blocks.append(
            Beside((Figure(chart, caption),), (criteria_table(lookup.record.judged),), narrow_left=True)
        )
    return Section("summary", "Verdicts at a glance", tuple(blocks))


def stages(lookup: Lookup) -> Table:
    """A row per stage with the number of criteria of each verdict."""
    rows = []
    for stage, judged in lookup.by_stage:
        seen = Counter(j.verdict for j in judged)
        cells = [(str(seen[v]) if seen[v] else figures.NONE,) for v in Verdict]
        rows.append(((wording.STAGE[stage],), (str(len(judged)),), *cells))
    columns = (
        Column("Stage"),
        Column("Criteria", numeric=True),
        *(Column(wording.VERDICT[v].capitalize(), numeric=True) for v in Verdict),
    )
    return Table("Criteria by stage and verdict", columns, tuple(rows))


def criteria_table(judged: tuple[Judged, ...]) -> Table:
    """A row per criterion: what was asked, found and said, here and by a point estimate."""
    rows = tuple(
        (
            (Link(j.assessment.criterion, target(j.assessment.criterion)),),
            (Badge(j.verdict),),
            (f"{j.assessment.comparator.sign} {figures.threshold(j.assessment.threshold)}",),
            (estimate(j.assessment),),
            (bound(j.assessment),),
            _point(j),
        )
        for j in judged
    )
    columns = (
        Column("Criterion"),
        Column("Verdict"),
        Column("Asked", numeric=True),
        Column("Estimate", numeric=True),
        Column("Bound", numeric=True),
        Column("Point estimate"),
    )
    return Table("Every criterion: the bound decides, not the estimate", columns, rows)


def _point(j: Judged) -> Rich:
    """In words only, so that the verdict stays the loudest; strong where it differs."""
    said = wording.POINT.get(j.assessment.point_verdict, "no value")
    return (said,) if j.assessment.point_verdict is j.verdict else (Strong(said),)


def estimate(a: Assessment) -> str:
    """The worst estimate over all pieces."""
    if a.estimate is None:
        return figures.NONE
    value = a.estimate.value
    return figures.whole(value) if _counted(a) else figures.against(value, a.threshold)


def bound(a: Assessment) -> str:
    """The worst limit over all pieces, which decides."""
    if _counted(a):
        return "exact"
    if a.bound is None:
        return figures.NONE
    value = a.bound.value
    return figures.lower(value) if a.comparator is Comparator.AT_LEAST else figures.upper(value)


def _counted(a: Assessment) -> bool:
    return a.binding is not None and a.binding.exact is not None
