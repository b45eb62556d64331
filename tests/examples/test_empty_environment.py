"""The light package alone, in an environment that was made without a network, verifies a certificate."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.gate.scene import Scene, flip

from examples import empty_environment


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_environment.made(tmp_path_factory.mktemp("light") / "venv")


def verified(python: Path, scene: Scene) -> subprocess.CompletedProcess[str]:
    asked = ["--model", str(scene.model), "--policy", str(scene.policy), "--use-case", scene.use_case]
    words = [str(python), "-I", "-B", "-m", "assay", "verify", str(scene.certificates), *asked]
    return subprocess.run(
        words, cwd=scene.root, env={"PATH": ""}, capture_output=True, text=True, check=False
    )


def test_it_holds_what_the_light_package_requires_and_nothing_else(python: Path) -> None:
    sizes = empty_environment.counted(python)
    assert {"assay-ml", "click", "cryptography", "pydantic", "rich", "rfc8785"} <= set(sizes)
    assert not {"numpy", "pip", "pytest", "SQLAlchemy"} & set(sizes)
    assert sizes["assay-ml"] > 500_000
    said, within = empty_environment.summed(sizes)
    assert within, said


def test_what_is_too_many_or_too_large_is_said(python: Path) -> None:
    sizes = empty_environment.counted(python)
    assert not empty_environment.summed(sizes | {"numpy": 60 * 10**6})[1]
    assert not empty_environment.summed(sizes | {f"one-{n}": 0 for n in range(20)})[1]


def test_it_is_not_called_empty_when_something_else_can_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(empty_environment, "ABSENT", ("numpy", "rich"))
    with pytest.raises(SystemExit, match="not empty: rich can be imported"):
        empty_environment.made(tmp_path / "venv")


def test_a_certificate_is_accepted_there_and_another_model_is_not(python: Path, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.write()
    accepted = verified(python, scene)
    assert (accepted.returncode, accepted.stdout.splitlines()[-1]) == (0, "Accepted."), accepted.stderr
    flip(scene.model, 0)
    assert verified(python, scene).returncode == 3
