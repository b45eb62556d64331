"""Every answer of add-checkpoint, in the order and with the codes of the specification."""

from __future__ import annotations

import dataclasses
import random

import pytest
from tests.proof.parties import Tree, log_key, numbered, witness_key

from assay.proof.checkpoint import Checkpoint
from assay.proof.merkle import EMPTY_ROOT
from assay.proof.note import Note, Signature, open_note, signature_lines
from assay.proof.witness import Answer, Submission, add_checkpoint

TREE = Tree(numbered(40))
OTHER = Tree([*numbered(3), b"changed", *numbered(40)[4:]])
WITNESS = witness_key()
NOW = 1679315147


def ask(body: bytes | Submission, seen: Checkpoint | None = None, *, trusted=(TREE.trusted,)) -> Answer:
    logs = {log.origin: log for log in trusted}
    return add_checkpoint(bytes(body), logs=logs, last=lambda origin: seen, cosigner=WITNESS, now=NOW)


def submission(old: int, size: int, tree: Tree = TREE) -> Submission:
    return Submission(old, tree.consistency(old, size), tree.checkpoint(size))


def seen(size: int, tree: Tree = TREE) -> Checkpoint:
    return Checkpoint.parse(tree.checkpoint(size).text)


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 1), (0, 40), (1, 2), (7, 40), (32, 40), (40, 40)])
def test_what_continues_is_cosigned_and_kept(old, size):
    answer = ask(submission(old, size), seen(old) if old else None)
    assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
    (line,) = signature_lines(answer.body)
    assert WITNESS.key.verifies(TREE.checkpoint(size).text, line.value)
    assert answer.keep is not None
    origin, note = answer.keep
    assert origin == "log.example/one"
    assert note.text == TREE.checkpoint(size).text
    assert open_note(bytes(note), [WITNESS.key])
    assert open_note(bytes(note), [TREE.signer.key])


def test_a_stranger_s_line_is_ignored_and_not_kept():
    note = TREE.checkpoint(5)
    many = note.signed_also([log_key("stranger.example").sign(note.text)])
    answer = ask(Submission(0, (), many))
    assert answer.status == 200
    assert answer.keep is not None
    assert [line.name for line in answer.keep[1].signatures] == ["log.example/one", "witness.example/w1"]


def refused(answer: Answer) -> int:
    assert answer.keep is None
    assert b"\xe2\x80\x94" not in answer.body
    return answer.status


BODY = bytes(submission(7, 40))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        BODY.replace(b"old 7\n", b""),
        BODY.replace(b"old 7\n", b"old 07\n"),
        BODY.replace(b"old 7\n", b"old -7\n"),
        BODY.replace(b"old 7\n", b"old  7\n"),
        BODY.replace(b"old 7\n", b"Old 7\n"),
        BODY.replace(b"old 7\n", b"old 7 \n"),
        BODY.replace(b"old 7\n", b"old 7\n====\n"),
        BODY.replace(b"old 7\n", b"old 7\nYWI=\n"),
        BODY.replace(b"old 7\n", b"old 7\n\n"),
        BODY.replace(b"old 7\n", b"old 7\n\xff\n"),
        BODY.replace(b"old 7\n", b"old 7\n" + b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" * 64),
        BODY.replace(b"\n", b"\r\n"),
        BODY[:-1],
        BODY.partition(b"\n\n")[0],
        BODY.partition(b"\n\n")[0] + b"\n\n",
        BODY + b"x" * (1 << 21),
        bytes(Submission(0, (), Note("no checkpoint\n", (log_key().sign("no checkpoint\n"),)))),
    ],
)
def test_malformed_requests_are_400(body):
    assert refused(ask(body, seen(7))) == 400


def test_an_old_size_above_the_checkpoint_is_400():
    assert refused(ask(Submission(8, (), TREE.checkpoint(7)), seen(8))) == 400


def test_an_unknown_origin_is_404_whatever_else_is_wrong():
    stranger = Tree(numbered(5), log_key("stranger.example"))
    assert refused(ask(submission(0, 5, stranger))) == 404
    assert refused(ask(Submission(9, (), stranger.checkpoint(5)))) == 404


