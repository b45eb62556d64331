"""How verdicts come about, what alpha bounds, and the methods that were used."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.vocabulary import Grade, Verdict
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Block,
    Column,
    Fold,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.lookup import Lookup


def methods(lookup: Lookup) -> Section:
    """How verdicts come about, what alpha bounds, and the methods that were used."""
    return Section("methods", "How to read a verdict", tuple(_methods(lookup)))


def _methods(lookup: Lookup) -> Iterable[Block]:
    meanings: tuple[tuple[Rich, ...], ...] = tuple(
        ((Badge(v),), (wording.VERDICT_MEANS[v],)) for v in Verdict
    )
    yield Table("The five verdicts", (Column("Verdict"), Column("Meaning")), meanings)
    yield Paragraph(
        (
            Strong("What alpha bounds. "),
            (
                "A model that violates a critical criterion of grade A passes it, and so is certified, with probability at "
                "most alpha, one minus that criterion's confidence. This holds for any number of criteria and any dependence "
                "between them, because all must pass (intersection-union; Berger 1982)."
            ),
        )
    )
    yield Paragraph(
        (
            Strong("What alpha does not bound. "),
            (
                "It is the probability of a certificate given a bad model. It is not the share of certified models that are "
                "bad: that depends on how many bad models are submitted, which nobody knows."
            ),
        )
    )
    yield Paragraph(
        (
            Strong("Pass and fail are not mirror images. "),
            (
                "A pass needs every piece of a criterion, so each is judged at the full level. A fail needs only one, so it is "
                "corrected for the number of looks (Holm 1979). What is left is inconclusive."
            ),
        )
    )
    yield _grades(lookup)
    used = _methods_used(lookup)
    if used is not None:
        yield Fold("Methods that were used, and for what", (used,))


def _grades(lookup: Lookup) -> Table:
    said = {
        Grade.A: "At most alpha, in every sample size.",
        Grade.B: "About alpha; the largest rate found by simulation is printed beside the number.",
        Grade.C: "None, and therefore never decides.",
    }
    seen = [p.grade for j in lookup.record.judged for p in j.assessment.pieces if p.exact is None]
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((Strong(g.value), f", {wording.GRADE_MEANS[g]}"), (said[g],), (figures.count(seen.count(g)),))
        for g in Grade
    )
    columns = (Column("Grade"), Column("Rate of wrong passes"), Column("Pieces here", numeric=True))
    return Table("Grades of evidence", columns, rows)


def _methods_used(lookup: Lookup) -> Table | None:
    found: dict[tuple[str, str], tuple[Grade, float | None, list[str]]] = {}
    for j in lookup.record.judged:
        for p in j.assessment.pieces:
            key = (_rule(p.method) or "not named", "exact" if p.exact is not None else p.grade.value)
            _, size, names = found.setdefault(key, (p.grade, p.simulated_size, []))
            found[key] = (
                p.grade,
                max((s for s in (size, p.simulated_size) if s is not None), default=None),
                names,
            )
            if j.assessment.criterion not in names:
                names.append(j.assessment.criterion)
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (method,),
            (grade,),
            (figures.number(size) if size is not None else figures.NONE,),
            (", ".join(names),),
        )
        for (method, grade), (_, size, names) in sorted(found.items())
    )
    columns = (
        Column("Method"),
        Column("Grade"),
        Column("Simulated rate", numeric=True),
        Column("Criteria"),
    )
    return Table("Methods that were used", columns, rows) if rows else None


def _rule(method: str) -> str:
    """A method without what a grid of scores may hide, which is a number of each piece."""
    return method.partition("; ")[0]
