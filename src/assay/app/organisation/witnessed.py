"""Have witnesses cosign the log's checkpoint: what a policy that needs them asks of every proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.ledger import Ledger, open_ledger
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.cosignature import CosignerKey
from assay.proof.note import Note, signature_lines, verified
from assay.proof.tlog_proof import Witnessed, check_witnessed
from assay.proof.witness import Submission
from assay.store.blobs import write_whole
from assay.store.witness_client import cosignatures

NO_WITNESS = "Name the verifier key that the witness prints when it starts, under log: witnesses: of the policy: assay trust edit"
ASK_AGAIN = "Write a new request and have that cosigned: assay log checkpoint --request FILE"


@dataclass(frozen=True, slots=True)
class WitnessedCheckpoint:
    """Who of the policy's witnesses cosigned the newest checkpoint and when, each key once, and how many it needs."""

    by: tuple[Witnessed, ...]
    needed: int


def have_witnessed(folder: Path, urls: Sequence[str]) -> WitnessedCheckpoint:
    """Sign a checkpoint, have the witnesses at these addresses cosign it, and keep it with their lines.

    Proofs that are written from then on carry them, as long as nothing is added to the log. What one witness cosigned is
    kept when the next one does not answer.

    Raises:
        Refused: the policy names no witness, or this machine does not hold the log's key.
        WitnessDisagrees, WitnessRefused, WitnessUnreachable, UntrustedNote: as :func:`~assay.store.witness_client.cosignatures`.
    """
    with open_ledger(folder) as ledger:
        note, keys = _to_be_cosigned(ledger)
        for url in urls:
            note = note.signed_also(cosignatures(url, note, ledger.log.consistency, keys))
            ledger.log.put_checkpoint(note)
        return _seen(ledger, note, keys)


def write_request(folder: Path, target: Path, known: int) -> int:
    """Sign a checkpoint and write what a witness without a network is asked; returns the checkpoint's size.

    Args:
        known: how many entries the witness cosigned last; 0 for one that saw none.

    Raises:
        Refused: as :func:`have_witnessed`. AbsentEntry: the log has fewer entries than the witness saw.
    """
    with open_ledger(folder) as ledger:
        note, _ = _to_be_cosigned(ledger)
        size = Checkpoint.parse(note.text).size
        proof = ledger.log.consistency(known, size) if known else ()
    write_whole(target, bytes(Submission(known, tuple(proof), note)))
    return size


def take_cosignatures(folder: Path, lines: bytes) -> WitnessedCheckpoint:
    """Keep the lines that a witness without a network answered, with the checkpoint that they cosign.

    Raises:
        Refused: as :func:`have_witnessed`. Distrusted: they are no cosignatures of the policy's witnesses of the newest checkpoint.
    """
    with open_ledger(folder) as ledger:
        note, keys = _to_be_cosigned(ledger)
        try:
            found = verified(Note(note.text, signature_lines(lines)), keys)
        except ValueError as wrong:
            raise _not_cosigned(f"The file holds no cosignature: {wrong}.") from wrong
        if found.false or not found.signed:
            raise _not_cosigned(
                f"No line is a cosignature by {', '.join(key.name for key in keys)} of the newest checkpoint, which is of "
                f"{Checkpoint.parse(note.text).size} entries."
            )
        note = note.signed_also([line for _, line in found.signed])
        ledger.log.put_checkpoint(note)
        return _seen(ledger, note, keys)


def _not_cosigned(sentence: str) -> Distrusted:
    return Distrusted(Refusal(Because.CHECKPOINT_UNTRUSTED, sentence), remedy=ASK_AGAIN)


def _to_be_cosigned(ledger: Ledger) -> tuple[Note, Sequence[CosignerKey]]:
    """The newest checkpoint, signed as the log stands now, and the witnesses that the policy names."""
    keys = [CosignerKey.parse(text) for text in ledger.policy().log.witnesses]
    if not keys:
        raise Refused(
            Refusal(
                Because.CHECKPOINT_UNTRUSTED,
                "The policy names no witness, so nobody's cosignature would count.",
            ),
            remedy=NO_WITNESS,
        )
    ledger.sign_checkpoint()
    note = ledger.log.last_checkpoint()
    if note is None:
        raise Distrusted(Refusal(Because.CHECKPOINT_UNTRUSTED, "The log has no signed checkpoint."))
    return note, keys


def still_needed(ledger: Ledger) -> int:
    """How many more witnesses must cosign the newest checkpoint before a proof under it counts; 0 where none are needed."""
    note, log = ledger.log.last_checkpoint(), ledger.policy().log
    keys = [CosignerKey.parse(text) for text in log.witnesses]
    seen = 0 if note is None else len(_seen(ledger, note, keys).by)
    return max(0, log.witnesses_needed - seen)


def _seen(ledger: Ledger, note: Note, keys: Sequence[CosignerKey]) -> WitnessedCheckpoint:
    log = ledger.policy().log
    found = check_witnessed(note, TrustedLog.of(log.key), witnesses=keys, needed=log.witnesses_needed)
    return WitnessedCheckpoint(found.witnessed, log.witnesses_needed)
