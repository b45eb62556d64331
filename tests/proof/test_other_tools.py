"""What we sign, other people's tools accept; what they sign, we read."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from tests.gate.scene import Scene, flip
from tests.world import KEYS, Issued

from assay.proof.bundle import sign
from assay.proof.keys import PrivateKey
from assay.proof.manifest import Manifest
from assay.proof.statement import Kind
from assay.subject.files_in_hand import files_of

KEY = PrivateKey.demo("certifier")
NAMES = ("a.txt", "a-b/c", "a/b", "a/B", "A", "a0", "a/b.d/e", "weights/part-0.bin", "é")
"""Whose order depends on how paths are compared."""
model_signing = pytest.mark.skipif(
    importlib.util.find_spec("model_signing") is None, reason="model-signing is not installed"
)


def model_in(folder: Path, *, single: bool) -> Path:
    place = folder / "model"
    if single:
        place.write_bytes(b"tree")
        return place
    for name in NAMES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(name.encode() * 7)
    return place


def in_the_clear(key: PrivateKey) -> bytes:
    opened = serialization.load_pem_private_key(key.encrypted(b"x"), b"x")
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return opened.private_bytes(*form)


def tool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model_signing", *map(str, words)], capture_output=True, text=True
    )


@model_signing
@pytest.mark.parametrize("single", [False, True])
def test_model_signing_accepts_what_we_sign_and_refuses_it_changed(tmp_path: Path, *, single: bool):
    model, public, signature = model_in(tmp_path, single=single), tmp_path / "key.pem", tmp_path / "model.sig"
    public.write_text(KEY.public.pem)
    signature.write_bytes(sign(Manifest.of(model.name, files_of(model)[0]).signing_statement(), KEY).content)
    asked = ("verify", "key", model, "--signature", signature, "--public_key", public)
    found = tool(*asked)
    assert found.returncode == 0, found.stderr + found.stdout
    changed = model if single else model / "a/b"
    changed.write_bytes(b"other")
    assert tool(*asked).returncode != 0


@model_signing
@pytest.mark.parametrize("single", [False, True])
def test_model_signing_signs_what_we_sign(tmp_path: Path, *, single: bool):
    model, private, signature = (
        model_in(tmp_path, single=single),
        tmp_path / "key.pem",
        tmp_path / "model.sig",
    )
    private.write_bytes(in_the_clear(KEY))  # model-signing 1.1.1 cannot open an encrypted one
    made = tool("sign", "key", model, "--signature", signature, "--private_key", private)
    assert made.returncode == 0, made.stderr + made.stdout
    payload = base64.b64decode(json.loads(signature.read_bytes())["dsseEnvelope"]["payload"])
    theirs, ours = json.loads(payload), Manifest.of(model.name, files_of(model)[0]).signing_statement()
    told = theirs["predicate"]["serialization"]
    assert ours["predicate"]["serialization"].items() <= told.items()
    assert theirs == {**ours, "predicate": {**ours["predicate"], "serialization": told}}


# --- @sigstore/verify of npm

PROGRAM = """
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const { createPublicKey } = require('crypto');
const { readFileSync } = require('fs');
const key = createPublicKey(readFileSync(process.argv[3]));
const root = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trust = {
  ...root,
  publicKey: () => ({ publicKey: key, validFor: () => true }),
};
const verifier = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(readFileSync(process.argv[2])))));
console.log('verified');
"""
PACKAGES = ("@sigstore/verify", "@sigstore/bundle")


@pytest.fixture(scope="session")
def sigstore_js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages; ASSAY_SIGSTORE_JS names one that has them."""
    kept = os.environ.get("ASSAY_SIGSTORE_JS")
    if kept:
        return Path(kept)
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("sigstore-js")
    try:
        asked = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=90)
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not answer")
    if done.returncode:
        pytest.skip(f"npm cannot install them: {done.stderr[-200:]}")
    return folder


def by_sigstore_js(folder: Path, place: Path, bundle: bytes, pem: str) -> subprocess.CompletedProcess[str]:
    (folder / "verify.js").write_text(PROGRAM)
    (place / "certificate.json").write_bytes(bundle)
    (place / "key.pem").write_text(pem)
    words = ["node", folder / "verify.js", place / "certificate.json", place / "key.pem"]
    return subprocess.run(words, capture_output=True, text=True)


def test_sigstore_js_verifies_our_certificate_and_refuses_it_changed(sigstore_js: Path, tmp_path: Path):
    good = Issued.good()
    pem, content = KEYS["certifier"].public.pem, good.bundle.content
    found = by_sigstore_js(sigstore_js, tmp_path, content, pem)
    assert found.stdout == "verified\n", found.stderr
    assert by_sigstore_js(sigstore_js, tmp_path, content, KEYS["leo"].public.pem).returncode != 0
    document = json.loads(content)
    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b"credit", b"hiring")
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    assert by_sigstore_js(sigstore_js, tmp_path, json.dumps(document).encode(), pem).returncode != 0


# --- cosign

WITH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
"""``make test`` has scripts/cosign.sh lay it beside this interpreter."""


@pytest.fixture(scope="session")
def cosign() -> str:
    found = shutil.which("cosign", path=WITH)
    if found is None:
        pytest.skip("cosign is not installed: scripts/cosign.sh .venv/bin")
    asked = subprocess.run([found, "verify-blob-attestation", "--help"], capture_output=True, text=True)
    if "--digestAlg" not in asked.stdout + asked.stderr:
        pytest.skip(f"{found} is older than 3 and asks the network even about a bundle with a key")
    return found


def by_cosign(
    cosign: str, scene: Scene, file: Path, key: str = "certifier", kind: Kind = Kind.CERTIFICATE
) -> subprocess.CompletedProcess[str]:
    """Ask as the guide does. The log is ours and not Rekor, so that cosign must be told not to look there."""
    public = scene.root / "key.pem"
    public.write_text(KEYS[key].public.pem)
    words = ["verify-blob-attestation", "--bundle", scene.certificate, "--key", public, "--type", kind]
    return subprocess.run(
        [cosign, *map(str, words), "--insecure-ignore-tlog", str(file)],
        capture_output=True,
        text=True,
        env={"HOME": str(scene.root), "PATH": os.environ["PATH"]},
    )


def test_cosign_finds_each_file_of_the_model_in_our_certificate(cosign: str, tmp_path: Path):
    for folder in (False, True):
        scene = Scene(tmp_path / str(folder), folder=folder)
        scene.write()
        files = [file for file in scene.model.rglob("*") if file.is_file()] if folder else [scene.model]
        assert len(files) == (3 if folder else 1)
        for file in files:
            found = by_cosign(cosign, scene, file)
            assert found.returncode == 0, found.stderr
            flip(file, 5)
            changed = by_cosign(cosign, scene, file)
            assert changed.returncode != 0
            assert "do not match digests in statement" in changed.stderr


def test_cosign_refuses_another_key_another_predicate_and_a_changed_statement(cosign: str, tmp_path: Path):
    scene = Scene(tmp_path / "scene")
    scene.write()
    assert by_cosign(cosign, scene, scene.model).returncode == 0
    assert by_cosign(cosign, scene, scene.model, key="leo").returncode != 0
    assert by_cosign(cosign, scene, scene.model, kind=Kind.STAGE).returncode != 0
    document = json.loads(scene.certificate.read_bytes())
    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b"credit", b"hiring")
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    scene.certificate.write_text(json.dumps(document))
    assert by_cosign(cosign, scene, scene.model).returncode != 0
