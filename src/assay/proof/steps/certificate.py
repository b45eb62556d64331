"""Steps 1 to 7: the certificate itself, the bytes in hand, the use, the result and the dates."""

from __future__ import annotations

import datetime as dt

from assay.domain.digests import short
from assay.domain.policy import HeldKey, Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.vocabulary import PASSING, Result
from assay.proof.bundle import BrokenBundle, Bundle
from assay.proof.bundle import read as read_bundle
from assay.proof.certificate import Certificate
from assay.proof.keys import PublicKey, UnfitKey
from assay.proof.manifest import differences
from assay.proof.statement import BrokenStatement, statement_of
from assay.proof.steps.hand import Found, Hand

_MOST_FILES = 3
"""Files that differ and are told by name."""


def form(hand: Hand) -> Found:
    """Step 1: the bytes are a bundle in its one form."""
    content = hand.presented.certificate
    if isinstance(content, Refusal):
        return content
    try:
        hand.bundle = read_bundle(content)
    except BrokenBundle as wrong:
        return Refusal(Because.BUNDLE_BROKEN, f"The certificate is broken: {wrong}.")
    return f"The bundle {short(hand.bundle.digest)} is whole."


def signature(hand: Hand) -> Found:
    """Step 2: a pair of key and verifier that the policy trusts signed it."""
    bundle = hand.bundle
    if bundle is None:
        return Refusal(Because.BUNDLE_BROKEN, "There is no bundle.")
    signed = verifier_that_signed(hand.policy, bundle)
    if signed is None:
        return Refusal(
            Because.SIGNATURE_WRONG if _named(hand.policy, bundle) else Because.KEY_UNKNOWN,
            "The signature is wrong: a byte of the statement or of the signature was changed."
            if _named(hand.policy, bundle)
            else f"The policy of {hand.policy.organisation} trusts no verifier with the key {bundle.key_id[:12]}.",
        )
    signer, key = signed
    if not hand.policy.demo and PublicKey(key.key).is_demo:
        return Refusal(Because.DEMO_KEY, f"The key of {signer} is one of the demo's, which anyone can make.")
    try:
        certificate = Certificate.read(statement_of(bundle))
    except BrokenStatement:
        return f"Signed by the key of {signer}."  # what it is, the next step asks
    if certificate.verifier != signer:
        return Refusal(
            Because.KEY_UNKNOWN,
            f"The certificate names the verifier {certificate.verifier}, and the key of {signer} signed it.",
        )
    if not key.counts_at(certificate.time):
        return Refusal(Because.KEY_NOT_VALID, f"The key of {signer} was not valid when it signed.")
    hand.key = key
    return f"Signed by {signer}."


def verifier_that_signed(policy: Policy, bundle: Bundle) -> tuple[str, HeldKey] | None:
    """The pair of the policy that signed: a verifier has several keys when one took over from another."""
    for verifier in policy.verifiers:
        key = policy.keys[verifier.key]
        try:
            if bundle.signed_by(PublicKey(key.key)):
                return verifier.id, key
        except UnfitKey:
            continue
    return None


def _named(policy: Policy, bundle: Bundle) -> bool:
    """Whether the bundle says that a verifier of the policy signed it."""
    for verifier in policy.verifiers:
        try:
            if PublicKey(policy.keys[verifier.key].key).key_id == bundle.key_id:
                return True
        except UnfitKey:
            continue
    return False


def kind(hand: Hand) -> Found:
    """Step 3: the statement is a certificate."""
    if hand.bundle is None:
        return Refusal(Because.BUNDLE_BROKEN, "There is no bundle.")
    try:
        hand.certificate = Certificate.read(statement_of(hand.bundle))
    except BrokenStatement as wrong:
        return Refusal(Because.STATEMENT_BROKEN, f"This is no certificate of Assay's: {wrong}.")
    scope = hand.certificate.scope
    before = ", ".join(short(digest) for digest in scope.supersedes)
    return f"A certificate for the use case {scope.name}{f'; it supersedes {before}' if before else ''}."


def bytes_in_hand(hand: Hand, certificate: Certificate) -> Found:
    """Step 4: the files of the model have the digests that were certified."""
    if isinstance(hand.presented.files, Refusal):
        return hand.presented.files
    wrong = differences(certificate.manifest.files, hand.presented.files)
    if wrong:
        several = f"{len(wrong)} files differ: " if len(wrong) > 1 else ""
        told = " ".join(one.sentence for one in wrong[:_MOST_FILES])
        more = f" And {len(wrong) - _MOST_FILES} more." if len(wrong) > _MOST_FILES else ""
        return Refusal(wrong[0].because, several + told + more)
    count = len(certificate.manifest.files)
    return f"{count} file{'s' * (count > 1)} with the digests that were certified."


def use(hand: Hand, certificate: Certificate) -> Found:
    """Step 5: the certificate is for the use that is asked about."""
    asked, said = hand.presented.use_case, certificate.scope.name
    if not asked:
        return Refusal(Because.OTHER_USE_CASE, f"Name the use case; this certificate is for {said!r}.")
    if asked != said:
        return Refusal(
            Because.OTHER_USE_CASE, f"The certificate is for the use case {said!r}, not for {asked!r}."
        )
    return f"For {said}: {certificate.scope.purpose}"


def result(hand: Hand, certificate: Certificate) -> Found:
    """Step 6: the decision passed, as far as the policy asks."""
    scope = certificate.scope
    if certificate.result != Result.PASSED or scope.outcome not in PASSING:
        return Refusal(
            Because.RESULT_FAILED, f"The decision is {scope.outcome}: the model was not certified."
        )
    if scope.isolation < hand.policy.isolation:
        return Refusal(
            Because.ISOLATION_TOO_LOW,
            f"The model ran at isolation level {scope.isolation}; the policy's least is {hand.policy.isolation}.",
        )
    other = [digest for digest in scope.plugins if digest not in hand.policy.plugins]
    if other:
        return Refusal(
            Because.PLUGIN_NOT_ALLOWED,
            f"A check of another package counted, whose digest {other[0]} the policy does not list under plugins.",
        )
    if scope.bypasses:
        return Refusal(Because.BYPASS_USED, f"A safeguard was bypassed: {scope.bypasses[0]}.")
    if scope.demo and not hand.policy.demo:
        return Refusal(Because.DEMO_KEY, "The certificate was signed with demo keys, which anyone can make.")
    said = (
        f" on {len(scope.conditions)} condition{'s' * (len(scope.conditions) > 1)}"
        if scope.conditions
        else ""
    )
    return f"The decision is {scope.outcome}{said}."


def dates(hand: Hand, certificate: Certificate) -> Found:
    """Step 7: it is valid now."""
    try:
        start = dt.datetime.fromisoformat(certificate.scope.valid_from)
        end = dt.datetime.fromisoformat(certificate.scope.valid_until)
        if hand.now < start:
            return Refusal(
                Because.NOT_YET_VALID, f"The certificate is valid from {start:%Y-%m-%d %H:%M} UTC on."
            )
        if hand.now >= end:
            return Refusal(Because.EXPIRED, f"The certificate expired on {end:%Y-%m-%d %H:%M} UTC.")
    except (ValueError, TypeError):
        return Refusal(Because.STATEMENT_BROKEN, "The dates of the certificate are no times in UTC.")
    return f"Valid until {end:%Y-%m-%d}."
