"""The blocks of the page about Python run as written, one after the other, and print what stands beside them.

Their runs read and count in the test's process; with workers and children of its own one runs in the tutorial (``test_tutorial.py``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.near import near_children

from assay.app.judging import open_engine
from assay.engine.in_process import InProcess

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "use-from-python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The small example with its model trained, outside of the checkout."""
    folder = tmp_path / "german-credit"
    shutil.copytree(
        ROOT / "examples" / "german-credit",
        folder,
        ignore=shutil.ignore_patterns("out", ".assay", "__pycache__"),
    )
    for program in ("prepare.py", "train.py"):
        subprocess.run([sys.executable, program], cwd=folder, check=True, capture_output=True)
    return folder


def test_every_block_runs_and_prints_what_is_said(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(example)
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    names: dict[str, object] = {}
    with near_children():
        for block in BLOCKS:
            exec(compile(block, "use-from-python.md", "exec"), names)
            printed = capsys.readouterr().out.splitlines()
            promised = re.findall(r"^print\(.*\)  # (.+)$", block, re.MULTILINE)
            assert not promised or printed == promised
    assert Path("out/rehearsal.html").stat().st_size > 10_000
