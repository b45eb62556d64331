"""Have witnesses cosign the log's checkpoint: what a policy that needs them asks of every proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.ledger import open_ledger
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.proof.checkpoint import TrustedLog
from assay.proof.cosignature import CosignerKey
from assay.proof.tlog_proof import check_witnessed
from assay.store.witness_client import cosignatures

NO_WITNESS = "Name the verifier key that the witness prints when it starts, under log: witnesses: of the policy: assay trust edit"


@dataclass(frozen=True, slots=True)
class WitnessedCheckpoint:
    """Who of the policy's witnesses cosigned the newest checkpoint, in the policy's order, and how many it needs."""

    by: tuple[str, ...]
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
        log = ledger.policy().log
        keys = [CosignerKey.parse(text) for text in log.witnesses]
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
        for url in urls:
            note = note.signed_also(cosignatures(url, note, ledger.log.consistency, keys))
            ledger.log.put_checkpoint(note)
        found = check_witnessed(note, TrustedLog.of(log.key), witnesses=keys, needed=log.witnesses_needed)
    names = {one.name for one in found.witnessed}
    return WitnessedCheckpoint(tuple(key.name for key in keys if key.name in names), log.witnesses_needed)
