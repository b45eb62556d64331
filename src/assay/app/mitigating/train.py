"""A candidate is trained in a child that is handed arrays and may reach nothing: what it learns from may be hostile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assay.app.judging.case import Case
from assay.app.mitigating.asked import Try
from assay.app.mitigating.rows import Grouping, columns_of
from assay.domain.errors import Crash, MissingExtra
from assay.domain.isolation import required
from assay.domain.mitigation import parity_of
from assay.domain.specification import Attribute, Criterion
from assay.sandbox.failures import ModuleAbsent
from assay.sandbox.launch import Child
from assay.sandbox.roles import Role

SECONDS = 3_600.0
"""That the training of one candidate may take."""
TRAINER = Role(
    "The training of a candidate",
    "training_crashed",
    "training_timed_out",
    "training_invalid",
    "training_stopped",
    {
        "training_timed_out": "Ask for the other methods by name, or for logistic regression (--learner logistic).",
        "training_crashed": "Ask for the other methods by name (--method).",
    },
    {
        "training_one_class": (
            "found too few rows of one label to learn from",
            "Name training rows of both labels, at least five of each, in every group.",
        ),
        "training_empty_group": (
            "found a group that has no training row",
            "Name training rows of every group, or let the rule of small groups set it aside.",
        ),
        "training_without_inputs": (
            "has no input left once protected attributes and proxies are taken away",
            "Declare fewer proxies, or other inputs.",
        ),
    },
)
_LARGEST_FACTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Trained:
    """A candidate: its file's bytes, the columns that it is fed in their order, and what its method tells."""

    content: bytes
    fed: tuple[str, ...]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is the same for all candidates of a search."""

    case: Case
    criterion: Criterion
    grouping: Grouping
    learner: str
    proxies: tuple[str, ...]
    seed: int

    def fields(self, bound: float) -> dict[str, Any]:
        """As the child is told it: JSON values."""
        specification, columns = self.case.specification, columns_of(self.case, self.grouping)
        attributes = [specification.protected[name] for name in self.grouping.attributes]
        categories = {c.name for c in self.case.dictionary.columns if c.codes is not None}
        parity = parity_of(self.criterion.metric, specification.prediction.good)
        return {
            "columns": columns,
            "inputs": len(specification.subject.inputs),
            "categories": _places(columns, categories),
            "protected": _places(columns, {a.column for a in attributes}),
            "proxies": _places(columns, set(self.proxies)),
            "labels": self.grouping.labels,
            "groups": {
                "places": [columns.index(a.column) for a in attributes],
                "codes": [[list(codes) for _, codes in a.codes()] for a in attributes],
                "bands": [_bands(a) for a in attributes],
                "kept": self.grouping.kept,
            },
            "learner": self.learner,
            "parity": parity.value if parity else None,
            "decide_at": specification.prediction.cut,
            "bound": bound,
            "seed": self.seed,
        }


def trained(asked: Asked, wanted: Try, rows: pa.RecordBatch) -> Trained:
    """Train one candidate.

    Raises:
        MissingExtra: the library of its method is not installed. SubjectError, Crash: it could not be trained on these rows.
    """
    try:
        with Child.start(
            "assay.mitigation.trainer:open_trainer",
            {"method": wanted.method.name, "asked": asked.fields(wanted.bound)},
            role=TRAINER,
            timeout=SECONDS,
            fences=required(asked.case.environment.isolation),
        ) as child:
            answer = child.change(rows)
    except ModuleAbsent as absent:
        raise MissingExtra.of(absent.module) or absent from absent
    return _checked(answer, columns_of(asked.case, asked.grouping))


def _checked(answer: pa.RecordBatch, columns: Sequence[str]) -> Trained:
    """What a child that saw rows answered, taken for what it is."""
    try:
        content, fed, told = (answer.column(name)[0].as_py() for name in ("model", "fed", "facts"))
        places = [int(place) for place in json.loads(fed)]
        facts = dict(json.loads(told[:_LARGEST_FACTS]))
        return Trained(bytes(content), tuple(columns[place] for place in places), facts)
    except (KeyError, IndexError, TypeError, ValueError) as wrong:
        raise Crash(f"{TRAINER.name} sent something else than a candidate.", code=TRAINER.invalid) from wrong


def _places(columns: Sequence[str], names: set[str]) -> list[int]:
    return [place for place, name in enumerate(columns) if name in names]


def _bands(attribute: Attribute) -> list[list[float]]:
    return [
        [float("-inf") if low is None else float(low), float("inf") if high is None else float(high)]
        for _, low, high in attribute.intervals()
    ]
