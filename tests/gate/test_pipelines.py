"""What other people's pipelines run: the GitHub Action's script, the hook's definition, the plugin's fixture."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.gate.cases import CASES
from tests.gate.doors import PLUGIN, ROOT, words
from tests.gate.scene import Scene

from assay.integrations import pytest_gate

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
    assert acted(scene, tmp_path).returncode == CASES[name].exit


@pytest.mark.parametrize("name", ["environment", "running"])
@pytest.mark.parametrize("word", ["True", "TRUE", "yes", "1", "true ", "", "no"])
def test_the_action_refuses_a_word_that_is_neither_true_nor_false(name: str, word: str, tmp_path: Path):
    """Such a word would compare nothing, and nobody would see it."""
    scene = built("certified", tmp_path)
    ended = acted(scene, tmp_path, **{name: word})
    assert ended.returncode == 2
    assert (
        f"the input {name} is expected to be true or false, in small letters, and it is '{word}'"
        in ended.stderr
    )


def acted(scene: Scene, tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """The second step of the action, as a runner would run it."""
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
    } | changed  # fmt: skip
    assert set(given) | {"package", "requirements"} == set(action["inputs"])
    env = {k: str(given[v.removeprefix("${{ inputs.").removesuffix(" }}")]) for k, v in step["env"].items()}
    env |= os.environ | {"RUNNER_TEMP": str(tmp_path)}
    script = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(script, env=env, check=False, capture_output=True, text=True)


def test_the_action_never_writes_an_input_into_a_script():
    steps = YAML(typ="safe").load(ACTION.read_text())["runs"]["steps"]
    assert not [step["name"] for step in steps if "${{" in step["run"]]


def test_pre_commit_accepts_the_definition():
    pytest.importorskip("pre_commit")
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], check=True)


def test_pytest_finds_the_plugin_where_assay_is_installed():
    """Other tests load it by its module."""
    (found,) = (point for point in entry_points(group="pytest11") if point.name == "assay")
    assert found.load() is pytest_gate


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


@pytest.mark.parametrize(
    "words",
    [
        ["--assay-policy", "policy.yaml", "--assay-use-case", "credit", "--assay-environment"],
        ["--assay-running"],
        ["--assay-certificate", "cert"],
        ["--assay-sources", "."],
        ["--assay-python", "python"],
    ],
)
def test_options_of_the_gate_without_a_model_are_refused_and_no_test_runs(
    pytester: pytest.Pytester, words: list[str]
):
    pytester.makepyfile("def test_one(): pass")
    ran = pytester.runpytest_inprocess(*PLUGIN, *words)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    assert "passed" not in ran.stdout.str()
    ran.stderr.fnmatch_lines(["*without --assay-gate MODEL, so no gate would be asked*"])
