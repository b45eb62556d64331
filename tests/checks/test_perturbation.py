"""Perturbations depend on the row alone, change what they should, and never change nothing unnoticed."""

import hashlib
from decimal import ROUND_HALF_EVEN, Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from assay.checks.catalogue import catalogue
from assay.checks.robustness.noise import spared
from assay.domain.errors import SubjectError
from assay.tally.changes import add_noise, lose_values, round_numbers
from assay.tally.perturbation import ChangeContext, normals, uniforms, whole

KINDS = {"age": "integer", "amount": "number", "sex": "category", "client": "identifier", "city": "text"}
CHANGES = {
    add_noise: {"scale": Decimal("0.1")},
    lose_values: {"share": Decimal("0.2")},
    round_numbers: {"digits": 2},
}
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)


def columns(n: int = 500) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(1)
    return {
        "age": draw.integers(18, 90, n),
        "amount": draw.lognormal(8, 2, n),
        "sex": draw.integers(1, 3, n),
        "client": np.arange(n),
        "city": np.array(["Bern", "Linz"], dtype=object)[draw.integers(0, 2, n)],
    }


def context(rows: np.ndarray, parameters: dict, *, seed: int = 7) -> ChangeContext:
    spreads = {"age": 15.0, "amount": 5000.0}
    return ChangeContext(rows.astype(np.uint64), seed, spreads, parameters, KINDS)


def changed(change, part: slice = slice(None), *, seed: int = 7, **parameters) -> dict[str, np.ndarray]:
    whole_table = columns()
    rows = np.arange(len(whole_table["age"]))[part]
    handed = {name: values[part].copy() for name, values in whole_table.items()}
    return change(handed, context(rows, {**CHANGES[change], **parameters}, seed=seed))


@each_change
@given(cut=st.integers(1, 499))
def test_any_partitioning_gives_the_same_bits(change, cut: int):
    at_once, left, right = (
        changed(change),
        changed(change, slice(None, cut)),
        changed(change, slice(cut, None)),
    )
    for name, values in at_once.items():
        joined = np.concatenate([left[name], right[name]])
        if values.dtype == object:
            assert joined.tolist() == values.tolist()
        else:
            assert joined.tobytes() == values.tobytes(), name


@each_change
def test_identifiers_and_the_arrays_handed_over_are_left_alone(change):
    before = columns()
    handed = {name: values.copy() for name, values in before.items()}
    after = change(handed, context(np.arange(500), CHANGES[change]))
    assert np.array_equal(after["client"], before["client"])
    assert all(np.array_equal(handed[name], before[name]) for name in before)
    assert after.keys() == before.keys()
    assert all(len(values) == 500 for values in after.values())


@each_change
def test_a_change_that_can_change_nothing_is_refused(change):
    only = {"client": np.arange(5)}
    with pytest.raises(SubjectError) as refused:
        change(only, context(np.arange(5), CHANGES[change]))
    assert refused.value.code == "nothing_to_change"


def test_noise_has_the_asked_spread_and_spares_categories():
    before, after = columns(), changed(add_noise, scale=Decimal("0.5"))
    assert np.std(after["amount"] - before["amount"]) == pytest.approx(2500, rel=0.1)
    assert np.issubdtype(after["age"].dtype, np.integer)
    assert np.std(after["age"] - before["age"]) == pytest.approx(7.5, rel=0.1)
    assert np.array_equal(after["sex"], before["sex"])
    assert after["city"].tolist() == before["city"].tolist()


def test_noise_on_constants_alone_is_refused():
    still = ChangeContext(np.arange(3, dtype=np.uint64), 7, {"age": 0.0}, CHANGES[add_noise], KINDS)
    with pytest.raises(SubjectError, match="has a single value on the reference data"):
        add_noise({"age": np.array([30, 30, 30])}, still)


