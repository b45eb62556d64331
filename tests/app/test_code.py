"""A high-risk use is judged on code that a commit names; whatever is not named is refused, or bypassed by a loud name."""

from __future__ import annotations

import subprocess

import pytest
from tests.app.conftest import Folder
from tests.app.team import Team, refused
from tests.app.test_lock_elsewhere import run

import assay
from assay.app.judging import open_engine
from assay.domain.refusal import Because
from assay.engine.in_process import InProcess


@pytest.fixture
def risky(folder: Folder) -> Team:
    """A team whose use is of high risk, in a folder without version control."""
    return Team(folder.edit("risk: limited", "risk: high"))


def git(team: Team, *words: str) -> None:
    known = ["git", "-c", "user.name=x", "-c", "user.email=x@y", *words]
    subprocess.run(known, cwd=team.root, check=True, capture_output=True)


def committed(team: Team) -> Team:
    git(team, "init", "-q")
    git(team, "add", "specification.yaml", "dictionary.yaml")
    git(team, "commit", "-qm", "as agreed")
    return team


def test_a_high_risk_use_is_not_judged_outside_version_control(risky: Team) -> None:
    risky.lock()
    with refused(Because.CODE_UNNAMED):
        risky.certify()
    assert risky.certify(rehearse=True).record.environment.commit == ""


def test_who_agrees_is_told_before_the_lock_that_no_commit_names_the_code(
    risky: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    capsys.readouterr()
    run("lock", risky.path, "--as", "validator", "--key", "demo:validator")
    told = capsys.readouterr().out
    assert "Before a judged run: The use is of high risk and the folder is not under version control" in told
    assert "Commit it to git" in told
    committed(risky.lock())
    run("lock", risky.path, "--as", "validator", "--key", "demo:validator")
    told = capsys.readouterr().out
    assert "A judged run may be made" in told
    assert "Before a judged run" not in told


def test_a_repository_without_a_commit_is_told_as_such_and_the_workspace_stays_out_of_it(risky: Team) -> None:
    risky.lock()
    with pytest.raises(assay.Refused, match="is not under version control"):
        risky.certify()
    git(risky, "init", "-q")
    with pytest.raises(assay.Refused, match="has no commit yet"):
        risky.certify()
    git(risky, "add", ".")
    known = subprocess.run(
        ["git", "ls-files"], cwd=risky.root, check=True, capture_output=True, text=True
    ).stdout
    assert "specification.yaml" in known
    assert ".assay" not in known
    assert (risky.root / ".assay" / "log.db").is_file()


def test_the_bypass_is_recorded_and_gets_no_certificate(risky: Team) -> None:
    done = risky.lock().certify(certify_code_without_a_commit=True)
    assert done.record.bypasses[0].startswith("certify_code_without_a_commit: ")
    risky.sign()
    with refused(Because.BYPASS_USED):
        risky.issue()


def test_a_run_without_a_lock_goes_on_without_a_commit_and_its_record_says_so(risky: Team) -> None:
    """No certificate comes of it, so nobody has to find its code again; whoever reads the record is told."""
    unnamed = "certify_without_a_lock: the use is of high risk, and no commit names the code that was judged"
    assert unnamed in risky.certify(certify_without_a_lock=True).record.bypasses
    committed(risky)
    (lock,) = risky.certify(certify_without_a_lock=True).record.bypasses
    assert lock.startswith("certify_without_a_lock: nobody agreed")


def test_a_use_of_less_risk_needs_no_commit(folder: Folder) -> None:
    assert Team(folder).lock().certify().record.bypasses == ()


def test_the_commit_is_recorded_and_a_dirty_tree_is_not_judged(risky: Team) -> None:
    features = risky.root / "features.py"
    features.write_text("scale = 1\n")
    committed(risky)
    git(risky, "add", "features.py")
    git(risky, "commit", "-qm", "what the model imports")
    risky.lock()
    features.write_text("scale = 2\n")
    with refused(Because.CODE_CHANGED):
        risky.certify()
    assert risky.certify(rehearse=True).record.environment.dirty
    features.write_text("scale = 1\n")
    done = risky.certify()
    assert len(done.record.environment.commit) == 40
    assert not done.record.environment.dirty


@pytest.mark.parametrize("name", ["features.py", "package/features.py"])
def test_a_python_file_that_git_does_not_know_is_not_judged(risky: Team, name: str) -> None:
    """A model may import it."""
    committed(risky).lock()
    (risky.root / name).parent.mkdir(exist_ok=True)
    (risky.root / name).write_text("scale = 2\n")
    with refused(Because.CODE_CHANGED):
        risky.certify()
    (risky.root / ".gitignore").write_text(f"{name}\n")
    assert not risky.certify().record.environment.dirty
