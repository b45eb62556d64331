"""Which version of the code a folder holds: the git commit, and whether it names all of the code that is there."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 20
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
"""A repository's own configuration may name programs to be run; none is."""


@dataclass(frozen=True, slots=True)
class Code:
    """``commit`` in hexadecimal, empty outside version control; ``dirty`` when it does not name what is in the folder.

    That is when tracked files differ, or a Python file is neither tracked nor ignored: a model can import it.
    """

    commit: str
    dirty: bool


def code_of(folder: Path) -> Code:
    """The version of the code in a folder; no version where there is no git or no repository."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return Code("", dirty=False)
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".")
    unnamed = _git(folder, "ls-files", "--others", "--exclude-standard", "--", "*.py")
    found = (changed, unnamed)
    return Code(commit.strip(), dirty=any(said is None or bool(said.strip()) for said in found))


def _git(folder: Path, *words: str) -> str | None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "GIT_TERMINAL_PROMPT": "0"
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the folder is the working directory
            ["git", *_SAFE, *words],  # noqa: S607 - the user's git
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
