"""The record of a run as a JSON document (``assay.record/1``) and back, exactly."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic import ValidationError

from assay.domain.errors import AssayError
from assay.domain.plain import NotPlain, from_plain, to_plain
from assay.domain.record import Record

SCHEMA = "assay.record/1"


class UnreadableRecord(AssayError):
    """A document that is not a record of a version that this program knows."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message, code="record_unreadable", remedy="Render it with the version of Assay that wrote it."
        )


def to_document(record: Record) -> dict[str, Any]:
    """The record as plain JSON values; its type and version come first."""
    return {"schema": SCHEMA, **cast("dict[str, Any]", to_plain(record, Record))}


def read_record(content: bytes) -> Record:
    """The record in bytes that anybody may have written.

    Raises:
        UnreadableRecord: when they are no JSON document, or none that :func:`from_document` takes.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as wrong:  # no JSON, no UTF-8, or nested without end
        raise UnreadableRecord(f"A record is a JSON document ({type(wrong).__name__}).") from None
    return from_document(document)


def from_document(document: dict[str, Any]) -> Record:
    """The record that a document stands for.

    Raises:
        UnreadableRecord: when it is of another type or version, has a missing or unknown key, or a wrong value.
    """
    if not isinstance(document, dict):
        raise UnreadableRecord(f"A record is an object with keys, found {type(document).__name__}.")
    found = document.get("schema")
    if found != SCHEMA:
        raise UnreadableRecord(f"A document of schema {SCHEMA!r} is expected, found {str(found)[:80]!r}.")
    body = {name: value for name, value in document.items() if name != "schema"}
    try:
        return cast("Record", from_plain(body, Record, "record"))
    except NotPlain as wrong:
        raise UnreadableRecord(f"{wrong}.") from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(p) for p in first["loc"])
        raise UnreadableRecord(f"{wrong.title} {where}: {first['msg']}.") from wrong
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError) as wrong:
        raise UnreadableRecord(f"A value of the record is impossible ({type(wrong).__name__}).") from wrong
