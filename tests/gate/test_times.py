"""The time that a gate is asked to judge at is a moment, or it is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.gate.scene import NOW, Scene

import assay


@pytest.mark.parametrize("ask", [assay.gate, assay.load_certified])
def test_a_time_without_a_zone_is_refused_in_a_sentence(tmp_path: Path, ask: object) -> None:
    scene = Scene(tmp_path)
    scene.write()
    with pytest.raises(assay.AssayError, match="has no time zone") as refused:
        ask(scene.model, use_case=scene.use_case, policy=scene.policy, now=NOW.replace(tzinfo=None))
    assert refused.value.code == "time_naive"


def test_a_moment_is_the_same_in_every_zone(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.write()
    there = NOW.astimezone(dt.timezone(dt.timedelta(hours=14)))
    assert assay.gate(scene.model, use_case=scene.use_case, policy=scene.policy, now=there).accepted
