"""A gate that remembers what it saw of the log: a later log must go on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.gate.scene import HOUR, Scene, issued
from tests.world import KEYS, OTHER, Issued

from assay.app.verifying.certificate_folder import STATUS
from assay.cli.main import main
from assay.proof.bundle import read, sign


def asked(scene: Scene, *more: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, int]:
    words = [str(scene.model), "--policy", str(scene.policy), "--use-case", "credit"]
    with pytest.raises(SystemExit) as end:
        main(["gate", *words, "--remember", str(scene.root / "head"), *more, "--json"])
    said = json.loads(capsys.readouterr().out)
    code = said["error"]["code"] if "error" in said else said["because"] or "accepted"
    return str(code), int(end.value.code or 0)


def export(made: Issued, target: Path) -> str:
    target.write_bytes(b"".join(leaf + b"\n" for leaf in made.world.leaves))
    return str(target)


def test_a_gate_refuses_a_log_that_does_not_go_on_from_what_it_saw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, made = Scene(tmp_path), issued(ago=HOUR)
    short = list(made.world.leaves)
    scene.write(made)
    assert asked(scene, capsys=capsys) == ("accepted", 0)
    kept = (tmp_path / "head").read_text()
    made.world.agree("val", "validator", about=OTHER)
    scene.write(made)
    assert asked(scene, capsys=capsys) == ("log_unseen", 3)
    assert (tmp_path / "head").read_text() == kept
    assert asked(scene, "--log", export(made, tmp_path / "log"), capsys=capsys) == ("accepted", 0)
    assert (tmp_path / "head").read_text() != kept
    made.world.leaves = short
    scene.write(made)
    assert asked(scene, capsys=capsys) == ("log_shortened", 3)
    (tmp_path / "head").write_text(kept)
    scene.write(issued(ago=HOUR))  # the same story in another log of the same owner
    assert asked(scene, capsys=capsys) == ("log_rewritten", 3)
    for other in (
        "nothing",
        "bank.example/log\n9\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n\n- a signed checkpoint\n",
    ):
        (tmp_path / "head").write_text(other)
        assert asked(scene, capsys=capsys) == ("head_broken", 2)


def test_another_file_than_a_log_is_named_as_that_and_a_changed_log_stays_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, made = Scene(tmp_path), issued(ago=HOUR)
    scene.write(made)
    scene.write_pack(made.world.leaves, {})
    (tmp_path / "model.json").write_text('{"schema": "x", "columns": ["age"]}')
    (pack,) = tmp_path.rglob("*.zip")
    for wrong in (pack, scene.policy, scene.proof, tmp_path / "model.json"):
        with pytest.raises(SystemExit) as end:
            main(
                [
                    *("gate", str(scene.model), "--policy", str(scene.policy), "--use-case", "credit"),
                    *("--log", str(wrong)),
                ]
            )
        assert end.value.code == 2
        said = " ".join(capsys.readouterr().err.split())
        assert f"{wrong.name} is no exported log" in said
        assert "assay log export" in said
    log = Path(export(made, tmp_path / "log"))
    whole = log.read_bytes()
    for changed in (whole.replace(b'"action"', b'"Action"', 1), whole[100:], b"", whole[: len(whole) // 2]):
        log.write_bytes(changed)
        assert asked(scene, "--log", str(log), capsys=capsys)[1] == 3


@pytest.mark.parametrize(
    "head",
    [{"root": "not a hash\nat all"}, {"root": "e" * 63}, {"root": "E" * 64}, {"size": -1}, {"size": "7"}],
)
def test_a_status_whose_head_is_none_is_refused_and_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: dict[str, object]
) -> None:
    """It is signed by whom the policy trusts; kept, it would break every later call."""
    scene = Scene(tmp_path)
    scene.write(issued(ago=HOUR))
    (place,) = tmp_path.rglob(STATUS)
    statement = json.loads(read(place.read_bytes()).payload)
    statement["predicate"]["checkpoint"] |= head
    place.write_bytes(sign(statement, KEYS["certifier"]).content)
    assert asked(scene, capsys=capsys) == ("statement_broken", 3)
    assert not (tmp_path / "head").exists()
