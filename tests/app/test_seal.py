"""While a schedule of attempts runs, one bit of each leaves, by whatever door; whoever breaks the seal stands in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people
from tests.app.team import KEYS, Team, refused

import assay
from assay.app.judging.replay import replay
from assay.app.mitigating.mitigate import Wish, mitigate
from assay.app.organisation.diff import compare
from assay.app.organisation.export import export_decision, export_review
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.unseal import unseal
from assay.app.verifying.evidence import evidence_digest
from assay.cli.main import main
from assay.domain.entry import Action
from assay.domain.record import Record
from assay.domain.record_document import read_record
from assay.domain.refusal import Because
from assay.store.workspace import Workspace


def scheduled_and_locked(folder: Folder) -> Team:
    folder.edit("at_least: 0.70", "at_least: 0.95").edit("expected: 0.8", "expected: 0.99")
    folder.text += "attempts: {count: 3, first: 0.8}\n"
    return Team(folder, attempts=3).lock()


def scheduled_and_judged(folder: Folder) -> Team:
    team = scheduled_and_locked(folder)
    team.certify()
    return team


@pytest.fixture
def scheduled(after: Callable[[Callable[[Folder], Team]], Team]) -> Team:
    """A schedule of three attempts that a model fails."""
    return after(scheduled_and_locked)


@pytest.fixture
def sealed(after: Callable[[Callable[[Folder], Team]], Team]) -> Team:
    """And fails once."""
    return after(scheduled_and_judged)


def in_the_store(team: Team, digest: str) -> Record:
    """What whoever can read the files of the store reads, sealed or not."""
    return read_record(Workspace.of(team.root).blobs.get(digest))


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return run


def test_a_sealed_run_tells_that_it_is_not_certified_and_nothing_else(sealed: Team) -> None:
    done = sealed.done
    assert done.sealed.startswith("Not certified: attempt 1 of 3.")
    for told in (lambda: done.record, lambda: done.decision):
        with refused(Because.SEALED):
            told()
    assert "accuracy" not in repr(done)


DOORS: dict[str, Callable[[Team, str], object]] = {
    "load_record": lambda team, run: assay.load_record(team.root, run),
    "the latest": lambda team, _: assay.load_record(team.root),
    "issue": lambda team, _: team.sign().issue(),
    "a pack for a signer": lambda team, run: export_decision(team.root, team.root / "pack.zip", run),
    "diff": lambda team, run: compare(run, run, team.root),
    "replay": lambda team, run: replay(team.root, run, workers=0),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_leads_past_the_seal(sealed: Team, door: str) -> None:
    done = sealed.done
    with refused(Because.SEALED):
        DOORS[door](sealed, done.digest)


@pytest.mark.parametrize("words", [["show"], ["report"], ["diff", "RUN"], ["replay"]])
def test_no_command_leads_past_the_seal(
    sealed: Team, words: list[str], command: Callable[..., tuple[int, str]]
) -> None:
    done = sealed.done
    first, *others = [done.digest if word == "RUN" else word for word in words]
    status, said = command(first, done.digest, *others, "--in", str(sealed.root))
    assert status == 1
    assert "Not certified: attempt 1 of 3." in said
    assert "accuracy" not in said


def test_a_run_whose_decision_is_not_in_the_log_yet_is_sealed(
    scheduled: Team, monkeypatch: pytest.MonkeyPatch, command: Callable[..., tuple[int, str]]
) -> None:
    """Stopped, or the log could not be written, between the record and the decision."""
    with monkeypatch.context() as stopped:
        stopped.setattr("assay.app.judging.certify.finish", raised)
        with pytest.raises(OSError, match="the log cannot be written"):
            scheduled.certify()
    kept = [file for file in (scheduled.root / ".assay" / "objects").glob("*/*") if file.is_file()]
    (left,) = (
        file.name
        for file in kept
        if file.read_bytes().startswith(b"{") and b'"decision"' in file.read_bytes()
    )
    status, said = command("show", left, "--in", str(scheduled.root))
    assert status == 1
    assert "the log has no decision with it" in said
    assert "accuracy" not in said
    assert "No run was made" in command("show", "--in", str(scheduled.root))[1]
    done = scheduled.certify()  # goes on with it
    assert done.sealed.startswith("Not certified: attempt 1 of 3.")
    with refused(Because.SEALED):
        assay.load_record(scheduled.root, left)


def raised(*_: object) -> None:
    raise OSError("the log cannot be written")


def test_the_seal_is_asked_by_whatever_name_the_folder_goes_and_when_the_log_was_taken_away(
    sealed: Team,
) -> None:
    done = sealed.done
    with refused(Because.SEALED):
        assay.load_record(sealed.path, done.digest)
    log = sealed.root / ".assay" / "log.db"
    log.rename(log.with_name("away.db"))
    with pytest.raises(assay.Refused, match="there is no log here"):
        assay.load_record(sealed.root, done.digest)


def test_no_run_outside_of_the_log_tells_what_is_sealed(scheduled: Team) -> None:
    with pytest.raises(assay.Refused, match=r"small-loans is locked \(entry 2\)"):
        scheduled.certify(certify_without_a_lock=True)
    scheduled.certify()
    folder, whole = scheduled.folder, scheduled.folder.test
    folder.edit("name: small-loans", "name: other-loans")
    for rows in (whole, whole.slice(0, 300), pa.concat_tables([whole.slice(0, 20), people(1500, 7)])):
        folder.test = rows
        with pytest.raises(
            assay.Refused, match="one bit is told while its schedule", check=lambda e: e.code == "sealed"
        ):
            assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    folder.test = people(1500, 7)
    assert assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record.judged


def test_the_digests_that_the_log_tells_of_a_sealed_run_are_of_nothing_that_could_be_guessed(
    sealed: Team,
) -> None:
    """Whoever submits knows seed, sources and rows; without a secret the few counts that are left could be tried."""
    done = sealed.done
    record = in_the_store(sealed, done.digest)
    with open_ledger(sealed.root) as ledger:
        decision = ledger.state().decisions[done.digest]
        exported = b"".join(ledger.leaves())
    assert decision.evidence == evidence_digest(record.evidence)
    assert len(record.blind) == 64
    assert record.blind.encode() not in exported
    guessed = replace(record, blind="")
    assert evidence_digest(guessed.evidence) != decision.evidence
    second = in_the_store(sealed, sealed.certify().digest)
    assert second.blind != record.blind


def test_no_rehearsal_on_a_copy_of_sealed_rows_tells_what_is_sealed(scheduled: Team) -> None:
    folder, honest, whole = scheduled.folder, scheduled.folder.develop, scheduled.folder.test
    assert assay.certify(folder.write(), workers=0, rehearse=True).record.decision.rehearsal
    scheduled.certify()
    folder.edit("name: small-loans", "name: other-loans")
    for rows in (whole, whole.slice(7), pa.concat_tables([whole.slice(0, 300), people(1500, 7)])):
        folder.develop = rows
        with pytest.raises(
            assay.Refused, match="one bit is told while its schedule", check=lambda e: e.code == "sealed"
        ):
            assay.certify(folder.write(), workers=0, rehearse=True)
    folder.develop = pa.concat_tables([honest, whole.slice(0, 20)])  # a few may be in both
    assert assay.certify(folder.write(), workers=0, rehearse=True).record.decision.rehearsal


def test_no_search_for_a_fairer_model_on_sealed_rows_tells_what_is_sealed(scheduled: Team) -> None:
    scheduled.certify()
    folder = scheduled.folder
    folder.edit("name: small-loans", "name: other-loans")
    folder.edit("format: predictions}", "format: predictions, inputs: [income]}")
    folder.edit("dictionary.yaml, develop", "dictionary.yaml, train: train.parquet, develop")
    folder.develop = folder.test
    path = folder.write()
    pq.write_table(people(500, 8), folder.root / "train.parquet")
    with pytest.raises(
        assay.Refused, match="one bit is told while its schedule", check=lambda e: e.code == "sealed"
    ):
        mitigate(path, wish=Wish(methods=("retrained",)), workers=0)


def test_a_run_outside_of_the_log_is_let_through_when_the_schedule_has_ended(sealed: Team) -> None:
    done = sealed.done
    broken(sealed, done.digest, "validator")
    path = sealed.folder.edit("name: small-loans", "name: other-loans").write()
    assert assay.certify(path, workers=0, certify_without_a_lock=True).record.bypasses


def test_a_review_pack_is_not_written_of_a_sealed_run(sealed: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a log may have it from before: the certificate is there, and its record is sealed."""
    with monkeypatch.context() as earlier:
        earlier.setattr("assay.app.organisation.issue.require_unsealed", lambda *_: None)
        sealed.issue()  # as FAILED, which nobody needs to sign
    with refused(Because.SEALED):
        export_review(sealed.root, sealed.root / "pack.zip")
    assert not (sealed.root / "pack.zip").exists()


