"""Keys that are elsewhere: asked through securesystemslib, believed only as far as the public half verifies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse

import pytest

from assay.domain.errors import MissingExtra
from assay.proof.keys import PrivateKey
from assay.store.keys import KeyTrouble, key_folder, module_key, new_key, open_signer, public_key
from assay.store.module_signer import ModuleTrouble

signers = pytest.importorskip("securesystemslib.signer")
from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: E402

PIN = "648219"


class Drawer(signers.CryptoSigner):
    """A module of this test: an encrypted file that opens with a PIN, as a token does."""

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri, public_key, secrets_handler=None):
        pin = secrets_handler("pin")
        if pin != PIN:
            raise ValueError(f"the PIN {pin} is wrong")
        kept = Path(urlparse(priv_key_uri).path).read_bytes()
        return signers.CryptoSigner(
            load_pem_private_key(kept, PIN.encode())
        )  # as a token, which compares nothing


@pytest.fixture(autouse=True)
def a_drawer_and_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setitem(signers.SIGNER_FOR_URI_SCHEME, "drawer", Drawer)


@pytest.fixture
def inside(tmp_path: Path) -> PrivateKey:
    """The key in the drawer, and its public half as it was exported."""
    key = PrivateKey.new()
    (tmp_path / "token").write_bytes(key.encrypted(PIN.encode()))
    (tmp_path / "exported.pem").write_text(key.public.pem)
    return key


def kept(tmp_path: Path, name: str = "ria") -> None:
    module_key(name, f"drawer:{tmp_path / 'token'}", tmp_path / "exported.pem")


def test_it_signs_with_a_key_that_is_elsewhere(inside: PrivateKey, tmp_path: Path) -> None:
    kept(tmp_path)
    asked: list[str] = []
    signer = open_signer("ria", lambda name: asked.append(name) or PIN)
    assert asked == []  # nobody is asked before something is signed
    assert inside.public.verifies(signer.sign(b"said"), b"said")
    assert (asked, signer.public) == (["ria"], inside.public)
    assert public_key("ria") == inside.public
    assert sorted(p.name for p in key_folder().iterdir()) == ["ria.pub", "ria.signer"]
    by_path = open_signer(str(key_folder() / "ria.signer"), lambda _: PIN)
    assert inside.public.verifies(by_path.sign(b"said"), b"said")


def test_either_form_that_a_module_may_choose_of_a_signature_is_taken(
    inside: PrivateKey, tmp_path: Path
) -> None:
    """Of s and n - s a token takes whichever comes; of sixteen signatures some have the larger."""
    kept(tmp_path)
    signer = open_signer("ria", lambda _: PIN)
    assert all(inside.public.verifies(signer.sign(b"%d" % n), b"%d" % n) for n in range(16))


def test_a_wrong_pin_is_a_sentence_that_does_not_repeat_it(inside: PrivateKey, tmp_path: Path) -> None:
    kept(tmp_path)
    with pytest.raises(ModuleTrouble) as refused:
        open_signer("ria", lambda _: "9999").sign(b"said")
    assert "'ria' did not sign: ValueError: the PIN *** is wrong." in str(refused.value)


def test_the_signature_of_another_key_is_not_believed(inside: PrivateKey, tmp_path: Path) -> None:
    kept(tmp_path)
    other = PrivateKey.new()
    (key_folder() / "ria.pub").write_text(other.public.pem)
    with pytest.raises(ModuleTrouble, match="is not by the key whose public half is kept"):
        open_signer("ria", lambda _: PIN).sign(b"said")


@pytest.mark.parametrize(
    "uri", ["file2:/tmp/key.pem", "FILE2:/tmp/key.pem", "envvar:KEY", "no scheme", ":2", ""]
)
def test_a_uri_that_is_none_or_reads_an_unprotected_key_is_refused(
    uri: str, inside: PrivateKey, tmp_path: Path
) -> None:
    with pytest.raises(ModuleTrouble, match="URI of a security module"):
        module_key("ria", uri, tmp_path / "exported.pem")
    assert not key_folder().exists()


def test_a_name_is_taken_once(inside: PrivateKey, tmp_path: Path) -> None:
    kept(tmp_path)
    new_key("val", lambda _: "secret of twelve")
    for name, again in (
        ("ria", lambda: new_key("ria", lambda _: "secret of twelve")),
        ("val", lambda: kept(tmp_path, "val")),
    ):
        with pytest.raises(KeyTrouble, match=f"There is a key '{name}' already"):
            again()


@pytest.mark.parametrize(
    "content", [b"", b"signer\n", b"key: hsm:2\n", b"signer: hsm:2\nsigner: hsm:3\n", b"\xff\xfe"]
)
def test_a_signer_file_of_another_form_is_refused(content: bytes, inside: PrivateKey, tmp_path: Path) -> None:
    kept(tmp_path)
    (key_folder() / "ria.signer").write_bytes(content)
    with pytest.raises(KeyTrouble, match="in one line, 'signer: URI'"):
        open_signer("ria", lambda _: PIN)


def test_without_the_package_the_extra_is_named(
    inside: PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path)
    monkeypatch.setitem(sys.modules, "securesystemslib", None)
    monkeypatch.setitem(sys.modules, "securesystemslib.signer", None)
    with pytest.raises(ModuleNotFoundError) as absent:
        open_signer("ria", lambda _: PIN).sign(b"said")
    missing = MissingExtra.of(absent.value.name or "")
    assert missing is not None
    assert "assay-ml[hsm]" in missing.remedy


SOFTHSM = Path(os.environ.get("SOFTHSM2_MODULE", "/usr/lib/softhsm/libsofthsm2.so"))


@pytest.mark.skipif(not SOFTHSM.is_file(), reason="Debian's softhsm2 is not installed")
def test_a_token_signs_through_pkcs11(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own: a PKCS#11 driver reads its configuration once."""
    pytest.importorskip("pkcs11")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "conf").write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n"
    )
    env = os.environ | {"SOFTHSM2_CONF": str(tmp_path / "conf"), "PYKCS11LIB": str(SOFTHSM)}
    subprocess.run(
        ["softhsm2-util", "--module", str(SOFTHSM), "--init-token", "--free", "--label", "assay", "--pin", PIN,
         "--so-pin", "12345678"],
        env=env, check=True, capture_output=True,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", IN_A_TOKEN, str(SOFTHSM), str(tmp_path / "token.pem"), PIN],
        env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "PinIncorrect"]


IN_A_TOKEN = """
import sys
from pathlib import Path
import pkcs11
import pkcs11.util.ec as ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from assay.store.keys import module_key, open_signer
from assay.store.module_signer import ModuleTrouble

driver, exported, pin = sys.argv[1:]
curve = {pkcs11.Attribute.EC_PARAMS: ec.encode_named_curve_parameters("secp256r1")}
with pkcs11.lib(driver).get_token(token_label="assay").open(rw=True, user_pin=pin) as session:
    made = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    public, _ = made.generate_keypair(store=True, label="ria", id=bytes([2]))
    key = load_der_public_key(ec.encode_ec_public_key(public))
Path(exported).write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
module_key("ria", "hsm:2?label=assay", Path(exported))
signer = open_signer("ria", lambda name: pin)
print(signer.public.verifies(signer.sign(b"said"), b"said"))
try:
    open_signer("ria", lambda name: "1111").sign(b"said")
except ModuleTrouble as wrong:
    print(wrong.message.split()[-1].rstrip("."))
"""
