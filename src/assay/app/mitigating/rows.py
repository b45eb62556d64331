"""The training rows as the one batch that a trainer is handed: columns, label and group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.app.judging.case import Case
from assay.app.judging.wrong_labels import no_labels
from assay.domain.errors import SubjectError
from assay.domain.specification import Criterion
from assay.mitigation.trainer import GROUP, LABEL
from assay.subject.arrays import as_numpy
from assay.tally.coding import missing
from assay.tally.groups import GroupCodes, Layout
from assay.tally.labels import codes_of


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups that are told apart: those of the criterion that are not set aside for being small.

    Attributes:
        attributes: the names of the attributes that make it up. labels: the groups. kept: of every crossed group its place in
            ``labels``, -1 where it is set aside.
    """

    attributes: tuple[str, ...]
    labels: tuple[str, ...]
    kept: tuple[int, ...]


def grouping_of(case: Case, criterion: Criterion, small: frozenset[str]) -> Grouping:
    """The groups of a criterion; ``small`` are set aside.

    Raises:
        SubjectError: ``too_few_groups``.
    """
    names = case.specification.groupings()[criterion.across or ""]
    layout = Layout(tuple((n, a.labels()) for n, a in case.specification.protected.items()))
    every = layout.labels(names)
    labels = tuple(label for label in every if label not in small)
    if len(labels) < 2:
        raise SubjectError(
            f"Of the groups of {criterion.across!r} fewer than two are large enough to be compared.",
            code="too_few_groups",
            remedy="Name another criterion, or rows of more groups.",
        )
    return Grouping(names, labels, tuple(labels.index(x) if x in labels else -1 for x in every))


def columns_of(case: Case, grouping: Grouping) -> tuple[str, ...]:
    """The columns that a candidate may be fed: the declared inputs, then the protected attributes that are none."""
    protected = (case.specification.protected[name].column for name in grouping.attributes)
    return tuple(dict.fromkeys((*case.specification.subject.inputs, *protected)))


def training_batch(case: Case, grouping: Grouping) -> pa.RecordBatch:
    """The training rows in one batch: their columns by place, their label and their group.

    Raises:
        SubjectError: ``data_invalid`` where rows have no label: which these are is seldom chance, so whoever asks must leave them out.
        SubjectError: ``no_training_data``; ``training_too_large`` for text that does not fit a batch; or the data cannot be read.
    """
    if "train" not in case.datasets:
        raise SubjectError(
            "Candidates learn from training rows, and the specification declares none.",
            code="no_training_data",
            remedy="Add data.train. Development rows are what candidates are compared on.",
        )
    table = pa.Table.from_batches(list(_batches(case, grouping))).combine_chunks()
    bad = int((as_numpy(table.column(LABEL).combine_chunks(), LABEL) < 0).sum()) if table.num_rows else 0
    if bad:
        raise no_labels(case, "train", table.num_rows, bad, missing=_missing_labels(case))
    batches = table.to_batches()
    if len(batches) != 1:
        raise SubjectError(
            f"The {case.datasets['train'].rows:,} training rows do not make one batch with rows: there are {len(batches)}.",
            code="training_too_large" if batches else "no_training_data",
            remedy="Name fewer training rows, with labels 0 and 1.",
        )
    return batches[0]


def labels_of(case: Case, batch: pa.RecordBatch) -> NDArray[np.int64]:
    """int64[n]: the label of each row, -1 where it is neither 0 nor 1."""
    asked = case.specification.prediction
    return codes_of(asked.answers, as_numpy(batch.column(asked.label), asked.label))


def _batches(case: Case, grouping: Grouping) -> Iterator[pa.RecordBatch]:
    columns, label = columns_of(case, grouping), case.specification.prediction.label
    for batch in case.rows("train", (*columns, label)):
        found, group = labels_of(case, batch), groups_of(case, grouping, batch)
        arrays = [batch.column(name) for name in columns]
        made = pa.record_batch(
            [*arrays, pa.array(found), pa.array(group)],
            names=[*(f"c{i}" for i in range(len(columns))), LABEL, GROUP],
        )
        yield made


def _missing_labels(case: Case) -> int:
    label = case.specification.prediction.label
    return sum(
        int(missing(as_numpy(batch.column(label), label)).sum()) for batch in case.rows("train", (label,))
    )


def groups_of(case: Case, grouping: Grouping, batch: pa.RecordBatch) -> NDArray[np.int64]:
    """int64[n]: the place of each row's group, -1 where it is in none that is told apart."""
    place, inside = np.zeros(batch.num_rows, dtype=np.int64), np.ones(batch.num_rows, dtype=bool)
    for name in grouping.attributes:
        attribute = case.specification.protected[name]
        codes = GroupCodes(attribute).of(as_numpy(batch.column(attribute.column), attribute.column))
        size = len(attribute.labels())
        inside &= codes < size
        place = place * size + np.minimum(codes, size - 1)
    return np.where(inside, np.asarray(grouping.kept, dtype=np.int64)[place], -1)
