"""How far a pass is."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from assay.cli.progress import progress


def test_progress_shows_rows_a_second_on_a_terminal_and_nothing_in_a_pipe(capsys: pytest.CaptureFixture[str]):
    shown = io.StringIO()
    with progress("Reading", 100, console=Console(file=shown, force_terminal=True, width=100)) as bar:
        for _ in range(4):
            bar.advance(25)
            time.sleep(0.06)
    assert "Reading" in shown.getvalue()
    assert "rows/s" in shown.getvalue()
    with progress("Reading", 100) as silent:
        silent.advance(100)
    assert capsys.readouterr() == ("", "")
