"""Cosignatures: a witness says when it saw a checkpoint that continues all it saw before (c2sp.org/tlog-cosignature).

The timestamped Ed25519 type 0x04. ML-DSA-44 (0x06) is recommended for new deployments; logs and witnesses that verify
with today's tools know 0x04.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.proof.note import SIGNATURE_BYTES, Ed25519Key, Signature, vkey_parts

COSIGNATURE = 0x04
"""The signature type of a timestamped Ed25519 cosignature (signed-note, "Signature types")."""

TIME_BYTES = 8
LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CosignerKey(Ed25519Key):
    """The public key of a witness."""

    kind: int = field(default=COSIGNATURE, kw_only=True)

    @classmethod
    def parse(cls, vkey: str) -> CosignerKey:
        """Read a verifier key of type 0x04. Raises InvalidKey ``vkey_invalid``."""
        return cls(*vkey_parts(vkey, COSIGNATURE))

    def verifies(self, text: str, value: bytes) -> bool:
        """Whether ``value`` is this witness's cosignature on a checkpoint's text, at whatever time. Never raises.

        A witness always gives a time (tlog-witness, "add-checkpoint": not zero).
        """
        if len(value) != TIME_BYTES + SIGNATURE_BYTES or not 0 < time_of(value) <= LATEST:
            return False
        return self.signed(message(text, time_of(value)), value[TIME_BYTES:])


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The private half of a :class:`CosignerKey`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> CosignerKey:
        """What verifies its cosignatures."""
        return CosignerKey(self.name, self.private.public_key().public_bytes_raw())

    def cosign(self, text: str, now: int) -> Signature:
        """The cosignature line for a checkpoint's text, in POSIX seconds. Raises ValueError for no such time."""
        if not 0 < now <= LATEST:
            raise ValueError(f"a cosignature has a time from 1 to 2^63 - 1, found {now}")
        value = now.to_bytes(TIME_BYTES, "big") + self.private.sign(message(text, now))
        return Signature(self.name, self.key.key_id, value)


def time_of(value: bytes) -> int:
    """The POSIX seconds that a cosignature begins with; meaningful once it is verified."""
    return int.from_bytes(value[:TIME_BYTES], "big")


def message(text: str, seconds: int) -> bytes:
    """What is signed: a header that separates domains, the time, the whole text ("Ed25519 signed message")."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
