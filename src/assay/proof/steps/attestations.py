"""Step 11: everything that a certificate stands on, when it is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.domain.digests import sha256_of, short
from assay.domain.refusal import Because, Refusal
from assay.proof.certificate import Certificate
from assay.proof.steps.hand import Found, Hand, NotAtHand


def attestations(hand: Hand, certificate: Certificate) -> Found:
    """Step 11: each document that the certificate names is there and has its digest."""
    needed = (("record", certificate.record), *certificate.attestations)
    at_hand = hand.presented.attestations
    if at_hand is None:
        return NotAtHand(f"The certificate stands on {len(needed)} documents, which are not at hand.")
    return absent_or_changed(needed, at_hand) or f"All {len(needed)} documents are there and intact."


def absent_or_changed(needed: Iterable[tuple[str, str]], at_hand: Mapping[str, bytes]) -> Refusal | None:
    """The first document, by name and digest, that was not handed over or has other bytes; None when all are intact."""
    for name, digest in needed:
        if digest not in at_hand:
            return Refusal(
                Because.ATTESTATION_MISSING, f"{name} ({short(digest)}) is not among what was handed over."
            )
        if sha256_of(at_hand[digest]) != digest:
            return Refusal(
                Because.ATTESTATION_CHANGED, f"{name} has other bytes than those that its digest names."
            )
    return None
