"""The group tables of a run for everybody, under differential privacy: a document of its own, with its cost in accuracy."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assay.app.organisation.report import workspace_of
from assay.app.organisation.seal import load_record
from assay.domain.digests import bare
from assay.domain.errors import AssayError, MissingExtra
from assay.domain.record import GroupRecord, Record
from assay.stats.released import Noise, cells_of
from assay.store.blobs import write_whole

FORMAT = "assay.private-tables/1"
CONFIDENCE = 0.95
CELLS = ("label 0, decided 0", "label 0, decided 1", "label 1, decided 0", "label 1, decided 1")

Draw = Callable[[Sequence[int], float], list[int]]
"""Counts with discrete Laplace noise of a scale."""


class NotReleased(AssayError):
    """The tables of a run cannot be released, or were under another epsilon."""


def release_tables(
    folder: Path, target: Path, epsilon: str, beginning: str = "", *, draw: Draw | None = None
) -> dict[str, Any]:
    """Write the group tables of a run with noise, and say what it costs; asked again, the same numbers.

    Noise that is drawn anew averages out: each further release would cost its epsilon once more. So a run's tables are released
    once, and another epsilon is refused.

    Args:
        epsilon: as a decimal, above 0. beginning: of the run's digest; empty for the latest.
        draw: adds the noise; by default OpenDP does, from a secure source.

    Raises:
        NoSuchRun, Refused: as :func:`assay.app.organisation.seal.load_record`. MissingExtra: OpenDP is not installed.
        NotReleased: the run has no groups, or its tables were released under another epsilon. Unwritable: with the path.
    """
    digest, record = load_record(folder, beginning)
    kept = workspace_of(folder).root / "releases" / f"{bare(digest)}.json"
    document = _kept(kept, epsilon)
    if document is None:
        document = _document(digest, record, epsilon, draw or drawn_by_opendp)
        write_whole(kept, _text(document))
    write_whole(target, _text(document))
    return document


def _text(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _kept(place: Path, epsilon: str) -> dict[str, Any] | None:
    """What was released of the run before."""
    if not place.exists():
        return None
    document: dict[str, Any] = json.loads(place.read_bytes())
    if document["epsilon"] != epsilon:
        raise NotReleased(
            f"The tables of this run were released with an epsilon of {document['epsilon']}; {epsilon} is asked for.",
            code="released_before",
            remedy=f"Ask for --epsilon {document['epsilon']} to get the same numbers again. A second release would cost both.",
        )
    return document


def _document(digest: str, record: Record, epsilon: str, draw: Draw) -> dict[str, Any]:
    groupings = tuple(dict.fromkeys(group.grouping for group in record.groups))
    if not groupings:
        raise NotReleased(
            "This run has no groups with numbers, so there is no table to release.",
            code="no_tables",
            remedy="Declare groups under 'protected', and see that the model answers.",
        )
    if record.specification.prediction.favourable is None:
        raise NotReleased(
            "The tables that are released have decisions between two values, and this model makes none.",
            code="no_tables",
            remedy="Release what you count yourself, with a budget of its own.",
        )
    noise = Noise(float(epsilon), len(groupings))
    favourable = record.specification.prediction.good
    counts = [n for group in record.groups for n in _cells(group, favourable)]
    drawn = draw(counts, noise.scale)
    return {
        "format": FORMAT,
        "run": digest,
        "data": record.data,
        "epsilon": epsilon,
        "delta": "0",
        "neighbours": f"one {'unit' if record.specification.data.unit else 'row'} more or less",
        "noise": "discrete Laplace",
        "sensitivity": noise.sensitivity,
        "scale": noise.scale,
        "confidence": CONFIDENCE,
        "error": noise.within(CONFIDENCE),
        "said": (
            f"Each count is the true one with noise: with a probability of {CONFIDENCE} it lies within {noise.within(CONFIDENCE)} of "
            "it. It can be below 0. The guarantee is of this document: it says nothing of a dossier, record or review pack "
            "of the same run, in which the counts are exact."
        ),
        "groups": [
            _group(group, drawn[4 * i : 4 * i + 4], noise, favourable)
            for i, group in enumerate(record.groups)
        ],
    }


def _cells(group: GroupRecord, favourable: int) -> tuple[int, int, int, int]:
    positives, good, correct = (n or 0 for n in (group.positives, group.favourable, group.correct))
    return cells_of(group.rows, positives, good if favourable == 1 else group.rows - good, correct)


def _group(group: GroupRecord, drawn: list[int], noise: Noise, favourable: int) -> dict[str, Any]:
    """A group with its counts, and limits for its favourable share from them."""
    rows = sum(drawn)
    decided = drawn[1] + drawn[3]
    better, worse = (decided, rows - decided) if favourable == 1 else (rows - decided, decided)
    # All four counts lie within it together: the union of what each may miss.
    apart = 2 * noise.within(1 - (1 - CONFIDENCE) / 4)
    low, high = max(better - apart, 0), max(better + apart, 0)
    least, most = max(worse - apart, 0), max(worse + apart, 0)
    return {
        "grouping": group.grouping,
        "label": group.label,
        "definition": group.definition,
        "counts": dict(zip(CELLS, drawn, strict=True)),
        "favourable_share": {
            "at_least": low / (low + most) if low + most else 0.0,
            "at_most": high / (high + least) if high + least else 1.0,
        },
    }


def drawn_by_opendp(counts: Sequence[int], scale: float) -> list[int]:
    """Counts with noise by OpenDP, whose sampler is exact and draws from the system's secure source.

    Raises:
        MissingExtra: OpenDP is not installed.
    """
    try:
        import opendp.prelude as dp
    except ModuleNotFoundError as wrong:
        raise MissingExtra.of(wrong.name or "opendp") or wrong from None
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    return [int(n) for n in dp.m.make_laplace(*space, scale=scale)(list(counts))]
