"""Which code a child runs, by digest: what is changed on disk is seen though nothing else is read again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from assay.sandbox import loaded as loaded_module
from assay.sandbox.known import Known
from assay.sandbox.loaded import WHEN_ASKED, Loaded


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
    loaded, file = Loaded("/nowhere/", Known(())), place / "in_a_folder.py"
    first = loaded.digests()
    assert loaded.digests() == first == Loaded("/nowhere/", Known(())).digests()
    stamp = file.stat()
    file.write_text("VALUE = 2\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    again = loaded.digests()
    assert {label for label in first if first[label] != again[label]} == {"module in_a_folder"}
    assert again == Loaded("/nowhere/", Known(())).digests()


def test_a_module_in_an_archive_is_bound_by_the_archive(place: Path) -> None:
    loaded = Loaded("/nowhere/", Known(()))
    first = loaded.digests()
    with zipfile.ZipFile(place / "packed.zip", "w") as archive:
        archive.writestr("in_an_archive.py", "VALUE = 2\n")
    assert first["module in_an_archive"] != loaded.digests()["module in_an_archive"]


def test_what_comes_later_has_lines_of_its_own_and_what_was_told_first_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a module takes itself out of the list of modules, or another one of its package comes."""
    folder = place / "grows"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "late.py").touch()
    for name in ("grows", "grows.late"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    __import__("grows")
    loaded = Loaded("/nowhere/", Known(()))
    first = loaded.digests()
    assert not any(label.endswith(WHEN_ASKED) for label in first)
    __import__("grows.late")
    monkeypatch.delitem(sys.modules, "in_a_folder")
    later = loaded.digests()
    assert {label: later[label] for label in first} == first
    assert later.keys() - first.keys() == {"module grows" + WHEN_ASKED}
    for name in ("grows", "grows.late"):
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with files that are no modules, the first of them large."""
    folder = tmp_path / "with_weights"
    (folder / "deep").mkdir(parents=True)
    (folder / "__init__.py").touch()
    with (folder / "a_large_one.bin").open("wb") as file:
        file.truncate(65 << 20)
    (folder / "deep" / "weights.bin").write_bytes(b"1")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, folder.name, raising=False)
    __import__(folder.name)
    return folder


@pytest.mark.parametrize("which", ["deep/weights.bin", "a_large_one.bin", "new.bin"])
def test_every_file_of_a_package_is_bound_with_it_whatever_its_size_and_whoever_reads_it(
    package: Path, which: str
) -> None:
    loaded = Loaded("/nowhere/", Known(()))
    first = loaded.digests()
    with (package / which).open("r+b" if (package / which).exists() else "wb") as file:
        file.write(b"2")
    again = loaded.digests()
    assert {label for label in again if first[label] != again[label]} == {"module with_weights"}
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "made.pyc").write_bytes(b"3")
    assert loaded.digests() == again


READS = """
import io, json, os, pathlib, sys
import numpy
sys.path.insert(0, {source!r})
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, WHEN_ASKED, Loaded

loaded = Loaded("/nowhere/", Known(("numpy",)))
loaded.watch()
READ = FILES_READ + WHEN_ASKED
told = [READ in loaded.digests()]
pathlib.Path({weights!r}).read_bytes()
open(os.devnull).close(), open("/proc/self/stat").close(), open(json.__file__).close()
open(os.path.join(os.path.dirname(numpy.__file__), "__init__.py")).close()
for entry in list(sys.path):
    for metadata in list(pathlib.Path(entry).glob("numpy-*.dist-info/METADATA"))[:1]:
        metadata.read_text()
for absent in ({weights!r} + ".absent", "/root/absent"):
    try:
        io.open(absent)
    except OSError:
        pass
told.append(loaded.digests()[READ])
pathlib.Path({weights!r}).write_bytes(b"2")
told.append(loaded.digests()[READ])
print(json.dumps([*told, FILES_READ in loaded.digests()]))
"""


def test_a_file_that_is_read_elsewhere_is_bound_by_its_name_and_content_and_those_of_the_system_are_not(
    tmp_path: Path,
) -> None:
    """In a process of its own: nobody takes the hook away again."""
    weights = tmp_path / "site-packages" / "numpy" / "weights.bin"  # called like a known package, and none
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"1")
    source = str(Path(loaded_module.__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", READS.format(source=source, weights=str(weights))],
        check=True, capture_output=True,
    )  # fmt: skip
    before, first, again, at_the_start = json.loads(run.stdout)
    parts = [hashlib.sha256(part).digest() for part in (b"weights.bin", b"1", b"weights.bin", b"2")]
    wanted = [hashlib.sha256(b"".join(two)).hexdigest() for two in (parts[:2], parts[2:])]
    assert (before, first, again) == (False, *(f"sha256:{one}" for one in wanted))
    assert not at_the_start


@pytest.fixture
def called_xgboost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root module of a folder that was made by hand among installed packages, and is called like a known one."""
    root = tmp_path / "site-packages" / "xgboost" / "__init__.py"
    root.parent.mkdir(parents=True)
    root.write_text("__version__ = '2.0'\n")
    monkeypatch.syspath_prepend(str(root.parents[1]))
    return root


@pytest.mark.parametrize(
    ("distribution", "listed", "by_version"),
    [
        ("xgboost-2.0", "xgboost/__init__.py", True),
        ("xgboost_cpu-2.0", "xgboost/__init__.py", True),
        ("xgboost_ray-0.1", "xgboost_ray/__init__.py", False),
        ("xgboost_ray-0.1", "xgboost_ray/xgboost/__init__.py", False),
        ("xgboost-2.0", "xgboost/__init__.pyi", False),
        ("xgboost-2.0", "", False),
    ],
)
def test_a_known_package_is_taken_by_its_version_only_where_its_distribution_lists_its_root_module(
    called_xgboost: Path, distribution: str, listed: str, by_version: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = called_xgboost.parents[1] / f"{distribution}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text(f"{distribution}.dist-info/RECORD,,\r\n{listed},,\r\n")
    monkeypatch.delitem(sys.modules, "xgboost", raising=False)
    __import__("xgboost")
    loaded = Loaded("/nowhere/", Known(("xgboost",)))
    first = loaded.digests()
    called_xgboost.write_text("__version__ = '2.0'\nVALUE = 2\n")
    again = loaded.digests()
    monkeypatch.delitem(sys.modules, "xgboost")
    changed = {label for label in again if first.get(label) != again[label]}
    assert changed == (set() if by_version else {"other packages"})


LISTED = """
import json, sys
sys.path[:0] = [{source!r}, {packages!r}]
import xgboost
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, Loaded

loaded = Loaded("/nowhere/", Known(("xgboost",)))
loaded.watch()
open(xgboost.__file__).close()
loaded.digests()
print(any(label.startswith(FILES_READ) for label in loaded.digests()))
"""


def test_the_list_of_files_of_another_package_that_is_looked_into_is_none_that_the_model_reads(
    called_xgboost: Path,
) -> None:
    packages = called_xgboost.parents[1]
    (packages / "xgboost_ray-0.1.dist-info").mkdir()
    (packages / "xgboost_ray-0.1.dist-info" / "RECORD").write_text("xgboost_ray/__init__.py,,\n")
    source = str(Path(loaded_module.__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", LISTED.format(source=source, packages=str(packages))],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert run.stdout == "False\n"
