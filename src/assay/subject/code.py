"""Which version of the code a folder holds: the git commit, and whether it names all of the code that is there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECONDS = 20
_LINK, _PROGRAM = "120000", "100755"
"""Modes of git; that of a submodule is none of a file, and counts as changed."""
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks", "--no-replace-objects"
)  # fmt: skip
"""A repository's own configuration may name programs to be run; none is. Nor is an object taken for another."""
MOST_NAMED = 5
"""So many files are named in a sentence."""
IMPORTABLE = (".py", ".pyc", ".so", ".pyw", ".pth")
"""How the names of files end that Python imports, or that lead it to more folders of them."""
ARCHIVES = (".zip", ".egg", ".whl")
"""Those of archives that it imports from."""


@dataclass(frozen=True, slots=True)
class Code:
    """``commit`` in hexadecimal, empty outside version control; ``dirty`` when it does not name what is in the folder.

    That is when tracked files differ, or something that Python imports is neither tracked nor ignored: a model can import it.
    ``differing`` has such files by name, and how each differs; none where git did not answer.
    """

    commit: str
    dirty: bool
    differing: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> str:
        """The files that differ, for a sentence: at most five of them, and how many more."""
        named = [f"{_printable(name)!r} ({how})" for name, how in self.differing[:MOST_NAMED]]
        more = len(self.differing) - len(named)
        return ", ".join(named) + (f" and {more} more" if more else "")


def code_of(folder: Path) -> Code:
    """The version of the code in a folder; no version where there is no git or no repository."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return Code("", dirty=False)
    unnamed, changed = _unnamed_code(folder), _not_as_committed(folder)
    found = tuple(sorted({**dict(unnamed or ()), **dict(changed or ())}.items()))
    return Code(commit.strip(), dirty=unnamed is None or changed is None or bool(found), differing=found)


def _unnamed_code(folder: Path) -> list[tuple[str, str]] | None:
    """What Python imports and is neither tracked nor ignored by the ``.gitignore`` of the commit's files; None: git did not answer.

    Python's own cache of a tracked file is not looked at; any other file that lies there is. A link that leads to no file may
    lead to a folder of code, and counts. Ignored by ``.git/info/exclude`` or a user's own list is not ignored: nobody else sees those. A repository of its own
    inside the folder counts as a whole, because git does not look into it.
    """
    listed = _git(folder, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore", "--", ".")
    if listed is None:
        return None
    return [
        (name, "git does not know it")
        for name in filter(None, listed.split("\0"))
        if name.endswith("/")
        or (name.lower().endswith(IMPORTABLE) and not _is_cache(Path(name)))
        or (name.lower().endswith(ARCHIVES) and _holds_code(folder / name))
        or ((folder / name).is_symlink() and not (folder / name).is_file())
    ]


def _holds_code(archive: Path) -> bool:
    """Whether an archive lists something that Python imports; one whose list cannot be read may."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return any(name.lower().endswith(IMPORTABLE) for name in opened.namelist())
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile):
        return True


def _is_cache(file: Path) -> bool:
    """Whether a file is named as Python names what it keeps of a module, ``NAME.TAG.pyc`` (PEP 3147); none of that name is imported."""
    return file.parent.name == "__pycache__" and file.suffix == ".pyc" and "." in file.stem


def in_a_repository(folder: Path) -> bool:
    """Whether git knows the folder, be it that nothing was committed yet."""
    return _git(folder, "rev-parse", "--git-dir") is not None


def _not_as_committed(folder: Path) -> list[tuple[str, str]] | None:
    """The files below the folder that are not there with the bytes of the commit, and how; None: git did not answer.

    Neither ``git status`` nor ``git diff`` is asked: both run the filters that a repository names in its attributes. A file
    that a filter would change on the way (line ends, large files) counts as changed.
    """
    algorithm = _git(folder, "rev-parse", "--show-object-format")
    listed = _git(folder, "ls-tree", "-r", "-z", "HEAD", "--", ".")
    staged = _git(folder, "ls-files", "-s", "-z", "--", ".")
    if algorithm is None or listed is None or staged is None:
        return None
    return list(_differing(folder, _entries(listed, 2), _entries(staged, 1), algorithm.strip()))


def _differing(
    folder: Path, committed: dict[str, tuple[str, str]], staged: dict[str, tuple[str, str]], algorithm: str
) -> Iterator[tuple[str, str]]:
    for name in committed | staged:
        if name not in committed:
            yield name, "added, not committed"
        elif name not in staged:
            yield name, "removed, not committed"
        elif committed[name] != staged[name]:
            yield name, "changed, not committed"
        elif _blob(folder / name, committed[name][0], algorithm) != committed[name][1]:
            yield name, "changed" if os.path.lexists(folder / name) else "missing"


def _entries(listing: str, place: int) -> dict[str, tuple[str, str]]:
    """Mode and object of each path; the object is the word at this place. A conflict has its path more than once."""
    found: dict[str, tuple[str, str]] = {}
    for line in filter(None, listing.split("\0")):
        said, _, name = line.partition("\t")
        words = said.split()
        found[name] = (words[0], words[place] if name not in found else "")
    return found


def _blob(path: Path, mode: str, algorithm: str) -> str:
    """The name that git gives to these bytes (gitformat, "Object storage format"); empty when they cannot be had."""
    try:
        if mode == _LINK:
            content = os.fsencode(path.readlink())
        elif path.is_symlink() or bool(path.stat().st_mode & 0o100) is not (mode == _PROGRAM):
            return ""
        else:
            content = path.read_bytes()
    except (OSError, ValueError):
        return ""
    return hashlib.new(algorithm, b"blob %d\0" % len(content) + content).hexdigest()


def _printable(name: str) -> str:
    """The name of a path as text: bytes that are none are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _git(folder: Path, *words: str) -> str | None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the folder is the working directory
            ["git", *_SAFE, *words],  # noqa: S607 - the user's git
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # as paths are
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
