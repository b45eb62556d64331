"""What the command line says and writes of a decision that persons signed, waived and certified."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from tests.app.conftest import Folder, replaced
from tests.app.team import Team

from assay.app.judging import certify, open_engine
from assay.app.organisation.ledger import open_ledger
from assay.cli.main import main
from assay.engine.in_process import InProcess


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is started, and what is told is cut into lines as on a terminal of this width."""
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    monkeypatch.setenv("COLUMNS", "100")


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


@pytest.mark.begins("judged")
def test_issue_draws_the_dossier_beside_the_certificate_and_report_draws_the_same(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    team.sign()
    assert run("issue", "--key", "demo:certifier", "--in", team.root, "--output", team.root / "cert") == 0
    page = team.root / "cert" / "dossier.html"
    assert f"Dossier: {page}" in capsys.readouterr().out
    assert run("report", "--in", team.root, "--output", team.root / "again.html") == 0
    assert (team.root / "again.html").read_bytes() == page.read_bytes()
    assert (
        run("issue", "--key", "demo:certifier", "--in", team.root, "--output", team.root / "cert", "--json")
        == 0
    )
    until = json.loads(capsys.readouterr().out)["valid_until"]
    assert f", and good, until {until[:10]}." in page.read_text()
    assert (
        run("report", "--in", team.root, "--format", "standing", "--output", team.root / "standing.json") == 0
    )
    said = json.loads((team.root / "standing.json").read_text())
    assert said["certificate"]["valid_until"] == until
    assert team.gate() is None


def test_a_refusal_is_issued_as_failed_without_signatures_and_every_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    folder = Folder(tmp_path)
    folder.test = replaced(folder.test, "score", 1 - folder.test["score"].to_numpy())
    team = Team(folder).lock()
    done = team.certify()
    assert done.decision.outcome.value == "withheld"
    here = ("--in", team.root)
    with monkeypatch.context() as wide:
        wide.setenv("COLUMNS", "1000")
        assert run("show", done.digest[7:19], *here) == 0
    assert "it is withheld, which needs no signatures to be issued as FAILED" in capsys.readouterr().out
    assert run("sign", "--look", *here) == 1
    command = f"assay issue {done.digest[7:19]} --key KEY"
    assert f"A refusal can be issued without them, as FAILED: {command}" in capsys.readouterr().out
    issued = ("issue", "--key", "demo:certifier", *here, "--output", team.root / "cert")
    assert run(*issued) == 0
    first = capsys.readouterr().out
    assert ": FAILED (withheld) for small-loans" in first
    assert "issued before" not in first
    digest = first.split()[1].rstrip(":")
    assert run("status", "--key", "demo:certifier", *here, "--output", team.root / "cert") == 0
    assert f"{digest}  good       FAILED  test.parquet for small-loans" in capsys.readouterr().out
    for who in ("validator", "risk-officer"):
        role = who.replace("-", "_")
        run("sign", "--as", role, "--key", f"demo:{who}", *here)
        told = capsys.readouterr().out
        assert f"{who} approves that it is withheld" in told
        assert f"Certificate {digest}, FAILED, in force, was issued for it (entry 5 of the log)" in told
        assert "assay issue" not in told
    assert run(*issued) == 0
    again = capsys.readouterr().out
    assert again.startswith(first.splitlines()[0])
    assert "It was issued before, on 20" in again
    assert "(entry 5 of the log): its files are written again, and nothing is added." in again
    assert run("issue", "--key", "demo:certifier", *here, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["entry"], said["issued_before"]) == (5, True)
    assert run("export", "public", team.root / "public.zip", "--key", "demo:certifier", *here) == 0
    capsys.readouterr()
    assert run("log", "verify", team.root / "public.zip", "--policy", team.policy) == 0
    assert (
        f"{digest}  good       FAILED  test.parquet for small-loans, signed by nobody"
        in capsys.readouterr().out
    )


def test_who_signs_and_who_deploys_read_of_a_condition_what_was_asked_and_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    folder = Folder(tmp_path)
    harsh = np.where(folder.test["age"].to_numpy() < 30, 0.12, 0)  # the young are refused more often
    folder.test = replaced(folder.test, "score", np.minimum(folder.test["score"].to_numpy() + harsh, 1))
    team = Team(folder).lock()
    done = team.certify()
    assert done.decision.outcome.value == "conditional"
    judged = next(j for j in done.record.judged if j.assessment.criterion == "refusals-age")
    worst = judged.assessment.estimate
    assert worst is not None
    said = (
        f"The supporting criterion 'refusals-age' is inconclusive: at most 0.15 was asked, and {worst.value:.4f} was "
        f"found ({worst.label})."
    )
    assert run("sign", "--look", "--in", team.root) == 1
    assert said in capsys.readouterr().out
    team.sign().issue()
    capsys.readouterr()
    asked = ("--policy", team.policy, "--use-case", "small-loans", "--certificate", team.root / "cert")
    assert run("gate", team.root / "test.parquet", *asked) == 0
    assert f"Condition: {said}" in capsys.readouterr().out


def test_a_word_that_nobody_asked_for_and_one_that_stands_already_are_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    folder = Folder(tmp_path).edit("lock: {validator: 1}", "lock: {validator: 1, risk_officer: 1}")
    team = Team(folder.edit("quorum: {validator: 1, risk_officer: 1}", "quorum: {validator: 1}"))

    def entries() -> int:
        with open_ledger(team.root) as ledger:
            return ledger.log.size

    def said(ends: int, command: object, role: str, *more: object) -> str:
        key = ("--as", role, "--key", f"demo:{role.replace('_', '-')}")
        assert run(command, *([team.path] if command == "lock" else ["--in", team.root]), *key, *more) == ends
        return capsys.readouterr().out

    stands = "has said this as validator already (entry"
    assert stands not in said(1, "lock", "validator")
    size = entries()
    again = said(1, "lock", "validator")
    assert f"validator {stands} 1 of the log, 20" in again
    assert "it stands, and nothing was added. Signatures" not in again
    assert entries() == size
    said(1, "lock", "validator", "--reject", "--reason", "not yet")
    assert stands in said(1, "lock", "validator", "--reject", "--reason", "not yet")
    assert stands not in said(1, "lock", "validator", "--reject", "--reason", "never")
    said(1, "lock", "validator")  # another word than the reject, so it is added
    assert "risk-officer agrees" in said(0, "lock", "risk_officer")
    size = entries()
    assert stands in said(0, "lock", "validator")
    assert entries() == size

    team.certify()
    unasked = said(1, "sign", "risk_officer")
    assert "risk-officer approves too, and fills no place" in unasked
    assert "No word of a risk_officer is asked for here, only of: validator." in unasked
    assert stands not in said(0, "sign", "validator")
    size = entries()
    assert stands in said(0, "sign", "validator")
    assert entries() == size
    key = ("--as", "validater", "--key", "demo:validator", "--in", team.root)
    assert run("sign", *key) == 1
    assert "does not hold the role validater; it holds validator." in capsys.readouterr().err


@pytest.mark.begins("judged")
def test_log_show_tells_of_each_entry_who_signed_in_which_role_and_which_attempt_it_is(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = team.done
    team.sign().issue()
    monkeypatch.setenv("COLUMNS", "120")
    assert run("log", "show", "--in", team.root) == 0
    lines = [line.split(maxsplit=5) for line in capsys.readouterr().out.splitlines()[2:]]
    assert [(line[3], line[5].strip()) for line in lines] == [
        ("policy.set", "root: version 1"),
        ("specification.agreed", "validator (validator): approves"),
        ("specification.locked", "small-loans"),
        ("run.started", "attempt 1"),
        ("decision.made", "certified, attempt 1"),
        ("decision.signed", "validator (validator): approves"),
        ("decision.signed", "risk-officer (risk_officer): approves"),
        ("certificate.issued", "certifier: PASSED"),
    ]
    assert lines[4][4] == done.digest[7:19]
    monkeypatch.setenv("COLUMNS", "80")
    assert run("log", "show", "--from", "5", "--in", team.root) == 0
    narrow = capsys.readouterr().out
    assert max(map(len, narrow.splitlines())) <= 80
    assert "policy.set" not in narrow
    assert run("log", "show", "--from", "6", "--in", team.root, "--json") == 0
    signed, _ = json.loads(capsys.readouterr().out)
    assert (signed["by"], signed["says"]) == (
        [{"holder": "risk-officer", "role": "risk_officer"}],
        "approves",
    )


@pytest.mark.begins("judged")
def test_a_certificate_is_issued_where_no_page_can_be_drawn(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'jinja2'", name="jinja2")

    team.sign()
    monkeypatch.setattr("assay.app.organisation.report.write_document", absent)
    assert run("issue", "--key", "demo:certifier", "--in", team.root, "--output", team.root / "cert") == 0
    said = capsys.readouterr().out
    assert "The dossier was not drawn. This needs the package 'jinja2'" in said
    assert "pip install 'assay-ml[certify]'" in said
    assert team.gate() is None


def test_no_page_is_drawn_of_a_run_whose_numbers_are_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    folder = Folder(tmp_path).edit("protected:", "attempts: {count: 2, first: 0.5}\nprotected:")
    folder.test = replaced(folder.test, "score", 1 - folder.test["score"].to_numpy())
    team = Team(folder).lock()
    assert team.certify().sealed
    assert run("issue", "--key", "demo:certifier", "--in", team.root, "--output", team.root / "cert") == 1
    assert "Not certified: attempt 1 of 2." in capsys.readouterr().err
    assert not (team.root / "cert").exists()


@pytest.mark.begins("judged")
def test_waive_show_and_report_tell_the_waiver(team: Team, capsys: pytest.CaptureFixture[str]) -> None:
    done = team.done
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    who = ("--as", "risk_officer", "--key", "demo:risk-officer", "--until", until)
    assert run("waive", team.path, "refusals-age", *who, "--reason", "reviewed by hand") == 0
    assert f"refusals-age is waived through {until} (UTC), by a risk_officer" in capsys.readouterr().out
    assert run("show", done.digest[7:19], "--in", team.root) == 0
    assert "refusals-age is waived by risk-officer (risk_officer)" in capsys.readouterr().out
    assert run("show", done.digest[7:19], "--in", team.root, "--json") == 0
    shown = json.loads(capsys.readouterr().out)["standing"]
    assert run("report", "--in", team.root, "--format", "standing") == 0
    assert json.loads(capsys.readouterr().out) == shown
    assert [w["reason"] for w in shown["waivers"]] == ["reviewed by hand"]
    assert run("waive", team.path, "signature_wrong", *who, "--reason", "no time") == 1
    assert "A failure of trust is never waived" in capsys.readouterr().err


@pytest.mark.begins("judged")
def test_a_waiver_ends_after_today_and_within_the_term_of_the_policy_and_the_latest_day_is_told_before_a_passphrase(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ("--as", "risk_officer", "--key", "demo:risk-officer", "--reason", "reviewed by hand", "--until")

    def latest(criterion: str, until: object, ends: int, says: str) -> dt.date:
        with monkeypatch.context() as locked_away:
            locked_away.setattr(
                "assay.cli.waive.signer", lambda *_: pytest.fail("a passphrase was asked for")
            )
            assert run("waive", team.path, criterion, *who, until) == ends
        said = capsys.readouterr().err
        assert says in said
        return dt.date.fromisoformat(said.split("--until ")[1].strip())

    last = latest("refusals-age", "2020-02-29", 1, "is past")
    assert last == latest("refusals-age", "9999-12-31", 1, "is later than the policy lets it hold")
    for unreadable in ("31.12.2026", "2026-02-30", "20261231", "soon"):
        assert latest("refusals-age", unreadable, 2, f"expected as YYYY-MM-DD, found '{unreadable}'") == last
    assert latest("test_set_spent", "2020-02-29", 1, "is past") == last  # by default both have ninety days
    assert latest("refusals-age", last + dt.timedelta(days=1), 1, "later") == last
    assert run("waive", team.path, "refusals-age", *who, last) == 0
    with open_ledger(team.root) as ledger:
        (waived,) = ledger.state().waivers
    assert waived.until == dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), dt.UTC)


@pytest.mark.begins("judged")
def test_who_is_missing_is_told_with_the_command_that_mends_it(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    done = team.done
    assert run("sign", "--look", "--in", team.root) == 1
    said = capsys.readouterr().out
    assert f"assay show {done.digest[7:19]}" in said
    assert f"assay sign {done.digest[7:19]} --as ROLE --key KEY" in said
    unknown = ("sign", "0" * 12, "--as", "validator", "--key", "demo:validator", "--in", team.root)
    assert run(*unknown) == 2
    assert "List the runs with: assay show" in capsys.readouterr().err


@pytest.mark.begins("judged")
def test_revoke_and_suspend_ask_for_a_reason_code_and_reinstate_says_resolved(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    team.sign()
    team.issue()
    who = ("--as", "risk_officer", "--key", "demo:risk-officer", "--in", team.root, "--reason", "the bureau")
    assert run("suspend", *who) == 2
    assert run("revoke", "--code", "drift", *who[:-1], " ") == 2
    assert "a reason in words is expected, found none" in capsys.readouterr().err
    assert run("sign", *who[:-2], "--reject") == 2
    assert "--reject needs --reason: who rejects says why." in capsys.readouterr().err
    assert run("suspend", *who, "--code", "resolved") == 2
    assert run("reinstate", *who, "--code", "drift") == 2
    capsys.readouterr()
    for command, code in (
        ("suspend", ("--code", "drift")),
        ("reinstate", ()),
        ("revoke", ("--code", "other")),
    ):
        assert run(command, *who, *code, "--json") == 0
        assert json.loads(capsys.readouterr().out)["code"] == (code[1] if code else "resolved")


@pytest.mark.begins("judged")
def test_a_changed_specification_is_agreed_to_with_a_reason_before_a_passphrase_is_asked_for_or_anything_planned(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    team.folder.edit("at_least: 0.70", "at_least: 0.71").write()
    who = ("--as", "validator", "--key", "demo:validator")
    with monkeypatch.context() as costly:
        for expensive in ("assay.cli.lock.signer", "assay.app.judging.lock.open_case"):
            costly.setattr(
                expensive, lambda *_, **__: pytest.fail("asked or planned before the reason was there")
            )
        assert run("lock", team.path, *who) == 1
        said = capsys.readouterr().err
        assert "small-loans is locked in another version (entry 2)" in said
        assert "Say what was changed and why with: --reason" in said
        assert run("lock", team.path, *who, "--reject") == 2
        assert "--reject needs --reason: who rejects says why." in capsys.readouterr().err
    with open_ledger(team.root) as ledger:
        size = ledger.log.size
    assert run("lock", team.path, *who, "--reason", "the old rule reaches 0.71") == 0
    with open_ledger(team.root) as ledger:
        assert ledger.log.size == size + 2  # nothing of the two that were refused
        assert ledger.state().lock_in_force("small-loans").reason == "the old rule reaches 0.71"


@pytest.mark.begins("judged")
def test_gate_and_certificate_say_what_was_not_decided_for_and_what_nothing_is_said_about(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same two lists as the dossier, under the same two names."""
    done = team.done
    team.sign().issue()
    capsys.readouterr()
    model = ("--policy", team.policy, "--use-case", "small-loans", "--certificate", team.root / "cert")
    assert run("gate", team.root / "test.parquet", *model) == 0
    said = capsys.readouterr().out
    assert "Not decided for: age: 60 and over" in said
    assert done.record.not_tested
    for sentence in done.record.not_tested:
        assert f"Nothing is said about: {sentence}" in said
    assert run("gate", team.root / "test.parquet", *model, "--json") == 0
    scope = json.loads(capsys.readouterr().out)["scope"]
    assert scope["not_decided_for"] == ["age: 60 and over"]
    assert scope["says_nothing_about"] == list(done.record.not_tested)


@pytest.mark.begins("judged")
@pytest.mark.parametrize("there", ["not there", "a folder"])
def test_a_log_that_was_lost_is_not_told_as_one_that_never_was(
    team: Team, capsys: pytest.CaptureFixture[str], there: str
) -> None:
    for file in (team.root / ".assay").glob("log.db*"):
        file.unlink()
    if there == "a folder":
        (team.root / ".assay" / "log.db").mkdir()
    capsys.readouterr()
    people = ("--root", "root=demo:root", "--certifier", "certifier=demo:certifier")
    someone = ("--person", "val:validator=demo:validator", "--demo", "--organisation", "Demo Bank")
    for command in (("log", "show"), ("trust", "init", *people, *someone)):
        assert run(*command, "--in", team.root) == 3
        said = " ".join(capsys.readouterr().err.split())
        assert "1 judged run is kept in " in said
        assert f"their log is gone: {team.root}/.assay/log.db is {there}." in said


def test_a_run_that_no_log_knew_is_no_sign_of_a_lost_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certify.certify(Folder(tmp_path).write(), workers=1, certify_without_a_lock=True)
    assert run("log", "show", "--in", tmp_path) == 2
    assert "set it up with: assay trust init" in " ".join(capsys.readouterr().err.split())
