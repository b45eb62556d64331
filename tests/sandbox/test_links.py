"""A link leads a model to a file by another name than the file's own: it is told by the name that was opened, with what is there."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assay.sandbox import loaded
from assay.sandbox.known import Known
from assay.sandbox.loaded import Loaded

READER = """
import pathlib, sys
sys.path[:0] = sys.argv[1:3]
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, Loaded

loaded = Loaded("/nowhere/", Known(()))
loaded.watch()
import of_its_own
for name in sys.argv[3:]:
    pathlib.Path(name).read_bytes()
print(loaded.digests().get(FILES_READ))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with two files of one name in two folders."""
    folder = tmp_path / "of_its_own"
    for name in ("first", "second"):
        (folder / name).mkdir(parents=True)
        (folder / name / "weights").write_text(name)
    (folder / "__init__.py").touch()
    return folder


def told(package: Path, *names: str | Path) -> str:
    """The line of a process that imports the package and reads these, since nobody takes the hook away again."""
    source = str(Path(loaded.__file__).parents[2])
    words = [sys.executable, "-I", "-B", "-c", READER, source, str(package.parent), *map(str, names)]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def line(*files: tuple[str, str]) -> str:
    """The digest of the files that are read, of which one has such a name and content."""
    parts = [hashlib.sha256(part.encode()).digest() for file in files for part in file]
    return f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"


@pytest.mark.parametrize("end", ["", "stat.py"])
def test_a_link_to_pythons_own_library_is_told_and_not_taken_for_it(
    package: Path, tmp_path: Path, end: str
) -> None:
    """Also one of a folder above it."""
    own = Path(stat.__file__)
    assert told(package, own) == "None"
    link = tmp_path / "rules"
    link.symlink_to(own.parent if end else own)
    assert told(package, link / end) == line((end or "rules", own.read_text()))


def test_a_module_that_is_a_link_to_pythons_own_library_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was not there, and that a model tries to import."""
    (tmp_path / "an_override.py").symlink_to(stat.__file__)
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("an_override")
    found = Loaded("/nowhere/", Known(())).digests()
    monkeypatch.delitem(sys.modules, "an_override")
    assert "module an_override" in found
    assert "module stat" not in found


def test_links_that_lead_crosswise_to_files_that_are_bound_with_their_package_are_told(
    package: Path, tmp_path: Path
) -> None:
    """The two share the last part of their names, too."""
    assert told(package, package / "first" / "weights", package / "second" / "weights") == "None"
    names = [tmp_path / "a" / "weights", tmp_path / "b" / "weights"]
    for contents in (("first", "second"), ("second", "first")):
        for name, content in zip(names, contents, strict=True):
            name.parent.unlink(missing_ok=True)
            name.parent.symlink_to(package / content)
        assert told(package, *names) == line(*(("weights", content) for content in contents))


FLIPPED = """
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, Loaded

home, how = pathlib.Path(sys.argv[2]), sys.argv[3]

def lead(to):
    os.symlink(to, home / "made")
    os.replace(home / "made", home / "current")

def read():
    with open(home / "current" / "weights") as file:
        return file.read()

def flip(event, arguments):
    if not flipped and event == "open" and str(arguments[0]).endswith("current/weights"):
        flipped.append(event)
        lead("second")

lead("first")
loaded = Loaded("/nowhere/", Known(()))
loaded.watch()
flipped = [] if how == "while it is looked at" else [how]
sys.addaudithook(flip)
seen = read()
if how != "never":
    lead("second")
    seen += read() if how == "between two openings" else ""
    lead("first")
print(seen, loaded.digests().get(FILES_READ))
"""


@pytest.mark.parametrize(
    ("how", "read"),
    [
        ("never", "first"),
        ("while it is looked at", "second"),
        ("between two openings", "firstsecond"),
        ("after it was opened", "first"),
    ],
)
def test_a_link_that_led_elsewhere_for_a_while_is_told_though_it_be_put_back(
    package: Path, how: str, read: str
) -> None:
    """The hook that flips it runs between the look and the opening."""
    source = str(Path(loaded.__file__).parents[2])
    words = [sys.executable, "-I", "-B", "-c", FLIPPED, source, str(package), how]
    run = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    seen, found = run.stdout.split()
    assert seen == read
    assert found.startswith("sha256:")
    assert (found == line(("weights", "first"))) is (how == "never")


def test_a_file_is_told_once_however_its_name_is_written(package: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_text("1")
    assert told(package, weights, f"{package}/../weights", f"{tmp_path}//weights") == line(("weights", "1"))
