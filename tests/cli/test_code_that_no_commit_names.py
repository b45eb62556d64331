"""A high-risk use in a folder that is not as its commit: the files are named, and what to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.app.team import Team

from assay.app.judging import open_engine
from assay.cli.main import main
from assay.engine.in_process import InProcess


def certified(team: Team, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["certify", str(team.path)])
    return int(ended.value.code or 0), " ".join(capsys.readouterr().err.split())


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@y", *words], cwd=folder, check=True)


def test_at_most_five_files_are_named_with_what_differs_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    team = Team(Folder(tmp_path).edit("risk: limited", "risk: high")).lock()
    (tmp_path / "notes.txt").write_text("as agreed\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "specification.yaml", "dictionary.yaml", "notes.txt")
    git(tmp_path, "commit", "-qm", "as agreed")

    (tmp_path / "notes.txt").unlink()
    (tmp_path / "helper.py").touch()
    code, said = certified(team, capsys)
    assert code == 1
    assert (
        "be found again: 'helper.py' (git does not know it), 'notes.txt' (missing). Commit these files"
        in said
    )
    assert "more" not in said
    assert "(git status)" in said

    for number in range(1, 6):
        (tmp_path / f"a{number}.py").touch()
    git(tmp_path, "add", "a1.py")
    code, said = certified(team, capsys)
    assert code == 1
    assert "'a1.py' (added, not committed), 'a2.py' (git does not know it)," in said
    assert "'a5.py' (git does not know it) and 2 more. Commit" in said
    assert "helper.py" not in said
