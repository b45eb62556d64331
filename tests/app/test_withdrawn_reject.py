"""A reject that is taken back locks nothing: only an approval does, with its plan, its bypass and its reason."""

from __future__ import annotations

import pytest
from tests.app.conftest import Folder
from tests.app.team import KEYS, Team
from tests.app.test_lock_elsewhere import run, size, word_of

import assay
from assay.app.judging import open_engine
from assay.app.judging.lock import agree
from assay.app.judging.lock_elsewhere import take_agreement
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import export_log
from assay.domain.quorum import Word
from assay.domain.state import Lock
from assay.engine.in_process import InProcess

OFFICER = {"role": "risk_officer", "signer": KEYS["risk-officer"], "workers": 0}


def locks(team: Team) -> list[Lock]:
    with open_ledger(team.root) as ledger:
        return list(ledger.state().locks.values())


@pytest.fixture
def hopeless(folder: Folder) -> Team:
    """A hopeless specification that was rejected by one person, and then approved by another with the bypass."""
    team = Team(folder.edit("at_most: 0.15", "at_most: 0.001"))
    agree(team.path, word=Word.REJECT, reason="wait", **OFFICER)
    team.lock(certify_a_hopeless_specification=True)
    assert locks(team) == []
    return team


def test_the_bypass_of_a_hopeless_specification_outlives_a_reject(hopeless: Team) -> None:
    found = agree(hopeless.path, word=Word.WITHDRAW, **OFFICER)
    assert found.quorum.reached
    assert found.lock is None
    with pytest.raises(assay.Hopeless, match="refusals-age"):
        hopeless.lock()
    assert locks(hopeless) == []
    before = size(hopeless)
    hopeless.lock(certify_a_hopeless_specification=True)
    (lock,) = locks(hopeless)
    assert lock.bypasses[0].startswith("The plan called it hopeless: refusals-age")
    assert size(hopeless) == before + 1  # the approval stood there already


def test_a_withdrawal_of_another_machine_locks_nothing_either(hopeless: Team) -> None:
    export_log(hopeless.root, hopeless.root / "log.jsonl")
    file = word_of(hopeless, "risk-officer", Word.WITHDRAW)
    for _ in range(2):
        found = take_agreement(hopeless.path, file, workers=0).agreed
        assert found.quorum.reached
        assert found.lock is None


@pytest.mark.parametrize("again", ["said", "taken"])
def test_after_a_withdrawal_it_is_told_who_locks_and_the_reason_of_a_new_version_is_kept(
    folder: Folder, again: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    team = Team(folder).lock()
    folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    agree(team.path, word=Word.REJECT, reason="wait", **OFFICER)
    export_log(team.root, team.root / "log.jsonl")
    handed = ("--policy", team.policy, "--log", team.root / "log.jsonl", "--to", team.root / "word.json")
    approval = ("--as", "validator", "--key", "demo:validator", "--reason", "clearer words")
    assert run("lock", team.path, *approval, *handed) == 0
    assert run("take", team.root / "word.json", "--in", team.root) == 1
    before = size(team)
    capsys.readouterr()
    assert run("lock", team.path, "--as", "risk_officer", "--key", "demo:risk-officer", "--withdraw") == 1
    told = capsys.readouterr()
    assert told.err == ""
    assert "The quorum is reached." in told.out
    assert f"  assay lock {team.path} --as ROLE --key KEY" in told.out
    assert size(team) == before + 1
    assert len(locks(team)) == 1
    assert (
        run(
            *(
                ("lock", team.path, *approval)
                if again == "said"
                else ("take", team.root / "word.json", "--in", team.root)
            )
        )
        == 0
    )
    assert "Locked by entry" in capsys.readouterr().out
    assert [lock.reason for lock in locks(team)] == ["", "clearer words"]
    assert size(team) == before + 2
