"""Folders are bound by digest with everything in them, or refused: nothing is left out in silence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.domain.errors import SubjectError
from assay.subject.datasets import files_of as data_files_of
from assay.subject.digest import digest_of
from assay.subject.files_in_hand import files_of


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder of two files, one of them deeper, and a data file."""
    folder = tmp_path / "model"
    (folder / "hooks").mkdir(parents=True)
    (folder / "model.txt").write_bytes(b"tree")
    (folder / "hooks" / "start.py").write_bytes(b"import os")
    (folder / "rows.parquet").write_bytes(b"PAR1")
    return folder


def test_a_folder_has_one_digest_whoever_asks(model: Path) -> None:
    listed, digest = files_of(model)
    assert [path for path, _ in listed] == ["hooks/start.py", "model.txt", "rows.parquet"]
    assert digest == digest_of(model)


@pytest.mark.parametrize("ask", [files_of, digest_of, data_files_of])
def test_a_folder_that_cannot_be_listed_is_refused_and_not_taken_for_an_empty_one(
    model: Path, ask: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a user without the right; these tests may run as one who has every right."""
    real = os.scandir

    def denied(path: str) -> object:
        if Path(path).name == "hooks":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(SubjectError, match=r"hooks cannot be listed \(Permission denied\)") as refused:
        ask(model)
    assert refused.value.code == "not_readable"


@pytest.mark.parametrize("ask", [files_of, digest_of])
def test_an_empty_folder_is_refused_because_no_digest_tells_that_it_is_there(
    model: Path, ask: Callable[[Path], object]
) -> None:
    (model / "hooks" / "debug").mkdir()
    with pytest.raises(SubjectError, match="debug holds no files") as refused:
        ask(model)
    assert refused.value.code == "folder_empty"


def test_a_link_to_a_folder_is_no_file_and_is_not_followed(model: Path) -> None:
    (model / "again").symlink_to("hooks")
    with pytest.raises(SubjectError, match="is a folder where a file is expected"):
        files_of(model)
