"""What the quiet folders may import is a list: a package that is not on it is refused, whatever it does."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1] / "src" / "assay"


def _names(text: str) -> list[str]:
    return text.split()


WORDS = _names("""__future__ collections contextlib dataclasses datetime decimal difflib enum errno fractions functools itertools math operator re
    textwrap types typing unicodedata pathlib.PurePath pathlib.PurePosixPath""")
BYTES = _names("base64 binascii hashlib json struct")
IN_A_CHILD = _names("""__future__ collections.abc contextlib ctypes errno os platform resource socket stat struct sys sysconfig
    typing""")

ALLOWED = {
    "domain": [*WORDS, *BYTES, "pydantic", "pydantic_core", "assay.domain", "assay._lazy"],
    "domain/errors.py": WORDS,
    "proof": [*WORDS, *BYTES, "pydantic", "rfc8785", "cryptography", "assay.domain", "assay.proof"],
    "subject/models": _names("""__future__ collections.abc contextlib difflib importlib json pathlib sys types typing warnings zipfile
        numpy pyarrow assay.domain.errors assay.subject.models"""),
    "sandbox/fences": [*IN_A_CHILD, "assay.sandbox.fences"],
    "sandbox/loaded.py": _names(
        """__future__ collections.abc hashlib os sys typing assay.sandbox.contents assay.sandbox.known
        assay.sandbox.opened"""
    ),
    "sandbox/contents.py": _names("__future__ dataclasses hashlib os stat time assay.sandbox.opened"),
    "sandbox/known.py": _names(
        "__future__ collections.abc importlib.machinery os sys sysconfig assay.sandbox.opened"
    ),
    "sandbox/from_source.py": _names(
        "__future__ collections.abc importlib.machinery os types typing assay.sandbox.known"
    ),
    "sandbox/opened.py": _names("__future__ os typing urllib.parse"),
    "sandbox/child.py": _names("""__future__ collections.abc ctypes errno importlib io json os signal struct sys traceback types typing
        numpy pyarrow"""),
}
"""By folder or file of ``src/assay``: names that may be imported, each with all that stands below it."""
LIBRARIES = {
    "joblib.py": ["joblib"],
    "estimator.py": ["joblib"],
    "lightgbm.py": ["lightgbm"],
    "onnx.py": ["onnxruntime"],
    "skops.py": ["skops"],
    "xgboost.py": ["xgboost"],
}
"""The library of its own that an adapter imports beside."""
PURE = ("domain", "proof")
NEEDS_NO_IMPORT = {"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint"}
ASKS_THE_CLOCK = {"now", "today", "utcnow"}


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


def _imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and full name of everything that is imported, inside of functions too; a relative import keeps its dots."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    return found


def not_allowed(house: Path, folder: str) -> list[str]:
    """The imports of a folder that its list does not have: file, line, name."""
    return [
        f"{file.relative_to(house)}:{line}: {name}"
        for file in _files(house / folder)
        for line, name in _imported(ast.parse(file.read_text(encoding="utf-8")))
        if not any(
            f"{name}.".startswith(f"{allowed}.")
            for allowed in (
                *ALLOWED[folder],
                *(LIBRARIES.get(file.name, ()) if folder == "subject/models" else ()),
            )
        )
    ]


def not_pure(house: Path, folder: str) -> list[str]:
    """Calls by which a folder would read, write, run text or ask the clock without importing anything for it."""
    calls = [
        (file, node)
        for file in _files(house / folder)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    return [
        f"{file.relative_to(house)}:{call.lineno}: {ast.unparse(call.func)}"
        for file, call in calls
        if (isinstance(call.func, ast.Name) and call.func.id in NEEDS_NO_IMPORT)
        or (isinstance(call.func, ast.Attribute) and call.func.attr in ASKS_THE_CLOCK)
    ]


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_what_its_list_has(folder):
    assert _files(HOUSE / folder)
    assert not_allowed(HOUSE, folder) == []


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_list_has_nothing_that_its_folder_does_without(folder):
    # what is allowed for nobody is how the next package comes in; the two shared lists serve more than one folder
    own = set(ALLOWED[folder]) - {*WORDS, *BYTES}
    names = [
        f"{name}."
        for file in _files(HOUSE / folder)
        for _, name in _imported(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert [allowed for allowed in own if not any(name.startswith(f"{allowed}.") for name in names)] == []


@pytest.mark.parametrize("folder", PURE)
def test_what_decides_and_proves_reads_and_writes_nothing_and_has_no_clock(folder):
    assert not_pure(HOUSE, folder) == []


@pytest.mark.parametrize(
    ("folder", "file", "line", "found"),
    [
        ("domain", "judge.py", "import requests", "requests"),
        ("domain", "state/fold.py", "from pathlib import Path", "pathlib.Path"),
        ("domain", "judge.py", "def f():\n    import socket", "socket"),
        ("domain/errors.py", "", "import pydantic", "pydantic"),
        ("proof", "steps/log.py", "from urllib import request", "urllib.request"),
        ("proof", "merkle.py", "from assay.store import log", "assay.store.log"),
        ("proof", "merkle.py", "from ..store import log", "..store.log"),
        ("subject/models", "lightgbm.py", "import xgboost", "xgboost"),
        ("subject/models", "onnx.py", "from assay.domain import record", "assay.domain.record"),
        ("sandbox/fences", "landlock.py", "import numpy", "numpy"),
        ("sandbox/loaded.py", "", "import pyarrow", "pyarrow"),
        ("sandbox/child.py", "", "from assay.sandbox import pipe", "assay.sandbox.pipe"),
    ],
)
def test_an_import_beyond_the_list_is_named(tmp_path, folder, file, line, found):
    house = shutil.copytree(HOUSE, tmp_path / "assay", ignore=shutil.ignore_patterns("__pycache__"))
    place = house / folder / file if file else house / folder
    last = len(place.read_text(encoding="utf-8").splitlines()) + len(line.splitlines())
    with place.open("a", encoding="utf-8") as text:
        text.write(f"{line}\n")
    assert not_allowed(house, folder) == [f"{place.relative_to(house)}:{last}: {found}"]


@pytest.mark.parametrize(
    "line", ["open('kept').read()", "import datetime\ndatetime.datetime.now()", "__import__('os')"]
)
def test_a_call_that_needs_no_import_is_named(tmp_path, line):
    house = shutil.copytree(HOUSE / "proof", tmp_path / "assay" / "proof").parent
    with (house / "proof" / "head.py").open("a", encoding="utf-8") as text:
        text.write(f"{line}\n")
    (found,) = not_pure(house, "proof")
    assert found.startswith("proof/head.py:")
