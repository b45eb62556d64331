"""Any partitioning, merged in any order, gives the same bytes."""

from __future__ import annotations

import bisect
import contextlib
import dataclasses
import datetime as dt
import decimal
import functools
import itertools
import operator
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.needs import Part
from assay.domain.specification import Attribute
from assay.engine.frame import Frame
from assay.engine.scan import scan
from assay.plan.passes import Pass
from assay.subject.arrays import as_numpy, as_words, with_columns
from assay.tally import crossing as crossing_module
from assay.tally import scores as scores_module
from assay.tally.groups import GroupCodes, Layout
from assay.tally.hashes import MISSING, mixed, row_sum
from assay.tally.partial import Partial
from assay.tally.partial_bytes import from_bytes, to_bytes
from assay.tally.profiles import MANY, ProfileSum, ProfileTally, named
from assay.tally.rows import RowTally
from assay.tally.scores import ScoreSum, ScoreTally
from assay.tally.sums import ExactSum, Spread
from assay.tally.units import UnitTally

SEX = Attribute(column="SEX", groups={"female": 2, "male": 1})
AGE = Attribute(column="AGE", bands=(Decimal(25), Decimal(40)))
FRAME = Frame(
    inputs=("SEX", "AGE", "INCOME"),
    label="bad",
    attributes=(("sex", SEX), ("age", AGE)),
    decide_at=0.35,
    dictionary=(
        Column(name="SEX", type="category", description="sex", codes={1: "male", 2: "female"}),
        Column(name="AGE", type="integer", description="age", range=(Decimal(18), Decimal(100))),
        Column(name="INCOME", type="number", description="income", missing="allowed"),
    ),
    unit="client",
    seed="abc",
    score_column="score",
)
EVERYTHING = Pass("test", frozenset(Part))


