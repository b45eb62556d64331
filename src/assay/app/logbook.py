"""Read the log: whether it holds, what it says, its newest checkpoint, proofs, and a copy for outsiders."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.ledger import open_ledger
from assay.domain.entry import Entry
from assay.domain.state import Void
from assay.proof.checkpoint import Checkpoint
from assay.proof.leaf import UnreadableLeaf, read_leaf, state_of
from assay.store.blobs import write_whole
from assay.store.database import CorruptStore


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a log: a code, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A log that was looked through: its size, its newest checkpoint, and everything that is wrong."""

    size: int
    checkpoint: str
    wrong: tuple[Wrong, ...]


def verify_log(folder: Path, seen: Sequence[tuple[str, Checkpoint]] = ()) -> Looked:
    """Compute the whole log anew from its entries, hold it against every checkpoint, and every entry against the rules.

    Args:
        folder: of the specification. seen: checkpoints that somebody else has kept, and whose they are. Without one,
            whoever owns the database can rewrite all of it, checkpoints included.
    """
    with open_ledger(folder) as ledger:
        found = [Wrong(f.code, f.message) for f in ledger.log.verify([kept for _, kept in seen])]
        void: tuple[Void, ...] = ()
        with contextlib.suppress(CorruptStore):  # said among the findings
            _, void = state_of(ledger.leaves())
        note = ledger.log.last_checkpoint()
        size = ledger.log.size
    found += [Wrong(v.refusal.because.value, f"Entry {v.entry}: {v.refusal.sentence}") for v in void]
    return Looked(size, bytes(note).decode() if note else "", tuple(found))


def entries(folder: Path, start: int = 0) -> Iterable[Entry]:
    """Every entry from ``start`` on; ends at one that cannot be read."""
    with open_ledger(folder) as ledger:
        for leaf in ledger.log.entries(start):
            try:
                yield read_leaf(leaf)
            except UnreadableLeaf:
                return


def checkpoint(folder: Path) -> str:
    """A signed checkpoint of the log as it stands now."""
    with open_ledger(folder) as ledger:
        ledger.sign_checkpoint()
        note = ledger.log.last_checkpoint()
    return bytes(note).decode() if note else ""


def prove(folder: Path, index: int, target: Path) -> None:
    """Write the tlog-proof of an entry. Raises AbsentEntry."""
    with open_ledger(folder) as ledger:
        leaves = ledger.leaves()
        ledger.log.inclusion(index)
        write_whole(target, ledger.proof(index, leaves[index]))


def export_log(folder: Path, target: Path) -> int:
    """Write every entry, one a line, as its canonical bytes; returns how many."""
    with open_ledger(folder) as ledger:
        leaves = ledger.leaves()
    write_whole(target, b"".join(leaf + b"\n" for leaf in leaves))
    return len(leaves)
