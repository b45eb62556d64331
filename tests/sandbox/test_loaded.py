"""Which code a child runs, by digest: what is changed on disk is seen though nothing else is read again."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assay.sandbox import loaded as loaded_module
from assay.sandbox.contents import Contents
from assay.sandbox.known import Known
from assay.sandbox.loaded import WHEN_ASKED, Loaded

HERE = frozenset({"in_a_folder", "in_an_archive", "grows", "with_weights", "xgboost"})
"""What these tests load."""


class Others(Known):
    """Knows every package that other tests loaded, so that their thousands of files are not read; one test below reads them."""

    def is_loaded(self, top: str) -> bool:
        return top not in HERE or super().is_loaded(top)


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


def test_a_changed_file_is_seen_whatever_its_size_and_time_say_and_never_forgotten(place: Path) -> None:
    loaded, file = Loaded("/nowhere/", Others(())), place / "in_a_folder.py"
    first = loaded.digests()
    assert loaded.digests() == first == Loaded("/nowhere/", Others(())).digests()
    stamp = file.stat()
    file.write_text("VALUE = 2\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    again = loaded.digests()
    changed = {label for label in first if first[label] != again[label]}
    assert changed == {"module in_a_folder"}
    file.write_text("VALUE = 1\n")
    put_back = loaded.digests()
    assert {label for label in first if first[label] != put_back[label]} == changed
    assert Loaded("/nowhere/", Others(())).digests() == first


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
    loaded = Loaded("/nowhere/", Others(()))
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
    loaded = Loaded("/nowhere/", Others(()))
    first = loaded.digests()
    with (package / which).open("r+b" if (package / which).exists() else "wb") as file:
        file.write(b"2")
    again = loaded.digests()
    assert {label for label in again if first[label] != again[label]} == {"module with_weights"}
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "made.pyc").write_bytes(b"3")
    assert loaded.digests() == again


@pytest.mark.parametrize("which", ["deep/weights.bin", "new.bin"])
def test_a_file_of_a_package_that_was_lost_or_was_there_for_a_while_is_never_forgotten(
    package: Path, which: str
) -> None:
    """One that was there is put aside and back again; one that was not is put there and taken away."""
    there = (package / which).exists()
    loaded = Loaded("/nowhere/", Others(()))
    first = loaded.digests()
    for _ in range(2):
        if (package / which).exists():
            (package / which).rename(package.parent / "aside")
        else:
            (package.parent / "aside").touch()
            (package.parent / "aside").rename(package / which)
        now = loaded.digests()
        assert {label for label in now if first[label] != now[label]} == {"module with_weights"}
    assert (package / which).exists() is there
    assert Loaded("/nowhere/", Others(())).digests() == first


@pytest.fixture(params=["disk", "memory"])
def mapped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file, on whatever the temporary folder is or in memory."""
    folder = Path("/dev/shm") if request.param == "memory" else tmp_path
    if not os.access(folder, os.W_OK):
        pytest.skip("no memory to write to")
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(bytes([1]) * 4096)
        file.flush()
        yield Path(file.name)


def test_a_write_through_a_mapping_that_was_there_before_is_seen(mapped: Path) -> None:
    """It leaves size and times as they are while the page is dirty."""
    contents = Contents()
    with mapped.open("r+b") as file, mmap.mmap(file.fileno(), 4096) as mapping:
        mapping[0] = 1
        first = contents.digest(str(mapped))
        assert first == hashlib.sha256(bytes([1]) * 4096).digest() == contents.digest(str(mapped))
        mapping[0] = 0
        second = contents.digest(str(mapped))
        mapping[0] = 1
        assert len({first, second, contents.digest(str(mapped))}) == 3


def _files_of_the_build() -> list[str]:
    """What says how the interpreter was built."""
    sysconfig.get_config_vars()
    found = [module.__file__ for name, module in sys.modules.items() if name.startswith("_sysconfigdata_")]
    assert found
    return [str(file) for file in found]


