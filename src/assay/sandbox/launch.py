"""The parent's side of a child process: start it, ask it, and end it when it fails."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.errors import AssayError, Crash, SubjectError
from assay.domain.isolation import Fence
from assay.sandbox import bubblewrap, failures, untold
from assay.sandbox import child as protocol
from assay.sandbox.keeper import kept
from assay.sandbox.notices import Forbidden, Notices
from assay.sandbox.pipe import Body, Ended, Garbled, Hung, Pipe
from assay.sandbox.roles import ALLOWED, DEFAULT_LIMITS, Limits, Role
from assay.sandbox.scores import scores_in
from assay.sandbox.spawn import FOLDER, asked_fences, spawn, without_fences


class Child:
    """One child process, which ends when it is closed, when nothing refers to it any more, and with this process.

    Attributes:
        answer: what the target returned, when that is a JSON value.
        python, packages: versions in the child's environment. modules: digests of what else it loaded, if wanted.
        fences: those that the child put up and tried. missing: the others, each with the reason.
    """

    answer: Any
    python: str
    packages: Mapping[str, str]
    modules: Mapping[str, str]
    fences: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipe: Pipe,
        notices: Notices,
        role: Role,
        timeout: float,
    ) -> None:
        self._process = process
        self._pipe = pipe
        self._notices = notices
        self._role = role
        self._timeout = timeout
        self._closed = False
        self._owed_until: float | None = None  # the end of the time for the answer that is owed
        self._turn = threading.Lock()
        self._interpreter, self._wrapped = sys.executable, False
        self._saw_rows = False
        self._answers = BINARY
        self._ending = weakref.finalize(self, _ended, process, pipe, os.getpid())
        _children.add(self)

    @classmethod
    def start(
        cls,
        target: str,
        arguments: Mapping[str, Any],
        *,
        role: Role,
        python: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        timeout: float = 60.0,
        start_timeout: float = ALLOWED,
        descriptors: Sequence[int] = (),
        readable: Sequence[str] = (),
        fences: Sequence[str] = (),
        modules: bool = False,
        answers: Answers = BINARY,
    ) -> Self:
        """Start a child that calls ``target`` once.

        Args:
            target: ``package.module:function`` or ``folder/file.py:function``. What it returns either answers
                batches, or is itself the answer, as a JSON value.
            arguments: keyword arguments, JSON values. python: another interpreter, with numpy and pyarrow.
            timeout: seconds for each answer. start_timeout: seconds for imports, and as many for the call of the target.
            descriptors: open files that the child inherits under the same numbers; the caller closes its own.
            readable: paths that it may read, besides the libraries of its interpreter.
            fences: those without which nothing is to be read; all others are put up where they can be had.
            modules: whether the digests of the modules that it loaded are wanted. answers: what is expected for each row.

        Raises:
            Crash: the child died, hung or broke the protocol. SubjectError: the target said what is wrong.
            ModuleAbsent: the interpreter lacks a package.
        """
        request = {
            "package": __name__.partition(".")[0],
            "folder": FOLDER,
            "target": target,
            "arguments": dict(arguments),
            "limits": asdict(limits),
            "modules": modules,
            "dimensions": 1 + (answers.width > 1),
            "fences": asked_fences(target, readable, descriptors),
        }
        body = json.dumps(request).encode()
        interpreter = python or sys.executable
        wanted = Fence.NETWORK.value not in without_fences()
        through = bubblewrap.before_the_interpreter() if wanted else ()
        started: Self = kept(lambda: cls(*spawn(interpreter, descriptors, through), role, timeout))
        started._interpreter, started._wrapped = interpreter, bool(through)
        started._answers = answers
        started._fenced(body, fences, start_timeout)
        ready = started._asked_json(protocol.LOAD, b"", protocol.READY, start_timeout)
        try:
            started.answer = ready["answer"]
            started.python = ready["python"]
            started.packages = {str(k): failures.line(v) for k, v in dict(ready["packages"]).items()}
            started.modules = {failures.line(k): failures.line(v) for k, v in dict(ready["modules"]).items()}
        except (KeyError, TypeError, ValueError):
            started._end(failures.no_answer(role))
        return started

    @property
    def alive(self) -> bool:
        """Whether it can still be asked; one that owes an answer cannot, for it would be taken for the next one's."""
        return not self._closed and self._owed_until is None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, or bubblewrap around it, which is also its own session and process group."""
        return self._process.pid

    def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method of what the target made; arguments and answer are JSON values."""
        body = json.dumps({"function": function, "arguments": dict(arguments)}).encode()
        return self._asked_json(protocol.CALL, body, protocol.ANSWER, self._timeout)

    def modules_now(self) -> dict[str, str]:
        """Digests of the modules that it has loaded by now, as ``modules`` has those from its start."""
        told = self._asked_json(protocol.MODULES, b"", protocol.ANSWER, self._timeout)
        if not isinstance(told, dict):
            self._end(failures.no_answer(self._role))
        if not all(isinstance(v, str) and untold.is_digest(v) for v in told.values()):
            self._end(failures.no_answer(self._role, "digests of modules", fence="protocol"))
        before = frozenset(self.modules)
        return {untold.module_told(failures.line(k), before): v for k, v in told.items()}

    def predict(self, batch: pa.RecordBatch) -> NDArray[np.float64]:
        """float64[rows], or a row of several: what the model answers for each row; errors as ``ask``."""
        return self.ask(batch)()

    def ask(self, batch: pa.RecordBatch) -> Callable[[], NDArray[np.float64]]:
        """Send the rows; what is returned waits for their scores, and is called before anything else is asked.

        The time for the answer counts from here on; one that is there when it is waited for is taken.

        Raises (both):
            Crash: ``model_crashed``, ``model_timed_out`` or ``model_output_invalid``; the child is gone then.
        """
        self._send(protocol.BATCH, _stream(batch), self._timeout)
        return functools.partial(self._scores, batch.num_rows)

    def _scores(self, rows: int) -> NDArray[np.float64]:
        # A wrong length is told as such, so longer answers are read up to a bound before they are refused.
        largest = max(16 * rows * self._answers.width, 1 << 20)
        body = self._answer({protocol.SCORES: largest}, self._timeout)
        try:
            return scores_in(body, rows, self._answers)
        except Crash:
            self.close()
            raise

    def change(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows that the method ``change`` of what the target made answers with; their values are checked, no more.

        Raises:
            Crash: as ``predict``.
        """
        largest = {protocol.ROWS: protocol.MAX_BATCH}
        return self._batch(self._asked(protocol.CHANGE, _stream(batch), largest, self._timeout))

    def rows(self) -> Iterator[pa.RecordBatch]:
        """The batches of a reader of data until there is none, each checked; the next is read while one is used.

        Raises:
            Crash: as ``predict``; the child is gone then, as it is when the iterator is left early.
        """
        seconds = self._timeout
        largest = {protocol.ROWS: protocol.MAX_BATCH}
        body = self._asked(protocol.NEXT, b"", largest, seconds)
        try:
            while body:
                self._send(protocol.NEXT, b"", seconds)
                yield self._batch(body)
                body = self._answer(largest, seconds)
        except BaseException:
            self.close()
            raise

    def _batch(self, body: Body) -> pa.RecordBatch:
        """Rows that a child sent. Offsets are checked: a wrong one would read wild memory."""
        try:
            with pa.ipc.open_stream(pa.py_buffer(body)) as stream:
                batch = stream.read_next_batch()
            batch.validate(full=True)
        except (pa.ArrowException, OSError, ValueError, OverflowError, StopIteration):
            self._end(failures.no_answer(self._role, "rows", fence="protocol"))
        return batch

    def close(self) -> None:
        """End the child and everything in its session."""
        if self._closed:
            return
        self._closed = True
        _children.discard(self)
        self._ending()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fenced(self, body: bytes, wanted: Sequence[str], timeout: float) -> None:
        """Send the request, and hear which fences are up. Nothing hostile is read before the next question."""
        told = self._asked_json(protocol.START, body, protocol.FENCED, timeout)
        try:
            self.fences = tuple(failures.line(name) for name in told["up"])
            self.missing = tuple((failures.line(name), failures.line(why)) for name, why in told["missing"])
        except (KeyError, TypeError, ValueError):
            self._end(failures.no_answer(self._role))
        self._notices.arm()
        lacking = [name for name in wanted if name not in self.fences]
        if lacking:
            why = dict(self.missing).get(lacking[0], "it does not tell why")
            self._end(failures.unfenced(self._role, lacking[0], why))

    def _asked_json(self, kind: bytes, request: bytes, wanted: bytes, timeout: float) -> Any:
        return self._json(self._asked(kind, request, {wanted: protocol.MAX_TEXT}, timeout))

    def _json(self, body: Body) -> Any:
        try:
            return json.loads(bytes(body))
        except (ValueError, RecursionError):
            self._end(failures.no_answer(self._role))

    def _asked(
        self, kind: bytes, body: bytes | memoryview, largest: dict[bytes, int], timeout: float
    ) -> Body:
        """One question and its answer; a failure ends the child."""
        self._send(kind, body, timeout)
        return self._answer(largest, timeout)

    def _send(self, kind: bytes, body: bytes | memoryview, timeout: float) -> None:
        if self._closed:
            raise Crash(f"{self._role.name} has ended and cannot be asked again.", code=self._role.crashed)
        if len(body) > protocol.LARGEST[kind]:
            raise SubjectError(
                f"{self._role.name} would be sent {len(body):,} bytes at once, more than the "
                f"{protocol.LARGEST[kind]:,} that are allowed.",
                code="batch_too_large",
            )
        with self._turn:
            if self._owed_until is not None:
                raise RuntimeError("the answer to the last question is waited for before the next one")
            self._owed_until = deadline = time.monotonic() + timeout
        self._saw_rows = self._saw_rows or kind not in (protocol.START, protocol.LOAD, protocol.MODULES)
        with self._told(timeout):
            self._pipe.send(kind, body, deadline)

    def _answer(self, largest: dict[bytes, int], timeout: float) -> Body:
        if self._owed_until is None:
            raise RuntimeError("nothing was asked")
        with self._told(timeout):
            allowed = {**largest, protocol.FAILED: protocol.MAX_TEXT}
            answered, answer = self._pipe.receive(allowed, self._owed_until, timeout)
        self._owed_until = None
        if answered == protocol.FAILED:
            self._end(failures.failed(self._role, answer, self._interpreter, saw_rows=self._saw_rows))
        return answer

    @contextlib.contextmanager
    def _told(self, timeout: float) -> Iterator[None]:
        """Say in a sentence what went wrong on the pipe; the child is gone then."""
        try:
            yield
        except Hung:
            self._end(failures.hung(self._role, timeout))
        except Garbled as wrong:
            self._end(failures.garbled(self._role, wrong))
        except Forbidden as wrong:
            self._end(failures.forbidden(self._role, wrong))
        except Ended:
            self._end(failures.ended(self._role, self._status()))
        except BaseException:
            self.close()  # an interrupt leaves half an answer in the pipe
            raise

    def _status(self) -> int | None:
        """How it ended, soon after its pipe did; None when it lives."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        status = self._process.returncode
        return bubblewrap.status_of(status) if self._wrapped else status

    def _end(self, wrong: AssayError) -> NoReturn:
        self.close()
        raise wrong


def run_in_child(
    target: str,
    arguments: Mapping[str, Any],
    *,
    role: Role,
    limits: Limits = DEFAULT_LIMITS,
    timeout: float = 600.0,
    readable: Sequence[str] = (),
    fences: Sequence[str] = (),
) -> Any:
    """Call ``target`` in a child of its own and return its answer, a JSON value; ``fences`` and errors as ``Child.start``."""
    with Child.start(
        target,
        arguments,
        role=role,
        limits=limits,
        start_timeout=timeout,
        readable=readable,
        fences=fences,
    ) as child:
        return child.answer


def close_children() -> None:
    """End every child of this process that is still open."""
    for open_child in tuple(_children):
        open_child.close()


_children: weakref.WeakSet[Child] = weakref.WeakSet()


def _ended(process: subprocess.Popen[bytes], pipe: Pipe, owner: int) -> None:
    """End a child and everything in its session. A fork of its owner only lets go of it."""
    if os.getpid() == owner:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
    pipe.close()


def _stream(batch: pa.RecordBatch) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return memoryview(sink.getvalue())
