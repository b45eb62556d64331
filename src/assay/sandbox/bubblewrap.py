"""An empty network by bubblewrap, where the system gives none to us and gives one to it.

Some distributions refuse namespaces to users' programs and allow them to this one, by a profile or by its owner (setuid).
What it gives is not believed: the child looks for itself whether there is a way out. https://github.com/containers/bubblewrap
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys

from assay.sandbox.fences.namespaces import NEW_IPC, NEW_NETWORK, NEW_USER

# The very files and devices of outside, so that Landlock's rules hold for the same ones: the other fences are the child's own.
# With processes of their own, nothing in there outlives bubblewrap, and that ends with whoever started it.
_NETWORK = (
    "--dev-bind",
    "/",
    "/",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-pid",
    "--die-with-parent",
    "--",
)
_ALONE = f"""
import ctypes, sys
unshare = ctypes.CDLL(None).unshare
sys.exit(unshare({NEW_NETWORK | NEW_IPC}) != 0 and unshare({NEW_USER | NEW_NETWORK | NEW_IPC}) != 0)
"""
"""What ``namespaces.leave_the_network`` does, in an interpreter that imports nothing else."""


@functools.cache
def before_the_interpreter() -> tuple[str, ...]:
    """The words to put before a child's interpreter; none where it can leave the network alone, or bubblewrap cannot help.

    Tried once a process, and only where the program ``bwrap`` is found.
    """
    program = shutil.which("bwrap")
    python = (sys.executable, "-I", "-S", "-c")
    if program is None or _ends_well(*python, _ALONE):
        return ()
    words = (program, *_NETWORK)
    return words if _ends_well(*words, *python, "") else ()


def status_of(code: int | None) -> int | None:
    """The exit status of the child, as ``subprocess`` tells it, from that of bubblewrap: 128 and the signal that ended it."""
    return 128 - code if code is not None and code > 128 else code


def _ends_well(*words: str) -> bool:
    nothing = subprocess.DEVNULL
    try:
        ran = subprocess.run(  # noqa: S603 - our own interpreter, and the program of that name
            words, cwd="/", stdin=nothing, stdout=nothing, stderr=nothing, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0
