"""Commands in processes of their own, forked from one in which the program is imported: the second that imports take is spent once.

Each command is a process: with its own streams, folder, environment, limits and exit code. What only a fresh interpreter
shows (what is imported, how it ends) is tested with one. Any number of them may run at the same time: one that waits keeps
no other waiting.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

NOT_IMPORTED = (
    "assay.__main__",
    "assay.subject.models",
    "assay.store.migrations",
    "assay.integrations",
    "assay.engine.worker",
)
"""Programs of other processes, and what a command never imports in its own."""
IMPORTED_LATE = ("alembic.command", "jinja2", "pyarrow.csv", "sqlalchemy.dialects.sqlite", "vl_convert")
LONGEST = 1 << 17
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1"><g></g></svg>'
"""Stands for a chart; what charts show is tested where pages are (``tests/dossier``)."""


class Process:
    """A command that was started; ``wait`` returns its exit code, negative for the signal that ended it."""

    def __init__(self, ended: IO[bytes]) -> None:
        self._ended = ended

    def wait(self) -> int:
        with self._ended:
            said = self._ended.read()
        assert said, "the process that starts commands is gone"
        return int(said)


class _Server:
    """The process in which the program is imported, started when the first command is."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # what is forked has one thread
            )
        atexit.register(self.close)

    def start(self, asked: Mapping[str, object], streams: Sequence[int]) -> Process:
        reads, writes = os.pipe()
        try:
            socket.send_fds(self._ours, [json.dumps(asked).encode()], [*streams, writes])
        finally:
            os.close(writes)
        return Process(os.fdopen(reads, "rb"))

    def close(self) -> None:
        self._ours.close()
        self._process.wait()


_servers: list[_Server] = []
told: dict[str, object] = {"fences": None}
"""With fences, as a child told them (``tests/near.py``), a command asks near children, and its one worker is the command itself."""
_starting = threading.Lock()


def start(
    words: Sequence[str],
    streams: tuple[int, int, int],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    session: bool = False,
    terminal: bool = False,
    largest_file: int | None = None,
) -> Process:
    """Start ``assay`` with these descriptors; in a session of its own, with a terminal when the first of them is to be it."""
    with _starting:
        if not _servers:
            _servers.append(_Server())
    asked = {
        "words": list(words),
        "cwd": str(cwd),
        "env": dict(os.environ if env is None else env),
        "session": session or terminal,
        "terminal": terminal,
        "largest_file": largest_file,
        **told,
    }
    return _servers[0].start(asked, streams)


def run(
    *words: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    session: bool = False,
    largest_file: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``assay`` to its end, with nothing to read; what it wrote, and no traceback in it."""
    (out, out_end), (wrong, wrong_end) = os.pipe(), os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        process = start(
            words, (nothing, out_end, wrong_end), cwd=cwd, env=env, session=session, largest_file=largest_file
        )
    finally:
        for descriptor in (nothing, out_end, wrong_end):
            os.close(descriptor)
    said: list[str] = []
    errors = threading.Thread(target=lambda: said.append(_text(wrong)))
    errors.start()
    printed = _text(out)
    errors.join()
    done = subprocess.CompletedProcess(["assay", *words], process.wait(), printed, said[0])
    assert "Traceback" not in done.stderr, done.stderr
    return done


def _text(descriptor: int) -> str:
    with os.fdopen(descriptor, encoding="utf-8") as stream:
        return stream.read()


# --- in the process that starts them


def _serve(asked: socket.socket) -> None:
    sys.path.append(str(Path(__file__).parents[2]))
    for name in (*_modules(), *IMPORTED_LATE, "tests.near"):
        importlib.import_module(name)
    unsynced = importlib.import_module("tests.unsynced")
    unsynced.wait_for_no_disk()
    to_the_end = contextlib.ExitStack()
    to_the_end.enter_context(unsynced.unsynced_files())
    sys.path.pop()
    gc.freeze()  # what is imported is never looked through again
    running: dict[int, _Running] = {}
    awaited = selectors.PollSelector()  # the kernel keeps nothing of it that a child could change
    awaited.register(asked, selectors.EVENT_READ)
    while True:
        for key, _ in awaited.select():
            if key.fileobj is not asked:
                awaited.unregister(key.fd)
                running.pop(key.fd).tell()
                continue
            said, received, _, _ = socket.recv_fds(asked, LONGEST, 4)
            if not said:
                for one in running.values():  # nobody waits for it any more
                    signal.pidfd_send_signal(one.process, signal.SIGKILL)
                return
            child = os.fork()
            if child == 0:
                asked.close()
                for one in running.values():  # held here, they would not end when their own command does
                    one.close()
                _end(_become(json.loads(said), received))
            for descriptor in received[:3]:
                os.close(descriptor)
            one = _Running(child, os.pidfd_open(child), received[3])
            running[one.process] = one
            awaited.register(one.process, selectors.EVENT_READ)


class _Running(NamedTuple):
    """A command that runs: its id, the descriptor that can be read when it ended, and the pipe on which that is told."""

    child: int
    process: int
    ended: int

    def tell(self) -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        with contextlib.suppress(BrokenPipeError):
            os.write(self.ended, str(code).encode())
        self.close()

    def close(self) -> None:
        os.close(self.process)
        os.close(self.ended)


def _modules() -> list[str]:
    import assay

    found = pkgutil.walk_packages(assay.__path__, "assay.", onerror=lambda _: None)
    return [module.name for module in found if not module.name.startswith(NOT_IMPORTED)]


def _become(asked: dict[str, object], received: list[int]) -> int:
    """Be the process that a shell would have started, and run the command; its exit code."""
    from assay.cli import main

    if asked["session"]:
        os.setsid()
    for number, descriptor in enumerate(received[:3]):
        os.dup2(descriptor, number)
    for descriptor in received:
        os.close(descriptor)
    if asked["terminal"]:
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(str(asked["cwd"]))
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    more = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p not in before]
    sys.path[:0] = more
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        stream = open(number, mode, encoding="utf-8", errors="backslashreplace" if number == 2 else "strict")  # noqa: SIM115, PTH123
        if number == 2:
            stream.reconfigure(line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if asked["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(asked["largest_file"])), resource.RLIM_INFINITY))
    sys.argv = ["assay", *asked["words"]]  # type: ignore[misc]
    try:
        with _near(asked["fences"]):
            main()
    except SystemExit as left:
        return int(left.code or 0)
    except BaseException:  # noqa: BLE001 - told as the interpreter would tell it
        traceback.print_exc()
    return 1


@contextlib.contextmanager
def _near(fences: object) -> Iterator[None]:
    """Where that is wanted: children and the one worker are near, and charts are blank: a process of its own takes a second to draw one."""
    if fences is None:
        yield
        return
    from tests.near import near_children

    from assay.app.judging import open_engine
    from assay.dossier.charts import theme
    from assay.engine.in_process import InProcess

    many = open_engine.executor_of
    with near_children(fences):
        open_engine.executor_of = lambda workers: InProcess() if workers == 1 else many(workers)
        os.cpu_count = lambda: 1  # as many as there are when nobody says otherwise
        theme._drawn = lambda _: BLANK
        yield


def _end(code: int) -> NoReturn:
    """End as the interpreter does, without taking apart first what the parent shares."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = 120
    os._exit(code)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file, as -m assay leaves its own out
    _serve(socket.socket(fileno=int(sys.argv[1])))
