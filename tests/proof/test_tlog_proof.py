"""The proof beside a certificate: what it takes to believe it, and that nothing of it can be changed."""

from __future__ import annotations

import dataclasses
import random

import pytest
from tests.proof.parties import Tree, log_key, numbered, witness_key

from assay.proof.checkpoint import Checkpoint
from assay.proof.cosignature import CosignerKey
from assay.proof.note import MalformedNote, Note
from assay.proof.tlog_proof import TlogProof, Witnessed, check_logged

TREE = Tree(numbered(90))
WITNESSES = [witness_key(f"witness.example/w{i}") for i in range(3)]
KEYS = [w.key for w in WITNESSES]


def cosigned(note: Note, *witnesses, now: int = 1679315147) -> Note:
    return note.signed_also([w.cosign(note.text, now) for w in witnesses])


def proof(index: int = 41, size: int = 90, *witnesses, tree: Tree = TREE) -> TlogProof:
    note = cosigned(tree.checkpoint(size), *witnesses)
    return TlogProof(index, tree.inclusion(index, size), bytes(note))


def ask(given: TlogProof, entry: bytes = b"entry 41", *, needed: int = 2, keys=KEYS, tree: Tree = TREE):
    return check_logged(given, entry, tree.trusted, witnesses=keys, needed=needed)


def test_an_entry_that_two_of_three_witnesses_saw_is_logged():
    answer = ask(proof(41, 90, *WITNESSES[:2]))
    assert (answer.proven, answer.code) == (True, "logged")
    assert answer.checkpoint == Checkpoint("log.example/one", 90, TREE.root(90))
    assert answer.witnessed == tuple(Witnessed(w.name, 1679315147) for w in WITNESSES[:2])
    assert answer.message == (
        "Entry 41 of 90 in the log 'log.example/one'; 2 of the 2 witnesses that are needed cosigned it: "
        f"{WITNESSES[0].name} at 2023-03-20 12:25 UTC, {WITNESSES[1].name} at 2023-03-20 12:25 UTC."
    )


def test_without_witnesses_the_answer_says_what_is_not_proven():
    answer = ask(proof(), needed=0)
    assert answer.proven
    assert answer.witnessed == ()
    assert "whoever holds the log can show somebody else another one" in answer.message


def test_every_leaf_of_every_size():
    for size in range(1, 91, 8):
        for index in range(size):
            assert ask(proof(index, size), f"entry {index}".encode(), needed=0).proven


def test_the_file_is_as_the_specification_shows_it():
    given = dataclasses.replace(proof(2, 3), extra=b"ab")
    lines = bytes(given).decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra YWI=", "index 2"]
    assert lines[4:8] == ["", "log.example/one", "3", lines[7]]
    assert TlogProof.parse(bytes(given)) == given
    assert TlogProof.parse(bytes(proof(0, 1))) == proof(0, 1)  # a tree of one leaf has an empty path


def refused(given: TlogProof, *entry: bytes, **how) -> str:
    answer = ask(given, *entry, **how)
    assert not answer.proven
    assert answer.message
    return answer.code


def test_another_entry_another_index_another_size_another_path():
    good = proof(41, 90, *WITNESSES)
    assert refused(good, b"entry 42") == "inclusion_unproven"
    assert refused(dataclasses.replace(good, index=40)) == "inclusion_unproven"
    assert refused(dataclasses.replace(good, index=90)) == "inclusion_unproven"
    assert refused(dataclasses.replace(good, path=good.path[:-1])) == "inclusion_unproven"
    assert refused(dataclasses.replace(good, path=(*good.path, bytes(32)))) == "inclusion_unproven"
    assert refused(dataclasses.replace(good, path=())) == "inclusion_unproven"
    other = cosigned(TREE.checkpoint(89), *WITNESSES)
    assert refused(dataclasses.replace(good, checkpoint=bytes(other))) == "inclusion_unproven"


def test_a_checkpoint_of_somebody_else():
    stranger = Tree(numbered(90), log_key("stranger.example"))
    assert refused(proof(41, 90, *WITNESSES, tree=stranger)) == "note_unsigned"
    posing = Checkpoint("another.example", 90, TREE.root(90)).signed_by(TREE.signer)
    assert refused(dataclasses.replace(proof(), checkpoint=bytes(posing))) == "origin_unknown"
    assert refused(dataclasses.replace(proof(), checkpoint=b"no note")) == "note_malformed"
    unlike = Note("log.example/one\n", (TREE.signer.sign("log.example/one\n"),))
    assert refused(dataclasses.replace(proof(), checkpoint=bytes(unlike))) == "checkpoint_malformed"


