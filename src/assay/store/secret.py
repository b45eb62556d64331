"""The secret of this user on this machine, by which Assay knows the partial counts that it wrote itself.

It is no signing key and proves nothing to anybody else: a workspace that came from another machine, or that was
edited, is merely counted again.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from assay.store.parents import make_parent

BYTES = 32


def place() -> Path:
    """Where it lies: the state folder of the XDG base directory specification."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "assay" / "partials.key"


def user_secret() -> bytes:
    """The secret, made at the first call; one for this process alone where it cannot be kept."""
    made = secrets.token_bytes(BYTES)
    with suppress(OSError, RuntimeError):  # read-only or no home: nothing is reused by a later run
        path = place()
        _keep(path, made)
        found = path.read_bytes()
        if len(found) == BYTES:
            return found
    return made


def _keep(path: Path, made: bytes) -> None:
    if path.exists():
        return
    make_parent(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_bytes(made)
    with suppress(FileExistsError):  # another process was first
        os.link(beside, path)
    beside.unlink()