def table(n: int, seed: int) -> pa.RecordBatch:
    rng = np.random.default_rng(seed)
    income = rng.normal(1000, 300, n).round(2)
    return pa.RecordBatch.from_pydict(
        {
            "SEX": rng.integers(0, 4, n),
            "AGE": rng.integers(15, 70, n),
            "INCOME": pa.array(income, mask=rng.random(n) < 0.1),
            "bad": rng.integers(0, 2, n),
            "client": rng.integers(0, max(n // 2, 1), n),
            "score": rng.random(n).round(3),
        }
    )


def count(batch: pa.RecordBatch, first_row: int = 0) -> Partial:
    return scan(FRAME, EVERYTHING, [batch] if batch.num_rows else [], first_row=first_row, ask=None)


def beyond_exact(batch: pa.RecordBatch) -> Partial:
    """As counted when not one score may be kept exactly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores_module, "MOST_EXACT", 0)
        return count(batch)


FEW_SCORES, MANY_SCORES = count(table(20, seed=1)), beyond_exact(table(20, seed=1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 200), st.lists(st.integers(0, 200), max_size=6), st.randoms(use_true_random=False))
def test_any_partitioning_merged_in_any_order_gives_the_same_bytes(n, cuts, random):
    batch = table(n, seed=n)
    edges = sorted({0, n, *(c for c in cuts if c <= n)})
    parts = [count(batch.slice(a, b - a), a) for a, b in itertools.pairwise(edges)]
    random.shuffle(parts)
    merged = functools.reduce(operator.add, parts, count(batch.slice(0, 0)))
    assert to_bytes(merged) == to_bytes(count(batch))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 120))
def test_merge_is_associative_and_commutative(a, b, c):
    x, y, z = (count(table(n, seed=n + 7), 1000 * i) for i, n in enumerate((a, b, c)))
    assert to_bytes((x + y) + z) == to_bytes(x + (y + z))
    assert to_bytes(x + y) == to_bytes(y + x)


def test_bytes_come_back_as_the_same_tally():
    tally = count(table(300, seed=1))
    assert to_bytes(from_bytes(to_bytes(tally))) == to_bytes(tally)
    fed_less = dataclasses.replace(FRAME, inputs=("AGE",))
    rows = Pass("test", frozenset({Part.ROW_HASHES}))
    tallies = [
        scan(fed_less, rows, parts, first_row=0, ask=None)
        for parts in ([table(300, seed=1)], [table(300, seed=1).slice(0, 110), table(300, seed=1).slice(110)])
    ]
    assert to_bytes(tallies[0]) == to_bytes(tallies[1]) == to_bytes(from_bytes(to_bytes(tallies[0])))
    assert tallies[0].by_inputs.rows == 300 > len(tallies[0].by_inputs.counts)
    assert len(tallies[0].row_set.counts) > len(tallies[0].by_inputs.counts)


def test_damaged_bytes_are_refused():
    data = to_bytes(count(table(300, seed=1)))
    for damaged in (b"", data[:7], data[:-1], data + b"\0", b"\xff" * len(data), data[:8] + b"[" * 5000):
        with pytest.raises(ValueError, match=r"."):
            from_bytes(damaged)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8), st.booleans())
def test_bytes_changed_anywhere_are_refused_or_are_another_tally(at, change, many):
    data = to_bytes(MANY_SCORES if many else FEW_SCORES)
    at = min(at, len(data) - len(change))
    with contextlib.suppress(ValueError):
        assert isinstance(from_bytes(data[:at] + change + data[at + len(change) :]), Partial)


def scores_of(cell, label, score) -> ScoreTally:
    total = ScoreSum(3)
    for i in range(0, len(cell), 97):
        total.count(cell[i : i + 97] * 2 + label[i : i + 97], score[i : i + 97])
    return total.tally()


@pytest.mark.parametrize("most_exact", [0, 50, 10_000])
@pytest.mark.parametrize("most_waiting", [30, 120, 10_000])
@pytest.mark.parametrize("digits", [1, 17])
def test_exact_and_grid_agree_whatever_the_partitioning(monkeypatch, most_exact, most_waiting, digits):
    rng = np.random.default_rng(3)
    cell, label = rng.integers(0, 3, 400), rng.integers(0, 2, 400)
    score = rng.random(400).round(digits) * rng.choice([-1, 1], 400)
    score = np.where(score < 0, np.where(score > -0.1, -0.0, -score), score)
    monkeypatch.setattr(scores_module, "MOST_EXACT", most_exact)
    whole = scores_of(cell, label, score)
    monkeypatch.setattr(scores_module, "MOST_WAITING", most_waiting)
    parts = [scores_of(cell[i::7], label[i::7], score[i::7]) for i in range(7)]
    merged = functools.reduce(operator.add, reversed(parts))
    assert whole.exact == (len({*zip(cell, label, score, strict=True)}) <= most_exact)
    for name in ("keys", "scores", "counts", "places", "rows", "sums"):
        assert getattr(whole, name).tobytes() == getattr(merged, name).tobytes()
    inside = np.array([True, False, True])
    means, by_label, edges = whole.histogram(inside)
    assert whole.exact == (edges.size == 0)
    assert by_label.sum() == np.isin(cell, [0, 2]).sum()
    assert np.all(np.diff(means) > 0)
    assert float(means @ by_label.sum(axis=0)) == pytest.approx(score[np.isin(cell, [0, 2])].sum(), abs=1e-6)


@pytest.mark.parametrize("bins", [100, 101, 161, 10_000])
def test_bins_cover_all_scores_and_are_symmetric(bins):
    edges = scores_module.edges_of(bins)
    assert edges[0] == 0
    assert np.all(np.diff(edges) >= 0)
    assert np.array_equal(edges[1:] + edges[1:][::-1], np.full(bins - 1, 2**32)) or bins % 2 == 0
    assert np.diff(edges).max() <= 3.1 * 2**32 / bins


@pytest.mark.parametrize("bads_in_ten_thousand", [50, 300, 5000])
def test_the_area_under_the_curve_stays_on_the_coarsest_grid(monkeypatch, bads_in_ten_thousand):
    rng = np.random.default_rng(6)
    score = rng.beta(1.0, 10_000 / bads_in_ten_thousand - 1, 300_000)
    label = (rng.random(300_000) < score).astype(np.int64)
    total = ScoreSum(10_000)
    total.count(label, score)
    means, by_label, edges = total.tally().histogram(np.ones(10_000, dtype=bool))
    assert len(edges) <= scores_module.FEWEST_BINS + 1
    y, s = np.repeat([0, 1], len(means)), np.tile(np.searchsorted(edges, means, side="right"), 2)
    on_grid = metrics.roc_auc_score(y, s, sample_weight=by_label.ravel())
    assert on_grid == pytest.approx(metrics.roc_auc_score(label, score), abs=3e-3)


@pytest.mark.parametrize("most_dense", [0, 1 << 21])
@pytest.mark.parametrize("most_sparse", [0, 300, 1 << 18])
def test_sums_on_the_grid_are_exact_integers(monkeypatch, most_dense, most_sparse):
    rng = np.random.default_rng(4)
    cell, label = rng.integers(0, 3, 2000), rng.integers(0, 2, 2000)
    bins = scores_module.bins_for(3)
    edges = scores_module.edges_of(bins)
    near = rng.choice(edges, 900)[:, None] + [-1, 0]
    score = np.concatenate([near.ravel().clip(0) / 2**32, rng.random(198), [0.0, 1.0]])
    monkeypatch.setattr(scores_module, "MOST_EXACT", 0)
    monkeypatch.setattr(scores_module, "MOST_DENSE", most_dense)
    monkeypatch.setattr(scores_module, "MOST_SPARSE", most_sparse)
    tally = scores_of(cell, label, score)
    by_hand: dict[int, list[int]] = {}
    for key, value in zip(cell * 2 + label, score, strict=True):
        fixed = floor(Fraction(value) * 2**32)
        at = bisect.bisect_right(edges, fixed) - 1
        rows_and_sum = by_hand.setdefault(int(key) * bins + at, [0, 0])
        rows_and_sum[0] += 1
        rows_and_sum[1] += fixed - edges[at]
    assert tally.places.tolist() == sorted(by_hand)
    assert [[*pair] for pair in zip(tally.rows, tally.sums, strict=True)] == [
        by_hand[p] for p in sorted(by_hand)
    ]
    assert tally.sums.min() >= 0


def test_a_grid_with_few_and_with_many_filled_places_comes_back(monkeypatch):
    monkeypatch.setattr(scores_module, "MOST_EXACT", 0)
    for n in (50, 5000):
        few = dataclasses.replace(FRAME, attributes=(("sex", SEX),))
        monkeypatch.setattr(scores_module, "MOST_PLACES", 1 << 10)
        counted = scan(
            few,
            Pass("test", frozenset({Part.OUTCOMES, Part.SCORES})),
            [table(n, 1)],
            first_row=0,
            ask=None,
        )
        again = from_bytes(to_bytes(counted))
        for field in dataclasses.fields(ScoreTally):
            before, after = (getattr(p.outcomes.scores, field.name) for p in (counted, again))
            assert np.array_equal(before, after)
        assert to_bytes(again) == to_bytes(counted)


def test_decisions_equal_scikit_learn():
    batch = table(2000, seed=5)
    view = count(batch).outcomes.view((), favourable=0)
    y = batch.column("bad").to_numpy()
    decided = (batch.column("score").to_numpy() >= 0.35).astype(int)
    assert np.array_equal(view.overall.counts, metrics.confusion_matrix(y, decided))


def test_groups_are_cut_as_defined_and_rows_in_none_are_left_out():
    batch = table(3000, seed=9)
    sex, age = batch.column("SEX").to_numpy(), batch.column("AGE").to_numpy()
    view = count(batch).outcomes.view(("sex", "age"), favourable=0)
    assert [g.label for g in view.groups][:2] == ["female × under 25", "female × 25 to under 40"]
    by_hand = {
        "female × under 25": (sex == 2) & (age < 25),
        "male × 40 and over": (sex == 1) & (age >= 40),
        "female × 25 to under 40": (sex == 2) & (age >= 25) & (age < 40),
    }
    for group in view.groups:
        if group.label in by_hand:
            assert group.n == by_hand[group.label].sum()
    assert sum(g.n for g in view.groups) == np.isin(sex, [1, 2]).sum() < view.overall.n
    crossed_other_way = count(batch).outcomes.view(("age", "sex"), favourable=0)
    assert {g.label: g.n for g in crossed_other_way.groups}["under 25 × female"] == view.groups[0].n


def test_one_row_per_unit_whatever_the_order():
    batch = table(500, seed=11)
    client = batch.column("client").to_numpy()
    chosen = count(batch).units.selection()
    assert len(chosen) == len(np.unique(client)) == len(np.unique(client[chosen]))
    order = np.random.default_rng(0).permutation(500)
    shuffled = batch.take(pa.array(order))
    again = order[count(shuffled).units.selection()]
    content = [
        tuple(batch.column(n)[int(i)].as_py() for n in ("SEX", "AGE", "INCOME", "bad")) for i in chosen
    ]
    content_again = [
        tuple(batch.column(n)[int(i)].as_py() for n in ("SEX", "AGE", "INCOME", "bad")) for i in again
    ]
    assert sorted(content, key=repr) == sorted(content_again, key=repr)


def test_codes_of_fewer_than_ten_rows_are_told_by_their_number_whatever_the_partitions():
    assert named((("a", 9),)) == (("1 other code, in fewer than 10 rows", 9),)
    assert named((("a", 10), ("b", 1), ("c", 2))) == (
        ("a", 10),
        ("2 other codes, in fewer than 10 rows each", 3),
    )
    assert named(((MANY, 5),)) == ((MANY, 5),)
    half = ProfileTally("x", rows=5, undocumented=(("a", 5),))
    assert named((half + half).undocumented) == (("a", 10),)


def test_profiles_count_what_the_dictionary_does_not_allow():
    batch = table(1000, seed=13)
    sex, _, income = count(batch).profiles
    age = count(batch).profiles[1]
    values = batch.column("SEX").to_numpy()
    assert dict(sex.undocumented) == {"0": (values == 0).sum(), "3": (values == 3).sum()}
    assert dict(sex.codes) == {"1": (values == 1).sum(), "2": (values == 2).sum()}
    assert age.out_of_range == (batch.column("AGE").to_numpy() < 18).sum()
    assert income.missing == batch.column("INCOME").null_count


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), max_size=40))
def test_sums_are_exact(values):
    exact = ExactSum.empty().adding(np.array(values, dtype=np.float64))
    assert exact.total == sum((Fraction(v) for v in values), Fraction(0))


def test_deviation_equals_numpy():
    values = np.random.default_rng(1).normal(1e6, 3, 5000)
    assert Spread.empty().adding(values).deviation == pytest.approx(values.std(), rel=1e-6)


def test_a_value_whose_square_is_no_number_gives_no_deviation():
    spread = Spread.empty().adding(np.array([1.0, 2.0, 1e200]))
    assert np.isnan(spread.deviation)
    assert Spread.empty().adding(np.array([1.0, np.inf, 3.0])).deviation == 1.0


def test_text_groups_and_missing_values_have_codes_of_their_own():
    attribute = Attribute(column="c", groups={"a": "A", "bc": ("B", "C")})
    values = np.array(["A", "C", None, "Z", "B"], dtype=object)
    assert GroupCodes(attribute).of(values).tolist() == [0, 1, 2, 2, 1]
    assert GroupCodes(AGE).of(np.array([np.nan, 24.999, 25.0, 40.0])).tolist() == [3, 0, 1, 2]
    with pytest.raises(TypeError, match="neither numbers nor dates"):
        GroupCodes(Attribute(column="c", bands=(Decimal(1),))).of(values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-70_000, 70_000), min_size=1, max_size=5, unique=True), st.integers(0, 1000))
def test_group_codes_are_the_same_for_any_type_of_number(codes, seed):
    attribute = Attribute(column="c", groups={f"g{code}": code for code in codes})
    rng = np.random.default_rng(seed)
    values = np.concatenate([codes, rng.choice(codes, 20) + rng.integers(-1, 2, 20)]).astype(np.int32)
    by_hand = [codes.index(v) if v in codes else len(codes) for v in values.tolist()]
    for kind in (np.int32, np.int64, np.float64):
        assert GroupCodes(attribute).of(values.astype(kind)).tolist() == by_hand
    fractions = np.array([codes[0] + 0.5, np.nan, np.inf, -np.inf, 1e-17, 1e300])
    none = [len(codes)] * 4 + [len(codes), len(codes)]
    assert GroupCodes(attribute).of(fractions).tolist() == none


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(-3, 130) | st.none(), max_size=30), max_size=4))
def test_profiles_do_not_depend_on_the_type_or_the_batches(batches):
    column = Column(
        name="c", type="category", description="c", codes={1: "one", 3: "three", "x": "no number"}
    )
    number = Column(name="c", type="integer", description="c", range=(Decimal(0), Decimal(50)))
    values = [v for batch in batches for v in batch]
    present = [v for v in values if v is not None]
    for described in (column, number):
        total = ProfileSum(described)
        for batch in batches:
            kind = np.float64 if None in batch else np.int32
            total.count(np.array([np.nan if v is None else v for v in batch], dtype=kind))
        tally = total.tally()
        assert (tally.rows, tally.missing) == (len(values), len(values) - len(present))
    assert tally.out_of_range == sum(not 0 <= v <= 50 for v in present)
    assert tally.ill_typed == 0
    texts = ProfileSum(column)
    texts.count(np.array([None if v is None else str(v) for v in values], dtype=object))
    coded = ProfileSum(column)
    for batch in batches:
        coded.count(np.array([np.nan if v is None else v for v in batch], dtype=np.float64))
    assert coded.tally() == texts.tally()


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, np.uint64, np.float64])
def test_looking_up_by_combination_counts_what_looking_up_by_row_counts(monkeypatch, kind):
    """A batch has only documented codes or not, codes beside bands, more or fewer columns crossed."""
    rng = np.random.default_rng(8)
    parts = []
    for sexes, labels in ([1, 2], [0, 1]), ([1, 2, 3], [0, 1]), ([0, 1, 2], [0, 1]), ([1, 2], [0, 1, 2]):
        columns = dict(zip(table(1, 0).schema.names, table(500, len(parts)).columns, strict=True))
        columns["SEX"] = pa.array(rng.choice(sexes, 500).astype(kind))
        columns["bad"] = pa.array(rng.choice(labels, 500).astype(kind))
        parts.append(pa.RecordBatch.from_pydict(columns))
    counted = []
    for most in (2, 3, 1 << 14):
        monkeypatch.setattr(crossing_module, "MOST_COMBINATIONS", most)
        counted.append(to_bytes(scan(FRAME, EVERYTHING, parts, first_row=0, ask=None)))
    assert counted[0] == counted[1] == counted[2]
    sex = np.concatenate([p.column("SEX").to_numpy() for p in parts])
    bad = np.concatenate([p.column("bad").to_numpy() for p in parts])
    read = from_bytes(counted[0])
    by_sex = read.layout.collapse(read.population, ("sex",))
    assert by_sex.tolist() == [[((sex == s) & (bad == b)).sum() for b in (0, 1)] for s in (2, 1)]
    assert dict(read.profiles[0].codes) == {str(s): (sex == s).sum() for s in (1, 2)}
    assert read.bad_labels == (bad == 2).sum()


def test_only_selected_rows_with_a_label_count_for_outcomes():
    batch = table(1000, seed=21)
    labels = np.where(np.arange(1000) % 7, batch.column("bad").to_numpy(), 9)
    batch = batch.set_column(3, "bad", pa.array(labels))
    chosen = np.flatnonzero(np.random.default_rng(2).random(1000) < 0.4)
    parts = [batch.slice(a, 250) for a in range(0, 1000, 250)]
    outcomes = Pass("test", frozenset({Part.OUTCOMES}))
    counted = scan(FRAME, outcomes, parts, first_row=5000, ask=None, selection=chosen + 5000)
    assert counted.outcomes.decisions.sum() == (labels[chosen] != 9).sum()
    assert (counted.rows, counted.bad_labels) == (1000, 143)


def rows_of(columns: dict[str, np.ndarray], cuts: tuple[int, ...] = ()) -> RowTally:
    edges = [0, *cuts, len(next(iter(columns.values())))]
    tally = RowTally.empty()
    for start, stop in itertools.pairwise(edges):
        words = {name: as_words(pa.array(values[start:stop])) for name, values in columns.items()}
        rows = RowTally.empty()
        for half in (slice(0, (stop - start) // 2), slice((stop - start) // 2, None)):
            part = {name: w[half] for name, w in words.items()}
            n = len(next(iter(part.values())))
            rows = rows.counting(row_sum(part.items(), n), np.zeros(n, np.uint8), part)
        tally = rows + tally
    return tally


def test_columns_that_are_constant_in_each_set_hide_no_shared_row():
    x, y = np.arange(1000) // 2, np.arange(1000) % 7
    mine = rows_of({"x": x, "y": y, "extract": np.full(1000, 1)}, (100, 101, 700))
    assert [name for name, _ in mine.constants] == ["extract"]
    other = rows_of({"x": x[:300], "y": y[:300], "extract": np.full(300, 2)}, (17,))
    assert mine.shared(other) == 300
    assert other.shared(mine) == 300
    varied = rows_of({"x": x[:300], "y": y[:300], "extract": np.where(np.arange(300) < 200, 1, 2)})
    assert varied.constants == ()
    assert mine.shared(varied) == 200
    assert mine.shared(RowTally.empty()) == RowTally.empty().shared(mine) == 0
    assert dict(mine.view("test", {"train": other}).shared) == {"train": 300}


@pytest.mark.parametrize(
    ("kinds", "copied", "beyond"),
    [(50, 0, False), (10**4, 0, False), (10**9, 0, False), (10**9, 20, True), (10**9, 500, True)],
)
def test_shared_inputs_are_shared_rows_where_chance_does_not_explain_them(kinds, copied, beyond):
    rng = np.random.default_rng(5)
    train, test = rng.integers(0, kinds, 20_000), rng.integers(0, kinds, 2000)
    test[:copied] = train[:copied]
    mine, other = rows_of({"x": test}), rows_of({"x": train})
    assert mine.shared(other) >= copied
    assert mine.shares_beyond_chance(other) == other.shares_beyond_chance(mine) == beyond
    repeated = rows_of({"x": np.concatenate([train, train])})  # what repeats in one of the sets hides nothing
    assert mine.shares_beyond_chance(repeated) == beyond


def test_twins_that_were_made_do_not_pass_for_chance():
    x = np.arange(4000)
    x = np.concatenate([x, x[:480], np.zeros(1000, np.int64)])  # 12 % twins, and one value a thousand times
    mine = rows_of({"x": x})
    assert mine.repeated == 480
    assert mine.shares_beyond_chance(mine)


def test_too_many_cells_are_refused():
    many = tuple((f"a{i}", tuple("abcdefghi")) for i in range(7))
    with pytest.raises(ValueError, match="at most 1,000,000"):
        Layout(many)


def test_large_identifiers_stay_apart_and_small_ones_are_equal_in_any_type():
    large = pa.array(np.arange(4000, dtype=np.int64) + 10**18)
    assert len(np.unique(as_words(large))) == 4000
    small = pa.array(np.arange(-50, 50))
    for kind in (pa.int8(), pa.int32(), pa.float64(), pa.decimal128(30, 0), pa.decimal256(60, 0)):
        assert np.array_equal(as_words(small.cast(kind)), as_words(small))


BEYOND = 2**60 + np.arange(50)
DISTINCT = {
    "integers": (pa.int64(), [int(v) for v in BEYOND]),
    "unsigned": (pa.uint64(), [2**63 + int(v) for v in BEYOND]),
    "decimals": (pa.decimal128(38, 0), [Decimal(10**29 + i) for i in range(50)]),
    "fractions": (pa.decimal128(38, 30), [Decimal(f"1.{i:030d}") for i in range(50)]),
    "wide decimals": (pa.decimal256(76, 0), [Decimal(10**60 + i) for i in range(50)]),
    "texts": (pa.string(), ["q" + "\0" * i for i in range(50)]),
    "coded texts": (pa.dictionary(pa.int32(), pa.string()), ["q" + "\0" * i for i in range(50)]),
    "dates": (pa.date32(), [dt.date(2020, 1, 1) + dt.timedelta(i) for i in range(50)]),
}


@pytest.mark.parametrize("what", DISTINCT)
def test_no_two_values_fall_together_and_a_missing_one_changes_no_other(what):
    kind, values = DISTINCT[what]
    with decimal.localcontext(prec=80):
        plain = as_words(pa.array(values, type=kind))
        holed = pa.array([None, *values, None], type=kind)
    assert len(np.unique(plain)) == 50
    assert np.array_equal(as_words(holed)[1:-1], plain)
    assert as_words(holed)[[0, -1]].tolist() == [MISSING, MISSING]
    assert np.array_equal(
        as_words(holed.slice(1, 50)), plain
    )  # a buffer that does not begin with its first value
    assert len(as_words(holed.slice(0, 0))) == 0


def test_every_missing_value_is_the_same_and_none_is_a_value():
    missing = [
        pa.nulls(1),
        pa.array([np.nan]),
        *(pa.array([None], type=kind) for kind, _ in DISTINCT.values()),
    ]
    assert {int(as_words(column)[0]) for column in missing} == {int(MISSING)}
    values = as_words(pa.array(["", "None", "nan", "\0"]))
    assert len(np.unique(values)) == 4
    assert MISSING not in values


def test_a_decimal_that_is_no_whole_number_becomes_none():
    tiny = Decimal("1e-30")
    with decimal.localcontext(prec=60):
        near = [1 + tiny, 1 - tiny, -1 - tiny, -1 + tiny, Decimal(1), Decimal(0), tiny, None]
        found = as_numpy(pa.array(near, type=pa.decimal128(38, 30)))
    over, under = np.nextafter(1, 2), np.nextafter(1, 0)
    assert found[:6].tolist() == [over, under, -over, -under, 1, 0]
    assert found[6] > 0
    assert np.isnan(found[7])


@pytest.mark.parametrize(
    "kind",
    [
        pa.decimal128(3, 3),
        pa.decimal128(38, 38),
        pa.decimal256(76, 38),
        pa.decimal32(5, 2),
        pa.decimal64(18, 18),
    ],
    ids=str,
)
def test_a_decimal_of_any_width_is_a_number(kind):
    column = pa.array([Decimal("0.12"), None, Decimal("-0.5")]).cast(kind)
    assert as_numpy(column, "x").tolist()[::2] == pytest.approx([0.12, -0.5])
    assert len(np.unique(as_words(column))) == 3


def test_what_cannot_be_read_names_its_column():
    with pytest.raises(SubjectError, match="'x' is of type decimal256"):
        as_numpy(pa.array([Decimal("0.5")]).cast(pa.decimal256(76, 76)), "x")
    with pytest.raises(SubjectError, match="'x' is of type list"):
        as_words(pa.array([[1]]), "x")


def test_changed_columns_keep_their_type_and_its_limits():
    batch = pa.record_batch(
        {
            "wide": pa.array([2**64 - 1, 5], pa.uint64()),
            "narrow": pa.array([120, None], pa.int8()),
            "time": pa.array([1, None], pa.time32("s")),
        }
    )
    again = with_columns(batch, {name: as_numpy(batch.column(name)) for name in batch.schema.names})
    assert again.equals(batch)
    moved = with_columns(batch, {"wide": np.array([1e30, -4.0]), "narrow": np.array([300.0, np.nan])})
    assert moved.column("narrow").to_pylist() == [127, None]
    assert moved.column("wide").to_pylist() == [2**64 - 2048, 0]


def test_zero_bytes_at_the_end_of_a_text_are_part_of_it():
    texts = np.array(["f", "f\0", "m", None], dtype=object)
    attribute = Attribute(column="c", groups={"f": "f", "m": "m"})
    assert GroupCodes(attribute).of(texts).tolist() == [0, 2, 1, 2]
    total = ProfileSum(Column(name="c", type="category", description="c", codes={"f": "f", "m": "m"}))
    total.count(texts)
    assert dict(total.tally().codes) == {"f": 1, "m": 1}
    assert dict(total.tally().undocumented) == {"f\0": 1}


def test_rows_without_a_unit_are_counted_and_never_one_unit():
    units = as_words(pa.array(["a", None, "", "b", "a", None]))
    tally = UnitTally.empty().counting(
        units, np.arange(6, dtype=np.uint64), np.zeros(6, np.uint64), np.arange(6), "seed"
    )
    assert (tally.rows, tally.missing, tally.n, tally.largest) == (6, 3, 2, 2)


@given(order=st.permutations(range(6)), cut=st.integers(0, 6))
def test_rows_of_a_unit_that_are_the_same_but_for_their_score_are_told(order, cut):
    units = as_words(pa.array(["a", "a", "b", "b", "c", "c"]))
    content = np.array([1, 1, 2, 2, 3, 4], dtype=np.uint64)
    scores = np.array([5, 5, 6, 7, 8, 9], dtype=np.uint64)  # b alone has one content and two scores
    tally = UnitTally.empty()
    for part in (np.array(order[:cut], np.int64), np.array(order[cut:], np.int64)):
        tally += UnitTally.empty().counting(units[part], content[part], scores[part], part, "seed")
    assert tally.n_torn == tally.torn.sum() == 1
    assert tally.units[tally.torn == 1] == mixed(units[2:3])


@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(0, 60))
def test_what_one_unit_has_of_a_group_is_that_of_pandas(seed, cut):
    draw = np.random.default_rng(seed)
    unit, cell = draw.integers(0, 9, 60) ** 2 // 9, draw.integers(0, 4, 60)
    tally = UnitTally.empty()
    for part in (np.arange(cut), np.arange(cut, 60)):
        words = as_words(pa.array(unit[part]))
        tally += UnitTally.empty().counting(words, mixed(words), words * 0, part, "seed", cell[part])
    rows = pd.DataFrame({"unit": unit, "group": np.array([0, 1, 1, -1])[cell]})
    rows["of_unit"] = rows.groupby("unit")["unit"].transform("size")
    for unusual in (0.0, 8.0):
        known = rows[rows.group >= 0]
        most = known[known.of_unit > unusual].groupby(["group", "unit"]).size().groupby("group").max()
        theirs = [(int(most.get(g, 0)), int((known.group == g).sum())) for g in range(2)]
        assert tally.by_group(np.array([0, 1, 1, -1]), 2, unusual) == theirs
    assert (tally.n, tally.largest, tally.rows) == (rows.unit.nunique(), rows.of_unit.max(), 60)
    assert len(tally.selection()) == tally.n
