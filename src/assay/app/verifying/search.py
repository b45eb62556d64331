"""The record of a search for a fairer model, held against the run that it is declared for and against its own counts."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain.digests import sha256_of
from assay.domain.errors import SubjectError
from assay.domain.mitigation_record import Candidate, Interval, Kept, Paired, Search, on_frontier, read_search
from assay.domain.record import Record, SourceRecord
from assay.domain.search_held import ROLE, Unfit, unfit
from assay.domain.specification import Specification
from assay.domain.vocabulary import Comparator
from assay.stats.paired import paired_bound, paired_p_at_most


def non_inferiority(worse: int, better: int, rows: int, *, margin: float, level: float) -> Paired:
    """That a candidate decides at most ``margin`` fewer rows right than the original, at this level, exactly.

    Args:
        worse: rows that the original alone decides right. better: rows that the candidate alone does. rows: all of them.

    Raises:
        ValueError: the counts are impossible.
    """
    bound = paired_bound(worse, better, rows, level)
    p = paired_p_at_most(worse, better, rows, margin)
    verdict = Kept.PRESERVED if p <= level else Kept.WORSE if bound.lower > margin else Kept.NOT_SHOWN
    return Paired(
        worse, better, rows, Interval(bound.estimate, bound.lower, bound.upper), float(p), level, verdict
    )


def see_search(text: str, specification: Specification, sources: Iterable[SourceRecord]) -> Search:
    """The search in a text, which is of this run and follows from its own counts.

    Raises:
        SubjectError: ``no_search``, ``search_edited``, or as :func:`~assay.domain.search_held.unfit`.
    """
    search = read_search(text)
    wrong = _not_its_counts(search) or unfit(search, specification, sources)
    if wrong is not None:
        raise wrong.error()
    return search


def search_contradicts(record: Record) -> str:
    """Where a record shows another search than its specification declares, or one of something else; empty when it does not."""
    bound = next((source.digest for source in record.sources if source.role == ROLE), None)
    declared = record.specification.subject.search is not None
    if declared != bool(record.search) or declared != (bound is not None):
        return (
            "The record of a search for a fairer model is declared, and bound, and shown: or none of these."
        )
    if not declared:
        return ""
    if sha256_of(record.search.encode()) != bound:
        return "The record shows another search for a fairer model than the one that it is bound to."
    try:
        see_search(record.search, record.specification, record.sources)
    except SubjectError as wrong:
        return wrong.message
    return ""


def _not_its_counts(search: Search) -> Unfit | None:
    """Where what is said of a pair of models, or of the frontier, does not follow from the numbers beside it."""
    at_least = search.sought.comparator is Comparator.AT_LEAST
    frontier = on_frontier(search.models, at_least=at_least)
    for model, on in zip(search.models, frontier, strict=True):
        if model.frontier != on or not _follows(model, search, original=model is search.original):
            return Unfit(
                "search_edited",
                f"What the record of the search says of {model.name!r} does not follow from the numbers beside it.",
                "Search again with assay mitigate. What was found is not for anybody to mend.",
            )
    return None


def _follows(model: Candidate, search: Search, *, original: bool) -> bool:
    told, sought = model.paired, search.sought
    if told is None or original:
        return told is None and original
    try:
        again = non_inferiority(told.worse, told.better, told.rows, margin=sought.margin, level=sought.level)
    except ValueError:
        return False
    return told.rows <= max((s.rows for s in search.sources if s.role == "develop"), default=0) and (
        told.verdict,
        told.level,
        told.drop.estimate,
    ) == (again.verdict, again.level, again.drop.estimate)
