"""A record is a JSON document and back, exactly; the schema describes what is written."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.dossier import records

from assay.domain.evidence import Paired, Rates, ScoreCell, Scores, Statistic
from assay.domain.plain import fields
from assay.domain.record import Record
from assay.domain.record_document import SCHEMA, UnreadableRecord, from_document, to_document
from assay.domain.record_schema import record_schema


@pytest.mark.parametrize("name", list(records.ALL))
def test_round_trip(name: str) -> None:
    record = records.ALL[name]()
    document = json.loads(json.dumps(to_document(record), allow_nan=False))
    assert from_document(document) == record
    assert to_document(from_document(document)) == document


def test_type_and_version_come_first() -> None:
    assert next(iter(to_document(records.certified()).items())) == ("schema", SCHEMA)


def test_numbers_that_are_judged_are_exact_texts() -> None:
    document = to_document(records.unbounded())
    ratio = next(
        j["assessment"] for j in document["judged"] if j["assessment"]["criterion"] == "impact-ratio-sex"
    )
    assert ratio["threshold"] == "0.80"
    assert ratio["pieces"][0]["upper"] == "inf"
    assert float(ratio["pieces"][0]["estimate"]) == 0.957
    noise = next(c for c in document["specification"]["criteria"] if c["id"] == "noise")
    assert noise["with"] == {"sigma": {"decimal": "0.01"}, "columns": "amounts", "repeats": 1}
    assert not any(isinstance(x, float) for x in leaves(document))


def leaves(plain: Any) -> list[Any]:
    if isinstance(plain, dict):
        return [x for v in plain.values() for x in leaves(v)]
    return [x for v in plain for x in leaves(v)] if isinstance(plain, list) else [plain]


ON_A_GRID = Scores(
    (ScoreCell("", (0.125, 0.75), (1, 0), (0, 1), edges=(0.1, 0.3, 0.7, 1.0)),), records.Functional.AUC
)


@pytest.mark.parametrize("counts", [Rates(()), Paired(()), Scores((), records.Functional.AUC), ON_A_GRID])
def test_kinds_of_counts_are_told_apart_even_when_empty_and_come_back(counts: Any) -> None:
    record = dataclasses.replace(records.empty(), statistics=(Statistic("m", "", "test", counts),))
    assert from_document(to_document(record)).statistics[0].counts == counts


@pytest.mark.parametrize("x", [0.1, 1 / 3, 1e-300, 5e-324, math.inf, -0.0, 1e22])
def test_floats_come_back_as_the_same_double(x: float) -> None:
    record = records.conditional()
    piece = dataclasses.replace(record.judged[6].assessment.pieces[0], estimate=x)
    assessment = dataclasses.replace(record.judged[6].assessment, pieces=(piece,))
    changed = dataclasses.replace(
        record, judged=(dataclasses.replace(record.judged[6], assessment=assessment),)
    )
    back = from_document(json.loads(json.dumps(to_document(changed))))
    assert repr(back.judged[0].assessment.pieces[0].estimate) == repr(x)


Document = dict[str, Any]

BROKEN: dict[str, Callable[[Document], object]] = {
    "other version": lambda d: d.update(schema="assay.record/2"),
    "no schema": lambda d: d.pop("schema"),
    "missing key": lambda d: d.pop("seed"),
    "unknown key": lambda d: d.update(extra=1),
    "unknown verdict": lambda d: d["judged"][0].update(verdict="maybe"),
    "number for text": lambda d: d.update(seed=7),
    "text for number": lambda d: d.update(rows="7"),
    "truth for number": lambda d: d.update(rows=True),
    "number not as text": lambda d: d["judged"][0]["assessment"].update(alpha=0.05),
    "not a number": lambda d: d["judged"][0]["assessment"].update(threshold="much"),
    "list for text": lambda d: d.update(seed=[]),
    "unknown kind": lambda d: d["statistics"][0]["counts"].update(kind="rumour"),
    "wrong length": lambda d: d["curves"][0]["points"][0].append([]) or d["environment"]["packages"][0].pop(),
    "refused by the specification": lambda d: d["specification"]["criteria"][0].update(at_least="0.5"),
}


@pytest.mark.parametrize("change", list(BROKEN))
def test_what_is_not_a_record_is_refused_with_its_place(change: str) -> None:
    document = to_document(records.certified())
    BROKEN[change](document)
    with pytest.raises(UnreadableRecord) as refused:
        from_document(document)
    assert refused.value.code == "record_unreadable"


def test_the_schema_names_every_key_that_is_written() -> None:
    schema = record_schema()
    assert list(schema["properties"]) == ["schema", *fields(Record)]
    assert set(to_document(records.conditional())) == set(schema["properties"])


@pytest.mark.parametrize("name", list(records.ALL))
def test_documents_fit_the_schema(name: str) -> None:
    schema = record_schema()
    fits(to_document(records.ALL[name]()), schema, schema["$defs"], name)


def fits(plain: Any, schema: dict[str, Any], definitions: dict[str, Any], where: str) -> None:
    """The few keywords that we write; every mismatch is an assertion with its place."""
    if "$ref" in schema:
        return fits(plain, definitions[schema["$ref"].rpartition("/")[2]], definitions, where)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            assert any(fitting(plain, option, definitions) for option in schema[several]), where
            return None
    if "const" in schema or "enum" in schema:
        assert plain in schema.get("enum", [schema.get("const")]), where
        return None
    types = {
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
        "array": list,
        "object": dict,
    }
    assert type(plain) is types[schema["type"]], (where, type(plain))
    if isinstance(plain, list):
        items = schema.get("prefixItems") or [schema["items"]] * len(plain)
        assert len(items) == len(plain), where
        for i, (value, item) in enumerate(zip(plain, items, strict=True)):
            fits(value, item, definitions, f"{where}[{i}]")
    if isinstance(plain, dict):
        properties, other = schema.get("properties", {}), schema["additionalProperties"]
        assert set(schema.get("required", ())) <= set(plain), where
        for key, value in plain.items():
            assert key in properties or other is not False, f"{where}.{key}"
            fits(value, properties.get(key, other), definitions, f"{where}.{key}")
    return None


def fitting(plain: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> bool:
    try:
        fits(plain, schema, definitions, "")
    except AssertionError:
        return False
    return True


def test_a_decimal_keeps_its_zeros() -> None:
    back = from_document(to_document(records.certified()))
    assert str(back.specification.criteria[-1].threshold) == "0"
    assert {str(c.threshold) for c in back.specification.criteria} >= {"0.80", "0.90", "0.10"}
    assert isinstance(back.specification.protected["age"].intervals()[0][2], Decimal)
