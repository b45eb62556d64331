"""``assay witness serve`` as an operator starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from tests.proof.parties import Tree, log_key, numbered

from assay.proof.cosignature import CosignerKey
from assay.proof.note import signature_lines
from assay.proof.witness import Submission
from assay.store.witness_client import cosignatures

TREE = Tree(numbered(9))
OTHER = Tree(numbered(9, "other"))


def serve(folder, *more: str, log: str = TREE.signer.key.vkey) -> subprocess.Popen[str]:
    words = (
        "witness",
        "serve",
        "--folder",
        str(folder),
        "--name",
        "witness.example/w1",
        "--log",
        log,
        "--port",
        "0",
    )
    return subprocess.Popen(
        [sys.executable, "-m", "assay", *words, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_it_says_its_key_and_address_cosigns_and_ends_quietly(tmp_path):
    with serve(tmp_path / "w", "--json") as served:
        said = json.loads("".join(iter(served.stdout.readline, "}\n")) + "}")
        assert said["logs"] == ["log.example/one"]
        assert said["url"].startswith("http://127.0.0.1:")
        key = CosignerKey.parse(said["vkey"])
        note = TREE.checkpoint(9)
        (line,) = cosignatures(said["url"], note, TREE.consistency, [key])
        assert key.verifies(note.text, line.value)
        served.send_signal(signal.SIGINT)
        _, complaints = served.communicate(timeout=20)
        assert (served.returncode, complaints) == (0, "")


def test_a_mistyped_key_of_a_log_is_said(tmp_path):
    with serve(tmp_path / "w", log="log.example+00000000+AAAA") as served:
        _, complaints = served.communicate(timeout=20)
    assert served.returncode == 2
    assert "This is no verifier key" in complaints


def cosign(folder, request: bytes, *more: str) -> subprocess.CompletedProcess[bytes]:
    words = (
        "witness",
        "cosign",
        "-",
        "--folder",
        str(folder),
        "--name",
        "witness.example/w1",
        "--log",
        TREE.signer.key.vkey,
    )
    return subprocess.run(
        [sys.executable, "-m", "assay", *words, *more], input=request, capture_output=True, check=False
    )


def test_a_witness_without_a_network_cosigns_what_it_is_handed(tmp_path):
    done = cosign(tmp_path / "w", bytes(Submission(0, (), TREE.checkpoint(5))))
    assert done.returncode == 0, done.stderr
    (line,) = signature_lines(done.stdout)
    again = cosign(tmp_path / "w", bytes(Submission(5, TREE.consistency(5, 9), TREE.checkpoint(9))), "--json")
    said = json.loads(again.stdout)
    assert CosignerKey.parse(said["vkey"]).verifies(TREE.checkpoint(5).text, line.value)
    assert len(said["cosignatures"]) == 1
    for request, code, words in (
        (
            Submission(0, (), TREE.checkpoint(5)),
            3,
            b"the size that was cosigned last is 9. Who keeps the log writes",
        ),
        (Submission(9, (), OTHER.checkpoint(9)), 3, b"does not continue that of size 9."),
        (
            Submission(0, (), Tree(numbered(5), log_key(seed="thief")).checkpoint(5)),
            3,
            b"not signed by a key of that log",
        ),
        (Submission(0, (), Tree(numbered(5), log_key("b")).checkpoint(5)), 2, b"does not know that log"),
    ):
        refused = cosign(tmp_path / "w", bytes(request))
        assert (refused.returncode, refused.stdout) == (code, b"")
        assert words in refused.stderr.replace(b"\n", b" ")
    assert cosign(tmp_path / "w", b"nonsense").returncode == 2
