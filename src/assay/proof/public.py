"""The public pack, held against a policy: its log is whole and signed, every rule was kept, and all that lies beside it is in it.

What an outsider needs who was given nothing confidential: the state follows from the entries, and the entries from nothing
but themselves. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import State
from assay.proof.canonical import digest_of_document
from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.cosignature import CosignerKey
from assay.proof.leaf import read_leaf, state_of
from assay.proof.log_keys import LogKeys
from assay.proof.merkle import root_of, roots_of
from assay.proof.note import Note
from assay.proof.steps.status import opened_status
from assay.proof.tlog_proof import TlogProof, check_logged, check_witnessed


@dataclass(frozen=True, slots=True)
class Public:
    """What a public pack holds; nothing in it is believed yet.

    Attributes:
        leaves: every entry. checkpoint: the signed note over them. policy: the text of the policy in force, a copy.
        certificates: bundle and proof by digest. statements: signed words by digest. status: if the pack has one.
    """

    leaves: Sequence[bytes]
    checkpoint: bytes
    policy: bytes
    certificates: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    statements: Mapping[str, bytes] = field(default_factory=dict)
    status: bytes | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The state that the entries lead to, and everything that is wrong with the pack; sound when that is nothing."""

    state: State
    wrong: tuple[Refusal, ...]


def check_public(pack: Public, trusted: Policy, seen: Sequence[tuple[str, Note]] = ()) -> Checked:
    """Hold a pack against a policy that came by a way the reader trusts.

    A later policy than the trusted one counts when the log shows that root keys handed over to it.

    Args:
        seen: signed checkpoints that somebody else has kept, and whose they are, for the sentence.
    """
    state, void = state_of(pack.leaves)
    wrong = [Refusal(v.refusal.because, f"Entry {v.entry}: {v.refusal.sentence}") for v in void]
    if not wrong:
        wrong += _policy(pack, trusted)
    if not wrong and state.policy is not None:
        wrong += _checkpoint(pack, state.policy)
        wrong += _seen(pack, seen)
        wrong += _certificates(pack, state, state.policy)
        wrong += _statements(pack)
        wrong += _status(pack, state.policy)
    return Checked(state, tuple(wrong))


def _policy(pack: Public, trusted: Policy) -> Iterator[Refusal]:
    entries = (read_leaf(leaf) for leaf in pack.leaves)
    logged = {entry.object for entry in entries if entry.action is Action.POLICY_SET}
    if digest_of_document(to_plain(trusted, Policy)) not in logged:
        yield Refusal(
            Because.POLICY_NOT_NEXT,
            f"The log never had version {trusted.version} of the policy of {trusted.organisation} that you trust.",
        )


def _checkpoint(pack: Public, policy: Policy) -> Iterator[Refusal]:
    keys = policy.log
    try:
        log = TrustedLog.of(keys.key)
        note, head = log.open(pack.checkpoint)
        witnesses = [CosignerKey.parse(text) for text in keys.witnesses]
        told = check_witnessed(note, log, witnesses=witnesses, needed=keys.witnesses_needed)
    except AssayError as untrusted:
        yield Refusal(Because.CHECKPOINT_UNTRUSTED, untrusted.message)
        return
    if not told.proven:
        yield Refusal(Because.CHECKPOINT_UNTRUSTED, told.message)
    if len(pack.leaves) < head.size:
        yield Refusal(
            Because.LOG_SHORTENED,
            f"The log in the pack has {len(pack.leaves)} entries, its checkpoint has {head.size}: entries were removed.",
        )
    elif len(pack.leaves) > head.size or root_of(pack.leaves) != head.root:
        yield Refusal(
            Because.LOG_REWRITTEN, "The log in the pack is not the one that its checkpoint was signed over."
        )


def _seen(pack: Public, seen: Sequence[tuple[str, Note]]) -> Iterator[Refusal]:
    keys = LogKeys.of(pack.leaves)
    believed = []
    for whose, note in seen:
        untrusted = keys.wrong_with(note, whose)
        if untrusted is not None:
            yield untrusted
        else:
            believed.append((whose, Checkpoint.parse(note.text)))
    yield from _of_this_log(pack.leaves, believed)


def _of_this_log(leaves: Sequence[bytes], signed: Sequence[tuple[str, Checkpoint]]) -> Iterator[Refusal]:
    """The checkpoints, and whose each is, that were signed over other entries than these begin with."""
    roots = roots_of(leaves, {checkpoint.size for _, checkpoint in signed})
    for whose, checkpoint in signed:
        if checkpoint.size > len(leaves):
            yield Refusal(
                Because.LOG_SHORTENED,
                f"The log has {len(leaves)} entries; the checkpoint {whose} has {checkpoint.size}: entries were "
                "removed, or the pack is older.",
            )
        elif roots[checkpoint.size] != checkpoint.root:
            yield Refusal(
                Because.LOG_REWRITTEN,
                f"The first {checkpoint.size} entries have another root than the checkpoint {whose}: they were changed.",
            )


def _certificates(pack: Public, state: State, policy: Policy) -> Iterator[Refusal]:
    for digest in sorted(set(pack.certificates) ^ set(state.certificates)):
        where = (
            "the log, and not in the pack" if digest in state.certificates else "the pack, and not in the log"
        )
        yield Refusal(Because.NOT_LOGGED, f"The certificate {digest[7:19]} is in {where}.")
    signed = []
    for digest, (content, proof) in pack.certificates.items():
        found = state.certificates.get(digest)
        if found is None:
            continue
        if sha256_of(content) != digest:
            yield Refusal(
                Because.BUNDLE_BROKEN, f"The certificate {digest[7:19]} has other bytes than were logged."
            )
        try:
            parsed = TlogProof.parse(proof)
            log = TrustedLog.of(policy.log.key)
            told = check_logged(parsed, pack.leaves[found.entry], log, witnesses=(), needed=0)
        except AssayError as broken:
            yield Refusal(
                Because.NOT_LOGGED, f"The proof of the certificate {digest[7:19]}: {broken.message}"
            )
            continue
        if not told.proven or parsed.index != found.entry:
            yield Refusal(Because.NOT_LOGGED, f"The proof of the certificate {digest[7:19]}: {told.message}")
        elif told.checkpoint is not None:
            signed.append((f"in the proof of the certificate {digest[7:19]}", told.checkpoint))
    yield from _of_this_log(pack.leaves, signed)


def _statements(pack: Public) -> Iterator[Refusal]:
    logged = {signed.digest for leaf in pack.leaves for signed in read_leaf(leaf).signed}
    for digest, content in pack.statements.items():
        if digest not in logged or sha256_of(content) != digest:
            yield Refusal(
                Because.SIGNED_SOMETHING_ELSE, f"The signed word {digest[7:19]} is not one of the log's."
            )


def _status(pack: Public, policy: Policy) -> Iterator[Refusal]:
    if pack.status is None:
        return
    found = opened_status(pack.status, policy)
    if isinstance(found, Refusal):
        yield found
        return
    read = pack.leaves[: found.size]
    if len(read) < found.size or root_of(read).hex() != found.root:
        yield Refusal(
            Because.LOG_REWRITTEN, "The log in the pack is not the one that the status was read from."
        )
        return
    then = {c.digest: c.status for c in state_of(read)[0].certificates.values()}
    if dict(found.certificates) != then:
        yield Refusal(
            Because.STATEMENT_BROKEN, "The signed status says something else than the log that it read."
        )
