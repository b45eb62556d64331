"""The record of a search for a fairer model, held against the run that it is declared for and against its own counts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple

import numpy as np

from assay.domain.digests import sha256_of
from assay.domain.errors import SubjectError
from assay.domain.mitigation_record import Candidate, Interval, Kept, Paired, Search, on_frontier, read_search
from assay.domain.record import Record, SourceRecord
from assay.domain.search_held import ROLE, Unfit, unfit
from assay.domain.specification import Specification
from assay.domain.vocabulary import Comparator
from assay.stats.paired import paired_bound, paired_p_at_most
from assay.stats.rates import lower_limit, upper_limit


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


def share_between(right: int, rows: int, alpha: float) -> Interval:
    """A share of right decisions between one-sided Clopper-Pearson limits, each at level alpha."""
    x, n = np.array([float(right)]), float(rows)
    return Interval(float(right / n), float(lower_limit(x, n, alpha)[0]), float(upper_limit(x, n, alpha)[0]))


def p_alike(rows: int, margin: float) -> float:
    """The p-value of a candidate that decides each of so many rows as the original does."""
    return float(paired_p_at_most(0, 0, rows, margin))


def see_search(text: str, specification: Specification, sources: Iterable[SourceRecord]) -> Search:
    """The search in a text, which is of this run and follows from its own counts.

    Raises:
        SubjectError: ``no_search``, ``search_edited``, or as :func:`~assay.domain.search_held.unfit`.
    """
    search = read_search(text)
    bound = tuple(sources)
    rows = next((source.rows for source in bound if source.role == "develop"), 0)
    wrong = unfit(search, specification, bound) or _not_its_counts(search, specification, rows)
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


def _not_its_counts(search: Search, specification: Specification, rows: int) -> Unfit | None:
    """Where what is said of a pair of models, or of the frontier, does not follow from the numbers beside it."""
    if not search.candidates:
        return Unfit(
            "search_of_none", "The record of the search has no candidate: nothing was tried.", _AGAIN
        )
    at_least = search.sought.comparator is Comparator.AT_LEAST
    frontier = on_frontier(search.models, at_least=at_least)
    for model, on in zip(search.models, frontier, strict=True):
        if model.frontier != on or not _follows(model, search):
            return Unfit(
                "search_edited",
                f"What the record of the search says of {model.name!r} does not follow from the numbers beside it.",
                _AGAIN,
            )
    compared = {model.paired.rows for model in search.candidates if model.paired is not None}
    counted = compared <= {rows} if specification.data.unit is None else len(compared) <= 1
    if not counted or any(number > rows for number in compared):
        return Unfit(
            "search_edited",
            f"The record of the search compares models on {' and '.join(f'{n:,}' for n in sorted(compared))} rows; the development rows "
            f"are {rows:,}.",
            f"{_AGAIN} Leave out development rows whose truth is not known.",
        )
    return _not_of_so_many(search, compared)


def _not_of_so_many(search: Search, compared: set[int]) -> Unfit | None:
    """Where the shares of right decisions, or what so many rows can show at all, do not follow from the number of rows."""
    for rows in compared:
        wrong = [
            m for m in search.models if not _is_share(m.performance, rows, 1.0 - search.sought.confidence)
        ]
        said = f"the right decisions of {wrong[0].name!r}" if wrong else ""
        if not said and not _alike(search.p_alike, p_alike(rows, search.sought.margin)):
            said = "a candidate that decides as the original does"
        if said:
            return Unfit(
                "search_edited",
                f"What the record of the search says of {said} does not follow from its {rows:,} rows.",
                _AGAIN,
            )
    return None


def _is_share(told: Interval, rows: int, alpha: float) -> bool:
    """Whether an interval is that of a whole number of right decisions."""
    if told.estimate is None or not 0 <= told.estimate <= 1 or not 0 < alpha < 1:
        return False
    again = share_between(round(told.estimate * rows), rows, alpha)
    return all(_alike(*pair) for pair in zip(astuple(told), astuple(again), strict=True))


_AGAIN = "Search again with assay mitigate. What was found is not for anybody to mend."


def _follows(model: Candidate, search: Search) -> bool:
    """Whether the test of a pair is the one of its counts, at its level, and its rows are those by which its right decisions fell."""
    told, sought = model.paired, search.sought
    if told is None or model is search.original:
        return told is None and model is search.original
    if not _alike(sought.level, (1 - sought.confidence) / len(search.candidates)):
        return False
    try:
        again = non_inferiority(told.worse, told.better, told.rows, margin=sought.margin, level=sought.level)
    except ValueError:
        return False
    before, after = search.original.performance.estimate, model.performance.estimate
    return (
        (told.verdict, told.level) == (again.verdict, again.level)
        and _alike(told.p, again.p)
        and all(_alike(*pair) for pair in zip(astuple(told.drop), astuple(again.drop), strict=True))
        and before is not None
        and after is not None
        and _alike(before - after, again.drop.estimate)
    )


_ALIKE = 1e-6
"""How far two machines' floats of one exact figure may lie apart."""


def _alike(told: float | None, again: float | None) -> bool:
    if told is None or again is None:
        return told is again
    return math.isclose(told, again, rel_tol=_ALIKE, abs_tol=_ALIKE / 1000)
