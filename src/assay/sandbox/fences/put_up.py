"""Putting up the fences of a child, in two steps, and seeing for oneself that each of them holds.

Before anything is imported, while there is one thread: an empty network, no rights, Landlock. When the libraries are
there, and before the first hostile byte is read: limits, and the filter of system calls. A fence is up when what it
forbids was tried and refused; whatever cannot be had is missing, with the reason.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import resource
import socket
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assay.sandbox.fences import landlock, namespaces, seccomp

NETWORK, RIGHTS, ANOTHER_USER = "network", "rights", "another user"
FILE_SYSTEM, SYSTEM_CALLS, LIMITS = "file system", "system calls", "limits"
ORDER = (LIMITS, FILE_SYSTEM, SYSTEM_CALLS, NETWORK, RIGHTS, ANOTHER_USER)
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/kernel/mm/transparent_hugepage",
)
_MOST_THREADS = 256


class DoesNotHold(Exception):
    """A fence was put up, and what it forbids was possible all the same."""


class Fences:
    """The fences of this process: which are up, and which are missing and why."""

    def __init__(self, asked: dict[str, Any], messenger: int) -> None:
        """``asked``: what the parent wants, see ``assay.sandbox.spawn``; ``messenger``: a socket to it."""
        self._without = frozenset(asked["without"])
        self._readable = [*_SYSTEM, *of_interpreter(), asked["folder"], *asked["readable"]]
        self._descriptors = list(asked["descriptors"])
        self._scratch = str(asked["scratch"])
        self._messenger = messenger
        self._among_itself = False
        self.up: list[str] = []
        self.missing: dict[str, str] = {}

    def before_imports(self) -> None:
        """An empty network, no rights, nothing to read but libraries and what was handed over."""
        _be_the_first_to_go()
        self._try(NETWORK, self._network)
        self._try(ANOTHER_USER, self._user)
        self._try(RIGHTS, self._rights)
        self._try(FILE_SYSTEM, self._files)

    def before_loading(self, limits: dict[str, int | None]) -> None:
        """Limits, and no system call but those that computing needs."""
        self._try(LIMITS, lambda: self._limits(limits))
        self._try(SYSTEM_CALLS, self._calls)

    def told(self) -> dict[str, Any]:
        """What the parent is told, in a fixed order."""
        return {
            "up": [name for name in ORDER if name in self.up],
            "missing": [[name, self.missing[name]] for name in ORDER if name in self.missing],
        }

    def _try(self, name: str, put_up: Callable[[], None]) -> None:
        if name in self._without:
            self.missing[name] = "switched off by whoever started this run"
            if name == SYSTEM_CALLS and self._messenger >= 0:
                os.close(self._messenger)
            return
        try:
            put_up()
        except OSError as wrong:
            self.missing[name] = f"refused by the system ({wrong.strerror or type(wrong).__name__})"
        except DoesNotHold as wrong:
            self.missing[name] = str(wrong)
        else:
            self.up.append(name)

    def _network(self) -> None:
        _one_thread()
        before = os.readlink("/proc/self/ns/net")  # noqa: PTH115
        try:
            self._among_itself = namespaces.leave_the_network()
        except OSError:
            if not (
                namespaces.only_loopback() and namespaces.nobody_is_there()
            ):  # else a container that was started without a network
                raise
            return
        if os.readlink("/proc/self/ns/net") == before or not namespaces.nobody_is_there():  # noqa: PTH115
            raise DoesNotHold("the network could still be reached")

    def _user(self) -> None:
        why = namespaces.why_not_nobody([sys.executable, *self._readable], self._descriptors)
        if why:
            raise DoesNotHold(why)
        namespaces.become_nobody()
        if os.geteuid() != namespaces.NOBODY:
            raise DoesNotHold("the user stayed the same")

    def _rights(self) -> None:
        namespaces.give_up_rights(platform.machine())
        if not namespaces.no_rights():
            raise DoesNotHold("rights were left")

    def _files(self) -> None:
        _one_thread()
        landlock.restrict(self._readable, self._descriptors)
        if not landlock.holds(self._scratch):
            raise DoesNotHold("a file elsewhere could still be read or written")

    def _limits(self, limits: dict[str, int | None]) -> None:
        kinds = {
            "memory": resource.RLIMIT_AS,
            "file_size": resource.RLIMIT_FSIZE,
            "open_files": resource.RLIMIT_NOFILE,
        }
        for name, kind in kinds.items():
            amount = limits.get(name)
            if amount is not None:
                _limit(kind, amount, amount)
        seconds = limits.get("cpu_seconds")
        if seconds is not None:
            _limit(resource.RLIMIT_CPU, seconds, seconds + 1)
        _limit(resource.RLIMIT_CORE, 0, 0)
        if self._among_itself:  # where users are counted anew, only its own threads count
            with contextlib.suppress(OSError, ValueError):
                _limit(resource.RLIMIT_NPROC, _MOST_THREADS, _MOST_THREADS)

    def _calls(self) -> None:
        """The parent is asked about calls that end a child; where it cannot be, the kernel kills."""
        try:
            self._ask_the_parent()
        except OSError as wrong:
            if wrong.errno not in {errno.EBUSY, errno.EINVAL, errno.ENOSYS}:
                raise
            seccomp.Filter(seccomp.error(errno.EPERM), more=True).install(listen=False)
            _calls_are_refused()
            seccomp.Filter(seccomp.KILL, others=False).install(listen=False)
        else:
            _calls_are_refused()

    def _ask_the_parent(self) -> None:
        if self._messenger < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        messenger = socket.socket(fileno=self._messenger)
        with messenger:
            listener = seccomp.Filter(seccomp.ASK, sends=self._messenger).install(listen=True)
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", listener))
            messenger.sendmsg([b"L"], [rights])
            os.close(listener)


def nothing() -> bool:
    """What a probe asks for: nothing, since the fences are told beforehand."""
    return True


def _calls_are_refused() -> None:
    """Try what a filter forbids: a connection, another process, a file of memory, a change of a file."""
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        lambda: os.kill(os.getppid(), 0),
        lambda: os.chmod("/dev/null", 0o666),  # noqa: PTH101, S103 - refused before it is looked at
    )
    for attempt in attempts:
        try:
            attempt()
        except PermissionError:
            continue
        raise DoesNotHold("a system call that is forbidden was made")


def of_interpreter() -> Iterator[str]:
    """Where this interpreter has its libraries: its own, those that it is built on, and links that lead out of them."""
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {f"{prefix}/lib" for prefix in (sys.prefix, sys.base_prefix, sys.base_exec_prefix)}
    folders |= {entry for entry in sys.path if len(entry) > 1}
    folders |= {entry for entry in os.environ.get("LD_LIBRARY_PATH", "").split(":") if len(entry) > 1}
    yield from sorted(folders)
    yield f"{sys.prefix}/pyvenv.cfg"
    for folder in sorted(folders):
        yield from _links_of(folder)


def _links_of(folder: str) -> Iterable[str]:
    """Packages that are links to somewhere else, as some installers make them."""
    try:
        with os.scandir(folder) as entries:
            return [os.path.realpath(entry.path) for entry in entries if entry.is_symlink()]
    except OSError:
        return ()


def _one_thread() -> None:
    count = len(os.listdir("/proc/self/task"))  # noqa: PTH208
    if count != 1:
        raise DoesNotHold(f"{count} threads were running, and it would hold one of them")


def _limit(kind: int, soft: int, hard: int) -> None:
    """Lower a limit; one that is lower already stays."""
    most = resource.getrlimit(kind)[1]
    cap = [amount if most == resource.RLIM_INFINITY else min(amount, most) for amount in (soft, hard)]
    resource.setrlimit(kind, (cap[0], cap[1]))
    if resource.getrlimit(kind) != (cap[0], cap[1]):
        raise DoesNotHold("a limit did not stay")


def _be_the_first_to_go() -> None:
    """When the machine runs out of memory, the kernel ends this process before those that it serves."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("1000")
