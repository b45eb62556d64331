"""The organisation's policy: set up, replaced by its next version, read back. Every change is signed and logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from assay.app.clock import utc_now
from assay.app.organisation.founding import Founding, UnfitEntry, told_apart
from assay.app.organisation.ledger import Ledger, open_ledger, see_log
from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, LogKeys, Policy, Verifier
from assay.domain.refusal import Because, Refusal, Refused
from assay.plugins.catalogue import metrics
from assay.proof.bundle import sign
from assay.proof.canonical import digest_of_document
from assay.proof.keys import Signer
from assay.proof.leaf import Draft
from assay.proof.words import policy_statement
from assay.reading.policy import policy_text, read_next_policy
from assay.store.blobs import see_writable, write_whole
from assay.store.keys import log_key_file, log_signer

KEY_DAYS = 730
"""How long keys of a new policy count, unless the file says otherwise."""


def first_policy(founding: Founding, now: dt.datetime) -> Policy:
    """The first policy of an organisation; every key counts from now on for two years."""
    keys = {
        person.name: HeldKey(
            holder=person.name,
            key=person.key.pem,
            roles=person.roles,
            valid_from=now,
            valid_until=now + dt.timedelta(days=KEY_DAYS),
        )
        for person in founding.everyone
    }
    return Policy.model_validate(
        {
            "assay_policy": 1,
            "organisation": founding.organisation,
            "version": 1,
            "demo": founding.demo,
            "keys": keys,
            "roots": tuple(p.name for p in founding.roots),
            "root_threshold": founding.threshold,
            "verifiers": (Verifier(id=founding.verifier, key=founding.certifier.name),),
            "log": LogKeys(origin=founding.origin, key=_log_key(founding)),
            "requires": founding.requires,
        }
    )


def _log_key(founding: Founding) -> str:
    signer = log_signer(founding.origin, demo=founding.demo, create=True)
    return signer.key.vkey if signer is not None else ""


def set_policy(folder: Path, policy: Policy, signers: Sequence[Signer]) -> str:
    """Sign a policy with root keys, log it, and return its digest.

    Raises:
        Refused: when it does not follow the one in force, or too few root keys signed.
    """
    plain = to_plain(policy, Policy)
    digest = digest_of_document(plain)
    said = policy_statement(digest, organisation=policy.organisation, version=policy.version).plain()
    draft = Draft(
        Action.POLICY_SET, digest, {"policy": plain}, tuple(sign(said, signer) for signer in signers)
    )
    with open_ledger(folder, create=True) as ledger:
        try:
            ledger.add(draft)
        except Refused as refused:
            if refused.refusal.because is not Because.POLICY_UNSIGNED:
                raise
            raise Refused(refused.refusal, remedy=_MORE_ROOTS) from None
    return digest


_MORE_ROOTS = "Nothing was changed. Name the root keys of as many holders, each with: --root KEY"


def foundable(founding: Founding) -> None:
    """See that a first policy can be made of this, before anybody gives a passphrase. Raises UnfitEntry."""
    if not founding.organisation.strip():
        raise UnfitEntry(
            "The organisation has no name.", code="entry_form", remedy="Name it with: --organisation"
        )
    told_apart(founding.everyone)


def named_before(founding: Founding) -> bool:
    """Whether this user holds the key of a log of this name already: then another log may go by it, which nobody here can see."""
    return not founding.demo and log_key_file(founding.origin).exists()


def found(folder: Path, founding: Founding, signers: Sequence[Signer]) -> tuple[Policy, str]:
    """Make the first policy of a folder and log it; the policy and its digest.

    Raises:
        UnfitEntry: two entries share a name or a key. Refused: ``policy_not_next`` when there is a policy already.
    """
    foundable(founding)
    with open_ledger(folder, create=True) as ledger:
        if ledger.log.size:
            raise Refused(
                Refusal(Because.POLICY_NOT_NEXT, "This log has a policy already."),
                remedy="Change it with: assay trust edit",
            )
    policy = first_policy(founding, utc_now())
    try:
        return policy, set_policy(folder, policy, signers)
    except Refused as refused:
        if refused.refusal.because is not Because.DEMO_KEY:
            raise
        own = "Make keys of your own: assay keys new NAME; or, to try it out, say that it is a demo: --demo"
        raise Refused(refused.refusal, remedy=own) from None


def replaceable(folder: Path, file: Path) -> None:
    """See that a file is the next policy, and its names name something, before anybody gives a passphrase.

    Raises:
        NoLog: there is no policy that it could follow. InvalidDocument: the file has problems, all of them.
        Refused: ``policy_not_next``.
    """
    see_log(folder)
    read = read_next_policy(file, metrics, utc_now())
    with open_ledger(folder) as ledger:
        state, now = ledger.state(), ledger.policy()
    if digest_of_document(read.plain) == state.policy_digest:
        said = (
            f"{file} is version {now.version} of the policy, which is in force already: nothing was changed."
        )
        raise Refused(Refusal(Because.POLICY_NOT_NEXT, said), remedy=_BEGIN_AGAIN)


def replace_policy(folder: Path, file: Path, signers: Sequence[Signer]) -> tuple[Policy, str]:
    """Log the next version of the policy, as a file has it.

    Raises:
        InvalidDocument: the file has problems. Refused: the version or the signatures are not what they must be.
    """
    read = read_next_policy(file, metrics, utc_now())
    try:
        return read.policy, set_policy(folder, read.policy, signers)
    except Refused as refused:
        if refused.refusal.because is not Because.POLICY_NOT_NEXT:
            raise
        raise Refused(refused.refusal, remedy=_BEGIN_AGAIN) from None


_BEGIN_AGAIN = "Begin again with: assay trust show --next"


def text_in_force(ledger: Ledger) -> str:
    """The policy in force as a document, which verifiers keep."""
    return policy_text(ledger.policy())


def see_place(target: Path | None) -> None:
    """See that the policy can be written there, before a version is logged. Raises Unwritable."""
    if target is not None:
        see_writable(target)


def write_policy(folder: Path, target: Path) -> None:
    """Write the policy in force to a file, for verifiers."""
    with open_ledger(folder) as ledger:
        write_whole(target, text_in_force(ledger).encode())


def next_version(ledger: Ledger) -> str:
    """The policy in force as the text of its successor: a version more, and the digest of this one named."""
    state, policy = ledger.state(), ledger.policy()
    following = {"version": policy.version + 1, "previous": state.policy_digest}
    return policy_text(policy.model_copy(update=following))
