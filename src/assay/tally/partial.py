"""Everything that one pass counted on some rows, as one value that adds, and its bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.groups import Layout
from assay.tally.outcomes import OutcomeSum, OutcomeTally
from assay.tally.paired import PairedTally
from assay.tally.profiles import ProfileTally
from assay.tally.rows import RowTally
from assay.tally.scores import ScoreTally
from assay.tally.sums import ExactSum, Spread
from assay.tally.units import UnitTally

Arrays = dict[str, NDArray[Any]]
_GRID = ("scores.places", "scores.rows", "scores.sums")


@dataclass(frozen=True, slots=True)
class Partial:
    """The counts of one pass over some rows of one data set.

    Attributes:
        rows: rows read. bad_labels: rows whose label is neither 0 nor 1 (they are in no other count of labels).
        population: int64[cells, 2], rows per cell and label. Parts that a pass did not ask for are None or empty.
    """

    rows: int
    bad_labels: int
    layout: Layout
    population: NDArray[np.int64]
    outcomes: OutcomeTally | None = None
    paired: tuple[tuple[str, PairedTally], ...] = ()
    profiles: tuple[ProfileTally, ...] = ()
    row_set: RowTally | None = None
    units: UnitTally | None = None
    spreads: tuple[tuple[str, Spread], ...] = ()

    def __add__(self, other: Partial) -> Partial:
        """All rows of both; both must come from the same pass."""
        return Partial(
            rows=self.rows + other.rows,
            bad_labels=self.bad_labels + other.bad_labels,
            layout=self.layout,
            population=self.population + other.population,
            outcomes=_plus(self.outcomes, other.outcomes),
            paired=_plus_named(self.paired, other.paired),
            profiles=tuple(a + b for a, b in zip(self.profiles, other.profiles, strict=True)),
            row_set=_plus(self.row_set, other.row_set),
            units=_plus(self.units, other.units),
            spreads=_plus_named(self.spreads, other.spreads),
        )


def merged(partials: Iterable[Partial]) -> Partial:
    """The sum of one or more, as by addition, but outcomes are summed in place and no partial is held on to."""
    total: Partial | None = None
    outcomes: OutcomeSum | None = None
    for partial in partials:
        if partial.outcomes is not None:
            if outcomes is None:
                outcomes = OutcomeSum(partial.layout, scores=partial.outcomes.scores is not None)
            outcomes.add(partial.outcomes)
        rest = replace(partial, outcomes=None)
        total = rest if total is None else total + rest
    if total is None:
        raise ValueError("there is nothing to merge")
    return replace(total, outcomes=outcomes.tally() if outcomes is not None else None)


def _plus(left: Any, right: Any) -> Any:
    return None if left is None or right is None else left + right


def _plus_named(left: tuple[tuple[str, Any], ...], right: tuple[tuple[str, Any], ...]) -> Any:
    return tuple((name, a + b) for (name, a), (_, b) in zip(left, right, strict=True))


def to_bytes(partial: Partial) -> bytes:
    """Canonical bytes: an npz without compression or time stamps, its text parts as one JSON header."""
    arrays: Arrays = {"population": partial.population}
    header: dict[str, Any] = {
        "rows": partial.rows,
        "bad_labels": partial.bad_labels,
        "layout": partial.layout.attributes,
        "profiles": [asdict(p) for p in partial.profiles],
        "paired": [name for name, _ in partial.paired],
        "spreads": [[name, s.first.count, s.second.count] for name, s in partial.spreads],
    }
    if partial.outcomes is not None:
        arrays["decisions"] = partial.outcomes.decisions
        if partial.outcomes.scores is not None:
            arrays |= _arrays_of("scores", partial.outcomes.scores)
            # Most of the bytes: each row of the grid in the smallest type that holds it.
            for name, values in zip(_GRID, arrays.pop("scores.grid"), strict=True):
                arrays[name] = values.astype(np.min_scalar_type(values.max(initial=0)))
    for i, (_, tally) in enumerate(partial.paired):
        arrays[f"paired.{i}"] = tally.counts
    if partial.row_set is not None:
        arrays |= _arrays_of("row_set", partial.row_set)
    if partial.units is not None:
        arrays |= _arrays_of("units", partial.units)
        header["unit_rows"] = partial.units.rows
    for i, (_, spread) in enumerate(partial.spreads):
        arrays[f"spread.{i}"] = np.stack([spread.first.parts, spread.second.parts])
    arrays["header"] = np.frombuffer(json.dumps(header, sort_keys=True).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    return buffer.getvalue()


def from_bytes(data: bytes) -> Partial:
    """The inverse of :func:`to_bytes`; nothing is unpickled."""
    with np.load(io.BytesIO(data), allow_pickle=False) as read:
        arrays: Arrays = dict(read.items())
    header = json.loads(arrays["header"].tobytes())
    layout = Layout(tuple((name, tuple(labels)) for name, labels in header["layout"]))
    return Partial(
        rows=header["rows"],
        bad_labels=header["bad_labels"],
        layout=layout,
        population=arrays["population"],
        outcomes=_outcomes(layout, arrays),
        paired=tuple(
            (name, PairedTally(layout, arrays[f"paired.{i}"])) for i, name in enumerate(header["paired"])
        ),
        profiles=tuple(_profile(p) for p in header["profiles"]),
        row_set=RowTally(**_part("row_set", arrays)) if "row_set.inputs" in arrays else None,
        units=UnitTally(**_part("units", arrays), rows=header["unit_rows"])
        if "units.units" in arrays
        else None,
        spreads=tuple(
            (name, Spread(ExactSum(arrays[f"spread.{i}"][0], n), ExactSum(arrays[f"spread.{i}"][1], m)))
            for i, (name, n, m) in enumerate(header["spreads"])
        ),
    )


def _arrays_of(prefix: str, value: Any) -> Arrays:
    named = ((f.name, getattr(value, f.name)) for f in fields(value))
    return {f"{prefix}.{name}": array for name, array in named if isinstance(array, np.ndarray)}


def _part(prefix: str, arrays: Arrays) -> Arrays:
    return {key.partition(".")[2]: array for key, array in arrays.items() if key.startswith(f"{prefix}.")}


def _outcomes(layout: Layout, arrays: Arrays) -> OutcomeTally | None:
    if "decisions" not in arrays:
        return None
    scores = None
    if "scores.keys" in arrays:
        grid = np.vstack([arrays.pop(name).astype(np.int64) for name in _GRID])
        scores = ScoreTally(cells=layout.cells, grid=grid, **_part("scores", arrays))
    return OutcomeTally(layout, arrays["decisions"], scores)


def _profile(read: dict[str, Any]) -> ProfileTally:
    codes = {key: tuple((code, count) for code, count in read[key]) for key in ("codes", "undocumented")}
    return ProfileTally(**(read | codes))
