"""Notes against the examples of the specification and of Go, and every rule that says must not."""

from __future__ import annotations

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.known import EXAMPLE_NOTE, EXAMPLE_VKEY, GO_NOTE, GO_SECRET, GO_VKEY
from tests.proof.parties import log_key, private

from assay.proof.cosignature import CosignerKey
from assay.proof.note import (
    InvalidKey,
    MalformedNote,
    Note,
    NoteKey,
    NoteSigner,
    Signature,
    UntrustedNote,
    open_note,
    signature_lines,
    verified,
)

LINE = EXAMPLE_NOTE.splitlines()[-1]


@pytest.mark.parametrize(("vkey", "note"), [(EXAMPLE_VKEY, EXAMPLE_NOTE), (GO_VKEY, GO_NOTE)])
def test_known_notes_verify_and_are_written_as_they_were(vkey, note):
    key = NoteKey.parse(vkey)
    assert key.vkey == vkey
    opened = open_note(note.encode(), [key])
    assert bytes(opened) == note.encode()
    assert opened.text == note.rpartition("\n\n")[0] + "\n"


def test_go_signs_the_same_bytes():
    secret = base64.b64decode(GO_SECRET)
    assert secret[0] == 1
    signer = NoteSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(secret[1:]))
    assert signer.key == NoteKey.parse(GO_VKEY)
    text = Note.parse(GO_NOTE.encode()).text
    assert bytes(Note(text, (signer.sign(text),))) == GO_NOTE.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        "text\n\n— example.com/foo".encode(),
        EXAMPLE_NOTE[:-1].encode(),
        EXAMPLE_NOTE.replace("\n", "\r\n").encode(),
        EXAMPLE_NOTE.replace("example message", "example\tmessage").encode(),
        EXAMPLE_NOTE.replace("example message", "example\0message").encode(),
        EXAMPLE_NOTE.encode() + b"\xff\n",
        EXAMPLE_NOTE.encode() + b"\n",
        EXAMPLE_NOTE.encode() + b"text\n",
        EXAMPLE_NOTE.replace("— ", "- ").encode(),
        EXAMPLE_NOTE.replace("— ", "—  ").encode(),
        EXAMPLE_NOTE.replace("example.com/foo ", "example.com/ foo ").encode(),
        EXAMPLE_NOTE.replace("example.com/foo", "example.com\u00a0foo").encode(),
        EXAMPLE_NOTE.replace("example.com/foo", "example.com+foo").encode(),
        EXAMPLE_NOTE.replace("aQM=", "aQM").encode(),
        EXAMPLE_NOTE.replace("aQM=", "aQN=").encode(),  # the same bytes, spelt otherwise
        EXAMPLE_NOTE.replace("aQM=", "aQM= ").encode(),
        EXAMPLE_NOTE.replace("aQM=", "a-M=").encode(),
        "text\n\n— a Uw2QOg==\n".encode(),  # an id without a signature
        b"text\n\n" + f"{LINE}\n".encode() * 101,
        b"x" * (1 << 20) + EXAMPLE_NOTE.encode(),
    ],
)
def test_what_is_no_note_is_refused(content):
    with pytest.raises(MalformedNote) as refused:
        open_note(content, [NoteKey.parse(EXAMPLE_VKEY)])
    assert refused.value.code == "note_malformed"
    assert refused.value.exit_code == 3


def test_many_signatures_are_read():
    signers = [log_key(f"log.example/{i}") for i in range(40)]
    note = Note("text\n", tuple(s.sign("text\n") for s in signers))
    assert len(verified(Note.parse(bytes(note)), [s.key for s in signers]).signed) == 40


def test_a_text_may_have_empty_lines():
    signer = log_key()
    text = "one\n\n\ntwo\n\n"
    note = bytes(Note(text, (signer.sign(text),)))
    assert open_note(note, [signer.key]).text == text


def test_the_last_empty_line_separates():
    """A text that poses as a signed note is a text."""
    signer = log_key()
    text = EXAMPLE_NOTE
    note = bytes(Note(text, (signer.sign(text),)))
    assert open_note(note, [signer.key]).text == text
    with pytest.raises(UntrustedNote):
        open_note(note, [NoteKey.parse(EXAMPLE_VKEY)])


def code(content: bytes, *keys) -> str:
    with pytest.raises(UntrustedNote) as refused:
        open_note(content, keys)
    return refused.value.code


