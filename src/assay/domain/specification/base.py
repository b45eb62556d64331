"""What all blocks of a specification share: frozen, strict, no unknown keys."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Block(BaseModel):
    """A part of a document: immutable, with exactly the declared keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


def _exact(value: object) -> object:
    """Accept what was written as a number; a float has already lost the digits that were written."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a plain number is expected")  # noqa: TRY004 - pydantic collects ValueErrors
    return Decimal(value)


def _days(value: object) -> object:
    if isinstance(value, dt.timedelta):
        return value
    match = re.fullmatch(r"(\d+) days?", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a duration in days is expected, for example '90 days'")
    return dt.timedelta(days=int(match.group(1)))


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a text is expected; put quotes around it")  # noqa: TRY004
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Days = Annotated[dt.timedelta, BeforeValidator(_days)]
Text = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[
    str, BeforeValidator(_text), StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
]
