"""Each of several equal rows draws for itself, and neither the order of the rows nor how they are cut changes what is counted."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.dictionary import Column
from assay.domain.needs import Part
from assay.engine.asking import at_once
from assay.engine.frame import Frame
from assay.engine.scan import scan
from assay.plan.passes import Change, Pass
from assay.stats.rates import upper_limit
from assay.tally.changes import lose_values
from assay.tally.partial import Partial, merged
from assay.tally.partial_bytes import to_bytes
from assay.tally.perturbation import ChangeContext, uniforms

FRAME = Frame(
    inputs=("a", "b"),
    label="bad",
    attributes=(),
    decide_at=0.5,
    dictionary=(
        Column(name="id", type="identifier", description="person"),
        Column(name="a", type="category", description="a", codes={0: "no", 1: "yes"}, missing="allowed"),
        Column(name="b", type="integer", description="b", missing="allowed"),
    ),
    seed="abc",
)
COPIES = Pass("test", frozenset({Part.COPIES}))


def people(n: int, values: int, seed: int) -> pa.RecordBatch:
    """People of so few kinds that nearly each has many equals; half of them would be decided otherwise without ``a``."""
    draw = np.random.default_rng(seed)
    a = draw.integers(0, 2, n)
    columns = {"id": np.arange(n), "a": a, "b": draw.integers(0, values // 2, n), "bad": a}
    return pa.RecordBatch.from_pydict(columns)


def cut(rows: pa.RecordBatch, edges: list[int]):
    return [(rows.slice(a, b - a), a) for a, b in itertools.pairwise([0, *edges, rows.num_rows])]


def counted(rows: pa.RecordBatch, edges: list[int], change, seed: int = 1) -> Partial:
    """As a run does: first which rows equal an earlier one, then the model before and after the change, part by part."""
    parts = cut(rows, edges)
    numbers = merged(
        scan(FRAME, COPIES, [part], first_row=first, ask=None) for part, first in parts
    ).copies.numbers()
    told = Change("lost", change, (("share", Decimal("0.2")),), seed=seed)
    asked = Pass("test", frozenset({Part.OUTCOMES}), changes=(told,))
    model = at_once(lambda batch: np.nan_to_num(np.array(batch["a"].to_pylist(), dtype=float), nan=0.0))
    return merged(
        scan(FRAME, asked, [part], first_row=first, ask=model, copies=numbers) for part, first in parts
    )


def drawn(rows: pa.RecordBatch) -> np.ndarray:
    """The numbers that the rows draw by."""
    found: list[np.ndarray] = []

    def changed(columns, context: ChangeContext):
        found.append(context.rows)
        return columns

    counted(rows, [], changed)
    return found[0]


@pytest.mark.parametrize("values", [10, 100])
def test_the_size_at_the_threshold_is_that_of_independent_rows_however_few_kinds_there_are(values):
    n, runs, passes = 600, 500, 0
    for seed in range(runs):
        rows = people(n, values, seed)
        lost = uniforms(seed, "a", drawn(rows)) < 0.2
        worse = float((lost & (rows["a"].to_numpy() == 1)).sum())  # with the probability .1
        passes += upper_limit(np.array([worse]), float(n), 0.05)[0] <= 0.1
    assert passes / runs <= 0.06


def test_no_two_rows_share_a_draw_and_the_order_of_the_rows_changes_no_count():
    rows = people(700, 4, 1)
    assert len(set(drawn(rows).tolist())) == 700
    found = to_bytes(counted(rows, [], lose_values))
    assert found == to_bytes(counted(rows, [1, 300, 301, 650], lose_values))
    order = np.random.default_rng(2).permutation(700)
    shuffled = rows.take(pa.array(order))
    assert found == to_bytes(counted(shuffled, [250], lose_values))
    assert found != to_bytes(counted(rows, [], lose_values, seed=2))


def test_a_new_number_for_each_person_changes_no_count_either():
    rows = people(700, 4, 1)
    renumbered = rows.set_column(0, "id", pa.array(np.arange(700) * 7 + 3))
    assert to_bytes(counted(rows, [], lose_values)) == to_bytes(counted(renumbered, [], lose_values))


def test_only_rows_that_count_are_numbered():
    rows, alone = people(700, 4, 1), np.arange(0, 700, 2)
    found = scan(FRAME, COPIES, [rows], first_row=0, ask=None, selection=alone).copies
    assert found.places.tolist() == alone.tolist()


def test_what_tells_rows_apart_besides_the_inputs_is_read_where_something_is_drawn():
    frame = replace(FRAME, inputs=("a",))
    assert frame.telling == ("a", "b", "bad")
