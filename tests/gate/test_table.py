"""One table of what is let through and what is refused, asked at every door: all of them agree."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.app.conftest import children  # noqa: F401 - fixture
from tests.gate.cases import CASES
from tests.gate.doors import DOORS, loaded_once, plugin, process
from tests.gate.scene import Scene

pytest_plugins = ["pytester"]
IN_A_PROCESS = (
    "certified",
    "expired",
    "one_bit_of_the_model",
    "no_certificate",
    "a_pipe_in_the_place_of_the_certificate",
    "a_name_that_is_not_utf8",
)


def test_the_table_is_as_long_as_was_asked():
    assert len(CASES) >= 60
    assert {case.exit for case in CASES.values()} >= {0, 1, 3}


@pytest.fixture
def scene(name: str, tmp_path: Path) -> Scene:
    built = Scene(tmp_path, folder=CASES[name].folder)
    CASES[name].build(built)
    return built


@pytest.mark.parametrize("name", CASES)
def test_every_door_gives_the_same_answer(name: str, scene: Scene, pytester: pytest.Pytester):
    case = CASES[name]
    doors = set(DOORS)
    if scene.pack:  # the exported log is read by whoever verifies; a gate is not shown it
        doors = {"assay.gate", "assay verify"}
    if scene.running:
        doors -= {"assay verify"}  # it has no running model before it
    if case.folder or (case.exit == 0 and importlib.util.find_spec("lightgbm") is None):
        doors -= {"load_certified"}
    if scene.sources:
        doors -= {"load_certified"}  # it loads the model, and is shown no folder around it
    with loaded_once():
        found = {door: DOORS[door](scene) for door in sorted(doors)}
        if not scene.pack:
            found["pytest"] = plugin(scene, pytester)
    assert found == dict.fromkeys(found, (case.code, case.exit))


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_a_process_of_its_own_agrees(name: str, scene: Scene):
    assert process(scene) == (CASES[name].code, CASES[name].exit)
