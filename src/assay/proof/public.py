"""The public pack, held against a policy: its log is whole and signed, every rule was kept, and all that lies beside it is in it.

What an outsider needs who was given nothing confidential: the state follows from the entries, and the entries from nothing
but themselves. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.domain.digests import sha256_of, short
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import State
from assay.proof.canonical import digest_of_document
from assay.proof.checkpoint import TrustedLog
from assay.proof.continues import Claim, contradictions
from assay.proof.cosignature import CosignerKey
from assay.proof.leaf import read_leaf, state_of
from assay.proof.log_keys import KeptCheckpoint, KeysOfALog
from assay.proof.merkle import check_inclusion, leaf_hash
from assay.proof.note import MalformedNote
from assay.proof.steps.status import opened_status
from assay.proof.tlog_proof import TlogProof, check_witnessed


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


def check_public(pack: Public, trusted: Policy, kept: Sequence[KeptCheckpoint] = ()) -> Checked:
    """Hold a pack against a policy that came by a way the reader trusts.

    A later policy than the trusted one counts when the log shows that root keys handed over to it.

    Args:
        kept: checkpoints from outside, which must be of this log, and with which it must begin.
    """
    state, void = state_of(pack.leaves)
    wrong = [Refusal(v.refusal.because, f"Entry {v.entry}: {v.refusal.sentence}") for v in void]
    if not wrong:
        wrong += _policy(pack, trusted)
    if not wrong and state.policy is not None:
        wrong += _checkpoint(pack, state.policy)
        keys = KeysOfALog.of(pack.leaves)
        claims, untrusted = keys.judged(kept)
        wrong += [*untrusted, *contradictions(pack.leaves, claims)]
        wrong += _certificates(pack, state, keys)
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
    yield from contradictions(pack.leaves, [Claim.of("the checkpoint of the pack", head)])
    if len(pack.leaves) > head.size:
        yield Refusal(
            Because.CHECKPOINT_UNTRUSTED,
            f"The log in the pack has {len(pack.leaves)} entries, and its checkpoint is of {head.size}: nobody signed the later ones.",
        )


def _certificates(pack: Public, state: State, keys: KeysOfALog) -> Iterator[Refusal]:
    for digest in sorted(set(pack.certificates) ^ set(state.certificates)):
        where = (
            "the log, and not in the pack" if digest in state.certificates else "the pack, and not in the log"
        )
        yield Refusal(Because.NOT_LOGGED, f"The certificate {short(digest)} is in {where}.")
    claims = []
    for digest, (content, proof) in pack.certificates.items():
        found = state.certificates.get(digest)
        if found is None:
            continue
        if sha256_of(content) != digest:
            yield Refusal(
                Because.BUNDLE_BROKEN, f"The certificate {short(digest)} has other bytes than were logged."
            )
        name = f"proof of the certificate {short(digest)}"
        try:
            parsed = TlogProof.parse(proof)
        except MalformedNote as broken:
            yield Refusal(Because.NOT_LOGGED, f"The {name}: {broken.message}")
            continue
        signed = keys.judge(KeptCheckpoint(f"the checkpoint in the {name}", parsed.checkpoint))
        if isinstance(signed, Refusal):
            yield signed
        elif parsed.index != found.entry or not _leads(parsed, pack.leaves[found.entry], signed):
            yield Refusal(
                Because.NOT_LOGGED,
                f"The {name} does not lead from entry {found.entry}, which is the certificate's, to the root that the log signed.",
            )
        else:
            claims.append(signed)
    yield from contradictions(pack.leaves, claims)


def _leads(proof: TlogProof, leaf: bytes, signed: Claim) -> bool:
    root = bytes.fromhex(signed.root)
    return check_inclusion(leaf_hash(leaf), proof.index, signed.size, proof.path, root)


def _statements(pack: Public) -> Iterator[Refusal]:
    logged = {signed.digest for leaf in pack.leaves for signed in read_leaf(leaf).signed}
    for digest, content in pack.statements.items():
        if digest not in logged or sha256_of(content) != digest:
            yield Refusal(
                Because.SIGNED_SOMETHING_ELSE, f"The signed word {short(digest)} is not one of the log's."
            )


def _status(pack: Public, policy: Policy) -> Iterator[Refusal]:
    if pack.status is None:
        return
    found = opened_status(pack.status, policy)
    if isinstance(found, Refusal):
        yield found
        return
    unlike = [*contradictions(pack.leaves, [Claim("the signed status", found.size, found.root)])]
    if unlike:
        yield from unlike
        return
    read = pack.leaves[: found.size]
    then = {c.digest: c.status for c in state_of(read)[0].certificates.values()}
    if dict(found.certificates) != then:
        yield Refusal(
            Because.STATEMENT_BROKEN, "The signed status says something else than the log that it read."
        )
