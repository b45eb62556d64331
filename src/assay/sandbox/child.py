"""The program that runs in a child process: loads one thing, answers questions about it, trusts nobody with more.

The file needs the standard library, numpy and pyarrow, and nothing of Assay: any interpreter from Python 3.10 on can
run it by its path, also one in which Assay is not installed. The parent hands over the folder of the package
``assay``, under which fences and adapters are then found by name; their own imports come from the interpreter's
environment. Before anything hostile is read, the child puts up its fences, tries them, and tells which are up.

Both directions of the pipe carry frames: four bytes ``ASSY``, one byte for the kind, eight for the length, the
body. Bodies are JSON, an Arrow IPC stream, or raw little-endian float64. Nothing is ever unpickled.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import importlib.util
import io
import json
import os
import signal
import struct
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

MAGIC = b"ASSY"
HEADER = struct.Struct("<4scQ")
START, LOAD, CALL, BATCH, CHANGE, NEXT, MODULES = b"S", b"L", b"C", b"B", b"H", b"N", b"M"
FENCED, READY, ANSWER, SCORES, ROWS, FAILED = b"G", b"R", b"A", b"F", b"D", b"X"
MAX_TEXT = 64 << 20
MAX_BATCH = 2 << 30
LARGEST = {START: MAX_TEXT, LOAD: 0, CALL: MAX_TEXT, BATCH: MAX_BATCH, CHANGE: MAX_BATCH, NEXT: 0, MODULES: 0}
_PR_SET_PDEATHSIG = 1
VERSIONED = (
    "numpy",
    "pyarrow",
    "scipy",
    "sklearn",
    "skops",
    "dp_accounting",
    "joblib",
    "lightgbm",
    "xgboost",
    "onnxruntime",
    "pandas",
    "polars",
)


def main() -> int:
    """Answer frames from the pipe until the parent closes it."""
    reader, writer, messenger, parent = (int(text) for text in sys.argv[1:5])
    _die_with(parent)
    for descriptor in (reader, writer, messenger):
        os.set_inheritable(descriptor, False)
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before anything is imported
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]  # noqa: PTH100
    with os.fdopen(reader, "rb") as questions, os.fdopen(writer, "wb", buffering=0) as answers:
        serving = _Serving(parent, messenger)
        while (frame := _read_frame(questions)) is not None:
            kind, body = serving.reply(*frame)
            _write(answers, HEADER.pack(MAGIC, kind, len(body)))
            _write(answers, body)
    return 0


class _Serving:
    """What was loaded, and the answer to each kind of frame."""

    def __init__(self, parent: int, messenger: int) -> None:
        self._parent = parent
        self._messenger = messenger
        self._load: Callable[[], dict[str, Any]] = dict
        self._made: Any = None
        self._phase = "import"
        self._folder = ""
        self._dimensions = 1
        self._modules: Any = None
        self._errors: tuple[type, ...] = ()

    def reply(self, kind: bytes, body: bytearray) -> tuple[bytes, bytes | memoryview]:
        try:
            if kind == START:
                return FENCED, self._start(json.loads(body))
            if kind == LOAD:
                return READY, _json(self._load())
            if kind == CALL:
                return ANSWER, self._call(json.loads(body))
            if kind == CHANGE:
                return ROWS, _stream(self._made.change(_batch(body)))
            if kind == NEXT:
                return ROWS, self._rows()
            if kind == MODULES:
                return ANSWER, _json(self._modules.digests())
            return SCORES, self._scores(body)
        except BaseException as wrong:  # noqa: BLE001 - the boundary: sys.exit in a model is a failure, not an end
            return FAILED, _failure(wrong, self._phase, ours=self._is_ours(wrong))

    def _start(self, request: dict[str, Any]) -> bytes:
        self._folder = request["folder"] + os.sep
        self._dimensions = int(request["dimensions"])
        _find_package(request["package"], request["folder"])
        errors = importlib.import_module(f"{request['package']}.domain.errors")
        self._errors = tuple(v for v in vars(errors).values() if isinstance(v, type))
        made = importlib.import_module(f"{request['package']}.sandbox.fences.put_up")
        fences = made.Fences(request["fences"], self._messenger)
        fences.before_imports()
        _die_with(self._parent)  # a process that gives up rights forgets it
        loaded, known, from_source = (
            importlib.import_module(f"{request['package']}.sandbox.{name}")
            for name in ("loaded", "known", "from_source")
        )
        packages = known.Known(VERSIONED)
        self._modules = loaded.Loaded(self._folder, packages)
        function = _resolve(request["target"])
        for name in ("numpy", "pyarrow"):
            importlib.import_module(name)
        fences.before_loading(request["limits"])
        self._phase = "load"
        if request["modules"]:
            sys.meta_path.insert(0, from_source.FromSource(packages))
            self._modules.watch()
        self._load = lambda: self._loaded(function, request)
        return _json(fences.told())

    def _loaded(self, function: Callable[..., Any], request: dict[str, Any]) -> dict[str, Any]:
        """Call the target, now that the parent knows the fences and listens."""
        self._made = function(**request["arguments"])
        answer = None if callable(self._made) else self._made
        self._phase = "ask"
        told = {"answer": answer, "python": sys.version.split()[0], "packages": _versions()}
        return {**told, "modules": self._modules.digests() if request["modules"] else {}}

    def _call(self, request: dict[str, Any]) -> bytes:
        return _json(getattr(self._made, request["function"])(**request["arguments"]))

    def _scores(self, body: bytearray) -> memoryview:
        import numpy as np  # by now imported; late so that its absence is reported and not fatal

        scores = np.asarray(self._made(_batch(body)))
        if scores.dtype.kind != "f" or scores.ndim != self._dimensions:
            raise _NotScores(f"{scores.ndim}-dimensional values of type {scores.dtype.name}")
        return memoryview(np.ascontiguousarray(scores, dtype="<f8").tobytes())

    def _rows(self) -> bytes | memoryview:
        """The next batch of a reader of data; nothing at the end."""
        batch = self._made()
        return b"" if batch is None else _stream(batch)

    def _is_ours(self, wrong: BaseException) -> bool:
        """Whether Assay's own code raised its own error, and not somebody who names a class like that.

        Before rows were seen nothing can be told that is not the model's own, and the name is enough.
        """
        if self._phase != "ask":
            return type(wrong).__module__ == "assay.domain.errors"
        frames = traceback.extract_tb(wrong.__traceback__)
        return type(wrong) in self._errors and bool(frames) and frames[-1].filename.startswith(self._folder)


def _batch(body: bytearray) -> Any:
    """The record batch of an Arrow IPC stream."""
    import pyarrow as pa  # by now imported; late so that its absence is reported and not fatal

    with pa.ipc.open_stream(pa.py_buffer(body)) as stream:
        return stream.read_next_batch()


def _stream(batch: Any) -> memoryview:
    """A record batch as an Arrow IPC stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return memoryview(sink.getvalue())


