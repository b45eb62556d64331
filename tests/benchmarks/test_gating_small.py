"""The benchmark of the gate at a tiny size: all three accept the same model. No clock is asserted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
pytest.importorskip("model_signing")

from benchmarks.gating import Gating, measure, section


def test_all_three_accept_the_model(tmp_path: Path):
    found = measure(tmp_path, megabytes=1, repeats=1, say=lambda _: None)
    assert min(found.bare, found.gate, found.model_signing) > 0


def test_a_missed_bar_is_said():
    good = Gating(10, 0.1, 0.2, 0.5, 2.0, 0.4)
    assert section(good, Gating(1024, 1.0, 1.2, 2.0, 1.2, 0.6)).count("| yes |") == 2
    assert section(good, Gating(1024, 1.0, 1.4, 1.2, 1.4, 1.17)).count("| **no** |") == 2
