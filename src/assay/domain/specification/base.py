"""What all blocks of a document share: frozen, strict, no unknown keys, numbers exactly as written."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$"
LONGEST_NAME = 100
"""A name becomes part of a file's name, which most systems end at 255 bytes."""
SMALLEST, LARGEST = -15, 30
"""Powers of ten that numbers of a document lie between: beyond, a float that is computed with would be 0 or infinite."""
DAYS_PATTERN = r"^([1-9][0-9]{0,4}) days?$"


class Block(BaseModel):
    """A part of a document: immutable, with exactly the declared keys; the text under a field describes it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


def _exact(value: object) -> object:
    """Accept what was written as a number; a float has already lost the digits that were written."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number_expected", "a number is expected, for example 0.80")
    exact = Decimal(value)
    if exact and not SMALLEST <= exact.adjusted() <= LARGEST:
        raise PydanticCustomError(
            "number_out_of_reach",
            "0 or a number between 1e{smallest} and 1e{largest} in size is expected",
            {"smallest": SMALLEST, "largest": LARGEST},
        )
    return exact


def _days(value: object) -> object:
    if isinstance(value, dt.timedelta):
        return value
    match = re.fullmatch(DAYS_PATTERN, value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("days_expected", "a number of days is expected, for example '90 days'")
    return dt.timedelta(days=int(match.group(1)))


def _instant(value: object) -> object:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    if isinstance(value, dt.datetime) and value.utcoffset() is None and value.time() == dt.time():
        value = value.replace(tzinfo=dt.UTC)  # a date alone
    if not isinstance(value, dt.datetime) or value.utcoffset() is None:
        raise PydanticCustomError(
            "instant_expected",
            "a date, or a time with its zone, is expected, for example 2026-11-26T09:00:00Z",
        )
    return value.astimezone(dt.UTC).replace(microsecond=0)


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("text_expected", "a text is expected")
    return value.strip()  # before its length is looked at: blanks are no text


def _code(value: object) -> object:
    """One form of each code: true is 1 and false is 0, so that no digest and no comparison depends on how they are written."""
    if not isinstance(value, int | str):
        raise PydanticCustomError(
            "code_expected", "a code is expected: a whole number, true or false, or a text in quotes"
        )
    return int(value) if isinstance(value, bool) else value


def _codes(value: object) -> object:
    """One code or a list of them; always a list afterwards."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _setting(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise PydanticCustomError("setting_expected", "a number or a text is expected")
    return value


_CODE_SCHEMA = {"type": ["integer", "string", "boolean"]}

Exact = Annotated[Decimal, BeforeValidator(_exact)]
Days = Annotated[
    dt.timedelta, BeforeValidator(_days), WithJsonSchema({"type": "string", "pattern": DAYS_PATTERN})
]
Instant = Annotated[
    dt.datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Text = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1)]
Identifier = Annotated[
    str,
    BeforeValidator(_text),
    StringConstraints(pattern=NAME_PATTERN, max_length=LONGEST_NAME),
    WithJsonSchema({"type": "string", "pattern": NAME_PATTERN, "maxLength": LONGEST_NAME}),
]
Code = Annotated[int | str, BeforeValidator(_code), WithJsonSchema(_CODE_SCHEMA)]
Codes = Annotated[
    tuple[Code, ...],
    BeforeValidator(_codes),
    WithJsonSchema({"anyOf": [_CODE_SCHEMA, {"type": "array", "items": _CODE_SCHEMA, "minItems": 1}]}),
]
Setting = Annotated[
    int | Decimal | str, BeforeValidator(_setting), WithJsonSchema({"type": ["number", "string"]})
]
