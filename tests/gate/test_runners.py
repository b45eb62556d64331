"""The gate where other people run it, with nothing in a stand-in's place: Assay is installed by pip, asked by the text of the
GitHub action and of the GitLab job as their runners ask it, and by ``git commit`` through pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.gate.doors import ROOT
from tests.gate.scene import Scene, flip, issued, model_bytes

from assay.domain.digests import sha256_of
from assay.proof.manifest import Manifest

ACTION = ROOT / ".github" / "actions" / "gate" / "action.yml"
GUIDE = ROOT / "docs" / "how-to" / "gate-in-ci.md"
CHANGED = "refused: credit.txt has other bytes than those that were certified: "
MEND = "What was changed must be tested and signed again: assay certify, assay sign, assay issue."


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of pip that find Assay's wheel and what it needs in a folder, and nothing anywhere else."""
    folder = tmp_path_factory.mktemp("packages")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*wheel, "--no-deps", str(ROOT)], check=True)
    (ours,) = folder.glob("assay_ml-*.whl")
    download = [*pip, "download", "--dest", str(folder), "--retries", "1", "--timeout", "15"]
    found = subprocess.run([*download, str(ours), "hatchling>=1.27"], capture_output=True, text=True)
    if found.returncode:
        reached = subprocess.run([*download, "--no-deps", "click"], capture_output=True, text=True)
        assert reached.returncode, found.stderr
        pytest.skip(f"pip reaches no packages, so nothing can be installed: {reached.stderr.strip()[-200:]}")
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # what a gate imports is compiled when it first does
    }


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A repository that keeps its model where the guide has it."""
    made = Scene(tmp_path / "repository")
    made.model.unlink()
    made.model = made.root / "models" / "credit.txt"
    made.model.parent.mkdir()
    made.model.write_bytes(model_bytes())
    made.write(issued(manifest=Manifest.of("credit.txt", [("credit.txt", sha256_of(model_bytes()))])))
    return made


def guide(heading: str) -> str:
    """The YAML under a heading of the guide, for the use case that the tests' certificates have."""
    (found,) = re.findall(
        rf"^## {heading}$.*?^```yaml\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert "small-loans" in found
    return str(found).replace("small-loans", "credit")


def environment(added: Mapping[str, str]) -> dict[str, str]:
    """This process's, without what would make our own source importable in the places that are to have a package."""
    ours = ("PYTHON", "VIRTUAL_ENV", "PIP_", "GIT_", "PRE_COMMIT")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | dict(added)


def run(words: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=environment(env), capture_output=True, text=True)


# --- GitHub


def runner(folder: Path, temporary: Path, env: Mapping[str, str], given: Mapping[str, str], *, steps: slice):
    """What GitHub's runner does with a composite action: defaults, expressions in ``env``, then bash on a file.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, ``jobs.<job_id>.steps[*].shell``.
    """
    action = YAML(typ="safe").load(ACTION.read_text())
    assert action["runs"]["using"] == "composite"
    inputs = {name: str(given.get(name, said.get("default", ""))) for name, said in action["inputs"].items()}
    assert set(given) <= set(inputs)
    for step in action["runs"]["steps"][steps]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        own = {
            name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: inputs[found[1]], text)
            for name, text in step["env"].items()
        }
        script = temporary / "step.sh"
        script.write_text(step["run"])
        words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        ran = run(words, folder, {**env, "RUNNER_TEMP": str(temporary), **own})
        if ran.returncode:
            break
    return ran


INSTALL, ASK = slice(0, 1), slice(1, None)


