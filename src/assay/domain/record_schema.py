"""The JSON Schemas of ``assay.record/1`` and ``assay.standing/1``, derived from the types that also read and write them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel

from assay.domain.plain import fields, is_object, kind, members, pairs, tagged
from assay.domain.record import Record
from assay.domain.record_document import SCHEMA
from assay.domain.standing import SCHEMA as STANDING
from assay.domain.standing import Standing

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    dt.timedelta: {"type": "string", "pattern": "^[0-9]+ days$"},
    Decimal: {"type": "string", "description": "a decimal, exactly as written"},
    float: {
        "type": "string",
        "description": "the shortest decimal that reads back to the same double; or inf",
    },
}


def record_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document that ``to_document`` writes."""
    return _document_schema(Record, SCHEMA)


def standing_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of where a decision stands in the log."""
    return _document_schema(Standing, STANDING)


def _document_schema(owner: type, schema: str) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    _schema(owner, definitions)
    made = definitions.pop(owner.__name__)
    made["properties"] = {"schema": {"const": schema}, **made["properties"]}
    made["required"] = ["schema", *made["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": schema,
        **made,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(declared: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    options = members(declared)
    if Decimal in options and str in options:
        tag = {
            "type": "object",
            "properties": {"decimal": _SCALARS[Decimal]},
            "required": ["decimal"],
            "additionalProperties": False,
        }
        rest = [_one(o, definitions) for o in options if o is not Decimal]
        return {"anyOf": [tag, *rest]}
    if tagged(options):
        return {"oneOf": [_tagged(o, definitions) for o in options]}
    made = [_one(o, definitions) for o in options]
    return made[0] if len(made) == 1 else {"anyOf": made}


def _one(declared: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if declared in _SCALARS:
        return dict(_SCALARS[declared])
    if is_object(declared):
        return _object(declared, definitions)
    origin = get_origin(declared)
    if origin is Literal:
        return {"enum": list(get_args(declared))}
    if origin is tuple:
        return _tuple(get_args(declared), definitions)
    if origin in {dict, Mapping}:
        return _mapping(declared, definitions)
    return {"enum": [m.value for m in cast("type[enum.Enum]", declared)]}


def _tuple(inner: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return {"type": "array", "items": _schema(inner[0], definitions)}
    items = [_schema(t, definitions) for t in inner]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _mapping(declared: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    of_key, of_value = get_args(declared)
    if pairs(declared):
        return {"type": "array", "items": _tuple((of_key, of_value), definitions)}
    return {"type": "object", "additionalProperties": _schema(of_value, definitions)}


def _tagged(owner: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = owner.__name__
    _object(owner, definitions)
    definitions[name]["properties"] = {"kind": {"const": kind(owner)}, **definitions[name]["properties"]}
    definitions[name]["required"] = sorted({"kind", *definitions[name]["required"]})
    return {"$ref": f"#/$defs/{name}"}


def _object(owner: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = owner.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = {
            "type": "object",
            "description": (owner.__doc__ or "").partition("\n")[0],
            "properties": {n: _schema(declared, definitions) for n, (_, declared) in fields(owner).items()},
            "required": _required(owner),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _required(owner: type) -> list[str]:
    if issubclass(owner, BaseModel):
        return [f.alias or n for n, f in owner.model_fields.items() if f.is_required()]
    return [f.name for f in dataclasses.fields(cast("Any", owner))]
