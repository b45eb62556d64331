"""The digest of a package is of everything in it that could be run; what has no place in it is refused."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from assay.checks.catalogue import PluginRefused
from assay.plugins.package import Package, package_of


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed package, with what Python cached of it."""
    folder = tmp_path / "spk_checks"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"cache")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def found() -> Package:
    return package_of([EntryPoint("one", "spk_checks:one", "assay.checks")])


def test_what_python_cached_is_not_part_of_it_and_every_other_file_is(inside: Path) -> None:
    before = found()
    (inside / "__pycache__" / "__init__.cpython-311.opt-1.pyc").write_bytes(b"cache of -O")
    (inside / "__pycache__" / "__init__.cpython-311-pytest-8.4.1.pyc").write_bytes(b"of a test")
    assert before.unchanged
    assert found().digest == before.digest
    (inside / "deeper").mkdir()
    (inside / "deeper" / "impl.py").write_text("x = 1")
    assert not before.unchanged
    assert found().digest != before.digest


@pytest.mark.parametrize("name", ["impl.py", "impl.pyc", "impl.so", "deeper/impl.py", "data.json"])
def test_code_where_python_keeps_its_cache_is_refused(inside: Path, name: str) -> None:
    before = found()
    hidden = inside / "__pycache__" / name
    hidden.parent.mkdir(exist_ok=True)
    hidden.write_text("x = 1")
    assert not before.unchanged
    with pytest.raises(PluginRefused, match="is no module that Python cached") as refused:
        found()
    assert refused.value.code == "plugin_malformed"


@pytest.mark.parametrize("where", ["linked", "linked.py", "__pycache__/linked.cpython-311.pyc"])
def test_links_and_what_is_no_file_are_refused(inside: Path, tmp_path: Path, where: str) -> None:
    before = found()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "impl.py").write_text("x = 1")
    (inside / where).symlink_to(tmp_path / "elsewhere")
    assert not before.unchanged
    with pytest.raises(PluginRefused, match="is a link or no file"):
        found()
    (inside / where).unlink()
    os.mkfifo(inside / "pipe")
    with pytest.raises(PluginRefused, match="is a link or no file"):
        found()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_listed_is_refused(inside: Path) -> None:
    closed = inside / "closed"
    closed.mkdir(mode=0)
    try:
        with pytest.raises(PluginRefused, match="cannot be read"):
            found()
    finally:
        closed.chmod(0o700)
