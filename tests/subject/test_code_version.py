"""Which commit a folder is at, and whether its files are those of the commit; nothing of the repository is run for it."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.subject.code import code_of


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@y")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two files and a link, committed."""
    git(tmp_path, "init", "-q")
    (tmp_path / "a ü.txt").write_text("as agreed\n")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("run.sh")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_a_folder_at_a_commit_is_clean(repository: Path) -> None:
    found = code_of(repository)
    assert (len(found.commit), found.dirty) == (40, False)
    (repository / "a ü.txt").touch()
    assert not code_of(repository).dirty


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte": lambda folder: (folder / "a ü.txt").write_text("as agreed!\n"),
    "a file gone": lambda folder: (folder / "run.sh").unlink(),
    "its rights": lambda folder: (folder / "run.sh").chmod(0o644),
    "a link": lambda folder: ((folder / "link").unlink(), (folder / "link").symlink_to("a ü.txt")),
    "staged": lambda folder: ((folder / "new").write_text("x"), git(folder, "add", "new")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_differs_from_the_commit_is_told(repository: Path, change: str) -> None:
    CHANGES[change](repository)
    assert code_of(repository).dirty


def test_a_change_that_git_was_told_to_overlook_is_told(repository: Path) -> None:
    git(repository, "update-index", "--assume-unchanged", "a ü.txt")
    (repository / "a ü.txt").write_text("not so any more\n")
    assert code_of(repository).dirty


def test_a_commit_that_is_replaced_by_another_is_not_taken_for_it(repository: Path) -> None:
    (repository / "a ü.txt").write_text("otherwise\n")
    git(repository, "commit", "-qam", "second")
    git(repository, "checkout", "-q", "HEAD~1")
    git(repository, "replace", "HEAD", "HEAD@{1}")
    (repository / "a ü.txt").write_text("otherwise\n")
    git(repository, "add", ".")
    assert code_of(repository).dirty


IMPORTED = [
    "helpers.py", "helpers.pyc", "helpers.so", "helpers.zip", "helpers.pth", "__pycache__/helpers.py", "__pycache__/helpers.pyc",
    "__pycache__/deep/helpers.cpython-311.pyc",
]  # fmt: skip


@pytest.mark.parametrize("name", IMPORTED)
def test_what_python_imports_and_no_commit_names_is_told(repository: Path, name: str) -> None:
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / name).write_bytes(b"")
    assert code_of(repository).dirty
    (repository / ".git" / "info" / "exclude").write_text(f"{name}\n")
    assert code_of(repository).dirty
    (repository / ".gitignore").write_text(f"{name}\n")
    git(repository, "add", ".gitignore")
    git(repository, "commit", "-qm", "ignored")
    assert not code_of(repository).dirty


def test_a_link_to_a_folder_that_no_commit_names_is_told(repository: Path) -> None:
    (repository / "rows.parquet").symlink_to("a ü.txt")
    assert not code_of(repository).dirty
    (repository / "lib").symlink_to("/tmp")
    assert code_of(repository).dirty


@pytest.mark.parametrize(("inside", "dirty"), [("helpers.py", True), ("documents/1", False)])
def test_an_archive_counts_when_code_is_in_it(repository: Path, inside: str, dirty: bool) -> None:
    with zipfile.ZipFile(repository / "pack.zip", "w") as archive:
        archive.writestr(inside, "x = 1")
    assert code_of(repository).dirty is dirty


def test_what_python_keeps_of_its_modules_is_no_code(repository: Path) -> None:
    (repository / "__pycache__").mkdir()
    (repository / "__pycache__" / "helpers.cpython-311.pyc").write_bytes(b"")
    (repository / "__pycache__" / "helpers.cpython-311.opt-1.pyc").write_bytes(b"")
    assert not code_of(repository).dirty


def test_a_repository_inside_that_no_commit_names_is_told(repository: Path) -> None:
    (repository / "helpers").mkdir()
    git(repository / "helpers", "init", "-q")
    (repository / "helpers" / "__init__.py").write_text("")
    assert code_of(repository).dirty


def test_no_program_that_the_repository_names_is_run(repository: Path) -> None:
    (repository / ".gitattributes").write_text("* filter=x\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "attributes")
    git(repository, "config", "filter.x.clean", f"touch '{repository}/ran'; cat")
    (repository / "a ü.txt").write_text("AS AGREED\n")  # as long as before: git would have to look into it
    assert code_of(repository).dirty
    assert not (repository / "ran").exists()
