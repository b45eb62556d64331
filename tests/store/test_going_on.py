"""What one process holds no other one does, on both kinds of store, until it ends however it ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assay.store.going_on import GoesOn
from assay.store.log import Log


def test_what_is_held_is_held_once_and_other_things_are_free(where: str) -> None:
    with Log.open(where) as log, Log.open(where) as other:
        with log.going_on("a"):
            with pytest.raises(
                GoesOn, match="Another process is judging by this lock at this moment"
            ) as told:
                other.going_on("a").__enter__()
            assert told.value.code == "run_goes_on"
            with other.going_on("b"):
                pass
            other.append(lambda _: [b"entry"])  # to write is not held up
        with other.going_on("a"):
            pass


def test_it_is_let_go_when_what_is_done_breaks(where: str) -> None:
    with Log.open(where) as log:
        with pytest.raises(KeyError), log.going_on("a"):
            raise KeyError
        with log.going_on("a"):
            pass


def test_it_is_let_go_when_its_process_is_killed(where: str) -> None:
    program = (
        "import sys, time; from assay.store.log import Log; log = Log.open(sys.argv[1]);"
        "held = log.going_on('a'); held.__enter__(); print('held', flush=True); time.sleep(600)"
    )
    with Log.open(where) as log:
        holder = subprocess.Popen([sys.executable, "-c", program, where], stdout=subprocess.PIPE, text=True)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(GoesOn):
            log.going_on("a").__enter__()
        holder.kill()
        holder.wait()
        holder.stdout.close()
        while True:  # a server sees a connection end a little later
            try:
                with log.going_on("a"):
                    break
            except GoesOn:
                if "://" not in where:
                    raise
