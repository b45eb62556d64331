"""Push the log's checkpoint to a git remote, and compare the log with what the remote holds of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.ledger import open_ledger
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import from_plain
from assay.domain.policy import LogKeys, Policy
from assay.domain.refusal import Because, Distrusted, Refusal
from assay.proof.checkpoint import Checkpoint, TrustedLog, by_origin
from assay.proof.leaf import read_leaf
from assay.proof.merkle import roots_of
from assay.proof.note import Note
from assay.reading.policy import read_policy
from assay.store.git_remote import BRANCH, GitRemote, GitTrouble, open_remote

__all__ = ["BRANCH", "Pushed", "held_against", "held_for", "push_checkpoint"]

Seen = tuple[str, Note]
"""Whose a checkpoint is, for a sentence, and the note that holds it."""


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
            ``checkpoint_untrusted`` when that is not signed by a key that the log ever had. Nothing is pushed then.
        GitTrouble: the remote does not answer. NoLog.
    """
    with open_ledger(folder) as ledger:
        policy = ledger.policy()
        ledger.sign_checkpoint()
        note = ledger.log.last_checkpoint()
        leaves = ledger.leaves()
        if note is None:
            raise Distrusted(Refusal(Because.CHECKPOINT_UNTRUSTED, "The log has no signed checkpoint."))
        head = Checkpoint.parse(note.text)
        with open_remote(remote, branch, policy.log.origin, folder) as there:
            held = _held(there, _trusted(_log_keys(leaves), policy.log.origin))
            read = [(whose, Checkpoint.parse(note.text)) for whose, note in held]
            largest = max(read, key=lambda one: one[1].size, default=None)
            _continues(leaves, read)
            before = largest[1].size if largest else None
            commit = "" if before == head.size else there.push(bytes(note), f"{head.origin} {head.size}")
    return Pushed(bytes(note).decode(), head.size, before, commit)


def held_for(folder: Path, remote: str, branch: str = BRANCH) -> Sequence[Seen]:
    """Every checkpoint of a folder's log that a remote holds, for a comparison. Raises as :func:`held_against`."""
    with open_ledger(folder) as ledger:
        origin = ledger.policy().log.origin  # first: a log that breaks a rule is not read any further
        trusted = _trusted(_log_keys(ledger.leaves()), origin)
    return _some(remote, branch, trusted, folder)


def held_against(policy: Path, remote: str, branch: str = BRANCH) -> Sequence[Seen]:
    """Every checkpoint that a remote holds of the log that a policy names, for somebody who has the policy alone.

    Raises:
        Distrusted: ``checkpoint_untrusted``. GitTrouble: ``no_checkpoint`` when it holds none, which compares nothing.
    """
    keys = read_policy(policy).policy.log
    return _some(remote, branch, _trusted((keys,), keys.origin), policy.resolve().parent)


def _some(remote: str, branch: str, log: TrustedLog, folder: Path) -> Sequence[Seen]:
    with open_remote(remote, branch, log.origin, folder) as there:
        held = _held(there, log)
        if not held:
            raise GitTrouble(
                f"The branch {branch} of {there.called} holds no checkpoint of the log {log.origin!r}.",
                code="no_checkpoint",
                remedy="Push one with: assay log checkpoint --push REMOTE",
            )
    return held


def _log_keys(leaves: Sequence[bytes]) -> Iterable[LogKeys]:
    """The keys that the log had under each version of its policy; the fold has refused the void ones."""
    for leaf in leaves:
        entry = read_leaf(leaf)
        if entry.action is Action.POLICY_SET:
            policy: Policy = from_plain(entry.body["policy"], Policy, "policy")
            yield policy.log


def _trusted(keys: Iterable[LogKeys], origin: str) -> TrustedLog:
    return by_origin(TrustedLog.of(k.key) for k in keys)[origin]


def _held(there: GitRemote, log: TrustedLog) -> Sequence[Seen]:
    found = []
    for kept in there.kept():
        whose = f"of commit {kept.commit[:10]} at {there.called}"
        try:
            found.append((whose, log.open(kept.note)[0]))
        except AssayError as untrusted:
            raise Distrusted(
                Refusal(
                    Because.CHECKPOINT_UNTRUSTED,
                    f"The checkpoint {whose} is not one of this log: {untrusted.message}",
                ),
                remedy="Find out who wrote to the branch, or use another one: --branch NAME",
            ) from None
    return found


def _continues(leaves: Sequence[bytes], kept: Sequence[tuple[str, Checkpoint]]) -> None:
    """Raises Distrusted when these entries do not begin with those that each checkpoint was signed over.

    The largest alone says nothing of the others: somebody with the log's key can have shown another history meanwhile.
    """
    roots = roots_of(leaves, {checkpoint.size for _, checkpoint in kept})
    for whose, checkpoint in kept:
        _begins(len(leaves), roots, whose, checkpoint)


def _begins(size: int, roots: Mapping[int, bytes], whose: str, kept: Checkpoint) -> None:
    if kept.size > size:
        refusal = Refusal(
            Because.LOG_SHORTENED,
            f"The checkpoint {whose} has {kept.size} entries, and the log has {size}: it was rolled back.",
        )
    elif roots[kept.size] != kept.root:
        refusal = Refusal(
            Because.LOG_REWRITTEN,
            f"The checkpoint {whose} is of another history than the first {kept.size} entries of this log.",
        )
    else:
        return
    raise Distrusted(
        refusal, remedy="Nothing was pushed. Sign nothing more; find out which of the two was rewritten."
    )
