"""The search for a fairer model: what was tried, which model of it was judged, and that none is declared where one is looked for."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.digests import short
from assay.domain.mitigation import AT_DECISION, fed
from assay.domain.mitigation_record import Candidate, Search
from assay.domain.search_held import absent, chosen
from assay.domain.search_words import statements
from assay.dossier.blocks import (
    Block,
    Bullets,
    Code,
    Column,
    Fold,
    Notice,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.lookup import Lookup
from assay.dossier.sections.searched import KEPT, found, frontier_of, interval, left_out, origin

TITLE = "Search for a fairer model"


def search(lookup: Lookup) -> Section | None:
    """The section of a record; None where no search is declared and none is looked for."""
    told = lookup.search
    blocks = tuple(_absent(lookup)) if told is None else tuple(_blocks(lookup, told, _chosen(lookup, told)))
    return Section("search", TITLE, blocks) if blocks else None


def _absent(lookup: Lookup) -> Iterable[Block]:
    said = absent(lookup.record.specification)
    if said:
        yield Notice("No search for a fairer model is declared.", (said,), "warning")


def _chosen(lookup: Lookup, told: Search) -> Candidate:
    record = lookup.record
    digest = next((s.digest for s in record.sources if s.role == "model"), "")
    one = chosen(told, record.specification, digest)
    if one is None:
        raise ValueError("the record of the search does not name the model that was judged")
    return one


def _blocks(lookup: Lookup, told: Search, judged: Candidate) -> Iterable[Block]:
    yield Paragraph((found(told),))
    yield Paragraph(tuple(_which(told, judged)))
    if others := absent(lookup.record.specification, told):
        yield Notice("For other gaps no search was made.", (others,), "warning")
    if judged.attribute_at_decision:
        yield Notice(_fed(told, judged), (AT_DECISION,), "warning")
    rows = next((s for s in told.sources if s.role == "develop"), None)
    if rows is not None:
        yield Paragraph(
            (
                f"All figures of this section are of the development rows ({figures.count(rows.rows)}, ",
                Code(short(rows.digest)),
                "): no test row was opened, and none of them is a verdict on the model.",
            ),
            "note",
        )
    yield from frontier_of(told)
    yield _models(told)
    yield Fold("What the search does not show", (Bullets(tuple((s,) for s in statements(told))),))
    if told.not_tried:
        yield Fold("What was not tried", (left_out(told),))
    yield Fold("Where the search comes from", (origin(told),))


def _which(told: Search, judged: Candidate) -> Iterable[str | Strong]:
    number = told.models.index(judged)
    yield "Of its models "
    yield Strong(f"{number} {judged.title}")
    paired = judged.paired
    if paired is None:
        yield ", the model from which the search began, is the one that was judged."
        return
    yield (
        f" is the one that was judged. Its performance is {KEPT[paired.verdict]}: of {figures.count(paired.rows)} rows it decides "
        f"{figures.count(paired.worse)} wrong that the original decides right, and {figures.count(paired.better)} the other way round. That is "
        f"{interval(paired.drop)} fewer right decisions, where {figures.percent(told.sought.margin)} may be lost (exact paired test, "
        f"p = {figures.number(paired.p)} at level {figures.number(paired.level)})."
    )


def _fed(told: Search, judged: Candidate) -> str:
    if judged is told.original and judged.protected_before:
        return f"The model that was judged is fed {' and '.join(judged.protected_before)}, protected."
    said = fed(judged.protected_added, judged.protected_before)
    return f"The model that was judged: {said[0].lower()}{said[1:]}"


def _models(told: Search) -> Table:
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (f"{number} {model.title}",),
            (model.method or "none",),
            (", ".join(model.inputs) or figures.NONE, *_attribute(model)),
            (Code(model.digest) if model.digest else "none: scores in a column",),
        )
        for number, model in enumerate(told.models)
    )
    columns = (Column("No. and model"), Column("Method"), Column("Fed with"), Column("SHA-256"))
    return Table("The models of the search, by digest", columns, rows)


def _attribute(model: Candidate) -> Rich:
    if not model.attribute_at_decision:
        return ()
    named = " and ".join((*model.protected_added, *model.protected_before))
    told = f"{named} among them: protected" if named else "a protected attribute among them"
    return (" (", Strong(told), ")")
