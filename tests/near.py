"""Children of Assay's own adapters that answer from the test's own process: no interpreter is started, no library imported anew.

Most tests of use cases are not about children, and starting them was most of what such tests cost. Near are those alone that
run nobody's code: the readers of data, and of models whose file holds no code. The child's own program answers each frame
(``assay.sandbox.child``), the parent's side is the whole of ``assay.sandbox.launch``; what is left out is the process with its
fences, which are told as a real child tells them. ``tests/sandbox/test_near.py`` holds both against each other.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

import pytest

from assay.domain import errors
from assay.sandbox import child as protocol
from assay.sandbox import launch
from assay.sandbox.launch import Child
from assay.sandbox.pipe import Body, Garbled
from assay.sandbox.probe import PROBE
from assay.sandbox.roles import DEFAULT_LIMITS
from assay.sandbox.spawn import without_fences

T = TypeVar("T")

READERS = ("assay.subject.files.", "assay.subject.models.names:")
PACKAGES = {
    "lightgbm": ("numpy", "pyarrow", "scipy", "lightgbm"),
    "skops": ("numpy", "pyarrow", "scipy", "sklearn", "skops", "joblib", "pandas"),
}
"""What a child has loaded that reads a model of each format; this process has loaded more."""
LOADERS = {f"assay.subject.models.{name}:load": packages for name, packages in PACKAGES.items()}


@functools.cache
def fences() -> dict[str, Any]:
    """What a real child tells of its fences here: those that are up, and the others with the reason."""
    with Child.start("assay.sandbox.fences.put_up:nothing", {}, role=PROBE) as real:
        return {"up": list(real.fences), "missing": [list(one) for one in real.missing]}


class _Serving(protocol._Serving):
    """The child's program, without its fences."""

    def __init__(self, told: Any) -> None:
        super().__init__(0, -1)
        self._told = told

    def _start(self, request: dict[str, Any]) -> bytes:
        self._folder = request["folder"] + os.sep
        self._dimensions = int(request["dimensions"])
        self._errors = tuple(v for v in vars(errors).values() if isinstance(v, type))
        self._wanted = LOADERS.get(request["target"], ("numpy", "pyarrow"))
        if (
            "descriptor" in request["arguments"]
        ):  # the parent closes its own, as soon as a child has inherited it
            request["arguments"]["descriptor"] = os.dup(request["arguments"]["descriptor"])
        function = protocol._resolve(request["target"])
        self._phase = "load"
        self._load = lambda: self._loaded(function, request)
        return protocol._json(self._told)

    def _loaded(self, function: Callable[..., Any], request: dict[str, Any]) -> dict[str, Any]:
        told = super()._loaded(function, request)
        return {**told, "packages": {k: v for k, v in told["packages"].items() if k in self._wanted}}

    def close(self) -> None:
        file = getattr(self._made, "_file", None)
        if file is not None:
            file.close()


class _Process:
    """What stands for a process that is none: it lives until it is killed."""

    returncode: int | None = None

    @property
    def pid(self) -> NoReturn:
        raise ProcessLookupError

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        self.returncode = -9

    def wait(self, timeout: float | None = None) -> int | None:
        return self.returncode


class _Pipe:
    """Each frame is answered when it is sent."""

    def __init__(self, serving: _Serving) -> None:
        self._serving = serving
        self._answers: deque[tuple[bytes, bytes | memoryview]] = deque()

    def send(self, kind: bytes, body: bytes | memoryview, deadline: float) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nobody reads those of a child
            self._answers.append(self._serving.reply(kind, bytearray(body)))

    def receive(self, largest: dict[bytes, int], deadline: float, seconds: float) -> tuple[bytes, Body]:
        kind, body = self._answers.popleft()
        if kind not in largest:
            raise Garbled("bytes that are not an answer")
        if len(body) > largest[kind]:
            raise Garbled(f"an answer of {len(body):,} bytes where at most {largest[kind]:,} were expected")
        return kind, memoryview(body)

    def close(self) -> None:
        self._serving.close()


class _Notices:
    def arm(self) -> None:
        """The kernel tells nothing."""


class Near(threading.local):
    """Whether the child that this thread starts is near."""

    starting = False


def is_near(target: str, how: Mapping[str, Any]) -> bool:
    """Whether a child runs nobody's code, in the interpreter and with the limits that it has when nobody says otherwise."""
    ours = target.startswith(READERS) or target in LOADERS
    usual = how.get("limits", DEFAULT_LIMITS) == DEFAULT_LIMITS and how.get("python") in {
        None,
        sys.executable,
    }
    return ours and usual and not how.get("modules") and not without_fences()


@contextlib.contextmanager
def near_children(told: Any = None) -> Iterator[None]:
    """For as long as this lasts; ``told``: their fences, where another process has asked."""
    told = told or fences()
    near, start, kept, spawn = Near(), Child.start.__func__, launch.kept, launch.spawn  # type: ignore[attr-defined]

    def started(cls: type[Child], /, target: str, arguments: Mapping[str, Any], **how: Any) -> Child:
        near.starting = is_near(target, how)
        try:
            return start(cls, target, arguments, **how)  # type: ignore[no-any-return]
        finally:
            near.starting = False

    def spawned(*how: Any) -> tuple[subprocess.Popen[bytes], Any, Any]:
        return (_Process(), _Pipe(_Serving(told)), _Notices()) if near.starting else spawn(*how)  # type: ignore[return-value]

    def started_here(begin: Callable[[], T]) -> T:
        return begin() if near.starting else kept(begin)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Child, "start", classmethod(started))
        patch.setattr(launch, "spawn", spawned)
        patch.setattr(launch, "kept", started_here)
        yield


@contextlib.contextmanager
def near_unless_far(request: pytest.FixtureRequest) -> Iterator[None]:
    """Near children, but where ``pytest.mark.far`` says that a process of its own is what matters."""
    with contextlib.nullcontext() if request.node.get_closest_marker("far") else near_children():
        yield
