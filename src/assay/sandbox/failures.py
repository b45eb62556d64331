"""What is said of a child that failed: one sentence about who it is and what it did, and the fence that stopped it.

After it saw rows nothing is repeated that it could have chosen itself: any word of its own may be a row.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass

from assay.domain.errors import Crash, SubjectError
from assay.sandbox import child as protocol
from assay.sandbox import untold
from assay.sandbox.notices import Forbidden
from assay.sandbox.pipe import Body, Garbled
from assay.sandbox.roles import Role

MORE_MEMORY = "Run it on a machine with more memory: half of the memory is what it may take."


class ModuleAbsent(SubjectError):
    """The child's interpreter has no module of this name."""

    def __init__(self, module: str, interpreter: str) -> None:
        self.module = module
        super().__init__(
            f"The interpreter {interpreter} has no package {module!r}.",
            code="missing_package",
            remedy=f"Install {module!r} in that environment.",
        )


def broken(role: Role, code: str, what: str, *, fence: str = "", remedy: str = "") -> Crash:
    """The error for a child that did something; what to do is what its role says of the code, and ``remedy``."""
    said = f"{role.name} {what.rstrip('.')}"
    return Crash(
        f"{said}; the fence that stopped it: {fence}." if fence else f"{said}.",
        code=code,
        remedy=" ".join(filter(None, (role.remedies.get(code, ""), remedy))),
    )


def no_answer(role: Role, what: str = "an answer", *, fence: str = "") -> Crash:
    """For one that sent something else than was asked for."""
    return broken(role, role.invalid, f"sent something else than {what}", fence=fence)


def hung(role: Role, seconds: float) -> Crash:
    """For one that did not answer in time."""
    return broken(role, role.timed_out, f"gave no answer within {seconds:g} seconds", fence="time")


def garbled(role: Role, wrong: Garbled) -> Crash:
    """For one that broke the protocol."""
    return broken(role, role.invalid, f"sent {wrong}", fence="protocol")


def forbidden(role: Role, wrong: Forbidden) -> Crash:
    """For one that was caught at a system call."""
    return broken(
        role, role.stopped, f"made the system call {wrong.call}, which is forbidden", fence=wrong.fence
    )


def unfenced(role: Role, fence: str, why: str) -> Crash:
    """For one that lacks a fence without which nothing is to be read."""
    return broken(
        role,
        role.stopped,
        f"was not given anything to read: the fence {fence!r}, which this run counts on, is missing ({why})",
    )


def ended(role: Role, status: int | None) -> Crash:
    """For one that is gone; ``status`` as :attr:`subprocess.Popen.returncode`, None when it closed its pipe and lives."""
    if status == -signal.SIGXCPU:
        return broken(role, role.timed_out, "used up the processor time that it is allowed", fence="time")
    if status == -signal.SIGSYS:
        what = "made a system call that is forbidden, and was killed"
        return broken(role, role.stopped, what, fence="system calls")
    remedy = MORE_MEMORY if status == -signal.SIGKILL else ""
    return broken(role, role.crashed, _last_words(status), remedy=remedy)


def failed(role: Role, answer: Body, interpreter: str, *, saw_rows: bool) -> SubjectError | Crash:
    """For one that told by itself what went wrong. What our own code in it found, is told as that: of a child that saw rows only
    what is on its role's list, in our words.
    """
    try:
        told = _Failure(**json.loads(bytes(answer)))
    except (ValueError, TypeError, RecursionError):
        return no_answer(role, fence="protocol")
    ours = _by_our_code(role, told, saw_rows=saw_rows) if told.ours else None
    if ours is not None:
        return ours
    if told.phase == "import" and told.module and not saw_rows:
        return ModuleAbsent(line(told.module), interpreter)
    if told.type == "_NotScores":
        what = f"returned {untold.shape_told(told.message)} instead of one float for each row"
        return broken(role, role.invalid, what)
    if told.type == "MemoryError":
        what = "ran out of the memory that it is allowed"
        return broken(role, role.crashed, what, fence="memory", remedy=MORE_MEMORY)
    fence = told.fence if told.fence in protocol.FENCES.values() else ""
    code = role.stopped if fence else role.crashed
    return broken(role, code, f"raised {_raised(told, saw_rows=saw_rows)}", fence=fence)


def line(text: object) -> str:
    """A text from a child as one printable line."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)[:2000]).split())


@dataclass(frozen=True, slots=True)
class _Failure:
    phase: str
    type: str
    ours: bool
    message: str = ""
    code: str = ""
    remedy: str = ""
    module: str = ""
    fence: str = ""
    where: str = "an unknown place"


def _by_our_code(role: Role, told: _Failure, *, saw_rows: bool) -> SubjectError | None:
    if not saw_rows or role.says is None:
        return SubjectError(line(told.message), code=line(told.code), remedy=line(told.remedy))
    if told.code not in role.says:
        return None
    clause, remedy = role.says[told.code]
    return SubjectError(f"{role.name} {clause}.", code=told.code, remedy=remedy)


def _raised(told: _Failure, *, saw_rows: bool) -> str:
    if saw_rows:
        return f"{untold.exception_told(told.type)}{untold.place_told(told.where)}"
    said = f": {line(told.message)}" if told.message else ""
    return f"{line(told.type)} at {line(told.where)}{said}"


def _last_words(status: int | None) -> str:
    if status is None:
        return "closed its pipe"
    if status < 0:
        name = signal.Signals(-status).name
        hint = ", perhaps because the machine ran out of memory" if name == "SIGKILL" else ""
        return f"was killed by {name}{hint}"
    return f"ended by itself with exit code {status}"
