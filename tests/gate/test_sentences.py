"""What a person reads who is refused: the sentence is about what happened, and the remedy is about that."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.gate.cases import CASES
from tests.gate.doors import words
from tests.gate.scene import Scene

import assay
from assay.app.verifying.gate import refused
from assay.cli.main import main


def printed(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["gate", *arguments])
    shown = capsys.readouterr()
    return int(str(ended.value.code)), shown.out + shown.err


def test_a_certified_file_by_another_name_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scene = Scene(tmp_path, folder=False)
    scene.write()
    certificates = scene.certificates
    scene.model = scene.model.rename(scene.model.with_name("same.txt"))
    code, text = printed(capsys, [*words(scene), "--certificate", str(certificates)])
    assert code == 3
    assert (
        "The certificate is about 'model.txt'; the file in hand is called 'same.txt' (its bytes are those that were certified)"
        in text
    )


def test_a_certificates_folder_is_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scene = Scene(tmp_path, folder=False)
    scene.write()
    model, scene.model = scene.model, scene.certificates
    code, text = printed(capsys, words(scene))
    assert code == 2
    assert "is the folder of a certificate, and no model" in text
    assert str(model) in text


@pytest.mark.parametrize(
    "name", [n for n, case in CASES.items() if case.code in {"expired", "not_yet_valid", "other_use_case"}]
)
def test_a_remedy_tells_of_a_change_only_where_something_was_changed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    scene = Scene(tmp_path, folder=CASES[name].folder)
    CASES[name].build(scene)
    found = assay.gate(scene.model, use_case=scene.use_case, policy=scene.policy, certificate=scene.named)
    remedy = refused(found).remedy
    assert remedy
    assert "changed" not in remedy
    assert remedy in printed(capsys, words(scene))[1]


@pytest.mark.parametrize(
    ("changed", "argument"),
    [({"use_case": "hiring"}, "use_case=..."), ({"certificate": "nowhere"}, "certificate=...")],
)
def test_who_loads_a_model_in_a_program_is_told_its_arguments_and_no_option_of_a_command(
    changed: dict[str, str], argument: str, tmp_path: Path
):
    scene = Scene(tmp_path, folder=False)
    scene.write()
    asked = {"use_case": scene.use_case, "policy": scene.policy} | changed
    with pytest.raises(assay.Refused) as told:
        assay.load_certified(scene.model, **asked)
    assert argument in told.value.remedy
    assert "--" not in told.value.remedy
    assert "assay " not in told.value.remedy


def test_a_proof_under_the_key_that_the_log_had_before_is_told_with_how_to_make_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    scene = Scene(tmp_path, folder=False)
    CASES["a_checkpoint_by_a_forged_key_of_the_log"].build(scene)
    code, text = printed(capsys, words(scene))
    assert code == 3
    assert "if the log has another key since" in text
    assert "assay log prove ENTRY certificate.tlog-proof" in text
