"""Checks that attack whoever asks them for counts: each is an error with a reason, and nothing of it runs here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.plugins.conftest import counted, fenced, installing
from tests.plugins.packages import counting, install

from assay.domain.assessment import Broken
from assay.domain.vocabulary import Reason
from assay.plugins import host
from assay.plugins.catalogue import catalogue
from assay.sandbox.launch import close_children


def writing(what: str) -> str:
    """A function that writes to whatever is open, the pipe to the parent among it."""
    return f"import os\nfor fd in range(3, 64):\n    try: os.write(fd, {what})\n    except OSError: pass\nreturn 0"


COUNTS = {
    "reads a file outside": ("return open('{labels}', 'rb').read()", Reason.CHECK_STOPPED, "file system"),
    "opens a socket": ("import socket; socket.socket()", Reason.CHECK_STOPPED, "network"),
    "starts a program": ("import os; os.execv('/bin/true', ['true'])", Reason.CHECK_STOPPED, "programs"),
    "forks": ("import os; os.fork()", Reason.CHECK_STOPPED, "processes"),
    "takes all memory": ("bytearray(1 << 46)", Reason.CHECK_CRASHED, "memory"),
    "leaves": ("import sys; sys.exit(0)", Reason.CHECK_CRASHED, "SystemExit"),
    "leaves at once": ("import os; os._exit(0)", Reason.CHECK_CRASHED, "exit code 0"),
    "kills itself": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        Reason.CHECK_CRASHED,
        "SIGKILL",
    ),
    "raises what it saw": ("raise ValueError(str(view))", Reason.CHECK_CRASHED, "raised ValueError"),
    "names a class as it saw": (
        "raise type(f'array({view.overall.n})', (Exception,), {})",
        Reason.CHECK_CRASHED,
        "raised an exception of its own",
    ),
    "returns a class named as it saw": (
        "return type(f'array({view.overall.n})', (), {})()",
        Reason.CHECK_OUTPUT_INVALID,
        "returned a value of a type of its own",
    ),
    "spins": ("while True: pass", Reason.CHECK_TIMED_OUT, "no answer within 0.5 seconds"),
    "returns a number": ("return 0.99", Reason.CHECK_OUTPUT_INVALID, "returned float"),
    "returns nothing": ("return None", Reason.CHECK_OUTPUT_INVALID, "returned NoneType"),
    "drops what it is asked about": ("return Rates(())", Reason.CHECK_OUTPUT_INVALID, "no rates"),
    "counts more rows than there are": (
        "return Rates((Rate('', 10**6, 10**6),))",
        Reason.CHECK_OUTPUT_INVALID,
        "1,000,000 trials where there are 4,000 rows",
    ),
    "invents a group": ("return Rates((Rate('us', 1, 1),))", Reason.CHECK_OUTPUT_INVALID, "not shown"),
    "counts all rows twice": (
        "r = Rate('', 9, 10); return Rates((r, r))",
        Reason.CHECK_OUTPUT_INVALID,
        "expected once",
    ),
    "calls it a fact about the data": ("return Census(1, 1)", Reason.CHECK_OUTPUT_INVALID, "census"),
    "counts pairs": ("return Paired((PairedCell('', 0, 0, 9),))", Reason.CHECK_OUTPUT_INVALID, "pairs"),
    "invents scores": (
        "return Scores((ScoreCell('', (0.5,), (1,), (1,)),), Functional.AUC)",
        Reason.CHECK_OUTPUT_INVALID,
        "scores that it was not shown",
    ),
    "claims that it passed": (
        "u = Undefined(Reason.NO_ROWS, 'all is well')\nobject.__setattr__(u, 'reason', Reason.BOUND_SATISFIES)\nreturn u",
        Reason.CHECK_OUTPUT_INVALID,
        "something else than counts",
    ),
    "writes to the terminal": (
        "return Undefined(Reason.NO_ROWS, 'a\\x1b[2Jb')",
        Reason.CHECK_OUTPUT_INVALID,
        "printable line",
    ),
    "breaks a rule of counts": (
        "r = Rate('', 1, 2); object.__setattr__(r, 'events', 3); return Rates((r,))",
        Reason.CHECK_OUTPUT_INVALID,
        "something else than counts",
    ),
    "writes into the protocol": (
        writing("b'ASSYA' + (4).to_bytes(8, 'little') + b'true'"),
        Reason.CHECK_OUTPUT_INVALID,
        "else than an answer",
    ),
    "sends garbage": (writing("b'\\0' * 4096"), Reason.CHECK_OUTPUT_INVALID, "bytes that are not an answer"),
    "sends too much": (
        writing("b'ASSYA' + (1 << 40).to_bytes(8, 'little')"),
        Reason.CHECK_OUTPUT_INVALID,
        "1,099,511,627,776 bytes where",
    ),
    "nests without end": (
        writing("b'ASSYA' + (200000).to_bytes(8, 'little') + b'[' * 100000 + b']' * 100000"),
        Reason.CHECK_OUTPUT_INVALID,
        "else than an answer",
    ),
    "returns another class under a known name": (
        "class Rates:\n    cells = ()\nreturn Rates()",
        Reason.CHECK_OUTPUT_INVALID,
        "returned Rates",
    ),
}


CHECKS = {how: f"hostile_{number}" for number, how in enumerate(COUNTS)}


@pytest.fixture(scope="module", autouse=True)
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One package with a check of each kind: one that breaks its child is followed by another in a new child."""
    folder = tmp_path_factory.mktemp("hostile")
    (secret := folder / "labels").write_text("1")
    bodies = {how: body.replace("{labels}", str(secret)) for how, (body, _, _) in COUNTS.items()}
    with installing(folder) as site:
        install(site, "".join(counting(bodies[how], name=name) for how, name in CHECKS.items()))
        yield


@fenced
@pytest.mark.parametrize("how", COUNTS)
def test_a_hostile_check_is_an_error_that_says_what_it_did(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    _, reason, said = COUNTS[how]
    assert "performance.accuracy" in catalogue()
    if how == "spins":
        close_children()  # how long a child may take is said when it is started
        monkeypatch.setattr(host, "ALLOWED", 0.5)
    broke = counted(check=f"performance.{CHECKS[how]}")
    assert isinstance(broke, Broken), broke
    assert broke.reason is reason, broke.sentence
    assert said in broke.sentence
    assert "array(" not in broke.sentence, "what it was shown is not repeated"
