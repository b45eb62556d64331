"""Push the log's checkpoint to a git remote, and read what the remote holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.ledger import open_ledger
from assay.domain.refusal import Because, Distrusted, Refusal
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import contradictions
from assay.proof.log_keys import KeptCheckpoint, KeysOfALog
from assay.reading.policy import read_policy
from assay.store.git_remote import BRANCH, GitRemote, GitTrouble, open_remote

__all__ = ["BRANCH", "Pushed", "held_against", "held_for", "push_checkpoint"]


@dataclass(frozen=True, slots=True)
class Pushed:
    """A checkpoint that the remote holds now: the note, its size, that of the one before, and the commit made for it, if any."""

    note: str
    size: int
    before: int | None
    commit: str


def push_checkpoint(folder: Path, remote: str, branch: str = BRANCH) -> Pushed:
    """Sign a checkpoint and push it to a branch of a git remote, after seeing that the log continues all that lies there.

    Raises:
        Distrusted: ``log_shortened``, ``log_rewritten`` when the log does not continue what the remote holds of it;
            ``checkpoint_untrusted`` when that is not signed by the key of the policy over its entries. Nothing is pushed then.
        GitTrouble: the remote does not answer. NoLog.
    """
    with open_ledger(folder) as ledger:
        origin = ledger.policy().log.origin
        ledger.sign_checkpoint()
        note = ledger.log.last_checkpoint()
        leaves = ledger.leaves()
        if note is None:
            raise Distrusted(Refusal(Because.CHECKPOINT_UNTRUSTED, "The log has no signed checkpoint."))
        head = Checkpoint.parse(note.text)
        with open_remote(remote, branch, origin, folder) as there:
            claims, untrusted = KeysOfALog.of(leaves).judged(_held(there))
            for refusal in untrusted:
                raise Distrusted(refusal, remedy=_FORGED)
            for refusal in contradictions(leaves, claims):
                raise Distrusted(refusal, remedy=_ANOTHER)
            before = max((claim.size for claim in claims), default=None)
            commit = "" if before == head.size else there.push(bytes(note), f"{head.origin} {head.size}")
    return Pushed(bytes(note).decode(), head.size, before, commit)


_FORGED = "Nothing was pushed. Find out who wrote to the branch, or use another one: --branch NAME"
_ANOTHER = "Nothing was pushed. Sign nothing more; find out which of the two was rewritten."


def held_for(folder: Path, remote: str, branch: str = BRANCH) -> Sequence[KeptCheckpoint]:
    """Every checkpoint of a folder's log that a remote holds; not believed yet. Raises as :func:`held_against`."""
    with open_ledger(folder) as ledger:
        origin = ledger.policy().log.origin
    return _some(remote, branch, origin, folder)


def held_against(policy: Path, remote: str, branch: str = BRANCH) -> Sequence[KeptCheckpoint]:
    """Every checkpoint that a remote holds of the log that a policy names, for somebody who has the policy alone.

    Who signed them is not asked yet: which key had to, the log tells.

    Raises:
        GitTrouble: ``no_checkpoint`` when it holds none, which compares nothing; or it does not answer.
    """
    return _some(remote, branch, read_policy(policy).policy.log.origin, policy.resolve().parent)


def _some(remote: str, branch: str, origin: str, folder: Path) -> Sequence[KeptCheckpoint]:
    with open_remote(remote, branch, origin, folder) as there:
        held = _held(there)
        if not held:
            raise GitTrouble(
                f"The branch {branch} of {there.called} holds no checkpoint of the log {origin!r}.",
                code="no_checkpoint",
                remedy="Push one with: assay log checkpoint --push REMOTE",
            )
    return held


def _held(there: GitRemote) -> Sequence[KeptCheckpoint]:
    return [
        KeptCheckpoint(f"the checkpoint of commit {kept.commit[:10]} at {there.called}", kept.note)
        for kept in there.kept()
    ]