def test_all_of_it_is_told_when_the_schedule_has_ended(scheduled: Team) -> None:
    first, second, third = (scheduled.certify() for _ in range(3))
    assert (second.attempt, bool(second.sealed)) == (2, True)
    assert (third.attempt, third.sealed) == (3, "")
    digest, record = assay.load_record(scheduled.root, first.digest)
    assert digest == first.digest
    assert record.judged[0].assessment.alpha == pytest.approx(0.04)
    assert third.record.judged[0].assessment.alpha == pytest.approx(0.005)
    with refused(Because.TEST_SET_SPENT):
        scheduled.certify()


def test_runs_on_other_rows_do_not_end_a_schedule(sealed: Team) -> None:
    first = sealed.done
    for seed in (7, 8):
        sealed.folder.test = people(1500, seed)
        sealed.folder.write()
        assert sealed.certify().attempt == 1
    with refused(Because.SEALED):
        assay.load_record(sealed.root, first.digest)


def test_a_new_version_of_the_specification_ends_the_schedule_of_the_old_one(sealed: Team) -> None:
    first = sealed.done
    sealed.folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    sealed.lock(reason="a word was missing")
    assert assay.load_record(sealed.root, first.digest)[1].judged
    with refused(Because.TEST_SET_SPENT):
        sealed.certify()


