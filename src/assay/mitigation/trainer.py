"""What runs in the child that trains: rows come in as one Arrow batch, a candidate goes out as bytes. Nothing else does."""

from __future__ import annotations

import importlib
import json
import warnings
from typing import Any

import numpy as np
import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.domain.mitigation import METHODS, Parity
from assay.mitigation.deployed import Groups
from assay.mitigation.saved import skops_bytes
from assay.mitigation.training import Fitted, Training
from assay.subject.models.inputs import is_numeric, matrix, objects

LABEL, GROUP = "label", "group"
"""The names of the last two columns that come in."""


class Trainer:
    """Trains one candidate from the one batch that it is handed."""

    def __init__(self, method: str, asked: dict[str, Any]) -> None:
        # Here and not when it is asked: an absent package is told before rows are seen.
        self._train = importlib.import_module(f"assay.mitigation.{METHODS[method].module}").train
        self._asked = asked

    def __call__(self) -> None:
        """Nothing is asked of it this way: that it can be called keeps it for what is."""

    def change(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The file of the candidate, the columns that it is fed and the facts, in a batch of one row."""
        training = _training(rows, self._asked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # to nobody: nothing of the child is printed
            made: Fitted = self._train(training)
            content = skops_bytes(made.model)
        return pa.record_batch(
            [
                pa.array([content], pa.binary()),
                pa.array([json.dumps(list(made.fed))]),
                pa.array([json.dumps(made.facts, allow_nan=False)]),
            ],
            names=["model", "fed", "facts"],
        )


def open_trainer(method: str, asked: dict[str, Any]) -> Trainer:
    """The trainer of a method; ``asked`` are the fields of ``Training`` that are no arrays."""
    return Trainer(method, asked)


def _training(batch: pa.RecordBatch, asked: dict[str, Any]) -> Training:
    names = batch.schema.names[:-2]
    texts = tuple(i for i, name in enumerate(names) if not is_numeric(batch.schema.field(name).type))
    group = batch.column(GROUP).to_numpy(zero_copy_only=False).astype(np.int64)
    present = np.bincount(group[group >= 0], minlength=len(asked["labels"]))
    if not present.all():
        raise SubjectError(
            "The training of a candidate found a group that has no training row.",
            code="training_empty_group",
            remedy="Name training rows of every group, or let the rule of small groups set it aside.",
        )
    parity = asked["parity"]
    return Training(
        rows=matrix(batch, names) if not texts else objects(batch, names),
        columns=tuple(asked["columns"]),
        inputs=int(asked["inputs"]),
        categories=tuple(sorted({*asked["categories"], *texts})),
        texts=texts,
        protected=tuple(asked["protected"]),
        proxies=tuple(asked["proxies"]),
        label=batch.column(LABEL).to_numpy(zero_copy_only=False).astype(np.int64),
        group=group,
        labels=tuple(asked["labels"]),
        groups=Groups(**asked["groups"]),
        learner=asked["learner"],
        parity=Parity(parity) if parity else None,
        decide_at=float(asked["decide_at"]),
        bound=float(asked["bound"]),
        seed=int(asked["seed"]),
    )
