"""Models that misbehave, each in its own way; loaded by path in a child."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np


def honest():
    return lambda batch: batch.column(0).to_numpy()


def told(value):
    return {
        "value": value,
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "session": os.getsid(0),
    }


def raises_at_load():
    raise RuntimeError("the file is of version 3\n\x1b[31m and this is 2")


def refuses_at_load():
    from assay.domain.errors import SubjectError

    raise SubjectError("The model has no classes.", code="model_unsupported", remedy="Fit it.")


def imports_what_is_absent():
    return lambda batch: batch


def exits_at_load():
    os._exit(7)


def killed_for_a_call():
    os.kill(os.getpid(), signal.SIGSYS)


def read(path):
    return len(Path(path).read_bytes())


def hangs_at_load():
    time.sleep(60)


class Asked:
    def wait(self):
        time.sleep(60)

    def add(self, a, b):
        return a + b


def sleeper():
    return Asked_with_call()


class Asked_with_call(Asked):
    def __call__(self, batch):
        return np.zeros(batch.num_rows)


def _protocol_descriptor():
    return int(sys.argv[2])


def _spin():
    while True:
        pass


def _fork_and_hold(batch):
    if os.fork() == 0:
        time.sleep(60)
    os._exit(3)


def noisy(batch):
    for _ in range(400):
        print("x" * 10_000)
        print("y" * 10_000, file=sys.stderr)
    os.write(1, b"z" * 1_000_000)
    return np.full(batch.num_rows, 0.5)


def late(batch):
    time.sleep(1.0)
    return np.full(batch.num_rows, 0.5)


def quotes(batch):
    raise ValueError(f"cannot score {batch.column(0)[0]}")


def poses(batch):
    """A class that says it is Assay's own, to have its text told."""

    class SubjectError(Exception):
        message = f"a row has {batch.column(0)[0]}"
        code, remedy = "data_invalid", ""

    SubjectError.__module__ = "assay.domain.errors"
    raise SubjectError


def borrows(batch):
    from assay.domain.errors import SubjectError

    raise SubjectError(f"a row has {batch.column(0)[0]}", code="data_invalid")


def names_a_class(batch):
    raise type(f"row_{batch.column(0)[0]}", (Exception,), {})


def names_a_file(batch):
    exec(compile("raise ValueError(1)", f"/site-packages/row={batch.column(0)[0]}/x.py", "exec"))


def names_a_shape(batch):
    """A failure as the child would tell of an array that is no scores, written by the model itself."""
    told = json.dumps(
        {"phase": "ask", "type": "_NotScores", "ours": False, "message": f"a row has {batch.column(0)[0]}"}
    ).encode()
    os.write(_protocol_descriptor(), b"ASSYX" + len(told).to_bytes(8, "little") + told)
    time.sleep(60)


def _fails_as(told):
    os.write(_protocol_descriptor(), b"ASSYX" + len(told).to_bytes(8, "little") + told)
    time.sleep(60)


def forges_a_sentence(batch):
    """A failure that says it is Assay's own, written by the model itself."""
    row = f"a row has {batch.column(0)[0]}"
    said = {"message": row, "code": "data_invalid", "remedy": row}
    _fails_as(json.dumps({"phase": "ask", "type": "SubjectError", "ours": True, **said}).encode())


def forges_a_known_one(batch):
    """The same under a code that an adapter has."""
    row = f"a row has {batch.column(0)[0]}"
    said = {"message": row, "code": "model_unsupported", "remedy": row}
    _fails_as(json.dumps({"phase": "ask", "type": "SubjectError", "ours": True, **said}).encode())


def forges_an_absent_module(batch):
    """A failure as if of an import, before any row was seen."""
    told = {
        "phase": "import",
        "type": "ModuleNotFoundError",
        "ours": False,
        "module": f"row_{batch.column(0)[0]}",
    }
    _fails_as(json.dumps(told).encode())


def garbage(batch):
    os.write(_protocol_descriptor(), b"garbage " * 100)
    return np.zeros(batch.num_rows)


def endless(batch):
    header = b"ASSYF" + (1 << 40).to_bytes(8, "little")
    os.write(_protocol_descriptor(), header)
    time.sleep(60)


def half(batch):
    os.write(_protocol_descriptor(), b"ASSYF" + (8 * batch.num_rows).to_bytes(8, "little") + b"\0" * 9)
    os._exit(0)


def false_failure(batch):
    os.write(_protocol_descriptor(), b"ASSYX" + (9).to_bytes(8, "little") + b"[1, 2, 3]")
    time.sleep(60)


def closes(batch):
    os.close(_protocol_descriptor())
    time.sleep(60)


def deaf(batch):
    time.sleep(60)


def ate(batch):
    return np.ones(1 << 33)


def filled(value):
    return lambda batch: np.full(batch.num_rows, value)


BEHAVIOURS = {
    "noisy": noisy,
    "late": late,
    "quotes": quotes,
    "names_a_class": names_a_class,
    "names_a_file": names_a_file,
    "names_a_shape": names_a_shape,
    "forges_a_sentence": forges_a_sentence,
    "forges_a_known_one": forges_a_known_one,
    "forges_an_absent_module": forges_an_absent_module,
    "poses": poses,
    "borrows": borrows,
    "complex": lambda batch: np.full(batch.num_rows, 0.5 + 0.5j),
    "garbage": garbage,
    "endless": endless,
    "half": half,
    "false_failure": false_failure,
    "closes": closes,
    "deaf": deaf,
    "ate": ate,
    "exit": lambda batch: os._exit(5),
    "sys_exit": lambda batch: sys.exit(0),
    "segfault": lambda batch: ctypes.string_at(0),
    "sigkill": lambda batch: os.kill(os.getpid(), signal.SIGKILL),
    "spin": lambda batch: _spin(),
    "fork": _fork_and_hold,
    "nan": filled(np.nan),
    "inf": filled(np.inf),
    "above": filled(1.5),
    "below": filled(-1e-9),
    "short": lambda batch: np.zeros(batch.num_rows - 1),
    "long": lambda batch: np.zeros(batch.num_rows * 10),
    "matrix": lambda batch: np.zeros((batch.num_rows, 2)),
    "texts": lambda batch: np.array(["0.5"] * batch.num_rows),
    "integers": lambda batch: np.ones(batch.num_rows, dtype=np.int64),
    "nothing": lambda batch: None,
    "recursion": lambda batch: model("recursion")(batch),
}


def model(behaviour):
    return BEHAVIOURS[behaviour]
