"""A witness that is served on a port, and the client of a log that has one."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.proof.parties import Tree, log_key, numbered, witness_key

from assay.domain.errors import Unwritable
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import Claim
from assay.proof.note import Note, UntrustedNote, open_note
from assay.proof.tlog_proof import TlogProof, check_logged
from assay.proof.witness import Submission
from assay.store.durable import UnreadableKey, kept_key
from assay.store.log import Log
from assay.store.witness import ForgetfulWitness, Witness, origin_hash
from assay.store.witness_client import (
    WitnessDisagrees,
    WitnessRefused,
    WitnessUnreachable,
    cosignatures,
)
from assay.store.witness_server import WitnessServer

TREE = Tree(numbered(60))
OTHER = Tree([*numbered(3), b"changed", *numbered(60)[4:]])
KEY = witness_key()
HASH = origin_hash("log.example/one")


def witness(folder: Path) -> Witness:
    return Witness(folder / "witness", cosigner=KEY, logs=[TREE.trusted])


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    with WitnessServer(("127.0.0.1", 0), witness(tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def send(
    url: str, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    found = (answer.status, answer.getheader("Content-Type"), answer.read())
    connection.close()
    return found


def post(url: str, old: int, size: int, tree: Tree = TREE) -> int:
    body = bytes(Submission(old, tree.consistency(old, size), tree.checkpoint(size)))
    return send(url, "POST", "/add-checkpoint", body)[0]


def ask(url: str, size: int, tree: Tree = TREE, keys=(KEY.key,), **how):
    return cosignatures(url, tree.checkpoint(size), tree.consistency, keys, **how)


# --- the protocol on the wire -------------------------------------------------------------------------------------


def test_the_answers_of_the_protocol(url):
    assert post(url, 0, 20) == 200
    assert post(url, 20, 40) == 200
    assert send(url, "POST", "/add-checkpoint", bytes(Submission(0, (), TREE.checkpoint(30)))) == (
        409, "text/x.tlog.size", b"40\n",
    )  # fmt: skip
    assert post(url, 40, 40, OTHER) == 422
    assert post(url, 40, 60, OTHER) == 422
    assert post(url, 0, 5, Tree(numbered(5), log_key("stranger.example"))) == 404
    assert post(url, 40, 60, Tree(numbered(60), log_key(seed="thief"))) == 403
    assert send(url, "POST", "/add-checkpoint", b"nonsense")[0] == 400
    assert post(url, 40, 60) == 200


def test_monitors_get_the_latest_checkpoint_with_both_signatures(url):
    assert send(url, "GET", f"/{HASH}/checkpoint")[0] == 404
    post(url, 0, 20)
    post(url, 20, 40)
    status, _, note = send(url, "GET", f"/{HASH}/checkpoint")
    assert status == 200
    assert (
        open_note(note, [KEY.key]).text == open_note(note, [TREE.signer.key]).text == TREE.checkpoint(40).text
    )


@pytest.mark.parametrize(
    "path", ["/", "//checkpoint", f"/{HASH.upper()}/checkpoint", f"/{HASH}/checkpoint/", f"/{HASH}", "/../witness.key", "/..%2fwitness.key/checkpoint", f"/{HASH}/checkpoint?x"]
)  # fmt: skip
def test_nothing_else_is_served(url, path):
    post(url, 0, 20)
    assert send(url, "GET", path)[0] == 404
    assert send(url, "POST", path, b"x")[0] == 404


def test_one_connection_serves_many_requests(url):
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    for old, size in ((0, 10), (10, 20), (20, 30)):
        connection.request(
            "POST",
            "/add-checkpoint",
            bytes(Submission(old, TREE.consistency(old, size), TREE.checkpoint(size))),
        )
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()


@pytest.mark.parametrize("length", ["99999999", "-1", "x", "1" * 5000, ""])
def test_bodies_without_an_honest_length_are_refused(url, length):
    with socket.create_connection(url.removeprefix("http://").split(":"), timeout=20) as raw:
        raw.sendall(f"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert post(url, 0, 20) == 200


# --- the client ---------------------------------------------------------------------------------------------------


def test_a_log_gets_its_checkpoints_cosigned_and_its_proofs_verify(url, tmp_path):
    with Log.open(tmp_path / "log.db") as log:
        for size in (20, 60):
            log.append(lambda stored, size=size: numbered(60)[len(stored) : size])
            note = log.head("log.example/one").signed_by(TREE.signer)
            log.put_checkpoint(note)
            signed = note.signed_also(cosignatures(url, note, log.consistency, [KEY.key]))
            log.put_checkpoint(signed)
        assert log.last_checkpoint() == signed
        proof = TlogProof(41, log.inclusion(41, 60), bytes(signed))
        cosigned = Checkpoint.parse(open_note(bytes(signed), [KEY.key]).text)
        assert log.verify([Claim.of("the cosigned checkpoint", cosigned)]) == ()
    answer = check_logged(
        TlogProof.parse(bytes(proof)), b"entry 41", TREE.trusted, witnesses=[KEY.key], needed=1
    )
    assert (answer.proven, answer.code) == (True, "logged")


def test_a_witness_that_knows_more_or_less_is_asked_again(url):
    assert len(ask(url, 20)) == 1
    assert len(ask(url, 40, known=3)) == 1  # it knows 20
    assert len(ask(url, 60, known=60)) == 1  # it knows 40
    assert len(ask(url, 60, known=60)) == 1


def code(kind, *arguments, **how) -> str:
    with pytest.raises(kind) as refused:
        ask(*arguments, **how)
    return refused.value.code


def test_a_log_that_was_rolled_back_learns_that_it_is_known(url):
    ask(url, 40)
    assert code(WitnessDisagrees, url, 20) == "witness_ahead"


def test_a_split_view_and_a_rewritten_history_are_said(url):
    ask(url, 40)
    assert code(WitnessDisagrees, url, 40, OTHER) == "witness_split_view"
    assert code(WitnessDisagrees, url, 60, OTHER) == "witness_split_view"


def test_an_unknown_log_and_a_wrong_key_are_said(url):
    assert (
        code(WitnessRefused, url, 5, Tree(numbered(5), log_key("stranger.example"))) == "witness_status_404"
    )
    assert code(WitnessRefused, url, 5, Tree(numbered(5), log_key(seed="thief"))) == "witness_status_403"


def test_a_witness_with_another_key_is_not_believed(url):
    assert code(UntrustedNote, url, 5, keys=[witness_key("witness.example/w2").key]) == "witness_unknown_key"


def test_a_witness_that_is_not_there_is_said(url):
    assert code(WitnessUnreachable, "http://127.0.0.1:9", 5) == "witness_unreachable"
    assert code(WitnessUnreachable, "file:///etc/passwd", 5) == "witness_url"
    assert code(WitnessRefused, f"{url}/elsewhere", 5) == "witness_status_404"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnone", "witness_garbled"),
        (b"HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\n\r\n-1\n", "witness_garbled"),
        (b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n2\n", "witness_busy"),
        (b"nonsense\r\n\r\n", "witness_unreachable"),
        (b"", "witness_unreachable"),
    ],
)
def test_a_witness_that_talks_nonsense_is_said(answer, expected):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            for _ in range(3):
                try:
                    connection, _ = listening.accept()
                except OSError:  # the test has ended
                    return
                with connection:
                    connection.recv(100_000)
                    connection.sendall(answer)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        assert code(WitnessUnreachable, f"http://127.0.0.1:{listening.getsockname()[1]}", 5) == expected


# --- what it remembers --------------------------------------------------------------------------------------------


def test_of_two_submissions_at_once_one_wins(url):
    """Both are right by what the witness had seen before; cosigning both would be a split view or a rollback."""
    for old in range(0, 50, 5):
        begin = threading.Barrier(6)

        def race(step: int, old: int = old, begin: threading.Barrier = begin) -> int:
            begin.wait()
            return post(url, old, old + step)

        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(race, [1, 2, 3, 4, 5, 5]))
        assert statuses.count(200) == 1
        assert set(statuses) == {200, 409}
        wrong = bytes(Submission(60, (), TREE.checkpoint(60)))
        known = int(send(url, "POST", "/add-checkpoint", wrong)[2])
        assert old < known <= old + 5
        assert post(url, known, old + 5) == 200


def test_two_processes_share_one_memory(tmp_path):
    one, other = witness(tmp_path), witness(tmp_path)
    body = bytes(Submission(0, (), TREE.checkpoint(20)))
    assert one.submit(body, 5).status == 200
    assert other.submit(body, 5).status == 409


def test_it_remembers_when_it_starts_anew(tmp_path):
    witness(tmp_path).submit(bytes(Submission(0, (), TREE.checkpoint(20))), 5)
    again = witness(tmp_path)
    assert again.submit(bytes(Submission(0, (), OTHER.checkpoint(20))), 5).body == b"20\n"


def test_it_cosigns_nothing_that_it_cannot_keep(tmp_path):
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        try:
            witness(tmp_path).submit(bytes(Submission(0, (), TREE.checkpoint(20))), 5)
        except Unwritable:
            os.write(writes, b"unwritable")
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        assert pipe.read() == b"unwritable"
    os.waitpid(pid, 0)
    assert witness(tmp_path).checkpoint(HASH) is None


@pytest.mark.parametrize("content", [b"", b"garbage", bytes(Tree(numbered(5), log_key("b")).checkpoint(5))])
def test_a_witness_that_forgot_stops(tmp_path, content):
    forgetful = witness(tmp_path)
    body = bytes(Submission(0, (), TREE.checkpoint(20)))
    forgetful.submit(body, 5)
    (tmp_path / "witness" / f"{HASH}.checkpoint").write_bytes(content)
    with pytest.raises(ForgetfulWitness) as refused:
        forgetful.submit(body, 5)
    assert refused.value.code == "witness_forgot"


def test_the_server_tells_its_operator_and_not_the_world(tmp_path, url, capfd):
    post(url, 0, 20)
    (tmp_path / "witness" / f"{HASH}.checkpoint").write_bytes(b"garbage")
    status, _, body = send(url, "POST", "/add-checkpoint", bytes(Submission(0, (), TREE.checkpoint(20))))
    assert status == 500
    assert str(tmp_path).encode() not in body
    assert "forgot what it cosigned" in capfd.readouterr().err


def test_a_key_is_made_once_for_its_user_alone(tmp_path):
    folder = tmp_path / "witness"
    first = kept_key(folder / "witness.key")
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600
    assert (
        Witness.of(folder, name="w", logs=[]).cosigner.private.private_bytes_raw()
        == first.private_bytes_raw()
    )
    (folder / "witness.key").write_bytes(b"garbage")
    with pytest.raises(UnreadableKey) as refused:
        kept_key(folder / "witness.key")
    assert refused.value.code == "key_unreadable"


def test_the_note_that_is_kept_is_a_note(tmp_path):
    one = witness(tmp_path)
    one.submit(bytes(Submission(0, (), TREE.checkpoint(20))), 5)
    assert Note.parse(one.checkpoint(HASH) or b"").text == TREE.checkpoint(20).text