def test_a_wrong_key_is_403():
    posing = Checkpoint("log.example/one", 5, TREE.root(5)).signed_by(log_key(seed="thief"))
    assert refused(ask(Submission(0, (), posing))) == 403
    good = TREE.checkpoint(5)
    line = good.signatures[0]
    false = Signature(line.name, line.key_id, bytes(64))
    assert refused(ask(Submission(0, (), dataclasses.replace(good, signatures=(false,))))) == 403
    assert refused(ask(Submission(0, (), good.signed_also([false])))) == 403
    witness_alone = Note(good.text, (WITNESS.cosign(good.text, 5),))
    assert refused(ask(Submission(0, (), witness_alone))) == 403


@pytest.mark.parametrize(("old", "size"), [(0, 40), (5, 5), (6, 40), (8, 40), (3, 5)])
def test_another_size_than_the_last_is_409_and_the_size_is_told(old, size):
    """The last two are rollbacks: what is offered is smaller than, or ignores, what was cosigned."""
    answer = ask(submission(old, size), seen(7))
    assert refused(answer) == 409
    assert (answer.body, answer.content_type) == (b"7\n", "text/x.tlog.size")


def test_a_log_that_was_never_seen_has_size_0():
    answer = ask(submission(7, 40))
    assert (refused(answer), answer.body) == (409, b"0\n")


def test_a_split_view_and_a_rewritten_history_are_422():
    assert TREE.root(20) != OTHER.root(20)
    assert refused(ask(submission(20, 20, OTHER), seen(20))) == 422  # equal size, another root
    assert refused(ask(submission(20, 40, OTHER), seen(20))) == 422  # its own proof, of another past
    assert refused(ask(Submission(20, TREE.consistency(20, 40), OTHER.checkpoint(40)), seen(20))) == 422
    assert refused(ask(Submission(20, (), TREE.checkpoint(40)), seen(20))) == 422
    assert refused(ask(Submission(20, (bytes(32),), TREE.checkpoint(20)), seen(20))) == 422


def test_a_proof_from_nothing_is_422():
    assert refused(ask(Submission(0, (bytes(32),), TREE.checkpoint(40)))) == 422


def test_an_empty_tree_with_another_root_is_422():
    wrong = Checkpoint("log.example/one", 0, bytes(32)).signed_by(TREE.signer)
    assert refused(ask(Submission(0, (), wrong))) == 422
    assert TREE.root(0) == EMPTY_ROOT


def test_a_conflict_is_told_before_a_bad_proof_but_after_a_bad_signature():
    assert refused(ask(Submission(5, (bytes(32),), TREE.checkpoint(40)), seen(7))) == 409
    posing = Checkpoint("log.example/one", 40, TREE.root(40)).signed_by(log_key(seed="thief"))
    assert refused(ask(Submission(5, (), posing), seen(7))) == 403


def test_the_body_is_as_the_specification_shows_it():
    lines = BODY.decode().split("\n")
    assert lines[0] == "old 7"
    assert lines[1 + len(TREE.consistency(7, 40))] == ""
    assert Submission.parse(BODY) == submission(7, 40)


def test_every_history_of_one_witness_is_one_history():
    """Whatever is submitted in whatever order, all that was cosigned is of one growing tree."""
    state: list[Checkpoint | None] = [None]
    cosigned: list[Checkpoint] = []
    for size in (3, 9, 4, 9, 30, 12, 40, 40, 1):
        for tree in (TREE, OTHER):
            for old in {0, state[0].size if state[0] else 0, size}:
                if old > size:
                    continue
                answer = ask(submission(old, size, tree), state[0])
                if answer.keep is not None:
                    state[0] = Checkpoint.parse(answer.keep[1].text)
                    cosigned.append(state[0])
    assert [c.size for c in cosigned] == sorted(c.size for c in cosigned)
    assert {c.root == TREE.root(c.size) for c in cosigned} == {True}
    assert {c.size for c in cosigned} >= {3, 9, 30, 40}


def test_no_single_byte_can_be_changed():
    draw = random.Random(20261126)
    for at in range(len(BODY)):
        content = bytearray(BODY)
        content[at] ^= 1 << draw.randrange(8)
        assert refused(ask(bytes(content), seen(7))) in {400, 403, 404, 409, 422}, at
