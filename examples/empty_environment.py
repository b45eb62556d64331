"""An empty environment with the light package alone, made without a network.

``assay-ml`` and its base requirements, with theirs, are copied from where they are installed; nothing else goes in, not
even pip. What can be imported there is what an auditor, a gate or a serving container has to install.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement

import assay

NAME = "assay-ml"
MOST_DISTRIBUTIONS, MOST_BYTES = 20, 60 * 10**6
ABSENT = ("numpy", "scipy", "pyarrow", "sklearn", "lightgbm", "sqlalchemy", "alembic", "jinja2", "pip")
"""What measures, stores and draws, and must not be there."""

_COUNT = """
import importlib.metadata, json, pathlib
import assay
found = {}
for d in importlib.metadata.distributions():
    name = d.metadata["Name"]
    files = {pathlib.Path(f.locate()).resolve() for f in d.files or ()}
    if name == "assay-ml":
        files |= {f.resolve() for f in pathlib.Path(assay.__file__).parent.rglob("*")}
    found[name] = sum(f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc")
print(json.dumps(found))
"""
_TRY = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        continue
    print(name)
"""
_INSTALLERS = {"pip", "setuptools", "wheel"}


def made(folder: Path) -> Path:
    """The interpreter of a new environment in this folder that holds the light package alone.

    Raises:
        SystemExit: something is there that must not be, or a requirement of the light package is not installed here.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    asked = [str(python), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    place = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    shutil.copytree(
        Path(assay.__file__).parent, place / "assay", ignore=shutil.ignore_patterns("__pycache__")
    )
    for distribution in base():
        _copy(distribution, place)
    there = _run(python, _TRY, *ABSENT).split()
    if there:
        raise SystemExit(f"The environment is not empty: {', '.join(there)} can be imported there.")
    return python


def base() -> tuple[Distribution, ...]:
    """``assay-ml`` and what it requires without any extra, with what that requires, as installed here."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(NAME, "")]
    while waiting:
        name, extra = waiting.pop()
        if (_normal(name), extra) in seen:
            continue
        seen.add((_normal(name), extra))
        distribution = importlib.metadata.distribution(name)
        found[_normal(name)] = distribution
        waiting += _required(distribution, extra)
    return tuple(found.values())


def _required(distribution: Distribution, extra: str) -> Iterator[tuple[str, str]]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield from ((requirement.name, wanted) for wanted in ("", *requirement.extras))


def _copy(distribution: Distribution, place: Path) -> None:
    """Its files, without programs beside the packages and without what an editable install points elsewhere with."""
    for file in distribution.files or ():
        if ".." in file.parts or "__pycache__" in file.parts or file.suffix == ".pth":
            continue
        target = place / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), target)


def counted(python: Path) -> dict[str, int]:
    """Bytes of each distribution of an environment, without compiled files and without what installs others."""
    sizes: dict[str, int] = json.loads(_run(python, _COUNT))
    return {name: size for name, size in sizes.items() if _normal(name) not in _INSTALLERS}


def summed(sizes: dict[str, int]) -> tuple[str, bool]:
    """How many distributions that are and how large, in a line, and whether both are within the bars."""
    total = sum(sizes.values())
    said = (
        f"{len(sizes)} distributions (at most {MOST_DISTRIBUTIONS}), {total / 1e6:.1f} MB "
        f"(at most {MOST_BYTES / 1e6:.0f})"
    )
    return said, len(sizes) <= MOST_DISTRIBUTIONS and total <= MOST_BYTES


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _run(python: Path, program: str, *arguments: str) -> str:
    ran = subprocess.run(
        [str(python), "-I", "-B", "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    return ran.stdout
