"""One signed statement as a Sigstore bundle: a DSSE envelope with exactly one signature, in canonical bytes.

DSSE: https://github.com/secure-systems-lab/dsse (v1.0.2, pre-authentication encoding). Bundle: Sigstore v0.3 with a public
key hint. Our bundles are canonical JSON and are read strictly, so that every byte of the file is checked: what is not
signed (media type, hint, key id) has one permitted value.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from assay.domain.digests import PREFIX, sha256_of
from assay.proof.canonical import canonical, hexadecimal
from assay.proof.keys import PublicKey, Signer, in_one_form

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
LARGEST = 16 << 20
"""Bytes of a bundle; a larger file is not one of ours."""


class BrokenBundle(ValueError):
    """A file that is not a bundle in the one form that we write and read."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A signed statement, not yet verified.

    Attributes:
        payload: the statement's canonical bytes. signature: in DER. key_id: the key that is said to have signed.
        content: the whole file.
    """

    payload: bytes
    signature: bytes
    key_id: str
    content: bytes

    @property
    def digest(self) -> str:
        """The digest of the whole file, by which the log and other statements name it."""
        return sha256_of(self.content)

    def signed_by(self, key: PublicKey) -> bool:
        """Whether this key made the signature."""
        return key.key_id == self.key_id and key.verifies(self.signature, encoded(self.payload))


def sign(statement: dict[str, Any], signer: Signer) -> Bundle:
    """Sign a statement.

    Raises:
        ValueError: when the statement has no canonical form.
    """
    payload = canonical(statement)
    signature = in_one_form(signer.sign(encoded(payload)))
    key_id = signer.public.key_id
    content = canonical(_document(payload, signature, key_id))
    return Bundle(payload, signature, key_id, content)


def read(content: bytes) -> Bundle:
    """Read a bundle; says nothing about who signed.

    Raises:
        BrokenBundle: with what was expected.
    """
    if len(content) > LARGEST:
        raise BrokenBundle(f"a bundle has at most {LARGEST} bytes, found {len(content)}")
    try:
        document = json.loads(content)
        envelope = document["dsseEnvelope"]
        (entry,) = envelope["signatures"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(entry["sig"], validate=True)
        key_id = _hint(document["verificationMaterial"]["publicKey"]["hint"])
        expected = canonical(_document(payload, signature, key_id))
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        raise BrokenBundle(
            "expected a Sigstore bundle v0.3 in canonical JSON, with one DSSE signature and a public key hint"
        ) from None
    if expected != content:
        raise BrokenBundle("the bundle is not in canonical form: a byte outside the signed statement differs")
    return Bundle(payload, signature, key_id, content)


def resembles(content: bytes) -> bool:
    """Whether a file names the envelope that every bundle begins with; one that was changed behind its name still does."""
    return b'"dsseEnvelope"' in content


def _hint(said: str) -> str:
    """A key id as it is written; anything else in its place would be printed, or break who compares it."""
    return hexadecimal(f"{PREFIX}{said}")


def encoded(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the payload and its type."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def _document(payload: bytes, signature: bytes, key_id: str) -> dict[str, Any]:
    """With one signature and no key id in it: cosign refuses a key id, and several signatures (standards.md 1)."""
    return {
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {"publicKey": {"hint": key_id}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
    }
