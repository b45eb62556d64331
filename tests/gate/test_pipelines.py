"""What other people's pipelines run: the GitHub Action's script, the hook's definition, the plugin's fixture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.gate.cases import CASES
from tests.gate.doors import PLUGIN, ROOT, words
from tests.gate.scene import Scene

pytest_plugins = ["pytester"]
ACTION = ROOT / ".github" / "actions" / "gate" / "action.yml"


def built(name: str, folder: Path) -> Scene:
    scene = Scene(folder, folder=CASES[name].folder)
    CASES[name].build(scene)
    return scene


@pytest.mark.parametrize("name", ["certified", "a_status_within_the_grace_of_what_runs", "a_file_was_added"])
def test_the_action_ends_as_the_gate_does(name: str, tmp_path: Path):
    (tmp_path / 'a "$(folder)"').mkdir()
    scene = built(name, tmp_path / 'a "$(folder)"')
    action = YAML(typ="safe").load(ACTION.read_text())
    step = action["runs"]["steps"][1]
    place = tmp_path / "assay" / "bin"
    place.mkdir(parents=True)
    (place / "assay").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assay "$@"\n')
    (place / "assay").chmod(0o755)
    given = {
        "model": scene.model, "policy": scene.policy, "use-case": scene.use_case, "certificate": scene.named or "",
        "running": str(scene.running).lower(), "environment": str(scene.environment).lower(),
        "python": scene.interpreter or "", "sources": scene.sources or "",
    }  # fmt: skip
    assert set(given) | {"package", "requirements"} == set(action["inputs"])
    env = {k: str(given[v.removeprefix("${{ inputs.").removesuffix(" }}")]) for k, v in step["env"].items()}
    env |= os.environ | {"RUNNER_TEMP": str(tmp_path)}
    ran = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], env=env, check=False)
    assert ran.returncode == CASES[name].exit


def test_the_action_never_writes_an_input_into_a_script():
    steps = YAML(typ="safe").load(ACTION.read_text())["runs"]["steps"]
    assert not [step["name"] for step in steps if "${{" in step["run"]]


def test_pre_commit_accepts_the_definition():
    pytest.importorskip("pre_commit")
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], check=True)


def test_the_fixture_gives_the_model_that_was_let_through(pytester: pytest.Pytester, tmp_path: Path):
    pytest.importorskip("lightgbm")
    scene = built("certified", tmp_path)
    pytester.makepyfile(
        "def test_it(certified_model): assert certified_model.certificate.scope.name == 'credit'"
    )
    asked = [f"--assay-{word[2:]}" if word.startswith("--") else word for word in words(scene)]
    pytester.runpytest_inprocess(*PLUGIN, "--assay-gate", *asked).assert_outcomes(passed=1)


def test_without_its_options_the_plugin_does_nothing_and_the_fixture_says_what_it_needs(
    pytester: pytest.Pytester,
):
    pytester.makepyfile("def test_one(): pass\ndef test_two(certified_model): pass")
    ran = pytester.runpytest_inprocess(*PLUGIN)
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*certified_model needs --assay-gate*"])
    assert pytester.runpytest_inprocess(*PLUGIN, "--assay-gate", "x").ret == pytest.ExitCode.USAGE_ERROR
