"""``assay witness serve`` as an operator starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from tests.proof.parties import Tree, numbered

from assay.proof.cosignature import CosignerKey
from assay.store.witness_client import cosignatures

TREE = Tree(numbered(9))


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
