"""The evidence of a run as the bytes that are kept, and the digest that signatures stand on."""

from __future__ import annotations

from assay.domain.digests import sha256_of
from assay.domain.plain import to_plain
from assay.domain.record import Evidence
from assay.proof.canonical import canonical


def evidence_bytes(evidence: Evidence) -> bytes:
    """The canonical JSON (RFC 8785) of what was measured."""
    return canonical(to_plain(evidence, Evidence))


def evidence_digest(evidence: Evidence) -> str:
    """``sha256:`` and the digest of :func:`evidence_bytes`."""
    return sha256_of(evidence_bytes(evidence))
