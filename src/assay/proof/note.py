"""Signed notes: a text, and lines by which keys sign it (c2sp.org/signed-note).

A note's text is nobody's word until :func:`open_note` has verified it with a key that the reader trusts beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assay.domain.errors import AssayError, ExitCode
from assay.proof.lines import from_base64, to_base64

ED25519 = 0x01
"""The signature type of a plain Ed25519 signature (signed-note, "Signature types")."""

KEY_ID_BYTES, PUBLIC_BYTES, SIGNATURE_BYTES = 4, 32, 64
MOST_BYTES, MOST_SIGNATURES = 1 << 20, 100
"""The limits that a verifier should set; the specification asks for at least 16 signatures."""

DASH = "— "


class MalformedNote(AssayError):
    """Bytes that are no signed note, checkpoint or proof; ``code`` says which."""

    exit_code = ExitCode.TRUST_FAILURE


class UntrustedNote(AssayError):
    """A note that no trusted key signed, or that bears a false signature of one; ``code`` says which."""

    exit_code = ExitCode.TRUST_FAILURE


class InvalidKey(AssayError):
    """A text that is no verifier key, or is one of another kind than is needed here."""


# --- the text and its signature lines -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who is said to sign, and the bytes. Proves nothing by itself."""

    name: str
    key_id: bytes
    value: bytes

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read a line without its newline. Raises ValueError when it is no signature line."""
        if not line.startswith(DASH):
            raise ValueError("a signature line begins with an em dash and a space")
        name, space, encoded = line.removeprefix(DASH).partition(" ")
        if not space or not is_key_name(name):
            raise ValueError("a signature line is an em dash, a key name and base64")
        content = from_base64(encoded)
        if len(content) <= KEY_ID_BYTES:
            raise ValueError("a signature line has a key id of 4 bytes and a signature")
        return cls(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])

    def __str__(self) -> str:
        """The line without its newline."""
        return f"{DASH}{self.name} {to_base64(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines, at least one."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, content: bytes) -> Note:
        """Read a note strictly; nothing in it is trusted yet.

        Raises:
            MalformedNote: ``note_malformed``.
        """
        try:
            return cls(*_parts(content))
        except ValueError as wrong:
            raise MalformedNote(
                f"This is no signed note: {_said(wrong)}.",
                code="note_malformed",
                remedy="Fetch it again, byte for byte: editors change spaces and line ends.",
            ) from wrong

    def __bytes__(self) -> bytes:
        """The note as it is stored and sent."""
        return "\n".join((self.text, *map(str, self.signatures), "")).encode()

    def signed_also(self, signatures: Sequence[Signature]) -> Note:
        """The same note with more signature lines; lines that it has already are not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no Unicode space, no plus, no control character."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def signature_lines(content: bytes) -> tuple[Signature, ...]:
    """The signature lines of a body that holds nothing else, as a witness answers. Raises ValueError."""
    lines = _text(content).split("\n")
    if lines.pop() != "" or not 1 <= len(lines) <= MOST_SIGNATURES:
        raise ValueError(f"expected 1 to {MOST_SIGNATURES} signature lines that end in a newline")
    return tuple(map(Signature.parse, lines))


def _parts(content: bytes) -> tuple[str, tuple[Signature, ...]]:
    text = _text(content)
    # The last empty line separates: the text itself may have empty lines.
    body, separator, signatures = text.rpartition("\n\n")
    if not separator:
        raise ValueError("it has no empty line before its signatures")
    return body + "\n", signature_lines(signatures.encode())


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES} bytes")
    text = content.decode("utf-8")
    if any(c < " " and c != "\n" for c in text):
        raise ValueError("it has a control character")
    return text


def _said(wrong: ValueError) -> str:
    return "it is not UTF-8" if isinstance(wrong, UnicodeError) else str(wrong)


# --- keys ---------------------------------------------------------------------------------------------------------


class TrustedKey(Protocol):
    """A key whose signatures count: the name and id by which its lines are found, and how they are verified."""

    @property
    def name(self) -> str:
        """The key name."""

    @property
    def key_id(self) -> bytes:
        """The key id, 4 bytes."""

    def verifies(self, text: str, value: bytes) -> bool:
        """Whether ``value`` is this key's signature on the text. Never raises."""


