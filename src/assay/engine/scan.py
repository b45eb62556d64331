"""One task: read a partition batch by batch, ask the model, count. Runs in a worker; returns bytes that add."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from assay.engine.asking import Ask, Asker, Predict
from assay.engine.batch import Integers, Reader, crossing_of
from assay.engine.counters import Counter, Counting, Known, Population, Profiles, Reading, Spreads
from assay.engine.frame import Frame
from assay.engine.identifiers import Identifiers
from assay.engine.outcomes import OutcomesCounter
from assay.engine.same_rows import Copies, EqualRows, RowSet, Units
from assay.engine.sketching import Sketches
from assay.engine.tables import TablesCounter
from assay.plan.passes import Pass
from assay.tally.known import KnownRows
from assay.tally.partial import Partial, Tables

COUNTERS: tuple[type[Counter], ...] = (
    Profiles,
    RowSet,
    Units,
    EqualRows,
    Identifiers,
    Copies,
    Sketches,
    Spreads,
    Known,
    TablesCounter,
    OutcomesCounter,
)
"""What counts the parts of a pass, in the order in which they take a batch; the model is asked last."""


def columns_of(frame: Frame, wanted: Pass, present: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The columns that a pass reads, each once; ``present`` are those of the file, documented or not."""
    reading = Reading(frame, wanted, present)
    return tuple(dict.fromkeys(name for kind in _counters(wanted) for name in kind.columns(reading)))


def _counters(wanted: Pass) -> tuple[type[Counter], ...]:
    return (Population, *(kind for kind in COUNTERS if kind.counts & wanted.parts))


def scan(
    frame: Frame,
    wanted: Pass,
    batches: Iterable[pa.RecordBatch],
    *,
    first_row: int,
    ask: Ask | None,
    selection: Integers | None = None,
    witness: Predict | None = None,
    known: KnownRows | None = None,
    copies: Integers | None = None,
) -> Partial:
    """Count one partition.

    Args:
        frame: names and meanings. wanted: what to count.
        batches: the partition's rows, with at least those of :func:`columns_of`.
        first_row: place of the partition's first row in the data set.
        ask: asks the model; None when scores stand in a column or are not needed.
        selection: sorted places of the rows that count for outcomes and repeats; all when None.
        witness: asks the same model in another process. known: some rows of the reference data.
        copies: which rows equal an earlier one.

    Raises:
        SubjectError: when a score column holds no numbers between 0 and 1.
    """
    crossing = crossing_of(frame, wanted)
    reader = Reader(frame, crossing)
    asker = (
        Asker(ask, frame.seed, decide_at=frame.decide_at, witness=witness)
        if ask is not None and wanted.asks
        else None
    )
    counting = Counting(frame, wanted, crossing, asker, selection, known, copies)
    counters = [kind(counting) for kind in _counters(wanted)]
    place = first_row
    for raw in batches:
        batch = reader.read(raw, place)
        place += raw.num_rows
        for counter in counters:
            counter.take(batch)
    parts: dict[str, Any] = {}
    tables: Tables = ()
    for counter in counters:
        found = counter.parts()
        tables += found.pop("tables", ())
        parts |= found
    return Partial(layout=frame.layout, tables=tuple(sorted(tables, key=lambda pair: pair[0])), **parts)
