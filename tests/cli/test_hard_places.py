"""Full disks, readers that leave, packages that are absent, files in the way: one sentence and the right code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.cli.conftest import certify
from tests.cli.warm import run, start

NOTHING = Path(os.devnull)


def run_without(names: set[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """In an interpreter in which these packages are not installed."""
    program = f"{WITHOUT.format(names=names)}\nfrom assay.cli import main\nmain({list(arguments)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


# --- the reader leaves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "more", "ends"), [("0.70", (), 0), ("0.90", ("--json",), 1)])
def test_a_reader_that_leaves_does_not_change_the_decision(tmp_path, asked, more, ends):
    """Neither in the middle of a long document."""
    folder = Folder(tmp_path)
    folder.edit("at_least: 0.70, expected: 0.8,", f"at_least: {asked}, expected: 0.95,").write()
    words = ["certify", "specification.yaml", "--certify-without-a-lock", "--workers", "1", *more]
    (reads, writes), (said, wrong) = os.pipe(), os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    process = start(words, (nothing, writes, wrong), cwd=tmp_path)
    for descriptor in (nothing, writes, wrong):
        os.close(descriptor)
    assert os.read(reads, 10)
    os.close(reads)
    with os.fdopen(said) as errors:
        assert (process.wait(), errors.read()) == (ends, "")


@pytest.mark.parametrize("words", ["schema", "report --format json"])
def test_a_reader_that_leaves_other_commands_gets_no_verdict(once, words):
    # The reader is gone before the first byte.
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-m", "assay", *words.split()],
        cwd=once,
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writes)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_module_in_the_current_folder_does_not_run(tmp_path):
    (tmp_path / "json.py").write_text("open('ran', 'w')")
    done = subprocess.run(
        [sys.executable, "-m", "assay", "schema"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert not (tmp_path / "ran").exists()


# --- nothing can be written -------------------------------------------------------------------------------------


# As on a full disk, no file grows beyond so many bytes.
@pytest.mark.parametrize("most", [0, 600, 5_000, 60_000])
def test_a_full_disk_is_no_verdict_and_the_next_run_goes_on(portfolio, most):
    done = certify(portfolio, largest_file=most)
    assert done.returncode == 2
    assert "cannot be written: File too large" in done.stderr
    assert certify(portfolio).returncode == 0


def test_a_page_that_cannot_be_written_hides_no_verdict(portfolio):
    (portfolio / "out" / "small-loans.dossier.html").mkdir(parents=True)
    done = certify(portfolio)
    assert done.returncode == 0
    assert "accuracy" in done.stdout
    assert "small-loans.dossier.html is a folder, and a file is expected" in done.stderr
    drawn = re.search(r"assay report (\w+) --output", done.stderr)
    assert drawn is not None
    assert run("report", drawn[1], "--output", "page.html", cwd=portfolio).returncode == 0
    assert "accuracy" in (portfolio / "page.html").read_text()


def test_a_place_where_no_page_can_be_written_is_told_before_a_row_is_judged(portfolio):
    (portfolio / "file").write_text("in the way")
    done = certify(portfolio, "--output", "file/page.html")
    assert done.returncode == 2
    assert "page.html cannot be written" in done.stderr
    assert not (portfolio / ".assay" / "runs.jsonl").exists()


@pytest.mark.parametrize("taken", [".assay", "out", ".assay/partials", ".assay/objects", ".assay/runs.jsonl"])
def test_something_in_the_way_is_named(portfolio, taken):
    place = portfolio / taken
    place.parent.mkdir(exist_ok=True)
    if place.suffix:
        place.mkdir()
    else:
        place.write_text("in the way")
    done = certify(portfolio)
    assert done.returncode == 2
    assert taken in done.stderr
    assert "cannot be written" in done.stderr


def test_an_output_that_is_a_folder_is_named(portfolio):
    (portfolio / "page.html").mkdir()
    done = certify(portfolio, "--output", "page.html")
    assert done.returncode == 2
    assert "page.html is a folder, and a file is expected" in done.stderr


def test_what_to_do_fits_what_the_system_said(once):
    done = run("report", "--in", ".", "--output", "/proc/there/is/no/such/page.html", cwd=once)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "name another place" in done.stderr
    assert "Free the disk" not in done.stderr


# --- the base install -------------------------------------------------------------------------------------------

MEASURING = {"numpy", "scipy", "pyarrow", "sklearn", "vl_convert"}
WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
"""


@pytest.mark.parametrize(
    "words",
    [
        "schema",
        "checks",
        "plan specification.yaml",
        "certify specification.yaml",
        "init --data test.parquet --model score",
    ],
)
def test_without_what_measures_the_extra_is_named(portfolio, words):
    done = run_without(MEASURING, *words.split(), cwd=portfolio)
    assert done.returncode == 2
    assert "pip install 'assay-ml[certify]'" in done.stderr


def test_without_what_measures_a_record_is_shown(once):
    assert "CERTIFIED" in run_without(MEASURING, "show", evidence_record(once), cwd=once).stdout


def evidence_record(folder: Path) -> str:
    return str(json.loads(run("show", "--json", cwd=folder).stdout)[-1]["record"])
