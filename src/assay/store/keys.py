"""Keys on disk: private ones encrypted under a passphrase, public ones beside them; and the key of a log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.domain.errors import AssayError, ExitCode, writing
from assay.proof.keys import DEMO_NAMES, PrivateKey, PublicKey, Signer, UnfitKey
from assay.proof.note import NoteSigner
from assay.store.blobs import write_whole
from assay.store.durable import kept_key

DEMO = "demo:"
Passphrase = Callable[[str], str]
"""Asks for the passphrase of the key of this name."""


class KeyTrouble(AssayError):
    """A key is absent, cannot be opened, or is there already."""

    exit_code = ExitCode.NO_VERDICT


def key_folder() -> Path:
    """Where keys lie: the configuration folder of the XDG base directory specification."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "assay" / "keys"


def new_key(name: str, passphrase: Passphrase) -> PublicKey:
    """Make a key, keep it under the passphrase that is asked for, and return its public half.

    Raises:
        KeyTrouble: ``key_exists``, ``key_name`` or ``passphrase_unfit``. Unwritable.
    """
    if not name or set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."):
        raise KeyTrouble(
            f"A key's name has letters, digits, '-', '_' and '.', found {name!r}.", code="key_name"
        )
    path = key_folder() / f"{name}.pem"
    if path.exists():
        raise KeyTrouble(
            f"There is a key {name!r} already.",
            code="key_exists",
            remedy="Name the new one otherwise; keys are never overwritten.",
        )
    key = PrivateKey.new()
    try:
        kept = key.encrypted(_bytes(passphrase(name)))
    except UnfitKey as wrong:
        raise KeyTrouble(f"{wrong}.", code="passphrase_unfit") from None
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, kept, private=True)
    write_whole(path.with_suffix(".pub"), key.public.pem.encode())
    return key.public


def public_key(name: str) -> PublicKey:
    """The public half of a key: by name, ``demo:NAME``, or the path of a PEM file. Raises KeyTrouble."""
    if name.startswith(DEMO):
        return _demo(name).public
    path = key_folder() / f"{name}.pub"
    chosen = path if path.is_file() else Path(name)
    try:
        return PublicKey(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise _absent(name) from None
    except UnfitKey as wrong:
        raise KeyTrouble(f"{chosen}: {wrong}.", code="key_unfit") from None


def open_signer(name: str, passphrase: Passphrase) -> Signer:
    """The key that signs: by name, ``demo:NAME``, or the path of an encrypted PEM file.

    Raises:
        KeyTrouble: it is not there, or the passphrase is wrong.
    """
    if name.startswith(DEMO):
        return _demo(name)
    path = key_folder() / f"{name}.pem"
    chosen = path if path.is_file() else Path(name)
    try:
        content = chosen.read_bytes()
    except OSError:
        raise _absent(name) from None
    try:
        return PrivateKey.read(content, _bytes(passphrase(name)))
    except UnfitKey as wrong:
        raise KeyTrouble(f"The key {name!r} cannot be opened: {wrong}.", code="key_unfit") from None


def _bytes(passphrase: str) -> bytes:
    """As it was typed or set; a variable may hold bytes that are no text."""
    return passphrase.encode("utf-8", "surrogateescape")


def _demo(name: str) -> PrivateKey:
    wanted = name.removeprefix(DEMO)
    if wanted not in DEMO_NAMES:
        raise KeyTrouble(
            f"There is no demo key {wanted!r}; there are {', '.join(DEMO_NAMES)}.", code="key_absent"
        )
    return PrivateKey.demo(wanted)


def _absent(name: str) -> KeyTrouble:
    return KeyTrouble(
        f"There is no key {name!r} in {key_folder()}, and no file of this name.",
        code="key_absent",
        remedy=f"Make one with: assay keys new {name}",
    )


def log_signer(origin: str, *, demo: bool = False) -> NoteSigner:
    """The Ed25519 key of the log of this name, made at the first call. A demo's is the same everywhere.

    It lies in the user's state folder, readable for the user alone and without a passphrase: it signs at every entry, and
    says nothing but what this log holds.
    """
    if demo:
        seed = hashlib.sha256(b"Assay demo log, known to everyone: " + origin.encode()).digest()
        return NoteSigner(origin, Ed25519PrivateKey.from_private_bytes(seed))
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    path = Path(base) / "assay" / "logs" / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.key"
    return NoteSigner(origin, kept_key(path))
