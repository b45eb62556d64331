"""The page of a search for a fairer model: the frontier, its table, each candidate, and what it does not show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from assay.domain import figures
from assay.domain.digests import short
from assay.domain.mitigation_record import Candidate, Interval, Kept, Search
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Block,
    Bullets,
    Code,
    Column,
    Facts,
    Figure,
    Fold,
    Notice,
    Paragraph,
    Rich,
    Section,
    Table,
)
from assay.dossier.charts.frontier import frontier
from assay.dossier.html import page

KEPT = {
    Kept.PRESERVED: "preserved",
    Kept.WORSE: "shown to be worse",
    Kept.NOT_SHOWN: "not shown to be preserved",
}
"""What is said of the performance of a candidate."""


def render_search(search: Search) -> str:
    """The page, as one HTML file: no script, no request, the same bytes for the same search.

    Raises:
        MissingExtra: when vl-convert, which draws the chart, is not installed.
    """
    return page(
        "search.html.j2",
        title=f"Search for a fairer model: {search.name}",
        name=search.name,
        found=found(search),
        facts=_facts(search),
        sections=sections(search),
        version=search.assay,
    )


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
        f"{more if len(better) > 1 else ''}. It is rehearsed, not certified."
    )


def sections(search: Search) -> tuple[Section, ...]:
    """The sections of the page."""
    made = [
        Section("frontier", "Gap against right decisions", tuple(_frontier(search))),
        Section("limits", "What this does not show", (Bullets(tuple((s,) for s in search.statements)),)),
        Section("candidates", "The candidates", tuple(_candidates(search))),
    ]
    if search.not_tried:
        items = tuple((Code(n.name), f": {n.reason}") for n in search.not_tried)
        made.append(Section("not-tried", "Not tried", (Bullets(items),)))
    made.append(Section("provenance", "Where this comes from", (_provenance(search),)))
    return tuple(made)


def _facts(search: Search) -> tuple[tuple[str, Rich], ...]:
    sought = search.sought
    return (
        ("Gap", (f"{sought.title} across {wording.grouping(sought.across)}",)),
        ("Asked", (f"{sought.comparator.words} {figures.threshold(Decimal(sought.threshold))}",)),
        ("May be lost", (f"{figures.percent(sought.margin)} of right decisions",)),
        ("Learner", (LEARNERS[search.learner],)),
        ("Made", (search.made,)),
    )


LEARNERS = {"logistic": "logistic regression", "boosting": "gradient boosting"}
"""What candidates are made of, in words."""


def _frontier(search: Search) -> Iterable[Block]:
    table = _table(search)
    drawn = frontier(search, prefix="frontier")
    if drawn is None:
        yield Paragraph(
            ("No model has both a gap and a share of right decisions, so there is nothing to draw.",)
        )
        yield table
        return
    caption = (
        "Each model by its estimated gap and its share of right decisions on the development rows, with one-sided limits; a dashed "
        "line, where it is near, is what the criterion asks. Cross: the original. Circle: performance preserved. Diamond: not shown. Square: worse."
    )
    yield Figure(drawn, caption)
    yield table


def _table(search: Search) -> Table:
    sought = search.sought
    return Table(
        f"Every model that was tried, on the development rows; limits at {figures.percent(sought.confidence)} each",
        (
            Column("No. and model"),
            Column(sought.title, numeric=True),
            Column("Criterion"),
            Column("Decided right", numeric=True),
            Column("Fewer right than the original", numeric=True),
            Column("Performance"),
        ),
        tuple(_line(number, model) for number, model in enumerate(search.models)),
    )


def _line(number: int, model: Candidate) -> tuple[Rich, ...]:
    named = f"{number} {model.title}"
    paired = model.paired
    return (
        (named, " (on the frontier)") if model.frontier else (named,),
        (interval(model.gap.value),),
        (Badge(model.gap.verdict),),
        (interval(model.performance),),
        (figures.NONE if paired is None else interval(paired.drop),),
        (figures.NONE if paired is None else KEPT[paired.verdict],),
    )


def interval(value: Interval) -> str:
    """``0.12 (0.09 to 0.15)``: the estimate between its limits, which are rounded outwards."""
    if value.estimate is None:
        return figures.NONE
    low = figures.NONE if value.lower is None else figures.lower(value.lower)
    high = figures.NONE if value.upper is None else figures.upper(value.upper)
    return f"{figures.number(value.estimate)} ({low} to {high})"


def _candidates(search: Search) -> Iterable[Block]:
    for number, model in enumerate(search.models):
        if number:
            yield Section(f"candidate-{model.name}", f"{number} {model.title}", tuple(_candidate(model)))


def _candidate(model: Candidate) -> Iterable[Block]:
    yield Paragraph((model.says,))
    yield Paragraph((model.gap.sentence,), "note")
    if model.attribute_at_decision:
        yield Notice("It is fed a protected attribute.", (_ASKS_A_LAWYER,), "warning")
    yield Facts(
        (
            ("Method", (model.source,)),
            ("Model file", (Code(model.model),)),
            ("Digest", (Code(model.digest),)),
            ("Specification that names it", (Code(model.specification),)),
            ("Inputs", (f"{len(model.inputs)}: {', '.join(model.inputs)}",)),
        ),
        "wide",
    )
    if model.facts:
        told = json.dumps(model.facts, ensure_ascii=False, sort_keys=True)
        yield Fold("What its method tells", (Paragraph((Code(told),)),))


_ASKS_A_LAWYER = "Whether that may be done is a question of law before it is one of statistics: see what this does not show."


def _provenance(search: Search) -> Block:
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
