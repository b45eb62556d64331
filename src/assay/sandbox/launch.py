"""The parent's side of a child process: start, ask, and say in one sentence what went wrong."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.errors import Crash, SubjectError
from assay.domain.vocabulary import Reason
from assay.sandbox import child as protocol
from assay.sandbox.pipe import Ended, Garbled, Hung, Pipe
from assay.sandbox.scores import checked_scores, invalid_output

ALLOWED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TZ", "TMPDIR")
_FIXED_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use; None is no limit. ``memory`` is address space; sizes are in bytes."""

    memory: int | None = None
    cpu_seconds: int | None = None
    file_size: int | None = 1 << 20
    open_files: int | None = 256


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Role:
    """Who the child is in a sentence, and the code of each way to fail."""

    name: str
    crashed: str
    timed_out: str
    invalid: str


MODEL = Role(
    "The model",
    Reason.MODEL_CRASHED.value,
    Reason.MODEL_TIMED_OUT.value,
    Reason.MODEL_OUTPUT_INVALID.value,
)
DATA_READER = Role("The data reader", *(Reason.DATA_INVALID.value,) * 3)


class ModuleAbsent(SubjectError):
    """The child's interpreter has no module of this name."""

    def __init__(self, module: str, interpreter: str) -> None:
        self.module = module
        super().__init__(
            f"The interpreter {interpreter} has no package {module!r}.",
            code="missing_package",
            remedy=f"Install {module!r} in that environment.",
        )


