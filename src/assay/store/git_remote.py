"""Checkpoints of a log in a branch of a git repository that somebody else keeps: a witness that nobody needs to run.

Every checkpoint is a commit on top of the one before, so that the branch tells what the log said and when it was pushed. What
is read from a remote is believed in nothing: whoever calls this looks for the log's signature.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.domain.errors import AssayError
from assay.proof.note import MOST_BYTES

BRANCH = "assay-checkpoints"
FILE = "checkpoint"
SECONDS = 120
_ALONE = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never")
"""No hook of anybody's template, and no remote that is a command."""


class GitTrouble(AssayError):
    """Git is not there, or it did not do what was asked; nothing is known of the remote then."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One checkpoint that the remote holds: the commit that brought it, and the note as it stands there."""

    commit: str
    note: bytes


@dataclass(frozen=True, slots=True)
class GitRemote:
    """A branch of a remote, fetched into a repository of its own that goes away. Open it with :func:`open_remote`."""

    url: str
    branch: str
    place: str
    repository: Path
    tip: str

    @property
    def called(self) -> str:
        """The remote for a sentence, without a password in it."""
        return _without_secrets(self.url)

    def kept(self) -> tuple[Kept, ...]:
        """Every checkpoint of this log that the branch has had, oldest first."""
        if not self.tip:
            return ()
        commits = self._git("rev-list", "--reverse", "--full-history", self.tip, "--", self.place).split()
        asked = "".join(f"{commit.decode()}:{self.place}\n" for commit in commits)
        answers = self._git("cat-file", "--batch", given=asked.encode())
        found: list[Kept] = []
        for commit in commits:
            head, _, answers = answers.partition(b"\n")
            if head.endswith(b" missing"):
                continue  # somebody took the file away in this commit; what it was before still counts
            size = int(head.split()[-1])
            note, answers = answers[: min(size, MOST_BYTES + 1)], answers[size + 1 :]
            if not found or found[-1].note != note:
                found.append(Kept(commit.decode(), note))
        return tuple(found)

    def push(self, note: bytes, said: str) -> str:
        """Commit a checkpoint on top of what was fetched, and push it; never by force. The commit.

        Raises:
            GitTrouble: ``git_raced`` when somebody pushed meanwhile, ``git_failed``.
        """
        blob = self._git("hash-object", "-w", "--stdin", given=note).strip().decode()
        if self.tip:
            self._git("read-tree", self.tip)
        self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{self.place}")
        tree = self._git("write-tree").strip().decode()
        parents = ("-p", self.tip) if self.tip else ()
        commit = self._git("commit-tree", tree, *parents, "-m", said).strip().decode()
        try:
            self._git("push", "--quiet", "--", self.url, f"{commit}:refs/heads/{self.branch}")
        except GitTrouble as refused:
            if "fast-forward" not in refused.message and "fetch first" not in refused.message:
                raise
            raise GitTrouble(
                f"Somebody pushed to {self.branch} of {self.called} meanwhile.",
                code="git_raced",
                remedy="Run it again: it compares with what is there now.",
            ) from None
        return commit

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        return git(*words, cwd=self.repository, given=given, called=self.called)


@contextmanager
def open_remote(remote: str, branch: str, origin: str, folder: Path) -> Iterator[GitRemote]:
    """Fetch the branch of a remote in which the checkpoints of a log lie.

    Args:
        remote: a URL, a path, or the name of a remote of the repository that ``folder`` is in. origin: the log's name.

    Raises:
        GitTrouble: ``git_absent``, ``git_failed`` when the remote does not answer, ``git_name`` for a name that is none.
    """
    with tempfile.TemporaryDirectory(prefix="assay-git-") as made:
        repository = Path(made)
        git("init", "--quiet", "--bare", "--template=", ".", cwd=repository)
        if remote.startswith("-") or not _is_branch(branch, repository):
            raise GitTrouble(
                f"A remote and a branch are expected, found {remote!r} and {branch!r}.", code="git_name"
            )
        url, ref = _url(remote, folder), f"refs/heads/{branch}"
        there = GitRemote(url, branch, place_of(origin), repository, "")
        heads = git("ls-remote", "--", url, ref, cwd=repository, called=there.called)
        if heads.strip():
            git(
                "fetch",
                "--quiet",
                "--no-tags",
                "--",
                url,
                f"+{ref}:{ref}",
                cwd=repository,
                called=there.called,
            )
            tip = git("rev-parse", "--verify", ref, cwd=repository).strip().decode()
            there = GitRemote(url, branch, there.place, repository, tip)
        yield there


def place_of(origin: str) -> str:
    """The path of a log's checkpoint in the tree; logs share a branch and not a path."""
    parts = [re.sub(r"[^A-Za-z0-9_-]|^-", "_", part) or "_" for part in origin.split("/")]
    return "/".join((*parts, hashlib.sha256(origin.encode()).hexdigest()[:8], FILE))


def _is_branch(branch: str, repository: Path) -> bool:
    try:
        git("check-ref-format", "--branch", branch, cwd=repository)
    except GitTrouble as wrong:
        if wrong.code == "git_absent":
            raise
        return False
    return True


def _url(remote: str, folder: Path) -> str:
    """The address behind what a person wrote; a path is made absolute, for git runs elsewhere."""
    if Path(remote).exists():
        return str(Path(remote).resolve())
    try:
        return git("remote", "get-url", "--", remote, cwd=folder).strip().decode()
    except GitTrouble:
        return remote


def git(*words: str, cwd: Path, given: bytes = b"", called: str = "") -> bytes:
    """What a git command prints. It asks nobody for a password and runs no hook.

    Raises:
        GitTrouble: ``git_absent``, ``git_failed`` with the last line of what git says.
    """
    env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _ALONE
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()}
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, and a remote after "--"
            ["git", *_SAFE, *words],  # noqa: S607 - the user's git
            cwd=cwd,
            env=env | who,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GitTrouble(
            "This needs the program git, which is not installed here.",
            code="git_absent",
            remedy="Install git, or hand the checkpoint over as a file: assay log checkpoint --output FILE",
        ) from None
    except subprocess.TimeoutExpired:
        raise GitTrouble(
            f"{called or 'git'} did not answer within {SECONDS} seconds.", code="git_failed"
        ) from None
    if done.returncode:
        raise GitTrouble(
            f"git {words[0]} failed{f' with {called}' if called else ''}: {_last(done.stderr)}",
            code="git_failed",
            remedy="See that the remote is right and that you may read and write there.",
        )
    return done.stdout


_WHO = {"NAME": "assay", "EMAIL": "assay@localhost"}


def _last(stderr: bytes) -> str:
    lines: Sequence[str] = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    told = next(
        (line for line in lines if line.startswith(("fatal:", "error:", " ! "))), lines[-1] if lines else ""
    )
    return _without_secrets(told.strip()) or "it said nothing"


def _without_secrets(told: str) -> str:
    """Addresses with scheme, host and path alone: user, password and query may be secrets."""
    bare = re.sub(r"(://)\S*@", r"\1", told)
    return re.sub(r"(://[^\s?#']*)[?#][^\s']*", r"\1", bare)
