"""The bytes of what one pass counted: what a worker hands over and what is kept, and the counts that they are of."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.copies import CopyTally
from assay.tally.groups import Layout
from assay.tally.known import KnownRows
from assay.tally.outcomes import OutcomeTally
from assay.tally.packing import Arrays, packed, unpacked
from assay.tally.paired import PairedTally
from assay.tally.partial import Partial, Tables
from assay.tally.profiles import ProfileTally
from assay.tally.repeats import RepeatTally
from assay.tally.rows import RowTally
from assay.tally.scores import ScoreTally, places_for
from assay.tally.sketch import SketchTally
from assay.tally.sums import ExactSum, Spread
from assay.tally.table import TableCounts
from assay.tally.units import UnitTally

_REPEATED = ("hashes", "keys", "counts")
_EXACT, _GRID = ("keys", "scores", "counts"), ("places", "rows", "sums")


def to_bytes(partial: Partial) -> bytes:
    """Canonical bytes: a JSON header, then each array in the smallest type that holds it, little-endian."""
    arrays: Arrays = {"population": partial.population, "unlabelled": partial.unlabelled}
    facts: dict[str, Any] = {
        "rows": partial.rows,
        "bad_labels": partial.bad_labels,
        "missing_labels": partial.missing_labels,
        "layout": partial.layout.attributes,
        "profiles": [{f.name: getattr(p, f.name) for f in fields(p)} for p in partial.profiles],
        "paired": [[name, tally.changed] for name, tally in partial.paired],
        "identified": [name for name, _ in partial.identified],
        "tables": [[key, sorted(named)] for key, named in partial.tables],
        "spreads": [[name, s.first.count, s.second.count] for name, s in partial.spreads],
        "sketches": [s.rows for s in partial.sketches],
    }
    arrays |= _arrays_of_tables(partial.tables)
    told, values = partial.known.parts() if partial.known is not None else ({}, {})
    facts |= told
    arrays |= values
    if partial.outcomes is not None:
        arrays["decisions"] = partial.outcomes.decisions
        if partial.outcomes.scores is not None:
            arrays |= _scores_apart(partial.outcomes.scores)
    for i, (_, tally) in enumerate(partial.paired):
        arrays[f"paired.{i}"] = tally.counts
        arrays[f"paired.{i}.moved"] = tally.moved
    for name, rows in (("row_set", partial.row_set), ("by_inputs", partial.by_inputs)):
        if rows is not None:
            arrays |= _arrays_of(name, rows)
            facts[f"{name}_constants"] = rows.constants
    shared = ((f"identified.{i}", tally) for i, (_, tally) in enumerate(partial.identified))
    alike = (("repeats", partial.repeats), ("alike", partial.alike), ("copies", partial.copies))
    sketched = ((f"sketches.{i}", tally) for i, tally in enumerate(partial.sketches))
    for name, equal in (*alike, *shared, *sketched):
        if equal is not None:
            arrays |= _arrays_of(name, equal)
    if partial.units is not None:
        arrays |= _arrays_of("units", partial.units)
        facts["units_missing"] = partial.units.missing
    arrays |= {
        f"spread.{i}": np.stack([s.first.parts, s.second.parts]) for i, (_, s) in enumerate(partial.spreads)
    }
    return packed(facts, arrays)


def from_bytes(data: bytes) -> Partial:
    """The inverse of :func:`to_bytes`; nothing is unpickled.

    Raises:
        ValueError: when the bytes are not those of a partial.
    """
    facts, arrays = unpacked(data)
    try:
        return _partial(facts, arrays)
    except (KeyError, TypeError, IndexError, AttributeError) as wrong:
        raise ValueError("these are not the bytes of a partial") from wrong


def _partial(facts: dict[str, Any], arrays: Arrays) -> Partial:
    layout = Layout(tuple((name, tuple(labels)) for name, labels in facts["layout"]))
    return Partial(
        rows=facts["rows"],
        bad_labels=facts["bad_labels"],
        missing_labels=facts["missing_labels"],
        layout=layout,
        population=_shaped(arrays["population"], layout.cells, arrays["population"].shape[-1]),
        unlabelled=_shaped(arrays["unlabelled"], layout.cells),
        outcomes=_outcomes(layout, arrays),
        paired=tuple(
            (
                name,
                PairedTally(
                    layout,
                    _shaped(arrays[f"paired.{i}"], layout.cells, 2, 2),
                    _shaped(arrays[f"paired.{i}.moved"], layout.cells),
                    tuple(changed),
                ),
            )
            for i, (name, changed) in enumerate(facts["paired"])
        ),
        profiles=tuple(_profile(p) for p in facts["profiles"]),
        row_set=_rows("row_set", facts, arrays),
        by_inputs=_rows("by_inputs", facts, arrays),
        units=UnitTally(
            **_part("units", arrays, ("units", "cells", "priorities", "places", "counts", "scores", "torn")),
            missing=facts["units_missing"],
        )
        if "units.units" in arrays
        else None,
        spreads=tuple(
            (name, _spread(arrays[f"spread.{i}"], n, m)) for i, (name, n, m) in enumerate(facts["spreads"])
        ),
        repeats=_repeats("repeats", arrays),
        alike=_repeats("alike", arrays),
        identified=tuple(
            (name, RepeatTally(**_part(f"identified.{i}", arrays, _REPEATED)))
            for i, name in enumerate(facts["identified"])
        ),
        tables=_tables(facts, arrays),
        known=KnownRows.of_parts(facts, arrays) if "known.draws" in arrays else None,
        copies=CopyTally(**_part("copies", arrays, ("hashes", "places")))
        if "copies.hashes" in arrays
        else None,
        sketches=tuple(
            SketchTally(rows, **_part(f"sketches.{i}", arrays, ("smallest", "times")))
            for i, rows in enumerate(facts["sketches"])
        ),
    )


def _arrays_of_tables(tables: Tables) -> Arrays:
    arrays: Arrays = {}
    for i, (_, named) in enumerate(tables):
        for j, name in enumerate(sorted(named)):
            arrays |= _arrays_of(f"tables.{i}.{j}", named[name])
    return arrays


def _tables(facts: dict[str, Any], arrays: Arrays) -> Tables:
    return tuple(
        (str(key), {str(name): _table(f"tables.{i}.{j}", arrays) for j, name in enumerate(names)})
        for i, (key, names) in enumerate(facts["tables"])
    )


def _table(prefix: str, arrays: Arrays) -> TableCounts:
    read = TableCounts(**_part(prefix, arrays, ("keys", "counts")))
    if len(read.keys) and (read.keys[0] < 0 or (np.diff(read.keys) <= 0).any() or read.counts.min() < 1):
        raise ValueError("the keys of a table are not in order, or no row has one")
    return read


def _arrays_of(prefix: str, value: Any) -> Arrays:
    named = ((f.name, getattr(value, f.name)) for f in fields(value))
    return {f"{prefix}.{name}": array for name, array in named if isinstance(array, np.ndarray)}


def _part(prefix: str, arrays: Arrays, names: tuple[str, ...]) -> Arrays:
    """Arrays of one tally that have one length."""
    part = {name: arrays[f"{prefix}.{name}"] for name in names}
    if len({array.shape for array in part.values()}) > 1 or part[names[0]].ndim != 1:
        raise ValueError(f"the arrays of {prefix} have not one length")
    return part


def _rows(name: str, facts: dict[str, Any], arrays: Arrays) -> RowTally | None:
    if f"{name}.inputs" not in arrays:
        return None
    constants = tuple((str(column), int(value)) for column, value in facts[f"{name}_constants"])
    return RowTally(**_part(name, arrays, ("inputs", "labels", "counts")), constants=constants)


def _repeats(name: str, arrays: Arrays) -> RepeatTally | None:
    if f"{name}.hashes" not in arrays:
        return None
    return RepeatTally(**_part(name, arrays, _REPEATED))


def _shaped(array: NDArray[Any], *shape: int) -> NDArray[Any]:
    if array.shape != shape:
        raise ValueError(f"an array of shape {shape} is expected")
    return array


def _outcomes(layout: Layout, arrays: Arrays) -> OutcomeTally | None:
    if "decisions" not in arrays:
        return None
    scores = _scores_together(layout.cells, arrays) if "scores.keys" in arrays else None
    labels = arrays["decisions"].shape[-1]
    return OutcomeTally(layout, _shaped(arrays["decisions"], layout.cells, labels, labels), scores)


def _spread(parts: NDArray[Any], first: int, second: int) -> Spread:
    of_values, of_squares = _shaped(parts, 2, *ExactSum.empty().parts.shape)
    return Spread(ExactSum(of_values, first), ExactSum(of_squares, second))


def _scores_apart(scores: ScoreTally) -> Arrays:
    """The arrays of scores; of a well filled grid the rows of all places, without saying which are filled."""
    arrays = _arrays_of("scores", scores)
    size = places_for(scores.cells)
    of_rows, of_places = (np.min_scalar_type(int(a.max(initial=0))) for a in (scores.rows, scores.places))
    if size * of_rows.itemsize < len(scores.places) * (of_rows.itemsize + of_places.itemsize):
        everywhere = np.zeros(size, dtype=of_rows)
        everywhere[scores.places] = scores.rows
        del arrays["scores.places"], arrays["scores.rows"]
        arrays["scores.everywhere"] = everywhere
    return arrays


def _scores_together(cells: int, arrays: Arrays) -> ScoreTally:
    everywhere = arrays.pop("scores.everywhere", None)
    if everywhere is not None:
        places = np.flatnonzero(_shaped(everywhere, places_for(cells)) != 0)
        arrays["scores.places"] = places
        arrays["scores.rows"] = everywhere[places].astype(np.int64)  # seven times faster than by a mask
    exact, grid = (_part("scores", arrays, names) for names in (_EXACT, _GRID))
    for numbers, end in ((exact["keys"], cells * 2), (grid["places"], places_for(cells))):
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < end:
            raise ValueError("scores lie in cells that there are not")
    return ScoreTally(cells=cells, **exact, **grid)


def _profile(read: dict[str, Any]) -> ProfileTally:
    codes = {key: tuple((code, count) for code, count in read[key]) for key in ("codes", "undocumented")}
    return ProfileTally(**(read | codes))
