"""The JSON Schema has every field, says what each is, and accepts the example specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assay.checks.catalogue import metrics
from assay.domain.specification import Specification
from assay.domain.specification.schema import json_schema

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = json_schema(metrics())


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from objects(value)


def test_every_field_of_every_block_is_described() -> None:
    blocks = [SCHEMA, *SCHEMA["$defs"].values()]
    for block in blocks:
        if "properties" in block:
            assert block["additionalProperties"] is False
            undescribed = [
                name
                for name, field in block["properties"].items()
                if not field.get("description") and "$ref" not in field
            ]
            assert undescribed == [], block["title"]


def test_only_words_that_json_schema_knows() -> None:
    words = {key for schema in objects(SCHEMA) for key in schema}
    assert not words & {"gt", "ge", "lt", "le", "pattern_", "discriminator"}
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert "with" in SCHEMA["$defs"]["Criterion"]["properties"]
    assert set(SCHEMA["properties"]) == set(Specification.model_fields)


def test_the_metrics_are_those_of_the_catalogue() -> None:
    offered = SCHEMA["$defs"]["Criterion"]["properties"]["metric"]["anyOf"]
    assert [choice["const"] for choice in offered] == list(metrics())


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def errors(value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
    """A validator for the few words that our schema uses; a dependency is not worth it for two documents."""
    if "$ref" in schema:
        yield from errors(value, SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], where)
    for word in {"anyOf", "oneOf"} & schema.keys():
        fitting = [choice for choice in schema[word] if not list(errors(value, choice, where))]
        if not fitting or (word == "oneOf" and len(fitting) > 1):
            yield f"{where}: fits {len(fitting)} of {word}"
    if value not in schema.get("enum", [schema.get("const", value)]):
        yield f"{where}: not in {schema.get('enum', schema.get('const'))}"
    names = schema.get("type", list(TYPES))
    if not any(isinstance(value, TYPES[name]) for name in ([names] if isinstance(names, str) else names)):
        yield f"{where}: not of type {names}"
    elif isinstance(value, dict):
        yield from object_errors(value, schema, where)
    elif isinstance(value, list):
        yield from list_errors(value, schema, where)


def list_errors(value: list[Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    inner = [*schema.get("prefixItems", ()), *[schema.get("items", {})] * len(value)]
    for i, item in enumerate(value):
        yield from errors(item, inner[i], f"{where}[{i}]")


def object_errors(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    others = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties", {})][0]
    yield from (f"{where}: lacks {name}" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        inner = properties.get(name, others)
        if inner is False:
            yield f"{where}: has no {name}"
        else:
            yield from errors(item, inner, f"{where}.{name}")


def example(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((EXAMPLES / name / "specification.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["credit-default", "german-credit"])
def test_an_example_specification_fits_the_schema(name: str) -> None:
    assert list(errors(example(name), SCHEMA)) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda spec: spec.update(chartre={}), "has no chartre"),
        (lambda spec: spec.pop("charter"), "lacks charter"),
        (lambda spec: spec["criteria"][0].update(metric="no.such"), "fits 0 of anyOf"),
        (lambda spec: spec["criteria"][0].update(at_least=0.5, at_most=0.5), "fits 2 of oneOf"),
        (lambda spec: spec["prediction"].update(decide_at="0.35"), "not of type number"),
        (lambda spec: spec["criteria"][0].update(tier="blocker"), "not in"),
    ],
)
def test_a_broken_one_does_not(change: Any, error: str) -> None:
    specification = example("credit-default")
    change(specification)
    assert any(error in found for found in errors(specification, SCHEMA))


def test_the_schema_beside_the_examples_is_this_one() -> None:
    """Made by: assay schema > examples/specification.schema.json"""
    beside = json.loads((EXAMPLES / "specification.schema.json").read_text("utf-8"))
    assert without_descriptions(beside) == without_descriptions(SCHEMA)


def without_descriptions(schema: Any) -> Any:
    """Words may change without a new file; names and limits may not."""
    if isinstance(schema, list):
        return [without_descriptions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "description" or not isinstance(value, str)}
    return {key: without_descriptions(value) for key, value in kept.items()}
