"""Keys, bundles and statements: what is signed verifies, and nothing else does."""

import base64
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from assay.domain.entry import Kind
from assay.proof.bundle import BrokenBundle, encoded, read, sign
from assay.proof.canonical import canonical
from assay.proof.keys import DEMO_NAMES, PrivateKey, PublicKey, UnfitKey, in_one_form
from assay.proof.leaf import SignedStatement
from assay.proof.statement import BrokenStatement, Statement, statement_of

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""
KEY = PrivateKey.demo("certifier")
SAID = Statement(
    Kind.SIGN_OFF, (("record", "sha256:" + "ab" * 32),), {"role": "validator", "word": "approve"}
)
BUNDLE = sign(SAID.plain(), KEY)


def test_what_was_signed_verifies_and_reads_back() -> None:
    read_back = read(BUNDLE.content)
    assert read_back == BUNDLE
    assert read_back.signed_by(KEY.public)
    assert not read_back.signed_by(PrivateKey.new().public)
    assert statement_of(read_back) == SAID


def test_the_encoding_is_that_of_dsse() -> None:
    """The example of the DSSE specification, with our payload type."""
    assert encoded(b"hello world") == b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"


@given(place=st.integers(0, len(BUNDLE.content) - 1), value=st.integers(0, 255))
def test_no_other_byte_at_any_place_is_accepted(place: int, value: int) -> None:
    if BUNDLE.content[place] == value:
        return
    changed = BUNDLE.content[:place] + bytes([value]) + BUNDLE.content[place + 1 :]
    try:
        opened = read(changed)
    except BrokenBundle:
        return
    assert not opened.signed_by(KEY.public)


@given(number=st.integers(0, 2**32))
def test_nobody_without_the_key_makes_a_second_signature_of_one(number: int) -> None:
    """Of an ECDSA signature (r, s), (r, n - s) verifies as well: one of the two counts, whoever signed."""
    said = Statement(Kind.SIGN_OFF, SAID.subjects, {"role": "validator", "word": "approve", "n": number})
    bundle = sign(said.plain(), KEY)
    assert bundle.signed_by(KEY.public)
    document = json.loads(bundle.content)
    r, s = decode_dss_signature(bundle.signature)
    twin = encode_dss_signature(r, ORDER - s)
    document["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(twin).decode()
    assert not read(canonical(document)).signed_by(KEY.public)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        BUNDLE.content + b"\n",
        BUNDLE.content.replace(b'"keyid":""', b'"keyid":"x"'),
        json.dumps(json.loads(BUNDLE.content)).encode(),
        BUNDLE.content.replace(b'"signatures":[', b'"signatures":[{"keyid":"","sig":"AA=="},'),
    ],
)
def test_what_is_no_bundle_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenBundle):
        read(content)


@pytest.mark.parametrize(
    "plain",
    [
        {},
        SAID.plain() | {"extra": 1},
        SAID.plain() | {"_type": "https://in-toto.io/Statement/v0.1"},
        SAID.plain() | {"predicateType": "https://example.org/unknown"},
        SAID.plain() | {"subject": [{"name": "x", "digest": {"sha256": "short"}}]},
        SAID.plain() | {"subject": [{"name": "x", "digest": {"sha256": "ab" * 32, "sha1": "00"}}]},
        SAID.plain() | {"predicate": [1]},
    ],
)
def test_what_is_no_statement_of_ours_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises(BrokenStatement):
        SignedStatement.read(sign(plain, KEY).content)


def test_a_payload_that_is_not_canonical_is_refused() -> None:
    payload = json.dumps(SAID.plain()).encode()
    document = json.loads(BUNDLE.content)
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    document["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(
        in_one_form(KEY.sign(encoded(payload)))
    ).decode()
    opened = read(canonical(document))
    assert opened.signed_by(KEY.public)
    with pytest.raises(BrokenStatement, match="canonical"):
        statement_of(opened)


def test_openssl_verifies_what_we_sign(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(KEY.public.pem)
    (tmp_path / "sig").write_bytes(BUNDLE.signature)
    (tmp_path / "message").write_bytes(encoded(BUNDLE.payload))
    told = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "message"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verified OK" in told.stdout


def test_demo_keys_are_known_for_what_they_are() -> None:
    assert all(PrivateKey.demo(name).public.is_demo for name in DEMO_NAMES)
    assert PrivateKey.demo("root").public == PrivateKey.demo("root").public
    assert not PrivateKey.new().public.is_demo


def test_a_key_is_kept_under_its_passphrase_and_never_shown() -> None:
    key = PrivateKey.new()
    kept = key.encrypted(b"correct horse")
    assert b"ENCRYPTED" in kept
    assert PrivateKey.read(kept, b"correct horse").public == key.public
    for wrong in (b"battery", None):
        with pytest.raises(UnfitKey):
            PrivateKey.read(kept, wrong)
    with pytest.raises(UnfitKey):
        key.encrypted(b"")
    assert repr(key) == f"PrivateKey({key.public.key_id[:12]})"


@pytest.mark.parametrize(
    "pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_refused(pem: str) -> None:
    with pytest.raises(UnfitKey):
        PublicKey(pem)