@pytest.mark.parametrize(
    ("draw", "most"),
    [
        (lambda rng: rng.normal(size=1000), 1 / 4),
        (lambda rng: rng.choice([-1.0, 0.0, 1.0], 1000, p=[0.3, 0.4, 0.3]), 0.6),
        (lambda rng: rng.lognormal(0, 1.5, 1000), None),
    ],
)
def test_errors_are_no_smaller_than_the_spread_of_the_judged_rows_asks(draw, most):
    """Whatever the values, the middle half of them spans less than 2.83 of their own standard deviations, and never four."""
    values = draw(np.random.default_rng(1))

    def asked(spread: float) -> None:
        of = ChangeContext(np.arange(1000, dtype=np.uint64), 7, {"age": spread}, CHANGES[add_noise], KINDS)
        add_noise({"age": values}, of)

    asked(float(values.std()))
    if most is not None:
        with pytest.raises(SubjectError, match="varies on the judged rows"):
            asked(most * float(values.std()))


@pytest.mark.parametrize("spread", [0.0, 1e-9, float("nan")])
def test_an_input_that_varies_and_has_no_spread_on_the_reference_is_not_spared(spread):
    handed = {"age": np.arange(20.0, 60), "amount": np.arange(40) * 100.0}
    still = ChangeContext(
        np.arange(40, dtype=np.uint64), 7, {"age": 15.0, "amount": spread}, CHANGES[add_noise], KINDS
    )
    with pytest.raises(SubjectError, match="'amount' varies on the judged rows") as refused:
        add_noise(handed, still)
    assert refused.value.code == "nothing_to_change"


def test_noise_keeps_what_is_missing_missing():
    handed = {"age": np.array([30.0, np.nan, 50.0]), "amount": np.array([np.nan, 1.0, 2.0])}
    after = add_noise(handed, context(np.arange(3), CHANGES[add_noise]))
    assert np.isnan(after["age"]).tolist() == [False, True, False]
    assert np.isnan(after["amount"]).tolist() == [True, False, False]
    assert after["age"][0] == int(after["age"][0])


def test_the_seed_decides_the_noise():
    assert not np.array_equal(changed(add_noise, seed=1)["amount"], changed(add_noise, seed=2)["amount"])
    assert np.array_equal(changed(add_noise, seed=1)["amount"], changed(add_noise, seed=1)["amount"])


def test_the_asked_share_of_each_column_is_lost():
    after = changed(lose_values, share=Decimal("0.3"))
    assert np.isnan(after["age"]).mean() == pytest.approx(0.3, abs=0.07)
    assert np.isnan(after["sex"]).mean() == pytest.approx(0.3, abs=0.07)
    assert np.mean([city is None for city in after["city"]]) == pytest.approx(0.3, abs=0.07)
    kept = ~np.isnan(after["age"])
    assert np.array_equal(after["age"][kept], columns()["age"][kept])
    assert not np.array_equal(np.isnan(after["age"]), np.isnan(after["sex"]))


def test_all_values_can_be_lost():
    assert np.isnan(changed(lose_values, share=Decimal(1))["amount"]).all()


@pytest.mark.parametrize(
    ("number", "digits", "rounded"),
    [
        (12345.0, 2, 12000.0),
        (-12345.0, 2, -12000.0),
        (0.0012345, 2, 0.0012),
        (999.0, 2, 1000.0),
        (1000.0, 1, 1000.0),
        (0.1, 1, 0.1),
        (0.0, 2, 0.0),
        (25.0, 1, 20.0),
        (35.0, 1, 40.0),
        (7.0, 3, 7.0),
        (1e-300, 2, 1e-300),
        (1.234e200, 3, 1.23e200),
    ],
)
def test_numbers_keep_their_significant_digits(number: float, digits: int, rounded: float):
    after = round_numbers({"amount": np.array([number])}, context(np.arange(1), {"digits": digits}))
    assert after["amount"][0] == pytest.approx(rounded, rel=1e-14, abs=0)


