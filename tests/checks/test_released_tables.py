"""k-anonymity, l-diversity and t-closeness: the tables of the papers, and brute force by pandas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined
from assay.domain.vocabulary import Reason

SWEENEY = pd.DataFrame(
    [
        *[("black", 1965, "m", "0214*", p) for p in ("short breath", "chest pain")],
        *[("black", 1965, "f", "0213*", p) for p in ("hypertension", "hypertension")],
        *[("black", 1964, "f", "0213*", p) for p in ("obesity", "chest pain")],
        *[("white", 1964, "m", "0213*", p) for p in ("chest pain", "obesity", "short breath")],
        *[("white", 1967, "m", "0213*", p) for p in ("chest pain", "chest pain")],
    ],
    columns=["race", "birth", "gender", "zip", "problem"],
)
"""Sweeney 2002, figure 2: a table with k-anonymity, k = 2, in race, birth, gender and ZIP."""
INPATIENTS = pd.DataFrame(
    [
        *[("130**", "<30", "*", d) for d in ("heart", "heart", "viral", "viral")],
        *[("1485*", ">=40", "*", d) for d in ("cancer", "heart", "viral", "viral")],
        *[("130**", "3*", "*", "cancer")] * 4,
    ],
    columns=["zip", "age", "nationality", "condition"],
)
"""Machanavajjhala et al. 2007, figure 2: 4-anonymous inpatient microdata."""
DIVERSE = pd.DataFrame(
    [
        *[("1305*", "<=40", "*", d) for d in ("heart", "viral", "cancer", "cancer")],
        *[("1485*", ">40", "*", d) for d in ("cancer", "heart", "viral", "viral")],
        *[("1306*", "<=40", "*", d) for d in ("heart", "viral", "cancer", "cancer")],
    ],
    columns=["zip", "age", "nationality", "condition"],
)
"""The same, figure 3: 3-diverse inpatient microdata."""
SALARIES = pd.DataFrame(
    [
        ("476**", "2*", 3, "gastric ulcer"),
        ("476**", "2*", 4, "gastritis"),
        ("476**", "2*", 5, "stomach cancer"),
        ("4790*", ">=40", 6, "gastritis"),
        ("4790*", ">=40", 11, "flu"),
        ("4790*", ">=40", 8, "bronchitis"),
        ("476**", "3*", 7, "bronchitis"),
        ("476**", "3*", 9, "pneumonia"),
        ("476**", "3*", 10, "stomach cancer"),
    ],
    columns=["zip", "age", "salary", "disease"],
)
"""Li, Li & Venkatasubramanian 2007, table 4: a 3-diverse version of table 3."""
CLOSE = pd.DataFrame(
    [
        ("4767*", "<=40", 3, "gastric ulcer"),
        ("4767*", "<=40", 5, "stomach cancer"),
        ("4767*", "<=40", 9, "pneumonia"),
        ("4790*", ">=40", 6, "gastritis"),
        ("4790*", ">=40", 11, "flu"),
        ("4790*", ">=40", 8, "bronchitis"),
        ("4760*", "<=40", 4, "gastritis"),
        ("4760*", "<=40", 7, "bronchitis"),
        ("4760*", "<=40", 10, "stomach cancer"),
    ],
    columns=["zip", "age", "salary", "disease"],
)
"""The same, table 5: .167-closeness of the salary."""


def counted(id_: str, table: pd.DataFrame, quasi: str, unit: str | None = None, **parameters: Any) -> Any:
    """What a check finds in a table."""
    check = catalogue()[id_]
    bound = check.bind({"quasi_identifiers": quasi, **parameters})
    columns = {name: table[name].tolist() for name in table}
    view = table_view(check.need.tabulate, columns, parameters=bound, unit=unit)  # type: ignore[attr-defined]
    return check.count(view, arguments={"quasi_identifiers": quasi, **parameters})


def test_the_table_of_sweeney_is_2_anonymous_and_tells_two_problems() -> None:
    quasi = "race, birth, gender, zip"
    assert counted("privacy.k_anonymity", SWEENEY, quasi).found == 2
    assert counted("privacy.small_classes", SWEENEY, quasi, k=2).found == 0
    assert counted("privacy.small_classes", SWEENEY, quasi, k=3).found == 8
    found = counted("privacy.l_diversity", SWEENEY, quasi, sensitive="problem")
    assert (found.found, dict(found.details)["classes with one value"]) == (1, 2)


def test_the_inpatients_of_figure_2_are_4_anonymous_and_one_class_has_only_cancer() -> None:
    assert counted("privacy.k_anonymity", INPATIENTS, "zip, age, nationality").found == 4
    assert (
        counted("privacy.l_diversity", INPATIENTS, "zip, age, nationality", sensitive="condition").found == 1
    )


def test_the_inpatients_of_figure_3_are_3_diverse() -> None:
    quasi = "zip, age, nationality"
    assert counted("privacy.k_anonymity", DIVERSE, quasi).found == 4
    assert counted("privacy.l_diversity", DIVERSE, quasi, sensitive="condition").found == 3


def test_example_4_1_of_the_paper_on_entropy() -> None:
    """ "The table of figure 3 is entropy 2.8-diverse" (example 4): as whole numbers, 2."""
    found = counted("privacy.l_diversity", DIVERSE, "zip, age", sensitive="condition", by="entropy")
    assert found.found == 2
    assert math.exp(-(0.5 * math.log(0.5) + 2 * 0.25 * math.log(0.25))) == pytest.approx(2.8, abs=0.05)


def test_the_salaries_of_table_4_are_as_far_as_the_paper_says() -> None:
    """ "D[P1,Q] = 0.375 and D[P2,Q] = 0.167", of the classes {3k,4k,5k} and {6k,8k,11k}."""
    assert value(counted("privacy.t_closeness", SALARIES, "zip, age", sensitive="salary")) == Fraction(3, 8)
    second = SALARIES.assign(age=[">=40" if age == ">=40" else "other" for age in SALARIES["age"]], zip="*")
    assert distance(second, ["age"], "salary", ordered=True, of=(">=40",)) == Fraction(1, 6)


def test_the_salaries_of_table_5_have_0167_closeness() -> None:
    found = counted("privacy.t_closeness", CLOSE, "zip, age", sensitive="salary")
    assert value(found) == Fraction(1, 6)
    assert counted("privacy.k_anonymity", CLOSE, "zip, age").found == 3


def value(found: Any) -> Fraction:
    assert isinstance(found, Census)
    assert found.share
    return Fraction(found.found, found.total)


def distance(
    table: pd.DataFrame, quasi: list[str], sensitive: str, *, ordered: bool, of: object = None
) -> Fraction:
    """The largest earth mover's distance, by its definition, value by value."""
    known = table[table[sensitive].notna()]
    values = sorted(known[sensitive].unique())
    everybody = [Fraction(int((known[sensitive] == v).sum()), len(known)) for v in values]
    largest = Fraction(0)
    for key, rows in known.groupby(quasi, dropna=False):
        if of is not None and key != of:
            continue
        gaps = [
            Fraction(int((rows[sensitive] == v).sum()), len(rows)) - q
            for v, q in zip(values, everybody, strict=True)
        ]
        if ordered:
            moved = sum(abs(sum(gaps[: i + 1], Fraction(0))) for i in range(len(gaps)))
            largest = max(largest, Fraction(moved) / max(len(values) - 1, 1))
        else:
            largest = max(largest, Fraction(sum(map(abs, gaps))) / 2)
    return largest