def test_pythons_own_is_the_code_in_the_library_of_the_interpreter_and_nothing_else_that_lies_there() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    own, others = Known(()).is_pythons_own, f"lib/python{sys.version_info[0]}.{sys.version_info[1]}"
    assert own(os.path.realpath(json.__file__))
    assert own(os.path.realpath(importlib.util.cache_from_source(str(library / "os.py"))))
    assert all(own(str(file)) for file in library.resolve().glob("lib-dynload/_json.*"))
    assert all(own(build) for build in map(os.path.realpath, _files_of_the_build()))
    for place in (
        "weights.txt",
        "rules_x.py",
        "json.weights/rules.py",
        "json.weights.py",
        "lib-dynload/_json.weights.so",
        "lib-dynload/json/rules.py",
        "_sysconfigdata_rules.py",
        "lib-dynload/rules_x.so",
        "site-packages/os.py",
        "json/weights",
    ):
        assert not own(str(library.resolve() / place)), place
    for place in ("os.py", "rules_x.py", "weights.txt"):  # an environment has no library of its own
        assert not own(f"/of/an/environment/{others}/{place}")
        assert sys.prefix == sys.base_prefix or not own(str(Path(sys.prefix).resolve() / others / place))


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
    wanted = [line(("weights.bin", content)) for content in (b"1", b"2")]
    assert (before, first) == (False, wanted[0])
    assert again not in wanted, "it was another when it was first told"
    assert not at_the_start


SWAPPED = """
import json, os, pathlib, shutil, sys, sysconfig
from importlib import util
sys.path.insert(0, {source!r})
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, Loaded

home = pathlib.Path({home!r})
loaded = Loaded({home!r} + "/ours/", Known(()))
loaded.watch()

def exchange():
    os.rename(home / "w", home / "aside"); os.rename(home / "other", home / "w")

def put_back():
    os.rename(home / "w", home / "other"); os.rename(home / "aside", home / "w")

if {how!r} == "other":
    exchange(); (home / "w").read_text(); put_back()
if {how!r} == "twice":
    (home / "w").read_text(); exchange(); put_back()
if {how!r} == "gone":
    (home / "w").read_text(); (home / "w").unlink()
if {how!r} == "same":
    (home / "w").read_text()
if {how!r} == "native":
    spec = util.spec_from_file_location("_json", home / "_json.so")
    spec.loader.exec_module(util.module_from_spec(spec))
if {how!r} == "ours":
    (home / "ours" / "w").read_text(), (home / "ours" / "code.py").read_text()
print(loaded.digests().get(FILES_READ))
"""


@pytest.fixture
def swapped(tmp_path: Path) -> Callable[[str], str]:
    """What is told of the files that a process reads while somebody exchanges them."""
    (tmp_path / "ours").mkdir()
    source = str(Path(loaded_module.__file__).parents[2])

    def run(how: str) -> str:
        for place in ("w", "ours/w", "ours/code.py"):
            (tmp_path / place).write_text("1")
        (tmp_path / "other").write_text("2")
        script = SWAPPED.format(source=source, home=str(tmp_path), how=how)
        ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    return run


def line(*files: tuple[str, bytes]) -> str:
    """The digest of the files that are read, of which one has such a name and content."""
    parts = [hashlib.sha256(part).digest() for name, content in files for part in (name.encode(), content)]
    return f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"


@pytest.mark.parametrize("how", ["other", "twice", "gone"])
def test_a_file_that_is_another_when_it_is_opened_and_put_back_before_anybody_asks_is_told(
    swapped: Callable[[str], str], how: str
) -> None:
    assert swapped("same") == line(("w", b"1"))
    told = swapped(how)
    assert told.startswith("sha256:")
    assert told not in {line(("w", b"1")), line(("w", b"2"))}


def test_a_library_that_is_loaded_by_its_path_and_is_no_module_is_a_file_that_is_read(
    swapped: Callable[[str], str], tmp_path: Path
) -> None:
    library = Path(importlib.util.find_spec("_json").origin or "")
    if library.suffix != ".so":
        pytest.skip("this interpreter has it built in")
    shutil.copy(library, tmp_path / "_json.so")
    assert swapped("native") == line(("_json.so", library.read_bytes()))


def test_a_file_in_assays_folder_that_is_no_code_is_told(swapped: Callable[[str], str]) -> None:
    assert swapped("ours") == line(("w", b"1"))


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
    loaded = Loaded("/nowhere/", Others(("xgboost",)))
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
