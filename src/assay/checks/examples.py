"""Small tallies written out by hand, from which the examples of checks are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from assay.tally.views import (
    Alike,
    ColumnProfile,
    DataProfile,
    GroupOutcomes,
    OutcomeView,
    PairedGroup,
    PairedView,
    ProfileView,
    RowSetView,
)

ALL = ""
"""The label of all rows, when a tally is not cut into groups."""


def outcomes(table: Mapping[str, tuple[int, int, int, int]], *, favourable: int = 1) -> OutcomeView:
    """Outcomes from the confusion matrix of each group: true negatives, false positives, false negatives, true
    positives (scikit-learn's order). The group :data:`ALL` alone stands for all rows uncut.
    """
    groups = tuple(
        _group(label, counts, [], np.zeros((2, 0), dtype=np.int64)) for label, counts in table.items()
    )
    return _view(groups, favourable)


def scored(
    table: Mapping[str, Iterable[tuple[float, int, int]]], *, decide_at: float = 0.5, favourable: int = 1
) -> OutcomeView:
    """Outcomes from a score histogram of each group: score, rows with label 0, rows with label 1."""
    groups = []
    for label, rows in table.items():
        ordered = sorted(rows)
        scores = [score for score, _, _ in ordered]
        by_label = np.array([[n0, n1] for _, n0, n1 in ordered], dtype=np.int64).reshape(-1, 2).T
        decided = np.array([score >= decide_at for score in scores], dtype=bool)
        tn, fn = by_label[:, ~decided].sum(axis=1)
        fp, tp = by_label[:, decided].sum(axis=1)
        groups.append(_group(label, (tn, fp, fn, tp), scores, by_label))
    return _view(tuple(groups), favourable)


def paired(table: Mapping[str, tuple[int, int, int, int]]) -> PairedView:
    """Paired outcomes of each group: right both times, right then wrong, wrong then right, wrong both times."""
    groups = tuple(
        PairedGroup(label, np.array([[wrong, better], [worse, right]], dtype=np.int64))
        for label, (right, worse, better, wrong) in table.items()
    )
    total = np.stack([group.counts for group in groups]).sum(axis=0)
    uncut = tuple(group.label for group in groups) == (ALL,)
    return PairedView(PairedGroup(ALL, total), () if uncut else groups)


def _group(
    label: str,
    counts: Iterable[int],
    scores: list[float],
    by_label: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> GroupOutcomes:
    matrix = np.array(list(counts), dtype=np.int64).reshape(2, 2)
    return GroupOutcomes(label, matrix, np.array(scores, dtype=np.float64), by_label)


def _view(groups: tuple[GroupOutcomes, ...], favourable: int) -> OutcomeView:
    uncut = tuple(group.label for group in groups) == (ALL,)
    return OutcomeView(groups[0] if uncut else _together(groups), () if uncut else groups, favourable)


def _together(groups: tuple[GroupOutcomes, ...]) -> GroupOutcomes:
    counts = np.stack([group.counts for group in groups]).sum(axis=0)
    scores = np.unique(np.concatenate([group.scores for group in groups]))
    by_label = np.zeros((2, len(scores)), dtype=np.int64)
    for group in groups:
        by_label[:, np.searchsorted(scores, group.scores)] += group.by_label
    return GroupOutcomes(ALL, counts, scores, by_label)


def profiled(
    *columns: ColumnProfile,
    absent: tuple[str, ...] = (),
    undeclared: tuple[str, ...] = (),
    groups: Mapping[str, Mapping[str, int]] | None = None,
) -> ProfileView:
    """The profile of a data set called ``test``, as long as its first column, with the rows of its groups."""
    rows = columns[0].rows if columns else 0
    cut = {name: tuple(sizes.items()) for name, sizes in (groups or {}).items()}
    return ProfileView(DataProfile("test", rows, columns, absent, undeclared), cut)


def row_set(
    rows: int,
    *,
    duplicates: int = 0,
    conflicting: int = 0,
    shared: Mapping[str, int] | None = None,
    alike: Mapping[str, int] | None = None,
    alike_duplicates: int = 0,
    by_unit: Mapping[str, int] | None = None,
    no_unit: Mapping[str, int] | None = None,
) -> RowSetView:
    """The row counts of a data set called ``test``; ``shared`` has the other data sets, each with as many rows, ``alike`` is by chance."""
    return RowSetView(
        "test",
        rows,
        duplicates,
        conflicting,
        tuple((shared or {}).items()),
        tuple(Alike(name, n, beyond_chance=False) for name, n in (alike or {}).items()),
        alike_duplicates,
        tuple((by_unit or {}).items()),
        tuple((name, n, rows) for name, n in (no_unit or {}).items()),
    )