def test_a_stranger_is_ignored_and_does_not_sign():
    known, stranger = log_key(), log_key("stranger.example")
    text = "text\n"
    assert code(bytes(Note(text, (stranger.sign(text),))), known.key) == "note_unsigned"
    assert code(bytes(Note(text, (stranger.sign(text),)))) == "note_unsigned"
    both = Note(text, (stranger.sign(text), known.sign(text)))
    assert open_note(bytes(both), [known.key]) == both


@pytest.mark.parametrize("other", ["name", "id"])
def test_a_key_that_shares_only_name_or_id_is_a_stranger(other):
    known = log_key()
    line = known.sign("text\n")
    changed = Signature(
        "other" if other == "name" else line.name, line.key_id if other == "name" else b"\0\0\0\1", b"x" * 64
    )
    assert code(bytes(Note("text\n", (changed,))), known.key) == "note_unsigned"
    assert open_note(bytes(Note("text\n", (changed, line))), [known.key]).text == "text\n"


@pytest.mark.parametrize("value", [b"x" * 64, b"x", b"x" * 63, b"x" * 500])
def test_a_false_line_of_a_known_key_spoils_the_note(value):
    known, other = log_key(), log_key("second.example")
    line = known.sign("text\n")
    false = Signature(line.name, line.key_id, value)
    for lines in ((false,), (line, false), (false, line), (other.sign("text\n"), false)):
        assert code(bytes(Note("text\n", lines)), known.key, other.key) == "note_falsely_signed"


@pytest.mark.parametrize("at", range(0, len(EXAMPLE_NOTE.encode()), 3))
def test_no_byte_can_be_changed(at):
    content = bytearray(EXAMPLE_NOTE.encode())
    content[at] ^= 1
    with pytest.raises((MalformedNote, UntrustedNote)):
        open_note(bytes(content), [NoteKey.parse(EXAMPLE_VKEY)])


@given(st.binary(max_size=200) | st.text(alphabet="— \n+ab=/A\u2003", max_size=80).map(str.encode))
def test_hostile_bytes_are_refused_in_one_way(content):
    for read in (Note.parse, lambda c: Note.parse(b"text\n\n" + c)):
        with contextlib.suppress(MalformedNote):
            assert bytes(read(content)).endswith(content)


def test_lines_alone_are_read_as_a_witness_sends_them():
    assert [str(s) for s in signature_lines(f"{LINE}\n{LINE}\n".encode())] == [LINE, LINE]
    for wrong in (b"", b"\n", LINE.encode(), f"{LINE}\n\n".encode(), f"\n{LINE}\n".encode()):
        with pytest.raises(ValueError, match=r"signature|base64"):
            signature_lines(wrong)


# --- verifier keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        EXAMPLE_VKEY.replace("530d903a", "530d903b"),
        EXAMPLE_VKEY.replace("530d903a", "530D903A"),
        EXAMPLE_VKEY.replace("example.com/foo", "example.com/fop"),
        EXAMPLE_VKEY.replace("foo", "f oo"),
        EXAMPLE_VKEY[:-1],
        EXAMPLE_VKEY + "=",
        EXAMPLE_VKEY + "\n",
        EXAMPLE_VKEY[: EXAMPLE_VKEY.index("+")] + "++",
        CosignerKey("w", bytes(32)).vkey,
    ],
)
def test_a_mistyped_verifier_key_is_refused(wrong):
    with pytest.raises(InvalidKey) as refused:
        NoteKey.parse(wrong)
    assert refused.value.code == "vkey_invalid"


def test_types_of_keys_are_not_exchanged():
    """The same key and name of another type has another id, and is refused where the first is needed."""
    public = private("x").public_key().public_bytes_raw()
    note, cosigner = NoteKey("name", public), CosignerKey("name", public)
    assert note.key_id != cosigner.key_id
    assert note != cosigner
    with pytest.raises(InvalidKey):
        CosignerKey.parse(note.vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb"])
def test_names_that_a_line_cannot_hold_are_refused(name):
    with pytest.raises(InvalidKey):
        NoteKey(name, bytes(32))


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(InvalidKey):
        NoteKey("name", bytes(31))


def test_trusted_keys_that_cannot_be_told_apart_are_refused():
    class Colliding:
        name, key_id = "log.example/one", log_key().key.key_id

        def verifies(self, text: str, value: bytes) -> bool:
            return True

    with pytest.raises(InvalidKey) as refused:
        verified(Note("text\n", (log_key().sign("text\n"),)), [log_key().key, Colliding()])
    assert refused.value.code == "vkeys_collide"
