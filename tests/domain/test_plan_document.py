"""A plan's document says its type first, fits its schema, and reads back."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from assay.domain.needs import Part
from assay.domain.plan_document import (
    SCHEMA,
    PlanDocument,
    PlannedGroup,
    PlannedPass,
    PlannedRuns,
    PlannedVerdict,
    plan_schema,
    to_document,
)
from assay.domain.vocabulary import Tier

PLAN = PlanDocument(
    rows=4000,
    rows_used=3900,
    unit="client",
    reference="develop",
    model_answered_rows=100,
    repeats="",
    errors="",
    passes=(
        PlannedPass(
            "test",
            counts=(Part.OUTCOMES, Part.SCORES, Part.PROFILES, Part.UNITS),
            perturbations=("noise",),
        ),
    ),
    groups=(PlannedGroup("sex", "women", rows=1900, events=400, small=False),),
    attempts=(
        PlannedRuns(
            first=1,
            last=3,
            share_of_alpha=1 / 3,
            all_critical_pass=0.97,
            criteria=(
                PlannedVerdict(
                    "auc",
                    "performance.auc",
                    Tier.CRITICAL,
                    "0.75",
                    0.97,
                    0.8,
                    "scores lie as on 100 rows",
                    0.02,
                    3100,
                    hopeless=False,
                    undefined="",
                    foregone="",
                    broken="",
                ),
                PlannedVerdict(
                    "complete",
                    "data.x",
                    Tier.ADVISORY,
                    "0",
                    None,
                    None,
                    "",
                    None,
                    None,
                    hopeless=False,
                    undefined="",
                    foregone="",
                    broken="",
                ),
            ),
        ),
    ),
)


def test_a_plan_reads_back() -> None:
    document = json.loads(json.dumps(to_document(PLAN)))
    assert next(iter(document)) == "schema"
    assert document.pop("schema") == SCHEMA
    assert TypeAdapter(PlanDocument).validate_json(json.dumps(document)) == PLAN


def test_the_schema_has_every_key() -> None:
    schema, document = plan_schema(), to_document(PLAN)
    assert schema["title"] == SCHEMA
    assert list(schema["properties"]) == list(document)
    assert set(schema["required"]) == set(document)
    for name, block in (("passes", "Pass"), ("groups", "Group"), ("attempts", "Runs")):
        assert set(schema["$defs"][f"Planned{block}"]["required"]) == set(document[name][0])
    planned = document["attempts"][0]["criteria"][0]
    assert set(schema["$defs"]["PlannedVerdict"]["required"]) == set(planned)
