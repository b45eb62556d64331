"""Keys on disk: private ones encrypted under a passphrase, or named by the URI of a module; public ones; and the key of a log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.domain.errors import AssayError, ExitCode, writing
from assay.domain.nearest import nearest
from assay.proof.keys import DEMO_NAMES, PrivateKey, PublicKey, Signer, UnfitKey
from assay.proof.note import NoteSigner
from assay.store.blobs import write_whole
from assay.store.durable import kept_key
from assay.store.module_signer import ModuleSigner

DEMO = "demo:"
MODULE = ".signer"
"""The suffix of a file that says ``signer: URI``: where the private key is, which is not here."""
Passphrase = Callable[[str], str]
"""Asks for the passphrase of the key of this name."""
SHORTEST_PASSPHRASE = 12
"""Characters. Who gets hold of the file tries passphrases as fast as they like."""


class KeyTrouble(AssayError):
    """A key is absent, cannot be opened, or is there already."""

    exit_code = ExitCode.NO_VERDICT


def key_folder() -> Path:
    """Where keys lie: the configuration folder of the XDG base directory specification."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "assay" / "keys"


def kept_keys() -> list[str]:
    """The names of the keys of this user, in order."""
    return sorted(path.stem for path in key_folder().glob("*.pub"))


def new_key(name: str, passphrase: Passphrase) -> PublicKey:
    """Make a key, keep it under the passphrase that is asked for, and return its public half.

    Raises:
        KeyTrouble: ``key_exists``, ``key_name`` or ``passphrase_unfit``. Unwritable.
    """
    path = _free_place(name).with_suffix(".pem")
    key = PrivateKey.new()
    try:
        kept = key.encrypted(_bytes(_long_enough(passphrase(name))))
    except UnfitKey as wrong:
        raise KeyTrouble(f"{wrong}.", code="passphrase_unfit") from None
    _keep(path, kept, key.public)
    return key.public


def _long_enough(passphrase: str) -> str:
    if 0 < len(passphrase) < SHORTEST_PASSPHRASE:
        raise UnfitKey(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters, found {len(passphrase)}")
    return passphrase


def module_key(name: str, uri: str, public: Path) -> PublicKey:
    """Keep where a key is that a security module or a service holds, and its public half; nothing secret lies here.

    Args:
        uri: as securesystemslib reads it. public: a PEM file that was exported from the module.

    Raises:
        KeyTrouble: ``key_exists``, ``key_name``, ``key_absent``, ``key_unfit``. ModuleTrouble: ``signer_uri``. Unwritable.
    """
    path = _free_place(name).with_suffix(MODULE)
    read = public_key(str(public))
    if not uri.isprintable():
        raise KeyTrouble("The URI of a key is one line that can be printed.", code="key_unfit")
    ModuleSigner(name, uri, read, lambda _: "")
    _keep(path, f"signer: {uri}\n".encode(), read)
    return read


def _free_place(name: str) -> Path:
    """Where a new key of this name may lie, without its suffix put on. Raises KeyTrouble."""
    if not name.strip(".") or set(name) - set(_LETTERS):
        raise KeyTrouble(
            f"A key's name has letters, digits, '-', '_' and '.', found {name!r}.", code="key_name"
        )
    if _is_path(name):
        raise KeyTrouble(
            f"A key's name is expected, and {name!r} looks like the path of a file.",
            code="key_name",
            remedy=f"Name it {Path(name).stem!r}; where it is kept is told when it is made.",
        )
    place = key_folder() / f"{name}.new"
    if any(place.with_suffix(suffix).exists() for suffix in (".pem", MODULE, ".pub")):
        raise KeyTrouble(
            f"There is a key {name!r} already.",
            code="key_exists",
            remedy="Name the new one otherwise; keys are never overwritten.",
        )
    return place


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."


def _keep(path: Path, content: bytes, public: PublicKey) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, content, private=True)
    write_whole(path.with_suffix(".pub"), public.pem.encode())


