"""What the log says of a decision: waivers, changes after a result, and the certificate; and what nobody may waive."""

from __future__ import annotations

import re

import pytest
from tests.app.conftest import Folder
from tests.app.team import Team, refused

import assay
from assay.app.organisation.diff import compare
from assay.app.organisation.standing import standing_of
from assay.domain.refusal import Because
from assay.domain.standing import Standing
from assay.domain.state import Status


def set_aside(
    team: Team, criterion: str = "test_set_spent", days: int = 1, who: str = "risk-officer"
) -> None:
    team.waive("the first run used a wrong score column", criterion, who, days)


def stands(team: Team, done: assay.Certification) -> Standing:
    found = standing_of(team.path, done.digest)
    assert found is not None
    assert found == standing_of(team.root, done.digest)
    return found


def test_a_run_in_no_log_stands_nowhere(team: Team, folder: Folder) -> None:
    done = team.certify(certify_without_a_lock=True)
    assert standing_of(team.root, done.digest) is None
    assert standing_of(folder.root / "elsewhere", done.digest) is None


@pytest.mark.begins("judged")
def test_signatures_and_the_certificate_are_there_once_they_are_in_the_log(team: Team) -> None:
    done = team.done
    first = stands(team, done)
    assert (first.signed, first.certificate) == ((), None)
    assert dict(first.missing) == {"validator": 1, "risk_officer": 1}
    made = team.sign().issue()
    then = stands(team, done)
    assert [word.holder for word in then.signed] == ["validator", "risk-officer"]
    assert then.missing == ()
    assert then.certificate is not None
    assert (then.certificate.certificate, then.certificate.status) == (made.digest, Status.GOOD)
    assert then.size == first.size + 3
    assert then.root != first.root
    assert (then.waivers, then.revisions) == ((), ())


@pytest.mark.begins("judged")
def test_a_specification_that_was_changed_after_a_result_shows_the_difference_and_the_reason(
    team: Team,
) -> None:
    first = team.done
    before = team.root / "before.yaml"
    before.write_bytes(team.path.read_bytes())
    team.folder.edit("at_least: 0.75", "at_least: 0.70")
    team.folder.write()
    team.lock(reason="the committee asks for less")
    set_aside(team)
    second = team.certify()
    (revision,) = stands(team, second).revisions
    assert revision.reason == "the committee asks for less"
    assert revision.outcome == first.decision.outcome.value
    assert [change.sentence() for change in revision.changes or ()] == [
        "criteria.ranking.at_least: 0.75 -> 0.70"
    ]
    assert revision.changes == compare(str(before), str(team.path), team.root)
    found = {d.where: d.sentence() for d in compare(first.digest, second.digest, team.root)}
    assert found["specification.criteria.ranking.at_least"].endswith(".at_least: 0.75 -> 0.70")
    assert found["attempt"] == "attempt: 1 -> 2"
    assert found["waived.test_set_spent"].startswith("waived.test_set_spent: added by ")
    assert stands(team, first).revisions == ()
    (waiver,) = stands(team, second).waivers
    assert (waiver.criterion, waiver.used, waiver.over) == ("test_set_spent", True, False)
    assert stands(team, first).waivers == ()


@pytest.mark.begins("judged")
def test_a_diff_of_runs_is_in_a_readers_words_and_has_the_bounds_that_decide(team: Team) -> None:
    done = team.done
    rehearsal = team.certify(rehearse=True)
    found = {d.where: d.sentence() for d in compare(rehearsal.digest, done.digest, team.root)}
    assert found["kind of run"] == "kind of run: a rehearsal -> a judged run"
    assert found["judged on"] == "judged on: the develop rows -> the test rows"
    (judged,) = (j for j in done.record.judged if j.assessment.criterion == "accuracy")
    assert judged.assessment.bound is not None
    bound = found["criteria.accuracy.bound"]
    found_both = r"(at least 0\.\d+ with 95\s% confidence( -> )?){2}"
    assert re.fullmatch(rf"criteria\.accuracy\.bound: {found_both}", bound)
    after = float(bound.split(" -> ")[1].split()[2])
    assert judged.assessment.bound.value == pytest.approx(after, abs=1e-3)
    assert after <= judged.assessment.bound.value
    assert not [said for said in found.values() if "True" in said or "False" in said]


@pytest.mark.begins("locked")
def test_a_version_that_was_never_judged_is_no_change_after_a_result(team: Team) -> None:
    team.folder.edit("at_least: 0.75", "at_least: 0.70")
    team.folder.write()
    team.lock(reason="a second thought")
    assert stands(team, team.certify()).revisions == ()


@pytest.mark.begins("judged")
def test_reasons_of_all_versions_since_the_result_are_told(team: Team) -> None:
    for before, after in (("0.75", "0.71"), ("0.71", "0.72")):
        team.folder.edit(f"at_least: {before}", f"at_least: {after}")
        team.folder.write()
        team.lock(reason=f"now {after}")
    set_aside(team)
    (revision,) = stands(team, team.certify()).revisions
    assert revision.reason == "now 0.71; now 0.72"
    assert [c.sentence() for c in revision.changes or ()] == ["criteria.ranking.at_least: 0.75 -> 0.72"]


@pytest.mark.begins("judged")
def test_an_earlier_version_that_is_gone_is_told_by_its_digest(team: Team) -> None:
    team.folder.edit("at_least: 0.75", "at_least: 0.70")
    team.folder.write()
    team.lock(reason="the committee asks for less")
    set_aside(team)
    second = team.certify()
    (revision,) = stands(team, second).revisions
    name = revision.before.removeprefix("sha256:")
    (kept,) = [
        path
        for path in (team.root / ".assay" / "objects").rglob("*")
        if path.is_file() and name.endswith(path.name)
    ]
    kept.unlink()
    (gone,) = stands(team, second).revisions
    assert gone.changes is None
    assert gone.before == revision.before


@pytest.mark.begins("judged")
def test_a_criterion_is_waived_and_keeps_its_verdict(team: Team) -> None:
    done = team.done
    set_aside(team, "refusals-age")
    (waiver,) = stands(team, done).waivers
    assert (waiver.criterion, waiver.holder, waiver.role) == ("refusals-age", "risk-officer", "risk_officer")
    made = team.sign().issue()
    assert made.certificate.scope.outcome == done.decision.outcome.value
    assert "refusals-age" in made.certificate.scope.waivers[0]


@pytest.mark.begins("locked")
@pytest.mark.parametrize(
    "failure", ["signature_wrong", "bytes_changed", "revoked", "quorum_missing", "status_stale"]
)
def test_nobody_waives_a_failure_of_trust(team: Team, failure: str) -> None:
    with refused(Because.NEVER_WAIVED):
        set_aside(team, failure)


@pytest.mark.begins("locked")
def test_a_name_that_is_no_criterion_is_not_waived(team: Team) -> None:
    with pytest.raises(
        assay.AssayError, match=r"no criterion 'refusal-age'.*Did you mean 'refusals-age'"
    ) as found:
        set_aside(team, "refusal-age")
    assert found.value.exit_code == 2


@pytest.mark.begins("locked")
def test_a_waiver_that_is_over_before_it_begins_is_refused(team: Team) -> None:
    with refused(Because.NEVER_WAIVED):
        set_aside(team, days=-1)


@pytest.mark.begins("locked")
def test_a_developer_waives_nothing(team: Team) -> None:
    with refused(Because.ROLE_NEVER_APPROVES):
        set_aside(team, who="developer")
