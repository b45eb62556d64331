"""Whether the record of a search for a fairer model is of the model and the rows of a run, and where one is looked for and absent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from assay.domain.digests import short
from assay.domain.errors import SubjectError
from assay.domain.mitigation_record import Candidate, Search
from assay.domain.record import SourceRecord
from assay.domain.specification import Criterion, Specification

ROLE = "search"
"""The role of the record of a search among the sources of a run."""
ROWS = ("train", "develop")
"""The data sets that a search reads: candidates learn from the one and are compared on the other."""
LOOKED_FOR = MappingProxyType(
    {
        "credit": "12 CFR 1002.6(a), comment 2, asks of a practice with unequal effect whether one with less would serve as well",
        "mortgage lending": "24 CFR 100.500 asks of a practice with unequal effect whether one with less would serve as well",
        "employment": "42 U.S.C. 2000e-2(k) makes an employer liable who refuses an alternative practice with less unequal effect",
    }
)
"""Fields of use, as the templates write ``use_case.domain``, in whose law an alternative with less unequal effect matters, and where."""


class Unfit(NamedTuple):
    """What is wrong with the record of a search: its code, the sentence, and what to do."""

    code: str
    sentence: str
    remedy: str

    def error(self) -> SubjectError:
        """As an error of a file."""
        return SubjectError(self.sentence, code=self.code, remedy=self.remedy)


def unfit(search: Search, specification: Specification, sources: Iterable[SourceRecord]) -> Unfit | None:
    """Why the record of a search is not one of this run: of another model, of other rows, for a gap that nobody judges.

    Args:
        sources: what the run is bound to.
    """
    digests = {source.role: source.digest for source in sources}
    return (
        _other_rows(search, digests)
        or _other_model(search, specification, digests)
        or _other_gap(search, specification)
        or _other_terms(search, specification)
    )


def _other_rows(search: Search, digests: dict[str, str]) -> Unfit | None:
    read = {source.role: source.digest for source in search.sources}
    for role in ROWS:
        if read.get(role) != digests.get(role) or role not in digests:
            return Unfit(
                "search_of_other_rows",
                f"The record of the search is of {role} rows with the digest {short(read.get(role, '')) or 'none'}; those of the "
                f"specification have {short(digests.get(role, '')) or 'none'}.",
                _AGAIN,
            )
    return None


def _other_model(search: Search, specification: Specification, digests: dict[str, str]) -> Unfit | None:
    if chosen(search, specification, digests.get("model", "")) is not None:
        return None
    subject = specification.subject
    what = f"has the digest {short(digests['model'])}" if "model" in digests else "has no digest"
    return Unfit(
        "search_of_another_model",
        f"The model {subject.model!r} {what} and is fed {', '.join(subject.inputs) or 'no declared inputs'}; the record of the search "
        f"names no such model among its {len(search.models)}.",
        _AGAIN,
    )


def _other_gap(search: Search, specification: Specification) -> Unfit | None:
    sought = search.sought
    if any(_alike(criterion, search) for criterion in specification.criteria):
        return None
    return Unfit(
        "search_for_another_gap",
        f"The search was for a smaller {sought.metric} across {sought.across}, by a criterion {sought.criterion!r}; the "
        "specification has no criterion of that name, metric and attribute.",
        "Name the record of a search for the gap that is judged: assay mitigate --criterion ID",
    )


def _other_terms(search: Search, specification: Specification) -> Unfit | None:
    sought = search.sought
    (criterion,) = (c for c in specification.criteria if _alike(c, search))
    asked, confidence = (criterion.comparator, criterion.threshold), 1.0 - float(criterion.alpha)
    if asked == (sought.comparator, Decimal(sought.threshold)) and math.isclose(
        sought.confidence, confidence, rel_tol=1e-9
    ):
        return None
    return Unfit(
        "search_on_other_terms",
        f"The search asked of {sought.criterion!r} {sought.comparator.words} {sought.threshold} at {sought.confidence:.6g}; the "
        f"specification asks {criterion.comparator.words} {criterion.threshold} at {confidence:.6g}.",
        _AGAIN,
    )


def _alike(criterion: Criterion, search: Search) -> bool:
    sought = search.sought
    return (criterion.id, criterion.metric, criterion.across) == (
        sought.criterion,
        sought.metric,
        sought.across,
    )


_AGAIN = "Search again with assay mitigate, and declare as subject.search the mitigation.json that it writes."


def chosen(search: Search, specification: Specification, digest: str) -> Candidate | None:
    """The model of a search that a run judges: the one with its digest, fed the same columns; None if there is none.

    Scores in a column have no digest of their own: they are the original's if the search names the same column, and the
    digests of the rows hold them.
    """
    subject = specification.subject
    if not subject.has_model:
        original = search.original
        return original if (original.format, original.model) == (subject.format, subject.model) else None
    return next(
        (m for m in search.models if digest and (m.digest, m.inputs) == (digest, subject.inputs)), None
    )


def compared_across(specification: Specification) -> tuple[str, ...]:
    """The criteria of fairness that compare groups: where there is one, there is a gap that another model could have smaller."""
    return tuple(c.id for c in specification.criteria if c.across and c.metric.startswith("fairness."))


def absent(specification: Specification, search: Search | None = None) -> str:
    """That no search is declared where the law of the field looks for one, or none for some of the gaps that are judged; empty where nothing is amiss."""
    field = specification.use_case.domain.strip().lower()
    if field not in LOOKED_FOR:
        return ""
    law = f"In the United States {LOOKED_FOR[field]}."
    if search is not None and (others := _not_sought(specification, search)):
        return (
            f"Whether another model decides as well and treats groups more alike: the search that is declared was for a smaller gap across "
            f"{_grouping(search.sought.across)} ({search.sought.criterion}), and none was made for the gaps of {', '.join(others)}. {law}"
        )
    if specification.subject.search is not None or not compared_across(specification):
        return ""
    return (
        "Whether another model decides as well and treats groups more alike: no record of such a search is declared "
        f"(subject.search). {law}"
    )


def _not_sought(specification: Specification, search: Search) -> tuple[str, ...]:
    """The criteria of fairness about other groups than those of a search, each with its groups."""
    return tuple(
        f"{c.id} ({_grouping(c.across)})"
        for c in specification.criteria
        if c.across and c.metric.startswith("fairness.") and c.across != search.sought.across
    )


def _grouping(across: str) -> str:
    return across.replace("*", " and ")