def drawn(seed: int) -> pd.DataFrame:
    """People in classes of many sizes, of whom some values are missing."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 400))
    table = pd.DataFrame(
        {
            "age": rng.integers(0, rng.integers(2, 7), n),
            "place": rng.choice(["north", "south", "east"], n),
            "illness": rng.choice(["flu", "ulcer", "cancer", "asthma"], n, p=[0.7, 0.15, 0.1, 0.05]),
            "salary": rng.integers(1, rng.integers(2, 60), n).astype(float),
            "person": rng.integers(0, n, n),
        }
    )
    table.loc[rng.random(n) < 0.05, "salary"] = np.nan
    table.loc[rng.random(n) < 0.05, "illness"] = None
    return table


@pytest.mark.parametrize("seed", range(20))
def test_all_figures_are_those_of_pandas(seed: int) -> None:
    table, quasi = drawn(seed), ["age", "place"]
    sizes = table.groupby(quasi).size()
    assert counted("privacy.k_anonymity", table, "age, place").found == sizes.min()
    of_rows = table.groupby(quasi)["age"].transform("size")
    for k in (2, 5, 9):
        assert counted("privacy.small_classes", table, "age, place", k=k).found == (of_rows < k).sum()
    people = table.groupby(quasi)["person"].nunique()
    assert counted("privacy.k_anonymity", table, "age, place", unit="person").found == people.min()
    small = table.groupby(quasi)["person"].transform("nunique") < 5
    assert counted("privacy.small_classes", table, "age, place", unit="person").found == small.sum()
    distinct = table.groupby(quasi)["illness"].nunique().min()
    assert counted("privacy.l_diversity", table, "age, place", sensitive="illness").found == distinct
    for sensitive, ordered in (("illness", False), ("salary", True)):
        found = counted("privacy.t_closeness", table, "age, place", sensitive=sensitive)
        assert value(found) == distance(table, quasi, sensitive, ordered=ordered)


@pytest.mark.parametrize("seed", range(10))
def test_entropy_is_that_of_scipy(seed: int) -> None:
    from scipy.stats import entropy

    table = drawn(seed)
    expected = min(
        math.exp(entropy(rows["illness"].value_counts())) if rows["illness"].notna().any() else 0.0
        for _, rows in table.groupby(["age", "place"])
    )
    found = counted("privacy.l_diversity", table, "age, place", sensitive="illness", by="entropy")
    assert found.found == math.floor(expected + 1e-9)


def test_an_even_mixture_is_worth_exactly_its_values() -> None:
    """exp(log 3) is less than 3 in floats."""
    table = pd.DataFrame({"age": [1] * 9, "illness": ["a", "b", "c"] * 3})
    assert counted("privacy.l_diversity", table, "age", sensitive="illness", by="entropy").found == 3


def test_a_class_whose_sensitive_values_are_all_missing_is_not_diverse() -> None:
    table = pd.DataFrame({"age": [1, 1, 2, 2], "illness": ["a", "b", None, None]})
    for by in ("distinct", "entropy"):
        assert counted("privacy.l_diversity", table, "age", sensitive="illness", by=by).found == 0


def test_without_names_the_personal_columns_are_the_quasi_identifiers() -> None:
    check = catalogue()["privacy.k_anonymity"]
    personal: Mapping[str, str] = {
        "age": "personal",
        "sex": "personal",
        "illness": "special",
        "id": "personal",
    }
    dictionary = tuple(
        Column(
            name=name,
            type="identifier" if name == "id" else "integer",
            description=name,
            sensitivity=said,  # type: ignore[arg-type]
        )
        for name, said in personal.items()
    )
    columns = {"age": [1, 1, 2, 2], "sex": [1, 1, 1, 1], "illness": [1, 2, 3, 4], "id": [5, 6, 7, 8]}
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        columns,
        parameters={"quasi_identifiers": ""},
        dictionary=dictionary,
    )
    assert check.count(view) == Census(
        2,
        4,
        details=(
            ("classes", 2),
            ("rows in the smallest classes", 4),
            ("columns that an outsider may know: age, sex", 2),
            ("rows, each taken for a person", 4),
        ),
    )


def test_a_column_that_the_data_set_lacks_is_said() -> None:
    table = pd.DataFrame({"age": [1, 2]})
    found = counted("privacy.k_anonymity", table, "age, zip")
    assert isinstance(found, Undefined)
    assert found.reason is Reason.COLUMN_MISSING
    assert "'zip'" in found.detail


def test_people_are_counted_and_not_their_rows() -> None:
    """Each postcode is one person's, who has three rows with three illnesses."""
    table = pd.DataFrame(
        {
            "zip": np.repeat(np.arange(400), 3),
            "person": np.repeat([f"p{i}" for i in range(400)], 3),
            "illness": ["flu", "ulcer", "asthma"] * 400,
        }
    )
    for by in ("distinct", "entropy"):
        found = counted("privacy.l_diversity", table, "zip", unit="person", sensitive="illness", by=by)
        assert found.found == 1
    taken = counted("privacy.l_diversity", table, "zip", sensitive="illness")
    assert (taken.found, dict(taken.details)["rows, each taken for a person"]) == (3, 1200)
    told = counted("privacy.t_closeness", table, "zip", unit="person", sensitive="illness")
    assert isinstance(told, Undefined)
    assert "400 of 400 classes" in told.detail


