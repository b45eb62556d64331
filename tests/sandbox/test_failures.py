"""What is said of a child that failed, by what is known of it: the code, the fence, and no word that it chose after it saw rows."""

from __future__ import annotations

import json
import signal

import pytest

from assay.domain.errors import Crash, SubjectError
from assay.sandbox.failures import MORE_MEMORY, ModuleAbsent, ended, failed
from assay.subject.model import MODEL
from assay.subject.reader import DATA_READER

SECRET = "Jane Doe, 43"


@pytest.mark.parametrize(
    ("status", "code", "says", "remedy"),
    [
        (None, "model_crashed", "The model closed its pipe.", ""),
        (0, "model_crashed", "The model ended by itself with exit code 0.", ""),
        (-signal.SIGSEGV, "model_crashed", "The model was killed by SIGSEGV.", ""),
        (
            -signal.SIGKILL,
            "model_crashed",
            "The model was killed by SIGKILL, perhaps because the machine ran out of memory.",
            MORE_MEMORY,
        ),
        (
            -signal.SIGXCPU,
            "model_timed_out",
            "The model used up the processor time that it is allowed; the fence that stopped it: time.",
            "",
        ),
        (
            -signal.SIGSYS,
            "model_stopped",
            "The model made a system call that is forbidden, and was killed; the fence that stopped it: system calls.",
            "",
        ),
    ],
)
def test_how_a_child_ended_is_told_with_what_to_do(
    status: int | None, code: str, says: str, remedy: str
) -> None:
    wrong = ended(MODEL, status)
    assert (wrong.code, wrong.message) == (code, says)
    assert wrong.remedy.endswith(remedy)
    assert MODEL.remedies.get(code, "") in wrong.remedy


def told(**said: object) -> bytearray:
    return bytearray(json.dumps({"phase": "ask", "type": "ValueError", "ours": False, **said}).encode())


def test_what_a_child_says_is_repeated_only_before_it_saw_rows() -> None:
    answer = told(message=SECRET, where="scorer.py:3")
    before = failed(MODEL, answer, "python", saw_rows=False)
    after = failed(MODEL, answer, "python", saw_rows=True)
    assert before.message == f"The model raised ValueError at scorer.py:3: {SECRET}."
    assert after.message == "The model raised ValueError."


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"ours": True, "message": SECRET, "code": SECRET, "remedy": SECRET}, "The model raised ValueError."),
        ({"type": SECRET}, "The model raised an exception of its own."),
        ({"phase": "import", "module": SECRET}, "The model raised ValueError."),
        ({"type": "_NotScores", "message": SECRET}, "The model returned something else instead of one float for each row."),
        ({"fence": SECRET}, "The model raised ValueError."),
        ({SECRET: 1}, "The model sent something else than an answer; the fence that stopped it: protocol."),
    ],
)  # fmt: skip
def test_no_field_of_what_a_child_says_carries_a_row_out(said: dict[str, object], message: str) -> None:
    wrong = failed(MODEL, told(**said), SECRET, saw_rows=True)
    assert isinstance(wrong, Crash)
    assert wrong.message == message
    assert SECRET not in wrong.remedy + wrong.code


def test_our_own_code_is_believed_where_no_other_runs_and_before_rows() -> None:
    answer = told(ours=True, message="It is\nempty.", code="data_empty", remedy="Write it again.")
    for role, saw_rows in ((MODEL, False), (DATA_READER, True)):
        wrong = failed(role, answer, "python", saw_rows=saw_rows)
        assert isinstance(wrong, SubjectError)
        assert (wrong.message, wrong.code, wrong.remedy) == ("It is empty.", "data_empty", "Write it again.")


def test_an_absent_module_is_told_with_the_interpreter_that_lacks_it() -> None:
    wrong = failed(
        MODEL, told(phase="import", type="ModuleNotFoundError", module="skops"), "/usr/bin/python3", saw_rows=False
    )  # fmt: skip
    assert isinstance(wrong, ModuleAbsent)
    assert wrong.message == "The interpreter /usr/bin/python3 has no package 'skops'."
