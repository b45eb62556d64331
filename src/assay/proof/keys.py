"""Keys that sign certificates, sign-offs and policies: ECDSA on P-256, named by the digest of the public key.

ECDSA P-256 with SHA-256 is what the OpenSSF Model Signing format, cosign and sigstore-js verify alike. The key id is the
SHA-256 of the public key's PEM text (SubjectPublicKeyInfo), which is the ``hint`` that Model Signing writes.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-5)."""
_DEMO = b"Assay demo key, known to everyone: "
DEMO_NAMES = ("root", "certifier", "developer", "validator", "risk-officer", "legal")
"""Whose keys the demo uses. Anyone can make these keys, so no other policy may name them."""

LONGEST_PASSPHRASE = 1023
"""Bytes; OpenSSL takes no more."""


class UnfitKey(ValueError):
    """A key that is not what is needed; the message says what it is and never shows it."""


class Signer(Protocol):
    """Something that signs: a key in a file, a security module, a cloud service."""

    @property
    def public(self) -> PublicKey:
        """The public half."""
        ...

    @property
    def name(self) -> str:
        """What its holder calls it: its name, or its file; empty of one that was made in memory."""
        ...

    def sign(self, message: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the message, in DER; either of the two that are equally good."""
        ...


class PublicKey:
    """A P-256 public key; equal when its PEM text is."""

    __slots__ = ("_key", "key_id", "pem")

    def __init__(self, pem: str) -> None:
        """Read a PEM text. Raises UnfitKey when it is no P-256 public key in the one form that we write."""
        try:
            key = serialization.load_pem_public_key(pem.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnfitKey("expected a public key in PEM (-----BEGIN PUBLIC KEY-----)") from None
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise UnfitKey("expected an ECDSA key on the curve P-256")
        self._key = key
        self.pem = _pem(key)
        self.key_id = hashlib.sha256(self.pem.encode()).hexdigest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key signed the message, in the one form of the signature that counts, see :func:`in_one_form`."""
        try:
            if in_one_form(signature) != signature:
                return False
            self._key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def is_demo(self) -> bool:
        """Whether anyone can sign with it, because it is one of the demo's."""
        return self.key_id in _demo_ids()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.pem == self.pem

    def __hash__(self) -> int:
        return hash(self.pem)

    def __repr__(self) -> str:
        return f"PublicKey({self.key_id[:12]})"


class PrivateKey:
    """A private key in memory. Never shown, never written but encrypted."""

    __slots__ = ("_key", "name", "public")

    def __init__(self, key: ec.EllipticCurvePrivateKey, name: str = "") -> None:
        self._key = key
        self.name = name
        self.public = PublicKey(_pem(key.public_key()))

    @classmethod
    def new(cls) -> PrivateKey:
        """A new random key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def demo(cls, name: str) -> PrivateKey:
        """The demo key of this name, the same on every machine; worthless outside the demo."""
        secret = int.from_bytes(hashlib.sha512(_DEMO + name.encode()).digest(), "big") % (_ORDER - 1) + 1
        return cls(ec.derive_private_key(secret, ec.SECP256R1()), f"demo:{name}")

    @classmethod
    def read(cls, pem: bytes, passphrase: bytes | None, name: str = "") -> PrivateKey:
        """Read an encrypted PEM file, whose holder calls it ``name``.

        Raises:
            UnfitKey: wrong passphrase, damaged, or another kind of key.
        """
        try:
            key = serialization.load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnfitKey("the passphrase is wrong, or this is no private key in PEM") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise UnfitKey("expected an ECDSA key on the curve P-256")
        return cls(key, name)

    def encrypted(self, passphrase: bytes) -> bytes:
        """The key as encrypted PEM (PKCS #8). Raises UnfitKey for an empty passphrase, and one that is too long."""
        if not passphrase:
            raise UnfitKey("a key is kept under a passphrase, and an empty one is none")
        if len(passphrase) > LONGEST_PASSPHRASE:
            raise UnfitKey(f"a passphrase has at most {LONGEST_PASSPHRASE} bytes, found {len(passphrase)}")
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def sign(self, message: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the message, in DER; either of the two that are equally good."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))

    def __repr__(self) -> str:
        return f"PrivateKey({self.public.key_id[:12]})"


def in_one_form(signature: bytes) -> bytes:
    """The signature of which nobody without the key can make a second one: the smaller of s and n - s, in DER.

    Both verify (SEC 1, version 2.0, section 4.1.4), so that without a choice whoever passes a signature on
    could change its bytes.

    Raises:
        ValueError: these bytes are no ECDSA signature in DER.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, _ORDER - s))


def _pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _demo_ids() -> frozenset[str]:
    if not _DEMO_IDS:
        _DEMO_IDS.update(PrivateKey.demo(name).public.key_id for name in DEMO_NAMES)
    return frozenset(_DEMO_IDS)


_DEMO_IDS: set[str] = set()