class _NotScores(Exception):
    """The model returned something else than one float per row."""


def _die_with(parent: int) -> None:
    """Be killed when the thread that started this process ends, however it ends (prctl(2)).

    ``parent`` is 0 where bubblewrap started it, which sees to that itself until this one does.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


def _find_package(name: str, folder: str) -> None:
    """Make the package importable from its folder alone, without its root module and without its neighbours."""
    package = types.ModuleType(name)
    package.__path__ = [folder]
    sys.modules[name] = package


def _resolve(target: str) -> Any:
    """The function that ``package.module:function`` or ``folder/file.py:function`` names."""
    place, _, name = target.rpartition(":")
    if not place.endswith(".py"):
        return getattr(importlib.import_module(place), name)
    spec = importlib.util.spec_from_file_location("_target", place)
    if spec is None or spec.loader is None:
        raise ImportError(place)
    module = importlib.util.module_from_spec(spec)
    sys.modules["_target"] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def _failure(wrong: BaseException, phase: str, *, ours: bool) -> bytes:
    """What the parent may know. Once rows have been seen, only Assay's own errors keep their sentence."""
    kind = type(wrong)
    told: dict[str, Any] = {"phase": phase, "type": kind.__name__[:80], "ours": ours}
    if ours:
        told |= {name: str(getattr(wrong, name))[:2000] for name in ("message", "code", "remedy")}
    elif phase != "ask" or kind is _NotScores:
        told["message"] = str(wrong)[:500]
    if phase != "import" and not ours:
        told["fence"] = _fence(wrong)
    if isinstance(wrong, ModuleNotFoundError):
        told["module"] = str(wrong.name).partition(".")[0]
    frames = traceback.extract_tb(wrong.__traceback__)
    if frames:
        told["where"] = f"{_within_packages(frames[-1].filename)}:{frames[-1].lineno}"
    return _json(told)


FENCES = {
    errno.EACCES: "file system",
    errno.EPERM: "file system",
    errno.EFBIG: "file size",
    errno.EMFILE: "open files",
    errno.EAGAIN: "processes",
    errno.ENOMEM: "memory",
}


def _fence(wrong: BaseException) -> str:
    """The fence that somebody ran into who was refused something and gave up; empty when it was none."""
    cause: BaseException | None = wrong
    for _ in range(8):
        if cause is None:
            return ""
        if isinstance(cause, MemoryError):
            return "memory"
        if isinstance(cause, OSError) and cause.errno in FENCES:
            return FENCES[cause.errno]
        cause = cause.__cause__ or cause.__context__
    return ""


def _within_packages(file: str) -> str:
    """The file from its package on, which tells the library; no path of this machine."""
    parts = file.replace(os.sep, "/").split("/")
    above = [i for i, part in enumerate(parts) if part in {"site-packages", "dist-packages"}]
    return "/".join(parts[above[-1] + 1 :]) if above else parts[-1]


def _versions() -> dict[str, str]:
    loaded = {name: sys.modules[name] for name in VERSIONED if name in sys.modules}
    return {name: str(getattr(module, "__version__", "unknown")) for name, module in loaded.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode()


def _read_frame(questions: io.BufferedReader) -> tuple[bytes, bytearray] | None:
    """The next frame; None at the end of the pipe."""
    header = questions.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    magic, kind, length = HEADER.unpack(header)
    if magic != MAGIC or length > LARGEST.get(kind, 0):
        return None
    body = bytearray(length)
    return (kind, body) if questions.readinto(body) == length else None


def _write(answers: io.FileIO, data: bytes | memoryview) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[answers.write(rest) :]


if __name__ == "__main__":
    sys.exit(main())
