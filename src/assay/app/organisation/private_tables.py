"""The group tables of a run for everybody, under differential privacy: a document of its own, with its cost in accuracy."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assay.app.organisation.releases import Release, Releases, rows_of, spent, tables_of
from assay.app.organisation.report import workspace_of
from assay.app.organisation.seal import load_record
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
    """The tables of a run cannot be released, or the same counts were under another epsilon."""


def release_tables(
    folder: Path, target: Path, epsilon: str, beginning: str = "", *, draw: Draw | None = None
) -> dict[str, Any]:
    """Write the group tables of a run with noise, and say what it costs; asked again, the same numbers.

    Noise that is drawn anew averages out: each further release would cost its epsilon once more. So the same counts are released
    once, whichever run they are asked of, and another epsilon for them is refused. Other tables of the same rows are another release:
    what all of them cost together is told.

    Args:
        epsilon: as a decimal, above 0. beginning: of the run's digest; empty for the latest.
        draw: adds the noise; by default OpenDP does, from a secure source.

    Raises:
        NoSuchRun, Refused: as :func:`assay.app.organisation.seal.load_record`. MissingExtra: OpenDP is not installed.
        NotReleased: the run has no groups, or the same counts were released under another epsilon. Unwritable: with the path.
    """
    digest, record = load_record(folder, beginning)
    counts = _counts(record)
    rows, tables = rows_of(record), tables_of(record, counts)
    releases = Releases(workspace_of(folder).root / "releases")
    earlier = releases.all()
    document = _kept(earlier, tables, epsilon)
    if document is None:
        costs = spent(earlier, rows, epsilon)
        document = _document(digest, record, counts, epsilon, costs, draw or drawn_by_opendp)
        releases.keep(Release(rows, tables, document))
    write_whole(target, _text(document))
    return document


def _text(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _kept(earlier: Sequence[Release], tables: str, epsilon: str) -> dict[str, Any] | None:
    """What was released of the same counts before, of this run or another."""
    same = [one for one in earlier if one.tables == tables]
    for one in same:
        if one.document["epsilon"] == epsilon:
            return one.document
    if not same:
        return None
    before = same[0].document["epsilon"]
    raise NotReleased(
        f"The same counts were released with an epsilon of {before}; {epsilon} is asked for.",
        code="released_before",
        remedy=f"Ask for --epsilon {before} to get the same numbers again. A second release would cost both.",
    )


def _counts(record: Record) -> list[tuple[int, int, int, int]]:
    """The counts of each group without noise."""
    if not record.groups:
        raise NotReleased(
            "This run has no groups with numbers, so there is no table to release.",
            code="no_tables",
            remedy="Declare groups under 'protected', and see that the model answers.",
        )
    favourable = record.specification.prediction.favourable
    if favourable is None:
        raise NotReleased(
            "The tables that are released have decisions between two values, and this model makes none.",
            code="no_tables",
            remedy="Release what you count yourself, with a budget of its own.",
        )
    return [_cells(group, favourable) for group in record.groups]


def _document(
    digest: str,
    record: Record,
    counts: Sequence[Sequence[int]],
    epsilon: str,
    costs: dict[str, str],
    draw: Draw,
) -> dict[str, Any]:
    noise = Noise(float(epsilon), len({group.grouping for group in record.groups}))
    drawn = draw([n for cells in counts for n in cells], noise.scale)
    return {
        "format": FORMAT,
        # A record that nothing blinds is found again by whoever knows all rows but one: its digest would tell the last.
        **({"run": digest} if record.blind else {}),
        "data": record.data,
        "epsilon": epsilon,
        "spent": costs,
        "delta": "0",
        "neighbours": f"one {'unit' if record.specification.data.unit else 'row'} more or less",
        "noise": "discrete Laplace",
        "sensitivity": noise.sensitivity,
        "scale": noise.scale,
        "confidence": CONFIDENCE,
        "error": noise.within(CONFIDENCE),
        "said": (
            f"Each count is the true one with noise: with a probability of {CONFIDENCE} it lies within {noise.within(CONFIDENCE)} of "
            f"it. It can be below 0. All releases of this data set so far, this one with them, cost a person an epsilon of "
            f"{costs['same_data_set']}; all of this folder {costs['all_of_this_folder']}. The guarantee is of these documents: it says "
            "nothing of a dossier, record or review pack of the same run, in which the counts are exact."
        ),
        "groups": [
            _group(group, drawn[4 * i : 4 * i + 4], noise, record.specification.prediction.good)
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