def public_key(name: str) -> PublicKey:
    """The public half of a key: by name, ``demo:NAME``, or the path of a PEM or signer file. Raises KeyTrouble."""
    if name.startswith(DEMO):
        return _demo(name).public
    path = key_folder() / f"{name}.pub"
    chosen = path if path.is_file() else Path(name)
    if chosen.suffix == MODULE:
        chosen = chosen.with_suffix(".pub")
    try:
        return PublicKey(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise _absent(name) from None
    except UnfitKey as wrong:
        raise KeyTrouble(f"{chosen}: {wrong}.", code="key_unfit") from None


def open_signer(name: str, passphrase: Passphrase) -> Signer:
    """The key that signs: by name, ``demo:NAME``, or the path of an encrypted PEM file or of a signer file.

    Raises:
        KeyTrouble: it is not there, or the passphrase is wrong. ModuleTrouble: its URI is none.
    """
    if name.startswith(DEMO):
        return _demo(name)
    elsewhere = key_folder() / f"{name}{MODULE}"
    if elsewhere.is_file() or Path(name).suffix == MODULE:
        return _in_a_module(name, elsewhere if elsewhere.is_file() else Path(name), passphrase)
    path = key_folder() / f"{name}.pem"
    chosen = path if path.is_file() else Path(name)
    try:
        content = chosen.read_bytes()
    except OSError:
        raise _absent(name) from None
    if b"-----BEGIN PUBLIC KEY-----" in content:
        raise KeyTrouble(
            f"{chosen} holds the public half of a key, with which nobody signs.",
            code="key_unfit",
            remedy="Name the key as it was made, assay keys new NAME: --key NAME; or the file of its private half.",
        )
    try:
        return PrivateKey.read(content, _bytes(passphrase(name)), name)
    except UnfitKey as wrong:
        raise KeyTrouble(f"The key {name!r} cannot be opened: {wrong}.", code="key_unfit") from None


def _in_a_module(name: str, path: Path, ask: Passphrase) -> ModuleSigner:
    try:
        said = path.read_text(encoding="utf-8").strip()
    except OSError:
        raise _absent(name) from None
    except UnicodeDecodeError:
        said = ""
    field, _, uri = said.partition(":")
    if field != "signer" or not uri or not uri.strip().isprintable():
        raise KeyTrouble(
            f"{path} is to say where the key is in one line, 'signer: URI', and says something else.",
            code="key_unfit",
        )
    return ModuleSigner(name, uri.strip(), public_key(str(path.with_suffix(".pub"))), ask)


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
    path = Path(name)
    if _is_path(name):
        beside = [p.name for p in path.parent.glob(f"*{path.suffix}")]
        near = nearest(path.name, beside)
        there = (
            f"Is {path.parent / near} meant?"
            if near
            else "See what lies there, or name a key that was made with: assay keys new NAME"
        )
        return KeyTrouble(
            f"There is no file {name!r}, which a key would be read from.", code="key_absent", remedy=there
        )
    near = nearest(name, kept_keys())
    return KeyTrouble(
        f"There is no key {name!r} in {key_folder()}, and no file of this name.",
        code="key_absent",
        remedy=f"Is {near} meant? Or make one with: assay keys new {name}"
        if near
        else f"Make one with: assay keys new {name}",
    )


def _is_path(name: str) -> bool:
    """Whether a key's name can be none, and only the path of a file."""
    return os.sep in name or Path(name).suffix in {".pem", ".pub", MODULE}


def log_signer(origin: str, *, demo: bool = False, create: bool = False) -> NoteSigner | None:
    """The Ed25519 key of the log of this name; None where this machine does not hold it. A demo's is the same everywhere.

    It lies in the user's state folder, readable for the user alone and without a passphrase: it signs at every entry, and
    says nothing but what this log holds. ``create`` is for who founds the log: a key that is made at any other time is
    not the one that the policy names.
    """
    if demo:
        seed = hashlib.sha256(b"Assay demo log, known to everyone: " + origin.encode()).digest()
        return NoteSigner(origin, Ed25519PrivateKey.from_private_bytes(seed))
    path = log_key_file(origin)
    return NoteSigner(origin, kept_key(path)) if create or path.exists() else None


def log_key_file(origin: str) -> Path:
    """Where the key of a log is kept, if this machine holds it."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "assay" / "logs" / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.key"
