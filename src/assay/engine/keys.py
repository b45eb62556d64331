"""The name of a result: a digest of everything that it depends on, so that an old count never stands for new rows."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from assay.plan.passes import Change, Table
from assay.subject.datasets import DataFile
from assay.subject.files.layout import Column
from assay.subject.model import ModelReference
from assay.subject.training import RecipeReference

NO_FACTS: Mapping[type, frozenset[str]] = {
    Column: frozenset({"breaks"}),
    DataFile: frozenset({"path", "stamp"}),
    ModelReference: frozenset({"path"}),
    RecipeReference: frozenset({"path"}),
    Change: frozenset({"function"}),
    Table: frozenset({"function", "columns"}),
}
"""What no result depends on: what is told of a text column, where a file lies and when it was written, which its digest stands for, and the address of a
function, which is another one in each process; the key of a change names it, and its source is in the digest of the code."""


_last: dict[type, tuple[object, Any]] = {}
"""By type, a field of the last task and its facts: the tasks of a pass share what they are read against."""


def key_of(task: object) -> str:
    """The hexadecimal SHA-256 of a task's kind and of all its fields, however deep, but :data:`NO_FACTS`.

    Raises:
        TypeError: when a field holds something that says nothing of itself.
    """
    said = _facts(task, _remembered)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _remembered(value: Any) -> Any:
    """The facts of a field, which are those of the last task's where it is the very same frozen object."""
    if not dataclasses.is_dataclass(value):
        return _facts(value)
    last, facts = _last.get(type(value), (None, None))
    if last is not value:
        facts = _facts(value)
        _last[type(value)] = value, facts
    return facts


def _facts(value: Any, of_field: Callable[[Any], Any] | None = None) -> Any:
    """What JSON can say of a value; two values that differ are never said alike."""
    if isinstance(value, Enum):
        return _facts(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return {type(value).__name__: repr(value)}
    if isinstance(value, tuple | list):
        return [_facts(one) for one in value]
    if isinstance(value, frozenset):
        return {"set": sorted(map(_facts, value))}
    if isinstance(value, Mapping):
        return {"pairs": [[_facts(name), _facts(one)] for name, one in value.items()]}
    names = _fields(value)
    left_out = NO_FACTS.get(type(value), frozenset())
    return {
        type(value).__name__: {n: (of_field or _facts)(getattr(value, n)) for n in names if n not in left_out}
    }


def _fields(value: Any) -> tuple[str, ...]:
    if isinstance(value, BaseModel):
        return tuple(type(value).model_fields)
    if dataclasses.is_dataclass(value):
        return tuple(field.name for field in dataclasses.fields(value))
    raise TypeError(f"a result cannot be named by a {type(value).__name__}")
