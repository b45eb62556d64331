"""Partial counts that this user did not write, or that are no longer what was written: they are counted again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import certify
from tests.cli.warm import run


def evidence(folder: Path) -> str:
    done = run("show", "--json", cwd=folder)
    record = json.loads(done.stdout)[-1]["record"]
    return str(json.loads(run("show", record, "--json", cwd=folder).stdout)["evidence_digest"])


@pytest.fixture
def certified(once: Path, tmp_path: Path) -> Path:
    """A copy of it: counts do not depend on where files lie."""
    return Path(shutil.copytree(once, tmp_path / "copy"))


def partials(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / ".assay" / "partials").glob("*/*") if p.is_file())


def rewritten(stored: bytes) -> bytes:
    data = bytearray(stored[32:])
    data[-1] ^= 1
    return hashlib.sha256(data).digest() + bytes(data)


SPOILED: dict[str, Callable[[list[Path]], None]] = {
    "one rewritten with a digest of its own": lambda p: p[0].write_bytes(rewritten(p[0].read_bytes())),
    "all rewritten": lambda p: [f.write_bytes(rewritten(f.read_bytes())) for f in p] and None,
    "two exchanged": lambda p: exchange(p[0], p[1]),
    "one cut off": lambda p: p[0].write_bytes(p[0].read_bytes()[:-7]),
    "one empty": lambda p: p[0].write_bytes(b""),
    "garbage": lambda p: p[0].write_bytes(os.urandom(500)),
}


def exchange(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_partial_counts_are_counted_again(certified, how):
    before = evidence(certified)
    SPOILED[how](partials(certified))
    assert certify(certified).returncode == 0
    assert evidence(certified) == before


def test_a_folder_in_place_of_a_partial_is_named(certified):
    place = partials(certified)[0]
    place.unlink()
    place.mkdir()
    forget_use(certified)
    done = certify(certified)
    assert done.returncode == 2
    assert f"{place.name} cannot be written" in done.stderr


def forget_use(folder: Path) -> None:
    """Forget that the rows were seen without a lock, so that they are looked at again for that as well."""
    (folder / ".assay" / "unlocked.jsonl").unlink()


def test_partial_counts_of_another_user_do_not_count(certified, tmp_path_factory):
    """Whoever hands over a folder hands over no counts."""
    other = {"XDG_STATE_HOME": str(tmp_path_factory.mktemp("other"))}
    written = {p: p.stat().st_mtime_ns for p in partials(certified)}
    forget_use(certified)
    assert certify(certified, env=os.environ | other).returncode == 0
    assert all(p.stat().st_mtime_ns > before for p, before in written.items())


def test_the_secret_is_kept_for_its_user_alone(portfolio, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    assert certify(portfolio, env=os.environ | {"XDG_STATE_HOME": str(state)}).returncode == 0
    kept = state / "assay" / "partials.key"
    assert kept.stat().st_mode & 0o777 == 0o600
    first = kept.read_bytes()
    assert certify(portfolio, env=os.environ | {"XDG_STATE_HOME": str(state)}).returncode == 0
    assert kept.read_bytes() == first


def test_without_a_home_nothing_is_reused_and_all_goes_well(portfolio):
    nowhere = {
        "XDG_STATE_HOME": str(portfolio / "specification.yaml")
    }  # a file: nothing can be made below it
    assert certify(portfolio, env=os.environ | nowhere).returncode == 0
    written = {p: p.stat().st_mtime_ns for p in partials(portfolio)}
    forget_use(portfolio)
    assert certify(portfolio, env=os.environ | nowhere).returncode == 0
    assert all(p.stat().st_mtime_ns > before for p, before in written.items())
