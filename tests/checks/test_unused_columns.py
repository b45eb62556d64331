"""Columns without a purpose: of the file less those that the specification names, by sets."""

from __future__ import annotations

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census
from assay.domain.specification import Attribute
from assay.engine.frame import Frame


def test_what_is_used_is_what_the_specification_names() -> None:
    frame = Frame(
        inputs=("income", "age"),
        label="bad",
        attributes=(("sex", Attribute(column="SEX", groups={"women": (2,), "men": (1,)})),),
        decide_at=0.5,
        unit="id",
        score_column="score",
        strata=(("place", Attribute(column="PLACE", groups={"north": (1,), "south": (2,)})),),
        time="month",
    )
    assert frame.used == {"income", "age", "bad", "SEX", "id", "score", "PLACE", "month"}
    assert Frame((), "bad", (), 0.5).used == {"bad"}


def test_the_rest_is_told_with_the_rows_that_have_a_value() -> None:
    check = catalogue()["privacy.unused_columns"]
    columns = {"age": [1, 2], "id": [3, 4], "religion": [1, None], "remark": ["a", "b"], "origin": [1, 1]}
    for kept, expected in (
        ("", (("origin", 2), ("remark (not documented)", 2), ("religion", 1))),
        ("religion, origin", (("remark (not documented)", 2),)),
    ):
        view = table_view(
            check.need.tabulate,  # type: ignore[attr-defined]
            columns,
            parameters={"kept": kept},
            inputs=("age",),
            unit="id",
            dictionary=tuple(
                Column(name=name, type="integer", description=name) for name in columns if name != "remark"
            ),
        )
        assert check.count(view, arguments={"kept": kept}) == Census(len(expected), 5, details=expected)
