"""A result is named by everything that it depends on: whatever changes in a task, an earlier result does not stand for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel

from assay.domain.dictionary import Column as Documented
from assay.domain.needs import Part
from assay.domain.specification import Attribute
from assay.engine.frame import Frame
from assay.engine.keys import key_of
from assay.engine.task import AskTask, BoundTask, ScanTask
from assay.plan.passes import Change, Pass
from assay.sandbox.roles import Limits
from assay.subject.datasets import DataFile, Partition
from assay.subject.digest import Stamp
from assay.subject.files.layout import Column
from assay.subject.model import ModelReference

PARTITION = Partition(
    index=1,
    file=DataFile(
        path="/here/test.parquet",
        format="parquet",
        digest="sha256:1",
        stamp=Stamp(*range(len(dataclasses.fields(Stamp)))),
        schema=(Column("AGE", "int64"),),
    ),
    first_row_group=2,
    row_groups=3,
    first_row=400,
    rows=500,
)
MODEL = ModelReference(
    path="/here/model.txt",
    format="lightgbm",
    inputs=("AGE",),
    digest="sha256:2",
    python="/here/python",
    limits=Limits(1, 2, 3, 4),
    timeout=5.0,
    modules=(("helper", "sha256:3"),),
    fences=("no_network",),
    when_asked=(("later", "sha256:4"),),
)
FRAME = Frame(
    inputs=("AGE",),
    label="bad",
    attributes=(("age", Attribute(column="AGE", bands=(Decimal(25), Decimal(40)))),),
    decide_at=0.35,
    dictionary=(
        Documented(
            name="AGE", type="integer", description="age", codes={1: "one"}, range=(Decimal(18), None), unit="years",
        ),
    ),
    unit="client",
    seed="abc",
    score_column="score",
    spreads=(("AGE", 2.5),),
)  # fmt: skip
CHANGE = Change("noise", len, (("scale", Decimal("0.1")), ("of", 1), ("kind", "normal")), seed=7)
TASKS = (
    ScanTask(
        "code",
        FRAME,
        Pass("test", frozenset({Part.OUTCOMES}), (CHANGE,), sketched=(("AGE", "bad"), ("bad",)), named=(("AGE",),)),
        PARTITION, MODEL, "chosen", ("a",),
    ),
    AskTask("code", 100, PARTITION, MODEL),
    BoundTask("code", 100, PARTITION, MODEL),
)  # fmt: skip
NO_FACTS = ("file.path", "stamp", "model.path", "function", "breaks")
"""Where a file lies and when it was written; a change is named by its key."""


def changed(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """The value with one of its parts changed, for every part that there is, and where that is."""
    if isinstance(value, BaseModel) or dataclasses.is_dataclass(value):
        names = (
            list(type(value).model_fields)
            if isinstance(value, BaseModel)
            else [f.name for f in dataclasses.fields(value)]
        )
        for name in names:
            for where, other in changed(getattr(value, name), f"{at}.{name}"):
                yield where, _with(value, name, other)
    elif isinstance(value, tuple) and value:
        yield at, value[1:]
        for i, one in enumerate(value):
            for where, other in changed(one, f"{at}[{i}]"):
                yield where, (*value[:i], other, *value[i + 1 :])
    elif isinstance(value, dict):
        for name, one in value.items():
            yield at, {other: one for _, other in changed(name)}
            for where, other in changed(one, f"{at}[{name}]"):
                yield where, value | {name: other}
    else:
        yield at, _another(value)


def _with(value: Any, name: str, other: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: other})
    return dataclasses.replace(value, **{name: other})


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum | str):
        return f"{value} and more"
    if isinstance(value, int | float | Decimal):
        return value + 1
    if isinstance(value, frozenset):
        return value | {Part.SCORES}
    return "something" if value is None else max if callable(value) else None


@pytest.mark.parametrize("task", TASKS, ids=lambda task: type(task).__name__)
def test_every_change_but_of_a_place_gives_another_key(task: Any) -> None:
    keys = {}
    for where, other in changed(task):
        assert other != task or where.endswith(".breaks"), where
        if any(name in where for name in NO_FACTS):
            assert other.key == task.key, where
        else:
            assert other.key != task.key, where
        keys[where] = other.key
    assert len(keys) > 15


def test_what_is_done_with_the_rows_is_a_fact_too() -> None:
    assert len({task.key for task in TASKS}) == len(TASKS)


def test_a_number_and_its_text_are_two_facts() -> None:
    kinds = (1, 1.0, "1", Decimal(1), (1,), True, None)
    assert len({key_of(dataclasses.replace(CHANGE, parameters=(("n", kind),))) for kind in kinds}) == len(
        kinds
    )


def test_what_says_nothing_of_itself_names_no_result() -> None:
    with pytest.raises(TypeError, match="object"):
        key_of(dataclasses.replace(CHANGE, parameters=(("n", object()),)))