def test_one_person_with_many_rows_does_not_even_out_a_class() -> None:
    ill = ["cancer"] * 9 + ["flu"] * 9
    table = pd.DataFrame({"zip": [1] * 18, "person": [*range(9), *[9] * 9], "illness": ill})
    by_rows = counted("privacy.l_diversity", table, "zip", sensitive="illness", by="entropy")
    by_people = counted("privacy.l_diversity", table, "zip", unit="person", sensitive="illness", by="entropy")
    assert (by_rows.found, by_people.found) == (2, 1)


def test_numbers_that_are_stored_as_text_have_no_order() -> None:
    check = catalogue()["privacy.t_closeness"]
    asked = {"quasi_identifiers": "place", "sensitive": "salary"}
    columns = {"place": [i // 50 for i in range(100)], "salary": [str(1000 + 10 * i) for i in range(100)]}
    known = (
        Column(name="place", type="integer", description="where"),
        Column(name="salary", type="number", description="how much"),
    )
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        columns,
        dictionary=known,
        parameters=check.bind(asked),
    )
    found = check.count(view, arguments=asked)
    assert isinstance(found, Undefined)
    assert "100 of 100 rows of 'test' have a text there" in found.detail


@pytest.mark.parametrize(
    "written",
    [
        ["HIV", "hiv", " H-I-V "],
        ["HIV", "unknown", "n/a"],
        ["HIV", "not asked", "No answer"],
        ["HIV", "9", "9"],
        ["HIV", "9.0", "9.00"],
        ["ＨＩＶ", "HIV", "h i v"],
    ],
)
def test_one_illness_that_is_spelt_in_several_ways_or_not_known_is_one_value(written: list[str]) -> None:
    check = catalogue()["privacy.l_diversity"]
    asked = {"quasi_identifiers": "place", "sensitive": "illness"}
    known = (
        Column(name="place", type="integer", description="where"),
        Column(
            name="illness",
            type="category",
            description="what",
            codes={"HIV": "HIV", "flu": "flu", "9": "Not known"},
        ),
    )
    columns = {"place": [1] * 3 + [2] * 3, "illness": [*written, "flu", "HIV", "ulcer"]}
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        columns,
        dictionary=known,
        parameters=check.bind(asked),
    )
    assert check.count(view, arguments=asked).found == 1  # type: ignore[union-attr]