Key = TypeVar("Key", bound=TrustedKey)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The id of a key of a signature type (signed-note, "Signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """A named Ed25519 public key of one signature type."""

    name: str
    public: bytes
    kind: int = field(default=ED25519, kw_only=True)

    def __post_init__(self) -> None:
        """Raises InvalidKey for a name or key that cannot be one."""
        if not is_key_name(self.name):
            raise _no_vkey("its name is empty or has a space or a plus")
        if len(self.public) != PUBLIC_BYTES:
            raise _no_vkey(f"an Ed25519 key has {PUBLIC_BYTES} bytes, found {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The key id, 4 bytes."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The text by which it is given to others (signed-note, "Verifier keys")."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the bare Ed25519 signature (RFC 8032) is this key's on the message. Never raises."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class NoteKey(Ed25519Key):
    """A key that signs notes as they stand, signature type 0x01."""

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Read a verifier key. Raises InvalidKey ``vkey_invalid``."""
        return cls(*vkey_parts(vkey, ED25519))

    def verifies(self, text: str, value: bytes) -> bool:
        """Whether ``value`` is this key's signature on the text. Never raises."""
        return self.signed(text.encode(), value)


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """The private half of a :class:`NoteKey`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> NoteKey:
        """What verifies its signatures."""
        return NoteKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """The signature line for a text that ends in a newline."""
        return Signature(self.name, self.key.key_id, self.private.sign(text.encode()))


def vkey_parts(vkey: str, kind: int) -> tuple[str, bytes]:
    """The name and public key of a verifier key of one signature type.

    Raises:
        InvalidKey: ``vkey_invalid``, also when its id is not that of its key, which guards against slips of the pen.
    """
    name, _, rest = vkey.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        content = from_base64(encoded)
    except ValueError as wrong:
        raise _no_vkey("it is not name+id+base64") from wrong
    if content[:1] != bytes([kind]):
        raise _no_vkey(f"its signature type is not 0x{kind:02x}, which is needed here")
    public = content[1:]
    if not is_key_name(name) or identifier != key_id(name, kind, public).hex():
        raise _no_vkey("its id is not that of its name and key")
    return name, public


def _no_vkey(why: str) -> InvalidKey:
    return InvalidKey(
        f"This is no verifier key: {why}.",
        code="vkey_invalid",
        remedy="Copy the whole text again from whoever holds the key.",
    )


# --- who signed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verified(Generic[Key]):
    """What the trusted keys say of a note: by which a line verified, by which a line is false. Others are ignored."""

    signed: tuple[tuple[Key, Signature], ...]
    false: tuple[Key, ...]


def verified(note: Note, keys: Collection[Key]) -> Verified[Key]:
    """Try every line of a known key; name *and* id make it known (signed-note, "Signatures").

    Raises:
        InvalidKey: ``vkeys_collide`` when two different keys share both, so that a line could be either's.
    """
    known = {(key.name, key.key_id): key for key in keys}
    if len(known) != len(set(keys)):
        raise InvalidKey("Two trusted keys share a name and an id.", code="vkeys_collide")
    tried = [(known.get((line.name, line.key_id)), line) for line in note.signatures]
    signed, false = [], []
    for key, line in tried:
        if key is None:
            continue
        if key.verifies(note.text, line.value):
            signed.append((key, line))
        else:
            false.append(key)
    return Verified(tuple(signed), tuple(dict.fromkeys(false)))


def open_note(content: bytes, keys: Collection[TrustedKey]) -> Note:
    """The note, signed by at least one trusted key and falsely by none.

    Raises:
        MalformedNote: ``note_malformed``. UntrustedNote: ``note_falsely_signed``, ``note_unsigned``.
    """
    note = Note.parse(content)
    found = verified(note, keys)
    if found.false:
        raise UntrustedNote(
            f"The signature of {found.false[0].name} on this note is false: the note was changed or forged.",
            code="note_falsely_signed",
        )
    if not found.signed:
        trusted = ", ".join(sorted({key.name for key in keys})) or "nobody"
        raise UntrustedNote(
            f"No trusted key signed this note; trusted is {trusted}.",
            code="note_unsigned",
            remedy="Ask whoever runs it for its verifier key, over another channel.",
        )
    return note
