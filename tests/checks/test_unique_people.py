"""Who is alone among all declared people, against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column


def drawn(seed: int, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"age": rng.integers(18, 60, n), "sex": rng.integers(1, 3, n), "id": rng.integers(0, n, n)}
    )


@pytest.mark.parametrize("unit", [None, "id"])
@pytest.mark.parametrize("seed", range(10))
def test_those_who_are_alone_are_those_of_pandas(seed: int, unit: str | None) -> None:
    check, given = catalogue()["privacy.unique_people"], {"quasi_identifiers": "age, sex"}
    data = {"train": drawn(seed, 90), "develop": drawn(100 + seed, 40), "test": drawn(200 + seed, 60)}
    listed = {role: {name: table[name].tolist() for name in table} for role, table in data.items()}
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        listed["train"],
        data="train",
        others={role: columns for role, columns in listed.items() if role != "train"},
        parameters=given,
        unit=unit,
    )
    found = check.count(view, arguments=given)
    everybody, train = pd.concat(data.values()), data["train"]

    def alone(table: pd.DataFrame) -> int:
        grouped = table.groupby(["age", "sex"])["id"]
        people = (grouped.nunique() if unit else grouped.size()).rename("people").reset_index()
        return int((train.merge(people, on=["age", "sex"])["people"] == 1).sum())

    assert found.found == alone(everybody)  # type: ignore[union-attr]
    assert dict(found.details).get("alone in this data set", 0) == alone(train)  # type: ignore[union-attr]
    assert found.total == 90  # type: ignore[union-attr]


@pytest.mark.parametrize("declared_again", ["in another order", "in part", "with other numbers of the rows"])
def test_rows_that_are_declared_again_are_no_other_people(declared_again: str) -> None:
    check, given = catalogue()["privacy.unique_people"], {"quasi_identifiers": "age, income"}
    draw = np.random.default_rng(3)
    train = pd.DataFrame({"age": draw.integers(18, 90, 500), "income": draw.integers(0, 10**6, 500)})
    train["id"], train["balance"] = np.arange(500), draw.random(500)
    again = train.sample(frac=1.0 if declared_again != "in part" else 0.5, random_state=1)
    if declared_again.startswith("with"):
        again["id"] += 1000
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        {name: train[name].tolist() for name in train},
        data="train",
        others={"develop": {name: again[name].tolist() for name in again}},
        parameters=given,
        dictionary=tuple(
            Column(name=name, type="identifier" if name == "id" else "number", description=name)
            for name in train
        ),
    )
    found = check.count(view, arguments=given)
    assert (found.found, found.total) == (500, 500)  # type: ignore[union-attr]


def test_people_who_look_alike_by_chance_are_others() -> None:
    check, given = catalogue()["privacy.unique_people"], {"quasi_identifiers": "age"}
    draw = np.random.default_rng(4)
    train, test = draw.integers(0, 300, 400).tolist(), draw.integers(0, 300, 400).tolist()
    view = table_view(
        check.need.tabulate, {"age": train}, data="train", others={"test": {"age": test}}, parameters=given
    )  # type: ignore[attr-defined]
    alone = sum(1 for age in train if [*train, *test].count(age) == 1)
    assert check.count(view, arguments=given).found == alone  # type: ignore[union-attr]