def test_a_number_that_is_documented_as_unknown_is_no_value() -> None:
    check = catalogue()["privacy.l_diversity"]
    asked = {"quasi_identifiers": "place", "sensitive": "illness"}
    codes = {1: "flu", 2: "ulcer", -9: "unknown"}
    known = (
        Column(name="place", type="integer", description="where"),
        Column(name="illness", type="integer", description="what", codes=codes),
    )
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        {"place": [1, 1, 2, 2], "illness": [1, -9, 1, 2]},
        dictionary=known,
        parameters=check.bind(asked),
    )
    assert check.count(view, arguments=asked).found == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("codes", "written"),
    [
        ({1: "HIV", 2: "hiv", 3: "H I V", 4: "flu", 5: "ulcer"}, [1, 2, 3, 4, 5, 1]),
        ({"a": "HIV", "b": "HIV", "flu": "flu"}, ["a", "b", "HIV", "flu", "a", "ulcer"]),
        ({1: "HIV", 20: "flu", 30: "ulcer"}, ["1", "1.0", "1.00", "20.0", "30", "1"]),
    ],
)
def test_codes_that_mean_the_same_are_no_choice(
    codes: dict[int | str, str], written: list[int | str]
) -> None:
    """Whoever gave one illness three codes left a choice between three."""
    parameters = {"quasi_identifiers": "place", "sensitive": "illness", "by": "distinct"}
    check = catalogue()["privacy.l_diversity"]
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        {"place": [1] * 3 + [2] * 3, "illness": written},
        dictionary=(Column(name="illness", type="category", description="illness", codes=codes),),
        parameters=check.bind(parameters),
    )
    found = check.count(view, arguments=parameters)
    assert isinstance(found, Census)
    assert (found.found, dict(found.details)["classes with one value"]) == (1, 1)
