"""Checkpoints and cosignatures against published ones, and every deviation from their form."""

from __future__ import annotations

import base64

import pytest
from tests.proof.known import COSIGNATURE_EXAMPLE, REAL_CHECKPOINT, REAL_LOG, REAL_WITNESSES
from tests.proof.parties import Tree, log_key, numbered, witness_key

from assay.proof.checkpoint import Checkpoint, TrustedLog, by_origin
from assay.proof.cosignature import LATEST, CosignerKey, message, time_of
from assay.proof.note import MalformedNote, Note, Signature, UntrustedNote, verified

TEXT = "log.example/one\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_a_checkpoint_of_a_public_log_and_its_public_witnesses_verify():
    note, checkpoint = TrustedLog.of(REAL_LOG).open(REAL_CHECKPOINT.encode())
    assert (checkpoint.origin, checkpoint.size) == ("arche2025h1.staging.ct.transparency.dev", 1432088532)
    assert checkpoint.text == note.text
    witnesses = [CosignerKey.parse(vkey) for vkey in REAL_WITNESSES]
    assert [key.vkey for key in witnesses] == list(REAL_WITNESSES)
    found = verified(note, witnesses)
    assert [key for key, _ in found.signed] == witnesses
    assert not found.false
    assert {time_of(line.value) for _, line in found.signed} == {0x6A122120}


def test_the_example_of_the_specification_signs_what_it_shows():
    note = Note.parse(COSIGNATURE_EXAMPLE.encode())
    assert message(note.text, time_of(note.signatures[1].value)).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "extension\n\n",
        TEXT + "\nextension\n",
        "\n" + TEXT,
        TEXT.partition("\n")[2],
        TEXT.replace("\n5\n", "\n05\n"),
        TEXT.replace("\n5\n", "\n+5\n"),
        TEXT.replace("\n5\n", "\n-5\n"),
        TEXT.replace("\n5\n", "\n 5\n"),
        TEXT.replace("\n5\n", "\n\n"),
        TEXT.replace("\n5\n", "\n٥\n"),
        TEXT.replace("\n5\n", "\n5_0\n"),
        TEXT.replace("\n5\n", f"\n{2**63}\n"),
        TEXT.replace("\n5\n", f"\n1{'0' * 5000}\n"),
        TEXT.replace("q2I=", "q2J="),
        TEXT.replace("q2I=", "q2I"),
        TEXT.replace("q2I=", "q2I=="),
        "log.example/one\n5\nCsUY\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(MalformedNote) as refused:
        Checkpoint.parse(text)
    assert refused.value.code == "checkpoint_malformed"


def test_the_largest_tree_and_extensions_are_read():
    text = TEXT.replace("\n5\n", f"\n{2**63 - 1}\n") + "one\ntwo\n"
    read = Checkpoint.parse(text)
    assert (read.size, read.extensions, read.text) == (2**63 - 1, ("one", "two"), text)


@pytest.mark.parametrize(
    "wrong",
    [
        ("", 5, bytes(32)),
        ("a\nb", 5, bytes(32)),
        ("a", -1, bytes(32)),
        ("a", 2**63, bytes(32)),
        ("a", 5, b""),
        ("a", 5, bytes(32), ("",)),
    ],
)
def test_no_checkpoint_is_made_that_could_not_be_read(wrong):
    with pytest.raises(ValueError, match=r"checkpoint|one line"):
        Checkpoint(*wrong)


def code(log: TrustedLog, note: Note) -> str:
    with pytest.raises(UntrustedNote) as refused:
        log.open(bytes(note))
    return refused.value.code


def test_only_its_own_log_signs_a_checkpoint():
    tree, other = Tree(numbered(5)), Tree(numbered(5), log_key("log.example/two"))
    assert tree.trusted.open(bytes(tree.checkpoint(5)))[1].root == tree.root(5)
    assert code(tree.trusted, other.checkpoint(5)) == "note_unsigned"
    posing = Checkpoint("log.example/two", 5, tree.root(5)).signed_by(tree.signer)
    assert code(tree.trusted, posing) == "origin_unknown"
    with pytest.raises(ValueError, match="no key is trusted"):
        TrustedLog("log.example/one", ())
    with pytest.raises(ValueError, match="at least one key"):
        Checkpoint("log.example/one", 0, tree.root(0)).signed_by()


def test_keys_of_one_origin_are_put_together():
    old, new = log_key(seed="old"), log_key(seed="new")
    logs = by_origin(TrustedLog.of(s.key.vkey) for s in (old, new, log_key("b"), old))
    assert logs["log.example/one"].keys == (old.key, new.key)
    assert list(logs) == ["log.example/one", "b"]


def test_a_cosignature_binds_the_time_and_the_text():
    witness = witness_key()
    line = witness.cosign(TEXT, 1679315147)
    key = witness.key
    assert key.verifies(TEXT, line.value)
    assert CosignerKey.parse(key.vkey) == key
    assert not key.verifies(TEXT.replace("5", "6"), line.value)
    assert not key.verifies(TEXT, (1679315148).to_bytes(8, "big") + line.value[8:])
    assert not key.verifies(TEXT, line.value[:-1])
    assert not key.verifies(TEXT, line.value + b"\0")
    assert not key.verifies(TEXT, line.value[8:])
    assert not witness_key("witness.example/w2").key.verifies(TEXT, line.value)


@pytest.mark.parametrize("seconds", [0, 2**63, 2**64 - 1])
def test_times_that_no_witness_gives_are_refused(seconds):
    witness = witness_key()
    with pytest.raises(ValueError, match="a time from 1"):
        witness.cosign(TEXT, seconds)
    forged = seconds.to_bytes(8, "big") + witness.private.sign(message(TEXT, seconds))
    assert not witness.key.verifies(TEXT, forged)
    assert witness.key.verifies(TEXT, witness.cosign(TEXT, LATEST).value)


def test_a_note_signature_is_no_cosignature_and_the_other_way_round():
    """Domains are separated even where a key is used for both."""
    log, witness = log_key(seed="same"), witness_key(seed="same")
    assert not witness.key.verifies(TEXT, log.sign(TEXT).value)
    assert not log.key.verifies(TEXT, witness.cosign(TEXT, 5).value)
    posing = Signature(log.name, log.key.key_id, witness.cosign(TEXT, 5).value[8:])
    assert verified(Note(TEXT, (posing,)), [log.key]).false == (log.key,)


def test_the_root_is_as_base64():
    assert base64.b64encode(Checkpoint.parse(TEXT).root).decode() in TEXT
