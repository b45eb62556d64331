"""Constant, repeated and cut-off columns, spellings and unseen categories: against pandas."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.data.category_conformity import by_code
from assay.checks.data.constant_columns import by_value
from assay.checks.data.duplicated_columns import by_mark
from assay.checks.data.label_spellings import by_spelling
from assay.checks.data.top_coding import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Rates


def count(id_: str, function, columns, **more):
    parameters = more.pop("parameters", {})
    view = table_view(function, columns, parameters=parameters, **more)
    return catalogue()[id_].count(view, arguments=parameters)


def some(seed: int, n: int = 600) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": draw.normal(0, 1, n),
            "b": draw.choice(["x", "y"], n, p=[0.995, 0.005]),
            "c": ["one"] * n,
            "d": np.where(draw.random(n) < 0.1, np.nan, 7.0),
            "e": [np.nan] * n,
            "f": draw.integers(0, 3, n),
        }
    )


@pytest.mark.parametrize("share", ["1", "0.99"])
def test_constant_columns_are_those_of_pandas(share: str) -> None:
    for seed in range(5):
        rows = some(seed)
        frequent = {
            n: c.value_counts(normalize=True).max() if c.notna().any() else 1.0 for n, c in rows.items()
        }
        expected = sorted(n for n, most in frequent.items() if most >= float(share))
        columns = {n: [None if v != v else v for v in rows[n].tolist()] for n in rows}
        found = count("data.constant_columns", by_value, columns, parameters={"share": Decimal(share)})
        assert isinstance(found, Census)
        assert [name for name, _ in found.details] == expected
        assert (found.found, found.total) == (len(expected), 6)


def test_duplicated_columns_are_those_that_pandas_finds_equal() -> None:
    rows = some(3)
    rows["g"], rows["h"], rows["i"] = rows["f"], rows["f"].astype(float), rows["f"].where(rows.index != 5, 9)
    names = list(rows)
    equal = {
        two
        for i, one in enumerate(names)
        for two in names[i + 1 :]
        if (rows[one].astype(object).fillna("-") == rows[two].astype(object).fillna("-")).all()
    }
    found = count("data.duplicated_columns", by_mark, {n: rows[n].tolist() for n in names})
    assert {name.split(" is ")[0] for name, _ in found.details} == equal == {"g", "h"}
    assert found.found == 2


def test_one_row_is_enough_to_tell_columns_apart() -> None:
    draw, alike = np.random.default_rng(1), 0
    for _ in range(200):
        column = draw.integers(0, 5, 50)
        other = column.copy()
        other[draw.integers(50)] += 1
        alike += count("data.duplicated_columns", by_mark, {"x": column, "y": other}).found
    assert alike == 0


def test_a_planted_limit_is_found_and_no_natural_end() -> None:
    right = alarms = 0
    for seed in range(20):
        draw = np.random.default_rng(seed)
        columns = {
            "income": draw.lognormal(8, 0.8, 2000).round(),
            "visits": draw.poisson(2, 2000),
            "grade": draw.integers(1, 11, 2000),
            "share": draw.random(2000).round(3),
        }
        alarms += count("data.top_coding", tabulate, columns, parameters={"column": ""}).found > 0
        columns["income"] = columns["income"].clip(max=9000.0)
        found = count("data.top_coding", tabulate, columns, parameters={"column": ""})
        at = int((pd.Series(columns["income"]) == 9000).sum())
        right += found.details == (("income, at its largest value", at),)
    assert (right, alarms) == (20, 0)


def test_spellings_are_those_that_pandas_groups() -> None:
    draw = np.random.default_rng(2)
    words = ["Self-employed", "self employed", "SELF EMPLOYED", "retired", "Retired ", "<=50K", ">50K"]
    test, train = draw.choice(words, 400).tolist(), draw.choice(words[:4] * 3 + words, 900).tolist()
    found = count(
        "data.label_spellings",
        by_spelling,
        {"x": test},
        others={"train": {"x": train}},
        parameters={"column": ""},
    )
    everywhere = pd.Series([*test, *train])
    folded = everywhere.str.lower().str.replace(r"[ -]", "", regex=True)
    usual = everywhere.groupby(folded).agg(lambda s: s.value_counts().index[0])
    mine = pd.Series(test)
    odd = int((mine.str.lower().str.replace(r"[ -]", "", regex=True).map(usual) != mine).sum())
    assert found == Census(odd, 400, share=True, details=(("x", odd),))


def test_the_same_word_in_other_characters_is_another_spelling() -> None:
    """As files of another system write it: accents apart from their letters, full-width letters, a no-break space, a soft hyphen."""
    train = ["Caf\u00e9 owner"] * 900
    for word in ("Cafe\u0301 owner", "\uff23af\u00e9 owner", "Caf\u00e9\u00a0owner", "Caf\u00e9 ow\u00adner"):
        found = count(
            "data.label_spellings",
            by_spelling,
            {"x": [word] * 100 + train[:300]},
            others={"train": {"x": train}},
            parameters={"column": ""},
        )
        assert found == Census(100, 400, share=True, details=(("x", 100),)), word


def test_unseen_categories_are_those_of_pandas() -> None:
    draw = np.random.default_rng(4)
    train, test = draw.choice(list("abc"), 500), draw.choice(list("abcde"), 300)
    found = count(
        "data.category_conformity",
        by_code,
        {"x": test.tolist()},
        others={"train": {"x": train.tolist()}},
        parameters={"column": ""},
    )
    assert isinstance(found, Rates)
    (cell,) = found.cells
    assert (cell.events, cell.trials) == (int((~pd.Series(test).isin(train)).sum()), 300)


def test_both_ends_of_a_column_are_added_up() -> None:
    hours = np.random.default_rng(1).normal(0, 12, 4000).round().clip(-15, 15)
    counted = count("data.top_coding", tabulate, {"hours": hours}, parameters={"column": ""})
    assert counted.found == int((np.abs(hours) == 15).sum())


@pytest.mark.parametrize("n", [50, 5000])
def test_a_word_that_is_spelt_otherwise_than_where_it_was_learnt_counts_however_many_rows_have_it(
    n: int,
) -> None:
    test = {"work": ["Self Employed", "Employed"] * n}
    train = {"work": ["self-employed", "employed"] * 500}
    found = count(
        "data.label_spellings", by_spelling, test, others={"train": train}, parameters={"column": ""}
    )
    assert found == Census(2 * n, 2 * n, share=True, details=(("work", 2 * n),))


def test_numbers_that_are_no_documented_codes_are_told_apart() -> None:
    """The bits of whole numbers end in many zeros, which a remainder would take for one code."""
    known = (Column(name="x", type="category", description="x", codes={1: "one"}),)
    found = count(
        "data.category_conformity",
        by_code,
        {"x": np.array([1] * 200 + [7] * 100)},
        others={"train": {"x": np.array([1] * 499 + [5])}},
        parameters={"column": ""},
        dictionary=known,
    )
    assert isinstance(found, Rates)
    assert (found.cells[0].events, found.cells[0].trials) == (100, 300)


@pytest.mark.parametrize("kind", ["date", "boolean", "integer", "number"])
def test_a_text_is_looked_at_whatever_the_dictionary_calls_its_column(kind: str) -> None:
    names = ("work", "day", "insured", "age")
    kinds = dict(zip(names, (kind, "date", "boolean", "integer"), strict=True))
    known = tuple(Column(name=name, type=of, description=name) for name, of in kinds.items())
    plain = {"day": ["2024-01-01"] * 300, "insured": ["True", "false"] * 150, "age": range(300)}
    other = {"day": ["2023-01-01"] * 300, "insured": ["true", "FALSE"] * 150, "age": range(300, 600)}
    asked = {"parameters": {"column": ""}, "dictionary": known}
    train = {"train": {"work": ["self-employed"] * 200 + ["employed"] * 100, **other}}
    test = {"work": ["Self Employed"] * 50 + ["retired"] * 100 + ["employed"] * 140 + [None] * 10, **plain}
    spelt = count("data.label_spellings", by_spelling, test, others=train, **asked)
    assert spelt == Census(50, 300, share=True, details=(("work", 50),))
    unseen = count("data.category_conformity", by_code, test, others=train, **asked)
    assert [(cell.label, cell.events, cell.trials) for cell in unseen.cells] == [("work", 150, 290)]


def test_a_new_word_is_new_beside_a_hundred_thousand_known_ones() -> None:
    known = (Column(name="x", type="text", description="x"),)
    found = count(
        "data.category_conformity",
        by_code,
        {"x": [f"new {i}" for i in range(2000)]},
        others={"train": {"x": [f"known {i}" for i in range(100_000)]}},
        parameters={"column": ""},
        dictionary=known,
    )
    assert isinstance(found, Rates)
    assert (found.cells[0].events, found.cells[0].trials) == (2000, 2000)
