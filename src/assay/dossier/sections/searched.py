"""What a search for a fairer model found, as blocks: for its own page, and for the dossier of a model that it names."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.digests import short
from assay.domain.mitigation_record import Candidate, Interval, Kept, Search
from assay.dossier import wording
from assay.dossier.blocks import Badge, Block, Bullets, Code, Column, Facts, Figure, Paragraph, Rich, Table
from assay.dossier.charts.frontier import frontier

KEPT = {
    Kept.PRESERVED: "preserved",
    Kept.WORSE: "shown to be worse",
    Kept.NOT_SHOWN: "not shown to be preserved",
}
"""What is said of the performance of a candidate."""

WORD = (
    "Held against each other, and against the criterion, are the tests of the pairs with their counts and level, the shares of right decisions with their limits, "
    "what the criterion asks, and the digests of rows and model. "
    "The record is its writer's word for what only the search saw: the counts themselves, the gaps and their limits, the margin and when it "
    "was chosen, what a method tells of itself, and that no candidate was left out."
)
"""What of a search follows from the rest of it, and what does not."""


def found(search: Search) -> str:
    """What came of the search, in one sentence that promises nothing."""
    tried, better = len(search.candidates), search.alternatives
    across = wording.grouping(search.sought.across)
    if not better:
        return (
            f"Of the candidates ({tried} tried) none has both a smaller estimated gap across {across} and a performance that is "
            "shown to be preserved."
        )
    best = better[0]
    more = f"; so have {len(better) - 1} others" if len(better) > 2 else "; so has one other"
    return (
        f"Of the candidates ({tried} tried) {best.title} has the smallest estimated gap across {across} with a performance that "
        f"is shown to be preserved ({figures.number(best.gap.value.estimate)} against "
        f"{figures.number(search.original.gap.value.estimate)} of the original)"
        f"{more if len(better) > 1 else ''}."
    )


def frontier_of(search: Search) -> Iterable[Block]:
    """Every model by its gap and its right decisions: the chart, and the table of its numbers."""
    table = _table(search)
    drawn = frontier(search, prefix="frontier")
    if drawn is None:
        yield Paragraph(
            ("No model has both a gap and a share of right decisions, so there is nothing to draw.",)
        )
        yield table
        yield Paragraph((WORD,), "note")
        return
    caption = (
        "Each model by its estimated gap and its share of right decisions on the development rows, with one-sided limits; a dashed "
        "line, where it is near, is what the criterion asks. Cross: the original. Circle: performance preserved. Diamond: not shown. Square: worse."
    )
    yield Figure(drawn, caption)
    yield table
    yield Paragraph((WORD,), "note")


def _table(search: Search) -> Table:
    sought = search.sought
    return Table(
        f"Every model that was tried, on the development rows; limits at {figures.percent(sought.confidence)} each",
        (
            Column("No. and model"),
            Column("Performance"),
            Column(sought.title, numeric=True),
            Column("Criterion"),
            Column("Decided right", numeric=True),
            Column("Fewer right than the original", numeric=True),
        ),
        tuple(_line(number, model) for number, model in enumerate(search.models)),
    )


def _line(number: int, model: Candidate) -> tuple[Rich, ...]:
    named = f"{number} {model.title}"
    paired = model.paired
    return (
        (named, " (on the frontier)") if model.frontier else (named,),
        (figures.NONE if paired is None else KEPT[paired.verdict],),
        (interval(model.gap.value),),
        (Badge(model.gap.verdict),),
        (interval(model.performance),),
        (figures.NONE if paired is None else interval(paired.drop),),
    )


def interval(value: Interval) -> str:
    """``0.12 (0.09 to 0.15)``: the estimate between its limits, which are rounded outwards and stay on one line."""
    if value.estimate is None:
        return figures.NONE
    low = figures.NONE if value.lower is None else figures.lower(value.lower)
    high = figures.NONE if value.upper is None else figures.upper(value.upper)
    return f"{figures.number(value.estimate)} ({low}\u00a0to\u00a0{high})"


def left_out(search: Search) -> Block:
    """The methods that gave no candidate, each with why."""
    return Bullets(tuple((Code(n.name), f": {n.reason}") for n in search.not_tried))


def origin(search: Search) -> Block:
    """What the search was made from: specification, criterion, rows, seed and versions."""
    rows = tuple(
        (wording.data_set(s.role), (f"{s.rows:,} rows, ", Code(short(s.digest)))) for s in search.sources
    )
    versions = ", ".join(f"{name} {version}" for name, version in search.packages.items())
    return Facts(
        (
            ("Specification", (search.specification, " ", Code(short(search.specification_digest)))),
            ("Criterion", (Code(search.sought.criterion), f", {search.sought.metric}")),
            ("Groups", (", ".join(search.sought.groups),)),
            *rows,
            ("Original model", (search.original.model, " ", Code(short(search.original.digest)))),
            ("Seed", (str(search.seed),)),
            ("Versions", (f"assay {search.assay}, {versions}",)),
        ),
        "wide",
    )