class Child:
    """One child process. Start it from a thread that lives as long as it: the child dies with that thread.

    Attributes:
        answer: what the target returned, when that is a JSON value.
        python, packages: versions in the child's environment. modules: digests of what else it loaded, if wanted.
    """

    answer: Any
    python: str
    packages: Mapping[str, str]
    modules: Mapping[str, str]

    def __init__(self, process: subprocess.Popen[bytes], pipe: Pipe, role: Role, timeout: float) -> None:
        self._process = process
        self._pipe = pipe
        self._role = role
        self._timeout = timeout
        self._closed = False
        _children.add(self)

    @classmethod
    def start(
        cls,
        target: str,
        arguments: Mapping[str, Any],
        *,
        python: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        timeout: float = 60.0,
        start_timeout: float = 120.0,
        role: Role = MODEL,
        descriptors: Sequence[int] = (),
        modules: bool = False,
    ) -> Self:
        """Start a child that calls ``target`` once.

        Args:
            target: ``package.module:function`` or ``folder/file.py:function``. What it returns either answers
                batches and calls, or is itself the answer, as a JSON value.
            arguments: keyword arguments, JSON values. python: another interpreter, with numpy and pyarrow.
            timeout: seconds for each answer. start_timeout: seconds for imports and the call of the target.
            descriptors: open files that the child inherits under the same numbers; the caller closes its own.
            modules: whether the digests of the modules that it loaded are wanted.

        Raises:
            Crash: the child died, hung or broke the protocol. SubjectError: the target said what is wrong.
            ModuleAbsent: the interpreter lacks a package.
        """
        request = {
            "package": __name__.partition(".")[0],
            "folder": str(Path(__file__).resolve().parent.parent),
            "target": target,
            "arguments": dict(arguments),
            "limits": asdict(limits),
            "modules": modules,
        }
        body = json.dumps(request).encode()
        started = cls(*_launch(python or sys.executable, descriptors), role, timeout)
        ready = started._asked_json(protocol.START, body, protocol.READY, start_timeout)
        try:
            started.answer = ready["answer"]
            started.python = ready["python"]
            started.packages = {str(k): _line(v) for k, v in dict(ready["packages"]).items()}
            started.modules = {_line(k): _line(v) for k, v in dict(ready["modules"]).items()}
        except (KeyError, TypeError, ValueError):
            started._break(role.invalid, "sent something else than an answer")
        return started

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._closed and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, which is also its own session and process group."""
        return self._process.pid

    def call(self, function: str, arguments: Mapping[str, Any], *, timeout: float | None = None) -> Any:
        """Call a method of what the target made; arguments and answer are JSON values."""
        body = json.dumps({"function": function, "arguments": dict(arguments)}).encode()
        return self._asked_json(protocol.CALL, body, protocol.ANSWER, timeout or self._timeout)

    def modules_now(self) -> dict[str, str]:
        """Digests of the modules that it has loaded by now, as ``modules`` has those from its start."""
        told = self._asked_json(protocol.MODULES, b"", protocol.ANSWER, self._timeout)
        if not isinstance(told, dict):
            self._break(self._role.invalid, "sent something else than an answer")
        return {_line(k): _line(v) for k, v in told.items()}

    def predict(self, batch: pa.RecordBatch, *, timeout: float | None = None) -> NDArray[np.float64]:
        """float64[rows]: the model's score of each row, between 0 and 1.

        Raises:
            Crash: ``model_crashed``, ``model_timed_out`` or ``model_output_invalid``; the child is gone then.
        """
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        wanted = batch.num_rows * 8
        # A wrong length is told as such, so longer answers are read up to a bound before they are refused.
        largest = {protocol.SCORES: max(2 * wanted, 1 << 20)}
        body = self._asked(protocol.BATCH, memoryview(sink.getvalue()), largest, timeout or self._timeout)
        try:
            if len(body) % 8:
                raise invalid_output("its length is not that of whole numbers")
            return checked_scores(np.frombuffer(body, dtype="<f8"), batch.num_rows)
        except Crash:
            self.close()
            raise

    def close(self) -> None:
        """End the child and everything in its session."""
        if self._closed:
            return
        self._closed = True
        _children.discard(self)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked_json(self, kind: bytes, request: bytes, wanted: bytes, timeout: float) -> Any:
        body = self._asked(kind, request, {wanted: protocol.MAX_TEXT}, timeout)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            self._break(self._role.invalid, "sent something else than an answer")

    def _asked(
        self, kind: bytes, body: bytes | memoryview, largest: dict[bytes, int], timeout: float
    ) -> bytearray:
        """One question and its answer; a failure ends the child."""
        if self._closed:
            raise Crash(f"{self._role.name} has ended and cannot be asked again.", code=self._role.crashed)
        if len(body) > protocol.LARGEST[kind]:
            raise SubjectError(
                f"{self._role.name} would be sent {len(body):,} bytes at once, more than the "
                f"{protocol.LARGEST[kind]:,} that are allowed.",
                code="batch_too_large",
            )
        deadline = time.monotonic() + timeout
        try:
            self._pipe.send(kind, body, deadline)
            answered, answer = self._pipe.receive({**largest, protocol.FAILED: protocol.MAX_TEXT}, deadline)
        except Hung:
            self._break(self._role.timed_out, f"gave no answer within {timeout:g} seconds")
        except Garbled as wrong:
            self._break(self._role.invalid, f"sent {wrong}")
        except Ended:
            self._ended()
        except BaseException:
            self.close()  # an interrupt leaves half an answer in the pipe
            raise
        if answered == protocol.FAILED:
            self._failed(answer)
        return answer

    def _ended(self) -> NoReturn:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        status = self._process.returncode
        if status == -signal.SIGXCPU:
            self._break(self._role.timed_out, "used up the processor time that it is allowed")
        self._break(self._role.crashed, _last_words(status))

    def _failed(self, answer: bytearray) -> NoReturn:
        try:
            told = _Failure(**json.loads(answer))
        except (ValueError, TypeError, RecursionError):
            self._break(self._role.invalid, "sent something else than an answer")
        interpreter = str(self._process.args[0]) if isinstance(self._process.args, list) else ""
        if told.ours:
            self.close()
            raise SubjectError(_line(told.message), code=_line(told.code), remedy=_line(told.remedy))
        if told.phase == "import" and told.module:
            self.close()
            raise ModuleAbsent(_line(told.module), interpreter)
        if told.type == "_NotScores":
            self._break(
                self._role.invalid, f"returned {_line(told.message)} instead of one float for each row"
            )
        if told.type == "MemoryError":
            self._break(self._role.crashed, "ran out of the memory that it is allowed")
        said = f": {_line(told.message)}" if told.message else ""
        self._break(self._role.crashed, f"raised {_line(told.type)} at {_line(told.where)}{said}")

    def _break(self, code: str, what: str) -> NoReturn:
        self.close()
        raise Crash(f"{self._role.name} {what.rstrip('.')}.", code=code)


@dataclass(frozen=True, slots=True)
class _Failure:
    phase: str
    type: str
    ours: bool
    message: str = ""
    code: str = ""
    remedy: str = ""
    module: str = ""
    where: str = "an unknown place"


def run_in_child(
    target: str,
    arguments: Mapping[str, Any],
    *,
    role: Role,
    limits: Limits = DEFAULT_LIMITS,
    timeout: float = 600.0,
) -> Any:
    """Call ``target`` in a child of its own and return its answer, a JSON value; errors as ``Child.start``."""
    with Child.start(target, arguments, role=role, limits=limits, start_timeout=timeout) as child:
        return child.answer


def close_children() -> None:
    """End every child of this process that is still open."""
    for open_child in tuple(_children):
        open_child.close()


_children: weakref.WeakSet[Child] = weakref.WeakSet()
atexit.register(close_children)


def _launch(interpreter: str, descriptors: Sequence[int]) -> tuple[subprocess.Popen[bytes], Pipe]:
    child_reads, we_write = os.pipe()
    we_read, child_writes = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own file; the interpreter is what the user named
            [
                interpreter,
                "-s",
                "-B",
                protocol.__file__,
                str(child_reads),
                str(child_writes),
                str(os.getpid()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            pass_fds=(child_reads, child_writes, *descriptors),
            start_new_session=True,
        )
    except OSError as wrong:
        os.close(we_write)
        os.close(we_read)
        raise SubjectError(
            f"The interpreter {interpreter} could not be started ({wrong.strerror}).",
            code="interpreter_not_found",
            remedy="Name a Python 3.10 or newer that has numpy and pyarrow.",
        ) from wrong
    finally:
        os.close(child_reads)
        os.close(child_writes)
    return process, Pipe(we_read, we_write, lambda: process.poll() is not None)


def _environment() -> dict[str, str]:
    allowed = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
    return {**allowed, **_FIXED_ENVIRONMENT}


def _last_words(status: int | None) -> str:
    if status is None:
        return "closed its pipe"
    if status < 0:
        name = signal.Signals(-status).name
        hint = ", perhaps because the machine ran out of memory" if name == "SIGKILL" else ""
        return f"was killed by {name}{hint}"
    return f"ended by itself with exit code {status}"


def _line(text: object) -> str:
    """A text from a child as one printable line."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)[:2000]).split())
