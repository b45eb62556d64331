"""Read the log: whether it holds, what it says, its newest checkpoint, proofs, and a copy for outsiders."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.entries import opened
from assay.app.organisation.ledger import APART, open_ledger
from assay.domain.entry import Entry
from assay.domain.errors import AssayError
from assay.domain.refusal import Because, Refusal
from assay.domain.state import Void
from assay.proof.leaf import state_of
from assay.proof.log_keys import KeptCheckpoint, KeysOfALog
from assay.proof.note import MalformedNote, Note
from assay.store.blobs import write_whole
from assay.store.database import CorruptStore
from assay.store.verification import stored_as


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a log: a code, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A log that was looked through: its size, everything that is wrong, and the entries whose dates have not come yet."""

    size: int
    wrong: tuple[Wrong, ...]
    ahead: tuple[Entry, ...] = ()


def verify_log(folder: Path, kept: Sequence[KeptCheckpoint] = ()) -> Looked:
    """Compute the whole log anew from its entries, hold it against every checkpoint, and every entry against the rules.

    A checkpoint counts when the key signed it that the policy names for the log, as the policy was over its entries.

    Args:
        folder: of the specification. kept: checkpoints that somebody else has kept. Without one, whoever owns the database and the log's key can rewrite all of it, checkpoints included.
    """
    with open_ledger(folder) as ledger:
        # Checkpoints first: what is appended and signed meanwhile is then ahead of none.
        own = ledger.log.checkpoints()
        size = ledger.log.size
        leaves: tuple[bytes, ...] = ()
        void: tuple[Void, ...] = ()
        with contextlib.suppress(CorruptStore):  # said among the findings
            leaves = ledger.leaves()
            _, void = state_of(leaves)
        latest = ledger.clock() + APART
        keys = KeysOfALog.of(leaves, void)
        _, forged = keys.judged(_readable(own))
        claims, untrusted = keys.judged(kept)
        found = [Wrong(f.code, f.message) for f in ledger.log.verify(claims)]
    refusals = [*forged, *untrusted]
    if not keys.held:
        refusals.append(_nothing_in_force(size))
    elif not own:
        sentence = f"Nobody signed any of the {size} entries. Sign them with: assay log checkpoint"
        refusals.append(Refusal(Because.CHECKPOINT_UNTRUSTED, sentence))
    found += [Wrong(r.because.value, r.sentence) for r in refusals]
    found += [Wrong(v.refusal.because.value, f"Entry {v.entry}: {v.refusal.sentence}") for v in void]
    return Looked(size, tuple(found), tuple(e for e in opened(leaves) if e.time > latest))


def _readable(own: Sequence[bytes]) -> Iterator[KeptCheckpoint]:
    """The stored checkpoints that are notes, each with its name; the others are said among the findings."""
    for number, content in enumerate(own, start=1):
        with contextlib.suppress(MalformedNote):
            Note.parse(content)
            yield KeptCheckpoint(stored_as(number), content)


def _nothing_in_force(size: int) -> Refusal:
    found = f"has {size} entries and no policy" if size else "is empty"
    return Refusal(
        Because.NO_POLICY,
        f"The log {found}: a log begins with its policy (assay trust init), so nobody began it, or its entries were removed.",
    )


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


class NothingToErase(AssayError):
    """No personal data is kept under a digest."""


def erase(folder: Path, digest: str) -> None:
    """Delete what is kept under a salted digest, for good; the entries stay as they are.

    Raises:
        NothingToErase: nothing is kept under it.
    """
    with open_ledger(folder) as ledger:
        if not ledger.log.erase(digest):
            raise NothingToErase(
                f"Nothing is kept under {digest}: it was erased, or never there.",
                code="nothing_to_erase",
                remedy="Name the whole digest, as an entry of the log has it (salt): assay log export",
            )
