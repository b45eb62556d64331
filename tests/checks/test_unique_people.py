"""Who is alone among all declared people, against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view


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
