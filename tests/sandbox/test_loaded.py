"""Which code a child runs, by digest: what is changed on disk is seen though nothing else is read again."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from assay.sandbox.loaded import Loaded


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and an archive from which modules of their own are loaded."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "packed.zip"))
    (tmp_path / "in_a_folder.py").write_text("VALUE = 1\n")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("in_an_archive.py", "VALUE = 1\n")
    for name in ("in_a_folder", "in_an_archive"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        __import__(name)
    return tmp_path


def test_a_changed_file_is_seen_whatever_its_size_and_time_say(place: Path) -> None:
    loaded, file = Loaded("/nowhere/", ()), place / "in_a_folder.py"
    first = loaded.digests()
    assert loaded.digests() == first == Loaded("/nowhere/", ()).digests()
    stamp = file.stat()
    file.write_text("VALUE = 2\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    again = loaded.digests()
    assert {label for label in first if first[label] != again[label]} == {"module in_a_folder"}
    assert again == Loaded("/nowhere/", ()).digests()


def test_a_module_in_an_archive_is_bound_by_the_archive(place: Path) -> None:
    loaded = Loaded("/nowhere/", ())
    first = loaded.digests()
    with zipfile.ZipFile(place / "packed.zip", "w") as archive:
        archive.writestr("in_an_archive.py", "VALUE = 2\n")
    assert first["module in_an_archive"] != loaded.digests()["module in_an_archive"]