@pytest.fixture(scope="module")
def hosted(packages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder after the action's first step."""
    temporary = tmp_path_factory.mktemp("runner")
    ran = runner(temporary, temporary, packages, {"package": "assay-ml"}, steps=INSTALL)
    assert ran.returncode == 0, ran.stderr
    return temporary


def job(scene: Scene, hosted: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """The action's other step for this model, as the guide's job has it, with some inputs changed."""
    (step,) = [s for s in YAML(typ="safe").load(guide("GitHub"))["jobs"]["gate"]["steps"] if "with" in s]
    return runner(scene.root, hosted, {}, step["with"] | changes, steps=ASK)


def test_the_github_action_lets_a_certified_model_through_and_refuses_a_changed_byte(
    scene: Scene, hosted: Path
):
    assert (hosted / "assay" / "bin" / "assay").exists()
    passed = job(scene, hosted)
    assert passed.returncode == 0, passed.stderr
    flip(scene.model, 10)
    refused = job(scene, hosted)
    assert refused.returncode == 3
    assert CHANGED in refused.stdout
    assert MEND in refused.stdout


def test_the_github_action_stops_for_another_use_case(scene: Scene, hosted: Path):
    refused = job(scene, hosted, **{"use-case": "hiring"})
    assert refused.returncode == 1
    assert "The certificate is for the use case 'credit', not for 'hiring'." in refused.stdout


def test_the_github_action_compares_what_lies_around_the_model(scene: Scene, hosted: Path):
    """The runner's environment has the light package alone, and not LightGBM, with which the model was judged."""
    scene.write(
        issued(
            manifest=Manifest.of("credit.txt", [("credit.txt", sha256_of(model_bytes()))]),
            scope={"packages": (("lightgbm", "4.0.0"),)},
        )
    )
    assert job(scene, hosted).returncode == 0
    for given, code, said in (
        ({"environment": "true"}, 1, "lightgbm"),
        ({"python": sys.executable}, 2, "pip install 'assay-ml[certify]'"),
        ({"sources": "."}, 3, "There is no"),
    ):
        refused = job(scene, hosted, **given)
        assert refused.returncode == code, given
        assert said in refused.stdout + refused.stderr


@pytest.mark.parametrize("name", ["model", "policy", "use-case", "certificate", "sources", "python"])
@pytest.mark.parametrize(
    "text", ["--help", "", '$(touch made)`touch made`"; touch made; exit 0; "\ntouch made\nexit 0']
)
def test_no_text_of_an_input_runs_or_lets_a_model_through(name: str, text: str, scene: Scene, hosted: Path):
    """Except that what may be left away is not named: a certificate is then looked for beside the model."""
    ran = job(scene, hosted, **{name: text})
    assert (ran.returncode == 0) == (name in {"certificate", "sources", "python"} and not text), ran.stdout
    assert not (scene.root / "made").exists()


@pytest.fixture
def once_more(tmp_path: Path, packages: dict[str, str], hosted: Path) -> dict[str, str]:
    """For the action's first step where the environment that it makes is there already: only pip is asked again."""
    made = tmp_path / "bin" / "python3"
    made.parent.mkdir()
    made.write_text(f'#!/bin/sh\n[ "$*" = "-m venv {hosted}/assay" ]\n')
    made.chmod(0o755)
    return packages | {"PATH": f"{made.parent}:{os.environ['PATH']}"}


def test_the_lock_file_of_the_judged_environment_is_installed_beside_the_gate(
    tmp_path: Path, once_more: dict[str, str], hosted: Path
):
    (tmp_path / "model-requirements.lock").write_text("no-such-package-of-anybody==1.0\n")
    given = {"package": "assay-ml", "requirements": "model-requirements.lock"}
    ran = runner(tmp_path, hosted, once_more, given, steps=INSTALL)
    assert ran.returncode != 0
    assert "no-such-package-of-anybody==1.0" in ran.stderr


def test_a_package_that_is_written_as_an_option_of_pip_is_none(
    tmp_path: Path, once_more: dict[str, str], hosted: Path
):
    ran = runner(tmp_path, hosted, once_more, {"package": "--help"}, steps=INSTALL)
    assert ran.returncode != 0


# --- GitLab


def test_the_gitlab_job_lets_a_certified_model_through_and_refuses_a_changed_byte(
    scene: Scene, packages: dict[str, str], hosted: Path
):
    """Its image is the environment that the action made: pip has what the job names, and need not unpack it once more."""
    there = packages | {"PATH": f"{hosted / 'assay' / 'bin'}:{os.environ['PATH']}"}
    job = YAML(typ="safe").load(guide("GitLab"))["assay-gate"]
    # GitLab's runner joins the lines to one script that ends at the first failure.
    words = ["bash", "-c", "\n".join(["set -eo pipefail", *job["script"]])]
    passed = run(words, scene.root, there)
    assert passed.returncode == 0, passed.stderr
    flip(scene.model, 10)
    refused = run(words, scene.root, there)
    assert refused.returncode == 3
    assert CHANGED in refused.stdout
    assert MEND in refused.stdout


# --- pre-commit


def git(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = ("user.name=t", "user.email=t@example.com", "core.autocrlf=false", "init.defaultBranch=main")
    return run(["git", *(w for one in own for w in ("-c", one)), *words], folder, env)


def committed(folder: Path) -> str:
    """Make a folder a git repository of one commit, and name the commit."""
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "all"]):
        done = git(folder, *words)
        assert done.returncode == 0, done.stderr
    return git(folder, "rev-parse", "HEAD").stdout.strip()


def test_a_commit_of_a_changed_model_is_refused_by_the_pre_commit_hook(
    scene: Scene, packages: dict[str, str], tmp_path: Path
):
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    ours = tmp_path / "assay"
    shutil.copytree(ROOT / "src", ours / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, ours / name)
    yaml = YAML(typ="safe")
    settings = yaml.load(guide("pre-commit"))
    settings["repos"][0] |= {"repo": str(ours), "rev": committed(ours)}
    committed(scene.root)
    with (scene.root / ".pre-commit-config.yaml").open("w") as file:
        yaml.dump(settings, file)
    there = packages | {"PRE_COMMIT_HOME": str(tmp_path / "kept")}
    for words in (["install"], ["install-hooks"]):
        ready = run([sys.executable, "-m", "pre_commit", *words], scene.root, there)
        assert ready.returncode == 0, ready.stdout + ready.stderr

    git(scene.root, "add", "--all")
    passed = git(scene.root, "commit", "--message", "the hook", **there)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert re.search(r"assay gate\.+Passed", passed.stdout + passed.stderr)

    flip(scene.model, 10)
    git(scene.root, "add", "--all")
    refused = git(scene.root, "commit", "--message", "another model", **there)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert "exit code: 3" in said
    assert CHANGED in said
    assert MEND in said
    assert git(scene.root, "log", "--format=%s").stdout.splitlines() == ["the hook", "all"]
