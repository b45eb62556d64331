"""A column that the dictionary calls a number and that stands there as text is not skipped."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Undefined

KNOWN = (
    Column(name="age", type="number", description="age"),
    Column(name="income", type="number", description="income", missing="allowed"),
)


@pytest.mark.parametrize("name", ["outliers", "top_coding", "unit_shift"])
@pytest.mark.parametrize("where", ["test", "train"])
def test_a_number_that_is_stored_as_text_is_named(name: str, where: str) -> None:
    function = importlib.import_module(f"assay.checks.data.{name}").tabulate
    check = catalogue()[f"data.{name}"]
    draw = np.random.default_rng(1)
    numbers = {
        data: {"age": draw.normal(40, 10, 900), "income": draw.normal(3000, 300, 900)}
        for data in ("test", "train")
    }

    def counted(columns: dict):
        view = table_view(
            function,
            columns["test"],
            label=[0] * 900,
            others={"train": columns["train"]},
            labels_of_others={"train": [0] * 900},
            parameters=check.bind({}),
            dictionary=KNOWN,
        )
        return check.count(view)

    assert not isinstance(counted(numbers), Undefined)
    numbers[where]["income"] = [str(100 * v) for v in numbers[where]["income"]]
    found = counted(numbers)
    if name == "top_coding" and where == "train":
        return  # it looks at the data set of the criterion alone
    assert isinstance(found, Undefined)
    assert f"calls 'income' a number, and 900 of 900 rows of '{where}' have a text" in found.detail
