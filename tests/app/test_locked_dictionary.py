"""The dictionary decides criteria as the thresholds do: it is agreed to, locked, and compared by everyone who trusts the lock."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, replaced
from tests.app.team import KEYS, Team, refused
from tests.app.test_chain import reviewed

import assay
from assay.app.judging import case, lock
from assay.app.judging.lock_elsewhere import agree_elsewhere, take_agreement
from assay.app.judging.recording import record_of
from assay.app.organisation.elsewhere import Away
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import export_log
from assay.app.organisation.waive import waive
from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.refusal import Because
from assay.proof.leaf import read_leaf

CONFORM = """
  - {id: conform, metric: data.dictionary_conformity, at_most: 0, tier: critical,
     rationale: values are documented, owner: data_steward}
"""
CODES = """
  - {id: codes, metric: data.undocumented_codes, at_most: 0, tier: critical,
     rationale: codes are documented, owner: data_steward}
"""


def asking(folder: Folder, criterion: str, text: str) -> Folder:
    folder.edit("complete, ranking]", f"complete, ranking, {criterion}]")
    folder.text = folder.text.rstrip() + text
    return folder


@pytest.fixture
def ranged(folder: Folder) -> Team:
    """50 incomes are below the least that the dictionary allows, and a criterion allows none; two attempts."""
    folder.edit("subject: {", "attempts: {count: 2, first: 0.8}\nsubject: {")
    income = folder.test["income"].to_numpy().copy()
    income[:50] = -5
    folder.test = replaced(folder.test, "income", income)
    return Team(asking(folder, "conform", CONFORM))


def loosen(team: Team, old: str = "range: [0, null]", new: str = "range: [null, null]") -> None:
    path = team.root / "dictionary.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def actions(team: Team) -> list[Action]:
    with open_ledger(team.root) as ledger:
        return [read_leaf(leaf).action for leaf in ledger.leaves()]


def test_a_dictionary_that_is_loosened_after_the_lock_is_told_and_judges_nothing(ranged: Team) -> None:
    ranged.lock()
    loosen(ranged)
    with pytest.raises(
        assay.Refused, match=r"with the dictionary .* changed since, and those who agreed"
    ) as told:
        ranged.certify()
    assert told.value.refusal.because is Because.LOCK_SUPERSEDED
    assert "assay lock SPECIFICATION --as ROLE --key KEY --reason WHY" in told.value.remedy
    assert Action.RUN_STARTED not in actions(ranged)


def test_a_dictionary_that_is_loosened_after_a_result_gets_no_second_attempt_under_any_lock(
    ranged: Team,
) -> None:
    ranged.lock()
    assert ranged.certify().sealed
    loosen(ranged)
    with refused(Because.LOCK_SUPERSEDED):
        ranged.certify()
    with pytest.raises(assay.Refused, match="is locked with another dictionary"):
        ranged.lock()
    ranged.lock(reason="an income may be a loss")
    with refused(Because.TEST_SET_SPENT):
        ranged.certify()


def test_a_code_that_is_documented_after_the_lock_is_told_and_judges_nothing(folder: Folder) -> None:
    folder.dictionary = (
        folder.dictionary.rstrip()
        + "\n  - {name: job, type: category, description: work, codes: {0: none, 1: paid}}\n"
    )
    job = np.random.default_rng(3).integers(0, 2, 4000)
    job[:700] = 9
    folder.test = folder.test.append_column("job", pa.array(job))
    folder.develop = folder.develop.append_column("job", pa.array(job[1000:3000] % 8))
    team = Team(asking(folder, "codes", CODES)).lock()
    loosen(team, "1: paid}", "1: paid, 9: other}")
    with refused(Because.LOCK_SUPERSEDED):
        team.certify()
    loosen(team, "1: paid, 9: other}", "1: paid}")
    done = team.certify()
    assert done.record.decision.outcome.value == "withheld"


@pytest.mark.begins("locked")
def test_a_new_dictionary_with_a_reason_is_judged_under_its_own_lock(team: Team) -> None:
    loosen(team)
    team.lock(reason="an income may be a loss").certify()
    team.sign().issue()
    assert team.gate() is None
    with open_ledger(team.root) as ledger:
        lock = ledger.state().lock_in_force("small-loans")
    assert lock is not None
    assert lock.previous
    assert lock.terms.dictionary == sha256_of((team.root / "dictionary.yaml").read_bytes())


@pytest.mark.begins("locked")
def test_a_dictionary_that_was_left_does_not_come_back_by_its_old_agreements(team: Team) -> None:
    before = (team.root / "dictionary.yaml").read_text()
    loosen(team)
    team.lock(reason="an income may be a loss")
    (team.root / "dictionary.yaml").write_text(before)
    with refused(Because.LOCK_SUPERSEDED):
        team.certify()


@pytest.mark.begins("locked")
def test_a_run_that_tells_the_locked_digest_of_another_dictionary_ends_with_no_decision(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(team.root) as ledger:
        locked = ledger.state().lock_in_force("small-loans").terms.dictionary
    loosen(team)
    with monkeypatch.context() as dishonest:
        honest = case.read_specification

        def pretending(*of: object) -> object:
            read = honest(*of)
            return replace(read, dictionary=replace(read.dictionary, digest=locked))

        dishonest.setattr("assay.app.judging.case.read_specification", pretending)
        with pytest.raises(assay.AssayError) as told:
            team.certify()
    assert told.value.code == "file_changed"
    assert Action.DECIDED not in actions(team)


@pytest.mark.begins("judged")
def test_a_record_of_another_dictionary_than_the_lock_is_found_by_who_signs_and_who_verifies(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.dictionary_of", lambda _: sha256_of(b"another"))
        with pytest.raises(assay.Distrusted, match="the dictionary was changed since"):
            team.sign("validator")
    team.sign().issue()
    assert reviewed(team) is None
    with monkeypatch.context() as careless:
        careless.setattr("assay.app.verifying.verify.certificate_contradicts", lambda *_: None)
        careless.setattr("assay.app.verifying.agreement.dictionary_of", lambda _: sha256_of(b"another"))
        assert reviewed(team) is Because.JUDGED_DIFFERENTLY


def test_a_word_from_elsewhere_is_over_the_dictionary_that_its_signer_read(
    team: Team, tmp_path: Path
) -> None:
    export_log(team.root, team.root / "log.jsonl")
    word = tmp_path / "word.json"
    agree_elsewhere(
        team.path, Away(team.root / "log.jsonl", team.policy, word),
        role="validator", signer=KEYS["validator"],
    )  # fmt: skip
    loosen(team)
    with pytest.raises(assay.Refused, match="about another dictionary than that of") as told:
        take_agreement(team.path, word, workers=0)
    assert told.value.refusal.because is Because.SIGNED_SOMETHING_ELSE
    loosen(team, "range: [null, null]", "range: [0, null]")
    assert take_agreement(team.path, word, workers=0).agreed.lock


def test_a_waiver_is_of_the_locked_dictionary_and_ends_with_it(team: Team) -> None:
    team.lock().certify()

    def waived() -> None:
        waive(
            team.path, criterion="test_set_spent", until=dt.datetime.now(dt.UTC) + dt.timedelta(days=9),
            role="risk_officer", signer=KEYS["risk-officer"], reason="the rows came twice",
        )  # fmt: skip

    waived()
    loosen(team)
    with pytest.raises(assay.Refused, match="the dictionary was changed since"):
        waived()
    team.lock(reason="an income may be a loss")
    with refused(Because.TEST_SET_SPENT):
        team.certify()
    waived()
    assert team.certify().attempt == 2


def test_a_record_that_shows_another_dictionary_than_was_locked_is_found_by_who_signs_and_who_verifies(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every digest and count fits; only what the page would say of the columns was written by hand."""

    def dishonest(*measured: object, **how: object) -> assay.Record:
        honest = record_of(*measured, **how)
        columns = tuple(c.model_copy(update={"description": "anything"}) for c in honest.dictionary.columns)
        return replace(honest, dictionary=honest.dictionary.model_copy(update={"columns": columns}))

    team.lock()
    with monkeypatch.context() as judged:
        judged.setattr("assay.app.judging.certify.record_of", dishonest)
        team.certify()
    with pytest.raises(
        assay.Distrusted, match="another dictionary than the locked document says; they differ in: columns"
    ):
        team.sign("validator")
    with monkeypatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.documents_contradict", lambda *_: None)
        team.sign().issue()
    assert reviewed(team) is Because.JUDGED_DIFFERENTLY


def test_a_dictionary_that_changes_while_it_is_planned_for_a_lock_is_locked_by_nobody(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who agrees is told what a plan says of the document that they agree to, and of no other."""
    honest = lock.open_case

    def meanwhile(path: Path) -> object:
        loosen(team)
        return honest(path)

    monkeypatch.setattr(lock, "open_case", meanwhile)
    with pytest.raises(assay.AssayError, match=r"dictionary\.yaml") as told:
        team.lock()
    assert told.value.code == "file_changed"
    assert Action.AGREED not in actions(team)