def test_breaking_the_seal_is_logged_and_ends_the_schedule(sealed: Team) -> None:
    done = sealed.done
    for name, because in (("developer", Because.ROLE_NEVER_APPROVES), ("root", Because.ROLE_NOT_HELD)):
        with refused(because):
            broken(sealed, done.digest, name, role="developer" if name == "developer" else "validator")
    with refused(Because.REASON_MISSING):
        broken(sealed, done.digest, "validator", reason=" ")
    with refused(Because.SEALED):
        assay.load_record(sealed.root, done.digest)
    broken(sealed, done.digest, "validator")
    assert assay.load_record(sealed.root, done.digest)[1].judged
    with open_ledger(sealed.root) as ledger:
        state = ledger.state()
        assert f'"{Action.UNSEALED.value}"'.encode() in ledger.leaves()[-1]
    assert state.runs[max(state.runs)].unsealed == "validator (validator): the vendor must know today"
    with refused(Because.TEST_SET_SPENT):
        sealed.certify()
    with refused(Because.NOT_SEALED):
        broken(sealed, done.digest, "validator")


def broken(
    team: Team, run: str, name: str, *, role: str = "validator", reason: str = "the vendor must know today"
) -> None:
    unseal(team.root, run, role=role, signer=KEYS[name], reason=reason)


def test_unseal_from_the_command_line(sealed: Team, command: Callable[..., tuple[int, str]]) -> None:
    done = sealed.done
    asked = ["--as", "validator", "--key", "demo:validator", "--reason", "the vendor waits"]
    status, said = command("unseal", done.digest, *asked, "--in", str(sealed.root))
    assert (status, "schedule of attempts has ended" in said) == (0, True)
    assert command("show", done.digest, "--in", str(sealed.root))[0] == 0
