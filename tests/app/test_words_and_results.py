"""Words and results in time: a reject after the lock stops what comes of it, and nobody's word is of a result that they have not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.app.conftest import Folder, replaced
from tests.app.team import KEYS, Team, refused
from tests.app.test_lock_elsewhere import run

from assay.app.judging import certify as certifying
from assay.app.judging import lock as locking
from assay.app.judging import open_engine
from assay.app.judging.lock import agree
from assay.app.organisation.ledger import open_ledger
from assay.domain.quorum import Word
from assay.domain.refusal import Because
from assay.engine.in_process import InProcess

VALIDATOR = {"role": "validator", "signer": KEYS["validator"], "workers": 0}
OFFICER = {"role": "risk_officer", "signer": KEYS["risk-officer"], "workers": 0}


def against(team: Team, **who: Any) -> None:
    agree(team.path, word=Word.REJECT, reason="the threshold is wrong", **who)


@pytest.mark.begins("locked")
@pytest.mark.parametrize("who", [VALIDATOR, OFFICER])
def test_no_judged_run_begins_of_a_lock_that_somebody_rejects(team: Team, who: dict[str, Any]) -> None:
    """Whether or not it was their approval that locked it; until they take it back."""
    against(team, **who)
    with refused(Because.REJECTED) as told:
        team.certify()
    assert "the threshold is wrong." in told.value.message
    assert "no judged run of it begins" in told.value.message
    agree(team.path, word=Word.WITHDRAW, **who)
    assert team.certify().record.decision.outcome == "certified"


@pytest.mark.begins("judged")
def test_no_certificate_is_issued_of_a_lock_that_somebody_rejects(team: Team) -> None:
    team.sign()
    against(team, **OFFICER)
    with refused(Because.REJECTED):
        team.issue()
    agree(team.path, word=Word.WITHDRAW, **OFFICER)
    team.issue()
    assert team.gate() is None


@pytest.mark.begins("locked")
def test_another_version_that_all_agree_to_is_judged_whatever_was_said_of_the_one_before(team: Team) -> None:
    against(team, **OFFICER)
    team.folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    team.lock(reason="the threshold was meant so")
    assert team.certify().record.decision.outcome == "certified"


@pytest.mark.begins("locked")
def test_the_command_says_that_nothing_comes_of_it(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    said = ("--as", "validator", "--key", "demo:validator", "--reject", "--reason", "the threshold is wrong")
    capsys.readouterr()
    assert run("lock", team.path, *said) == 1
    told = capsys.readouterr().out
    assert "validator (validator) rejects: the threshold is wrong." in told
    assert "no judged run begins and no certificate is issued" in told
    assert "may be made" not in told
    assert run("certify", team.path) == 1
    assert run("lock", team.path, *said[:4], "--withdraw") == 0
    assert "A judged run may be made" in capsys.readouterr().out


def stopped(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judged run that began and was stopped before its decision."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(certifying, "_kept", stop)
        with pytest.raises(KeyboardInterrupt):
            team.certify()


def test_a_waiver_of_spent_rows_that_was_signed_before_the_result_opens_them_no_more(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run was stopped, a validator let another one begin, and then the first went on and was withheld."""
    good = folder.test
    noise = np.random.default_rng(5).random(good.num_rows)
    folder.test = replaced(good, "score", np.asarray(good["score"]) * 0.5 + noise * 0.5)
    team = Team(folder, attempts=1).lock()
    stopped(team, monkeypatch)
    team.waive("the run crashed", who="validator")
    assert team.certify().record.decision.outcome == "withheld"
    folder.test = good
    folder.write()
    with refused(Because.TEST_SET_SPENT) as told:
        team.certify()
    assert "it was signed before the result of entry" in told.value.message
    team.waive("the scores were of the wrong column", who="validator")
    assert team.certify().attempt == 2


def test_a_waiver_of_a_run_that_never_ended_still_opens_the_rows(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(folder, attempts=1).lock()
    stopped(team, monkeypatch)
    team.waive("the run crashed", who="validator")
    folder.test = replaced(folder.test, "income", np.asarray(folder.test["income"]) + 1.0)
    folder.write()
    assert team.certify().attempt == 2


def test_an_agreement_whose_plan_was_under_way_when_a_result_came_is_of_who_has_not_seen_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(folder).lock()
    first = folder.text
    folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    second = folder.text
    planned: Callable[..., tuple[str, ...]] = locking.planned

    def slow(*a: Any, **how: Any) -> tuple[str, ...]:
        found = planned(*a, **how)
        team.path.write_text(first, encoding="utf-8")
        team.certify()
        team.path.write_text(second, encoding="utf-8")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(locking, "planned", slow)
        found = agree(team.path, reason="clearer words", **VALIDATOR)
    assert found.lock is None
    assert [late.holder for late in found.quorum.late] == ["validator"]
    assert agree(team.path, reason="clearer words", **VALIDATOR).lock is not None
    with open_ledger(team.root) as ledger:
        assert len(ledger.state().locks) == 2
