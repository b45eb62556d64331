"""The JSON Schema of a specification, for editors: made from the models, so that it cannot say anything else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from assay.domain.metric import Across, Catalogue, Metric
from assay.domain.specification.specification import Specification
from assay.domain.specification.subject import FIELDS_OF_TASK

DIALECT = "https://json-schema.org/draft/2020-12/schema"


_LIMITS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""Pydantic's words for a limit, and JSON Schema's."""

_ONE_OF = {"Criterion": ("at_least", "at_most"), "Attribute": ("groups", "bands")}
"""Blocks that have exactly one of two fields."""


def json_schema(catalogue: Catalogue) -> dict[str, Any]:
    """The schema of a specification whose metrics are those of a catalogue.

    It knows the form and the names. Whether the document makes sense as a whole is only known after reading it.
    """
    schema = Specification.model_json_schema(by_alias=True, schema_generator=_Plain)
    blocks = schema["$defs"]
    for block, fields in _ONE_OF.items():
        blocks[block]["oneOf"] = [{"required": [field]} for field in fields]
    _by_task(blocks["Prediction"])
    metric = blocks["Criterion"]["properties"]["metric"]
    metric["anyOf"] = [{"const": metric.id, "description": _about(metric)} for metric in catalogue.values()]
    limited: dict[str, Any] = _limits(schema)
    return {"$schema": DIALECT, **limited, "title": "Assay specification"}


def _by_task(block: dict[str, Any]) -> None:
    """A prediction says what its task needs, and nothing that belongs to another."""
    for names in FIELDS_OF_TASK.values():
        for name in names:
            written = block["properties"][name]
            (kind,) = (option for option in written.pop("anyOf") if option.get("type") != "null")
            del written["default"]
            block["properties"][name] = {**kind, **written}
    block["oneOf"] = [
        {
            "properties": {"task": {"const": task.value}}
            | {name: False for other, names in FIELDS_OF_TASK.items() if other is not task for name in names},
            "required": list(names),
        }
        for task, names in FIELDS_OF_TASK.items()
    ]


def _limits(schema: Any) -> Any:
    """The schema with every limit under the name that JSON Schema knows, as a JSON number."""
    if isinstance(schema, list):
        return [_limits(item) for item in schema]
    if isinstance(schema, Decimal):
        return float(schema)
    if not isinstance(schema, dict):
        return schema
    return {_LIMITS.get(key, key): _limits(value) for key, value in schema.items()}


class _Plain(GenerateJsonSchema):
    """Numbers are numbers, and titles are the words of a reader."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A decimal is written as a number; read from the source text it stays exact."""
        return {"type": "number", **{limit: value for limit, value in schema.items() if limit in _LIMITS}}

    def get_title_from_name(self, name: str) -> str:
        """``decide_at`` becomes ``Decide at``."""
        return name.replace("_", " ").capitalize()


def _about(metric: Metric) -> str:
    across = {Across.REQUIRED: " Needs 'across'.", Across.OPTIONAL: " May have 'across'.", Across.NEVER: ""}
    comparators = " or ".join(comparator.value for comparator in metric.comparators)
    return f"{metric.title}: {metric.estimand} Judged with {comparators}.{across[metric.across]}"
