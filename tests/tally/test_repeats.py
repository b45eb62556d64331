"""Equal rows, counted by hashes in parts, against counting them one by one."""

from __future__ import annotations

import itertools
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.domain.repeats import UNDECLARED, Repeats
from assay.tally import repeats
from assay.tally.groups import Layout
from assay.tally.hashes import mixed
from assay.tally.repeats import RepeatTally

LAYOUT = Layout((("sex", ("women", "men")), ("age", ("young", "old"))))
ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, LAYOUT.cells - 1), st.integers(0, 2)), max_size=40
)


def tally(rows: list[tuple[int, int, int]], labels: int = 2) -> RepeatTally:
    """A row's hash is of its content and label; the cell may be another in two rows with one hash."""
    hashes = np.array([content * labels + label for content, _, label in rows], np.uint64)
    return RepeatTally.of(hashes, np.array([cell * labels + label for _, cell, label in rows], np.int64))


@pytest.mark.parametrize("labels", [("a number",), ("0", "1"), ("barbera", "barolo", "grignolino")])
@given(rows=ROWS, cut=st.integers(0, 40))
def test_every_part_is_counted_as_if_row_by_row(
    labels: tuple[str, ...], rows: list[tuple[int, int, int]], cut: int
) -> None:
    """Of numbers, of two labels and of several classes."""
    groupings = (("sex",), ("age", "sex"))
    rows = [(content, cell, label % len(labels)) for content, cell, label in rows]
    parts = (tally(rows[:cut], len(labels)), tally(rows[cut:], len(labels)))
    found = (parts[0] + parts[1]).repeats(LAYOUT, groupings, labels)
    expected = []
    for names in ((), *groupings):
        group_of_cell = LAYOUT.group_of_cell(names)
        groups = range(len(LAYOUT.labels(names)))
        apart = range(len(labels)) if len(labels) > 1 else ()
        for label, group in itertools.product((None, *apart), groups):
            inside = [r for r in rows if group_of_cell[r[1]] == group and label in (None, r[2])]
            times = Counter((content, of) for content, _, of in inside).values()
            expected.append((len(inside), len(inside) - len(times), sum(m * (m - 1) for m in times)))
    assert [(one.rows, one.repeated, one.pairs) for one in found] == expected


@given(ROWS, st.integers(0, 40), st.integers(1, 6))
def test_of_too_many_rows_the_sample_is_the_same_however_they_are_split(
    rows: list[tuple[int, int, int]], cut: int, most: int
) -> None:
    rows = [(content, cell, label % 2) for content, cell, label in rows]
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(repeats, "MOST", most)
        parts, whole = tally(rows[:cut]) + tally(rows[cut:]), tally(rows)
    kept = set(sorted({content * 2 + label for content, _, label in rows})[:most])
    assert all(np.array_equal(getattr(parts, f), getattr(whole, f)) for f in ("hashes", "keys", "counts"))
    assert set(whole.hashes.tolist()) == kept
    assert int(whole.counts.sum()) == sum(content * 2 + label in kept for content, _, label in rows)


def test_of_half_a_million_rows_copied_once_in_four_the_share_is_estimated() -> None:
    """One of four distinct rows stands there twice: 5/4 rows and 2/4 pairs each, so 2/7 is lost."""
    distinct = mixed(np.arange(600_000, dtype=np.uint64))
    hashes = np.concatenate([distinct, distinct[::4]])
    found = RepeatTally.of(hashes, np.zeros(len(hashes), np.int64))
    assert len(found.hashes) == repeats.MOST
    assert abs(found.repeats(LAYOUT, (), ("0", "1"))[0].lost - 2 / 7) < 0.003


def test_the_share_that_is_lost_is_that_of_the_design_effect_of_clusters() -> None:
    """Rows in clusters of m equal ones have the variance of a mean m times as large, so 1/m of them tells as much."""
    for m in (1, 2, 5, 20):
        assert Repeats("", 100 * m, 100 * (m - 1), 100 * m * (m - 1)).lost == float(1 - Fraction(1, m))


def test_a_share_is_compared_exactly_and_one_pair_is_within_chance() -> None:
    assert not Repeats("", 98, 1, 2).beyond(UNDECLARED)
    assert not Repeats("", 5, 1, 2).beyond(UNDECLARED)
    at = Repeats("", 196, 2, 4)
    assert at.lost == 0.02
    assert not at.beyond(UNDECLARED)
    assert Repeats("", 195, 2, 4).beyond(UNDECLARED)
    assert at.beyond(Decimal("0.0199999999999"))
