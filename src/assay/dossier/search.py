"""The page of a search for a fairer model: the frontier, its table, each candidate, and what it does not show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from assay.domain import figures
from assay.domain.mitigation import fed
from assay.domain.mitigation_record import Candidate, Search
from assay.domain.search_words import statements
from assay.dossier import wording
from assay.dossier.blocks import (
    Block,
    Bullets,
    Code,
    Facts,
    Fold,
    Notice,
    Paragraph,
    Rich,
    Section,
)
from assay.dossier.html import page
from assay.dossier.sections.searched import found, frontier_of, left_out, origin


def render_search(search: Search) -> str:
    """The page, as one HTML file: no script, no request, the same bytes for the same search.

    Raises:
        MissingExtra: when vl-convert, which draws the chart, is not installed.
    """
    return page(
        "search.html.j2",
        title=f"Search for a fairer model: {search.name}",
        name=search.name,
        found=f"{found(search)} No candidate is certified: each was rehearsed.",
        facts=_facts(search),
        sections=sections(search),
        version=search.assay,
    )


def sections(search: Search) -> tuple[Section, ...]:
    """The sections of the page."""
    made = [
        Section("frontier", "Gap against right decisions", tuple(frontier_of(search))),
        Section("limits", "What this does not show", (Bullets(tuple((s,) for s in statements(search))),)),
        Section("candidates", "The candidates", tuple(_candidates(search))),
    ]
    if search.not_tried:
        made.append(Section("not-tried", "Not tried", (left_out(search),)))
    made.append(Section("provenance", "Where this comes from", (origin(search),)))
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


def _candidates(search: Search) -> Iterable[Block]:
    for number, model in enumerate(search.models):
        if number:
            yield Section(f"candidate-{model.name}", f"{number} {model.title}", tuple(_candidate(model)))


def _candidate(model: Candidate) -> Iterable[Block]:
    yield Paragraph((model.says,))
    yield Paragraph((model.gap.sentence,), "note")
    if model.attribute_at_decision:
        yield Notice(fed(model.protected_added, model.protected_before), (_ASKS_A_LAWYER,), "warning")
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
