"""The document of a plan (``assay.plan/1``): what a judged run would read, and what its rows can show.

Unlike those of a record its numbers are plain JSON numbers: nothing is judged from them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from assay.domain.needs import Part
from assay.domain.vocabulary import Tier

SCHEMA = "assay.plan/1"


@dataclass(frozen=True, slots=True)
class PlannedPass:
    """One reading of a data set: what is counted besides the rows of each group and label.

    Of ``counts``, ``outcomes`` and ``scores`` ask the model or read a column of scores, ``row_hashes`` tell which rows there
    are, ``units`` which rows are of one unit, and ``spreads`` how widely the values of a column lie, for perturbations.
    """

    data: str
    counts: tuple[Part, ...]
    perturbations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """The rows that count, one of each unit, and the events among them that one group is expected to have; null where no label is an event."""

    grouping: str
    group: str
    rows: int
    events: int | None
    small: bool


@dataclass(frozen=True, slots=True)
class PlannedVerdict:
    """How likely a good model is to pass one criterion; null where no probability is involved.

    ``assumed`` is what is supposed of it beside its value; ``foregone`` why the criterion fails whatever the rows hold.
    """

    id: str
    metric: str
    tier: Tier
    threshold: str
    passes: float | None
    expected: float | None
    assumed: str
    smallest_margin: float | None
    rows_needed: int | None
    hopeless: bool
    undefined: str
    foregone: str
    broken: str


@dataclass(frozen=True, slots=True)
class PlannedRuns:
    """The judged runs on these rows from the ``first`` to the ``last``, each of which spends ``share_of_alpha`` of every
    criterion's alpha, and what a good model does in each.
    """

    first: int
    last: int
    share_of_alpha: float
    all_critical_pass: float
    criteria: tuple[PlannedVerdict, ...]


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan: ``rows`` is how many rows the data of the judged run have. ``rows_used`` is how many of them will count, one of each
    different value of the column ``unit``; all of them where that is null. The rows and events of ``groups`` and the ``rows_needed`` of a criterion
    are rows that count too. ``reference`` is the data that shares come from, and ``model_answered_rows`` are rows of it. ``repeats`` says why test
    rows like them are refused, since too many are equal or share an identifier, and what to do; empty when they are not. ``errors`` says how far the numbers of the model that is imagined are off,
    and by which criterion; empty where no numbers are. ``attempts`` has an entry for each share of alpha that the schedule spends, the first attempt first.
    """

    rows: int
    rows_used: int
    unit: str | None
    reference: str
    model_answered_rows: int
    repeats: str
    errors: str
    passes: tuple[PlannedPass, ...]
    groups: tuple[PlannedGroup, ...]
    attempts: tuple[PlannedRuns, ...]


def to_document(plan: PlanDocument) -> dict[str, Any]:
    """The plan as plain JSON values; its type and version come first."""
    return {"schema": SCHEMA, **asdict(plan)}


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document that ``to_document`` writes."""
    made = TypeAdapter(PlanDocument).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": SCHEMA,
        "properties": {"schema": {"const": SCHEMA}, **made["properties"]},
        "required": ["schema", *made["required"]],
        "additionalProperties": False,
    }
