"""One secret for each user and machine, whoever comes first; none that could be read by others or be guessed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assay.store.secret import BYTES, place, user_secret

PROGRAM = """
import os, sys, time
from pathlib import Path
from assay.store import secret
if len(sys.argv) > 1:
    mine, wanted = Path(sys.argv[1]), int(sys.argv[2])
    linking = secret.os.link
    def when_all_are_here(one, other):  # each has seen that there is no secret yet
        (mine / str(os.getpid())).touch()
        while len(list(mine.iterdir())) < wanted:
            time.sleep(0.01)
        linking(one, other)
    secret.os.link = when_all_are_here
print(secret.user_secret().hex())
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def asked(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def test_the_secret_is_kept_and_nobody_else_reads_it(state: Path):
    made = user_secret()
    assert len(made) == BYTES
    assert user_secret() == made
    assert asked().communicate()[0].strip() == made.hex()
    assert place() == state / "assay" / "partials.key"
    assert stat.S_IMODE(place().stat().st_mode) == 0o600
    assert [p.name for p in place().parent.iterdir()] == ["partials.key"]


def test_processes_that_make_it_at_once_agree(tmp_path: Path):
    here = tmp_path / "here"
    here.mkdir()
    told = [process.communicate()[0].strip() for process in [asked(here, 3) for _ in range(3)]]
    assert told == [user_secret().hex()] * 3
    assert [p.name for p in place().parent.iterdir()] == ["partials.key"]


@pytest.mark.parametrize("spoilt", [b"", b"short", b"x" * (BYTES + 1)])
def test_what_is_no_secret_is_not_used(spoilt: bytes):
    user_secret()
    place().write_bytes(spoilt)
    one, other = user_secret(), user_secret()
    assert one != other
    assert len(one) == BYTES


def test_without_a_place_each_call_has_its_own(state: Path):
    state.write_text("a file where the folder would be")
    assert user_secret() != user_secret()