def test_too_few_witnesses():
    assert refused(proof(41, 90, WITNESSES[0])) == "witnesses_missing"
    assert refused(proof(41, 90), needed=1) == "witnesses_missing"
    assert refused(proof(41, 90, *WITNESSES), needed=4) == "witnesses_missing"
    assert refused(proof(41, 90, *WITNESSES), keys=(), needed=1) == "witnesses_missing"
    with pytest.raises(ValueError, match="0 or more"):
        ask(proof(), needed=-1)


def test_witnesses_are_counted_by_key_not_by_name_or_line():
    twice = proof(41, 90, WITNESSES[0])
    note = Note.parse(twice.checkpoint)
    again = cosigned(note, WITNESSES[0], now=1679315148)
    assert refused(dataclasses.replace(twice, checkpoint=bytes(again))) == "witnesses_missing"
    alias = witness_key("alias.example", seed=WITNESSES[0].name)
    both = cosigned(TREE.checkpoint(90), WITNESSES[0], alias)
    answer = refused(dataclasses.replace(twice, checkpoint=bytes(both)), keys=[*KEYS, alias.key])
    assert answer == "witnesses_missing"


def test_a_log_is_no_witness_of_itself():
    own = witness_key("independent.example", seed=TREE.signer.name)
    assert own.key.public == TREE.signer.key.public
    assert refused(proof(41, 90, own), keys=[own.key], needed=1) == "witnesses_missing"


def test_a_cosignature_of_another_checkpoint_is_false():
    other = WITNESSES[0].cosign(TREE.checkpoint(89).text, 1679315147)
    note = cosigned(TREE.checkpoint(90), *WITNESSES[1:]).signed_also([other])
    assert refused(dataclasses.replace(proof(), checkpoint=bytes(note))) == "note_falsely_signed"


FILE = bytes(proof(41, 90, *WITNESSES[:2]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        FILE.replace(b"@v1", b"@v2", 1),
        b"\n" + FILE,
        FILE.replace(b"index 41", b"index 041"),
        FILE.replace(b"index 41", b"index -1"),
        FILE.replace(b"index 41", b"index  41"),
        FILE.replace(b"index 41\n", b""),
        FILE.replace(b"index 41\n", b"index 41\nextra YWI=\n"),
        FILE.replace(b"index 41\n", b"extra YWI\nindex 41\n"),
        FILE.replace(b"index 41\n", b"extra YWI=\nextra YWI=\nindex 41\n"),
        FILE.replace(b"index 41\n", b"index 41\nYWI=\n"),
        FILE.replace(b"index 41\n", b"index 41\n" + b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" * 64),
        FILE.replace(b"index 41\n", b"index 41\n\xff\n"),
        FILE.replace(b"\n", b"\r\n"),
        FILE.partition(b"\n\n")[0],
        FILE + b"x" * (1 << 21),
    ],
)
def test_what_is_no_proof_is_refused(content):
    with pytest.raises(MalformedNote) as said:
        TlogProof.parse(content)
    assert said.value.code == "tlog_proof_malformed"


def test_no_single_byte_can_be_changed():
    draw = random.Random(20261126)
    for at in range(len(FILE)):
        content = bytearray(FILE)
        content[at] ^= 1 << draw.randrange(8)
        try:
            given = TlogProof.parse(bytes(content))
        except MalformedNote:
            continue
        # A line that a change makes a stranger's is ignored: then a witness is missing.
        assert not ask(given).proven, at


def test_a_key_of_the_wrong_type_cannot_be_a_witness():
    assert all(isinstance(key, CosignerKey) for key in KEYS)


def test_a_time_that_no_calendar_has_is_told_as_it_is():
    """A witness may say any number of 64 bits."""
    assert str(Witnessed("w", 0)) == "w at 1970-01-01 00:00 UTC"
    assert (Witnessed("w", 2**64 - 1).time, str(Witnessed("w", 2**63))) == (None, f"w at second {2**63}")
