"""The group tables of a run for everybody, under differential privacy: a document of its own, with its cost in accuracy."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logged_releases import LoggedReleases
from assay.app.organisation.releases import Asked, InLog, NotReleased, Releases, rows_of, tables_of
from assay.app.organisation.report import workspace_of
from assay.app.organisation.seal import load_record
from assay.domain.epsilon import Spent, epsilon_of, written
from assay.domain.errors import MissingExtra
from assay.domain.record import GroupRecord, Record
from assay.proof.salted import SALT_BYTES
from assay.stats.released import Noise, cells_of
from assay.store.blobs import see_writable, write_whole
from assay.store.durable import alone
from assay.store.workspace import Workspace

FORMAT = "assay.private-tables/1"
CONFIDENCE = 0.95
CELLS = ("label 0, decided 0", "label 0, decided 1", "label 1, decided 0", "label 1, decided 1")

Draw = Callable[[Sequence[int], float], list[int]]
"""Counts with discrete Laplace noise of a scale."""


@dataclass(frozen=True, slots=True)
class Published:
    """A document that was released, what all releases cost a person by now, and the entry of the log that holds it, if one does."""

    document: dict[str, Any]
    spent: Spent
    entry: int | None

    @property
    def costs(self) -> dict[str, str]:
        """The sums, and over what each is."""
        return _named(self.spent, logged=self.entry is not None)


def release_tables(
    folder: Path, target: Path, epsilon: str, beginning: str = "", *, draw: Draw | None = None
) -> Published:
    """Write the group tables of a run with noise, and say what it costs; asked again, the same numbers.

    Noise that is drawn anew averages out: each further release would cost its epsilon once more. So the same counts are released
    once, whichever run they are asked of, and another epsilon for them is refused. Other tables of the same rows are another release:
    what all of them cost together is told. Where the folder has a log, a release stands in it before its table is written, and the
    table is not drawn again if it is lost; where it has none, files of the folder remember, and nothing binds whoever deletes them.

    Args:
        epsilon: as a decimal, above 0. beginning: of the run's digest; empty for the latest.
        draw: adds the noise; by default OpenDP does, from a secure source.

    Raises:
        NoSuchRun, Refused: as :func:`assay.app.organisation.seal.load_record`. MissingExtra: OpenDP is not installed.
        NotReleased: the run has no groups, the same counts were released under another epsilon, or the log has their release and the
            table is not kept here. CorruptBlob: it was changed. Unwritable: with the path. ValueError: the epsilon is none.
    """
    digest, record = load_record(folder, beginning)
    counts = _counts(record)
    asked = Asked(rows_of(record), tables_of(record, counts), epsilon_of(epsilon))
    see_writable(target)

    def made(costs: Spent, log: InLog | None) -> dict[str, Any]:
        return _document(digest, record, counts, asked.epsilon, costs, log, draw or drawn_by_opendp)

    workspace = workspace_of(folder)
    # Two at once would each draw noise for the same counts.
    with alone(workspace.root / "releases.lock"), _remembered(workspace) as releases:
        told = releases.release(asked, made)
    write_whole(target, told.content)
    return Published(json.loads(told.content), told.spent, told.entry)


@contextmanager
def _remembered(workspace: Workspace) -> Iterator[Releases | LoggedReleases]:
    """What remembers the releases: the log where somebody began one, else files."""
    files = Releases(workspace.root / "releases")
    if workspace.has_log:
        with open_ledger(workspace.root.parent) as ledger:
            if ledger.state().policy is not None:
                yield LoggedReleases.of(ledger, workspace.blobs, files)
                return
    yield files


def _named(spent: Spent, *, logged: bool) -> dict[str, str]:
    return {
        "same_data_set": spent.same_data_set,
        f"all_of_this_{'log' if logged else 'folder'}": spent.all,
    }


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
    epsilon: Decimal,
    costs: Spent,
    log: InLog | None,
    draw: Draw,
) -> dict[str, Any]:
    noise = Noise(float(epsilon), len({group.grouping for group in record.groups}))
    drawn = draw([n for cells in counts for n in cells], noise.scale)
    return {
        "format": FORMAT,
        # A record that nothing blinds is found again by whoever knows all rows but one: its digest would tell the last.
        **({"run": digest} if record.blind else {}),
        "data": record.data,
        "epsilon": written(epsilon),
        "spent": _named(costs, logged=log is not None),
        "log": None if log is None else {"origin": log.origin, "entry": log.entry},
        # The log has the digest of this document: without something random in it, that would tell whoever guesses the counts.
        "salt": secrets.token_hex(SALT_BYTES),
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
            f"{costs.same_data_set}; all of this {'folder' if log is None else 'log'} {costs.all}. {_bound(log)} The guarantee is of "
            "these documents: it says nothing of a dossier, record or review pack of the same run, in which the counts are exact."
        ),
        "groups": [
            _group(group, drawn[4 * i : 4 * i + 4], noise, record.specification.prediction.good)
            for i, group in enumerate(record.groups)
        ],
    }


def _bound(log: InLog | None) -> str:
    """What holds that these sums are whole."""
    if log is None:
        return "No log holds these sums: they are of files, and whoever deletes one can draw the noise again."
    return f"This document is entry {log.entry} of the log {log.origin}, by its digest, and the sums are over that log."


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
