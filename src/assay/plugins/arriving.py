"""Counts that a package sent: believed only as far as the rows that it was shown allow.

Which of the possible counts are sent is the package's own word; its digest says who gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from assay.domain.evidence import (
    Census,
    Counts,
    Functional,
    Paired,
    Rates,
    ScoreCell,
    Scores,
    Stratified,
    Undefined,
)
from assay.domain.metric import Metric
from assay.domain.plain import from_plain
from assay.plugins.entry import KINDS, NoEntry, line
from assay.sandbox.untold import type_told
from assay.tally.views import GroupOutcomes, OutcomeView, PairedGroup, PairedView

_MOST, _MOST_DETAILS, _MOST_BINS, _MOST_FAMILIES = 2**53, 10_000, 1_000, 100
Group = GroupOutcomes | PairedGroup


class Impossible(ValueError):
    """What was sent is no counts, or not of these rows; the message is the end of a sentence about the package."""


def counts_from(told: Any, view: Any, metric: Metric) -> Counts:
    """The counts.

    Raises:
        Impossible: with what is wrong, as the end of a sentence about the package.
    """
    if not isinstance(told, dict):
        raise Impossible("sent something else than an answer")
    if "returned" in told:
        # The name of a class is the package's own choice, made after it saw rows.
        raise Impossible(f"returned {type_told(told['returned'])}, and counts of {KINDS} were expected")
    try:
        counts: Counts = from_plain(told["counts"], Counts)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as wrong:
        raise Impossible(f"sent something else than counts of {KINDS}") from wrong
    try:
        _look_at(counts, view, metric)
    except (Impossible, NoEntry) as wrong:
        raise Impossible(f"sent counts that cannot be: {wrong}") from wrong
    return counts


def _look_at(counts: Counts, view: Any, metric: Metric) -> None:
    if isinstance(counts, Undefined):
        line(counts.detail, "the detail")
        return
    if metric.census is not isinstance(counts, Census):
        raise Impossible(
            "a census, and only a census, is a fact about the data in hand; the entry says otherwise"
        )
    if isinstance(counts, Census):
        _census(counts)
        return
    if not isinstance(view, OutcomeView | PairedView):
        raise Impossible("rates, scores or pairs, and the model was asked nothing for this check")
    groups: Mapping[str, Group] = {group.label: group for group in (view.overall, *view.groups)}
    labels = {group.label for group in view.each}
    if isinstance(counts, Rates | Stratified):
        _rates(counts, groups, labels)
    elif isinstance(counts, Scores):
        _scores(counts, groups, labels)
    elif isinstance(counts, Paired):
        _paired(counts, groups, labels)
    else:
        raise Impossible("counts of rows or of trained models, and it was shown groups")


def _census(counts: Census) -> None:
    if max(counts.found, counts.total) > _MOST or len(counts.details) > _MOST_DETAILS:
        raise Impossible("it is larger than anything that is counted")
    for label, number in counts.details:
        line(label, "a detail")
        if not 0 <= number <= _MOST:
            raise Impossible("a detail is no number of rows")


def _rates(counts: Rates | Stratified, groups: Mapping[str, Group], labels: set[str]) -> None:
    families: dict[str, list[str]] = {}
    for cell in counts.cells:
        families.setdefault(line(cell.family, "a family", 100), []).append(cell.label)
        if cell.trials > _rows(groups, cell.label):
            raise Impossible(
                f"a rate of {cell.trials:,} trials where there are {_rows(groups, cell.label):,} rows"
            )
    if not families or len(families) > _MOST_FAMILIES:
        raise Impossible("no rates, or more families of them than are allowed")
    for named in families.values():
        _each_once(named, labels)
    if unknown := {*counts.focus, *([counts.reference] if counts.reference is not None else [])} - labels:
        raise Impossible(
            f"{len(unknown)} groups in its focus or reference that are not among those it was shown"
        )


def _scores(counts: Scores, groups: Mapping[str, Group], labels: set[str]) -> None:
    if not 1 <= counts.bins <= _MOST_BINS or not isinstance(counts.functional, Functional):
        raise Impossible(f"bins are a number from 1 to {_MOST_BINS:,}")
    _each_once((cell.label for cell in counts.cells), labels)
    for cell in counts.cells:
        group = groups[cell.label]
        if not isinstance(group, GroupOutcomes):
            raise Impossible("scores, where pairs were shown")
        _some_of(cell, group)


def _some_of(cell: ScoreCell, group: GroupOutcomes) -> None:
    """Rows of a histogram must be rows of the one that was shown, at the same scores and on the same grid."""
    scores = np.array(cell.scores, dtype=np.float64)
    if not np.isfinite(scores).all() or (np.diff(scores) <= 0).any():
        raise Impossible("scores that do not increase")
    if tuple(cell.edges) != tuple(group.edges.tolist()):
        raise Impossible("another grid of scores than it was shown")
    at = np.searchsorted(group.scores, scores)
    if (at >= len(group.scores)).any() or (group.scores[at] != scores).any():
        raise Impossible("scores that it was not shown")
    shown = group.by_label[:, at].sum(axis=0)
    for negatives, positives, rows in zip(cell.negatives, cell.positives, shown.tolist(), strict=True):
        if negatives < 0 or positives < 0 or negatives + positives > rows:
            raise Impossible("more rows at a score than it was shown, or fewer than none")


def _paired(counts: Paired, groups: Mapping[str, Group], labels: set[str]) -> None:
    _each_once((cell.label for cell in counts.cells), labels)
    for cell in counts.cells:
        group = groups[cell.label]
        if not isinstance(group, PairedGroup):
            raise Impossible("pairs, where outcomes were shown")
        if cell.worse > group.worse or cell.better > group.better or cell.n > group.n:
            raise Impossible("more pairs than it was shown")


def _rows(groups: Mapping[str, Group], label: str) -> int:
    if label not in groups:
        raise Impossible("a group that it was not shown")
    return groups[label].n


def _each_once(named: Iterable[str], labels: set[str]) -> None:
    """No group is dropped, none is counted twice, and none is made up."""
    found = list(named)
    if len(found) != len(set(found)) or set(found) != labels:
        raise Impossible(f"each of the {len(labels)} groups that it was shown was expected once")