def test_what_is_no_number_stays_as_it_is():
    odd = np.array([np.nan, np.inf, -np.inf, 0.0])
    after = round_numbers({"amount": odd}, context(np.arange(4), {"digits": 2}))["amount"]
    assert np.array_equal(after, odd, equal_nan=True)


@given(st.integers(-(10**12), 10**12), st.integers(1, 6))
def test_rounded_integers_stay_integers_with_that_many_digits(number: int, digits: int):
    after = round_numbers({"age": np.array([number])}, context(np.arange(1), {"digits": digits}))["age"]
    assert after.dtype == np.int64
    assert Decimal(int(after[0])) == Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(number)


def test_uniforms_look_uniform_and_streams_independent():
    rows = np.arange(100_000)
    first, second = uniforms(3, "age", rows), uniforms(3, "amount", rows)
    assert kstest(first, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.02
    assert kstest(normals(3, "age", rows), "norm").pvalue > 0.001


def test_uniforms_lie_strictly_between_0_and_1_even_at_the_ends_of_the_words():
    rows = np.array([0, 1, 2**63, 2**64 - 1], dtype=np.uint64)
    drawn = uniforms(0, "", rows)
    assert ((drawn > 0) & (drawn < 1)).all()
    assert np.isfinite(normals(0, "", rows)).all()


def by_hand(seed: int, name: str, row: int) -> float:
    """The same number in plain integers."""
    mask = 2**64 - 1

    def mix(word: int) -> int:
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & mask
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB & mask
        return word ^ (word >> 31)

    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    first, second = (int.from_bytes(digest[k : k + 8], "little") for k in (0, 8))
    return ((mix(mix((row * 0x9E3779B97F4A7C15 + first) & mask) ^ second) >> 12) + 0.5) / 2**52


@given(seed=st.integers(0, 2**256), name=st.text(max_size=8), row=st.integers(0, 2**64 - 1))
def test_uniforms_are_those_computed_by_hand(seed: int, name: str, row: int):
    assert uniforms(seed, name, np.array([row], dtype=np.uint64))[0] == by_hand(seed, name, row)


def test_the_random_numbers_of_today_are_those_of_yesterday():
    drawn = uniforms(20260101, "amount", np.array([0, 1, 2**40]))
    assert drawn.tolist() == [0.5980247764007794, 0.9746791292951141, 0.16598599600901387]


def test_whole_numbers_stay_within_their_type():
    small = np.array([0], dtype=np.int8)
    assert whole(np.array([1000.0]), small).tolist() == [127]
    assert whole(np.array([-1000.0]), small).tolist() == [-128]
    big = np.array([0], dtype=np.int64)
    assert whole(np.array([1e30]), big)[0] > 9e18
    assert whole(np.array([np.nan]), np.array([1.0])).tolist() != [0]


def test_the_changes_are_module_level_functions_that_a_worker_can_import():
    import pickle

    for id_, check in catalogue().items():
        if id_.startswith("robustness."):
            function = getattr(check.need, "change", None) or check.need.tabulate
            assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize("spread", [0.5, 1.8, 1.9, 2.0, 2.2, 15.0])
def test_the_whole_numbers_that_noise_spares_are_those_that_it_changes_in_fewer_than_1_in_100_rows(
    spread: float,
):
    rows = np.arange(200_000)
    told = ChangeContext(rows.astype(np.uint64), 7, {"age": spread}, CHANGES[add_noise], KINDS)
    before = np.full(len(rows), 40)
    share = (add_noise({"age": before}, told)["age"] != before).mean()
    assert (spared(("age",), told) == ("age",)) is bool(share < 0.01)


def test_noise_spares_what_is_no_number_and_what_has_no_spread():
    told = ChangeContext(np.empty(0, np.uint64), 0, {"age": 15.0, "amount": 0.0}, CHANGES[add_noise], KINDS)
    assert spared(tuple(KINDS), told) == ("amount", "sex", "client", "city")
