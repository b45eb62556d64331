"""The rows of a run without a lock are used rows: in the log where there is one, else as soon as there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people
from tests.app.team import Team
from tests.near import fences

import assay
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import verify_log
from assay.domain.refusal import Because, Refused
from assay.store.blobs import CorruptBlob


def tuned(team: Team) -> None:
    """All numbers on the test rows are seen; then the criteria are fitted to them."""
    team.folder.edit("at_least: 0.70, expected: 0.8", "at_least: 0.80, expected: 0.85").write()
    team.certify(certify_without_a_lock=True)
    team.folder.edit("at_least: 0.80, expected: 0.85", "at_least: 0.70, expected: 0.8").write()


def waived(team: Team, **which: int) -> None:
    team.waive("the rows were seen, and there are no others", **which)


SEEN = "100% of these test rows were used by the run without a lock of entry 1 (it is the same file)"


def test_rows_that_were_seen_in_a_run_without_a_lock_are_spent_and_a_waiver_says_attempt_two(
    team: Team,
) -> None:
    tuned(team)
    team.lock()
    with pytest.raises(Refused, match="what a run without a lock finds on them is seen by all") as told:
        team.certify()
    assert told.value.refusal.because is Because.TEST_SET_SPENT
    assert told.value.refusal.sentence.startswith(SEEN)
    assert "--after-run 1" in told.value.remedy
    waived(team)
    done = team.certify()
    assert (done.attempt, done.record.overlaps) == (2, (SEEN + ".",))
    scope = team.sign().issue().certificate.scope
    assert (scope.attempt, scope.overlaps) == (2, (SEEN + ".",))
    assert verify_log(team.root).wrong == ()


def test_so_are_other_rows_of_which_half_are_those_and_a_schedule_opens_none(folder: Folder) -> None:
    folder.edit("subject: {model", "attempts: {count: 2, first: 0.8}\nsubject: {model")
    team = Team(folder)
    tuned(team)
    team.folder.test = pa.concat_tables([people(2000, 7), team.folder.test.slice(0, 2000)])
    team.folder.write()
    team.lock()
    with pytest.raises(Refused, match="were used by the run without a lock of entry 1"):
        team.certify()


def test_a_run_without_a_lock_from_before_there_was_a_log_is_logged_at_the_first_lock(folder: Folder) -> None:
    assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assay.certify(folder.root / "specification.yaml", workers=0, certify_without_a_lock=True)
    folder.test = folder.test.slice(500)  # and the rows are in another file since
    team = Team(folder).lock()
    with open_ledger(team.root) as ledger:
        (run,) = ledger.state().runs.values()
    assert (run.lock, run.attempt, run.entry) == ("", 1, 1)
    with pytest.raises(Refused, match="were used by the run without a lock of entry 1"):
        team.certify()
    waived(team, run=1)
    assert team.certify().attempt == 2


def test_a_run_without_a_lock_on_other_rows_is_no_attempt_on_these(team: Team) -> None:
    rows = team.folder.test
    team.folder.test = people(4000, 7)
    tuned(team)
    team.folder.test = rows
    team.folder.write()
    done = team.lock().certify()
    assert (done.attempt, done.record.overlaps) == (1, ())


def test_runs_without_a_lock_whose_rows_the_log_cannot_know_are_told_and_what_is_said_then_helps(
    team: Team, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The file of another folder, which was hashed under another salt, lies beside a log that has runs."""
    other = Folder(tmp_path_factory.mktemp("other"))
    other.test = people(4000, 7)
    assay.certify(other.write(), workers=0, certify_without_a_lock=True)
    tuned(team)
    team.lock()
    file = team.root / ".assay" / "unlocked.jsonl"
    file.write_bytes((other.root / ".assay" / "unlocked.jsonl").read_bytes())
    team.folder.test = other.test
    team.folder.write()
    copied = team.folder.text.replace("name: small-loans", "name: loans-as-they-were")
    copy = team.root / "copy.yaml"
    copy.write_text(copied)

    def again() -> None:
        assay.certify(copy, workers=0, certify_without_a_lock=True)

    for asks in (team.certify, again):
        with pytest.raises(Refused, match="cannot be held against those of the log") as told:
            asks()
        assert told.value.remedy.startswith(
            "First rename the file, for example to unlocked.jsonl.before. Then"
        )
    file.rename(file.with_name("unlocked.jsonl.before"))
    again()
    with pytest.raises(Refused, match="100% of these test rows were used by the run without a lock") as spent:
        team.certify()
    assert spent.value.refusal.because is Because.TEST_SET_SPENT
    file.write_text("{}\n")
    with pytest.raises(CorruptBlob, match="is no run without a lock"):
        team.certify()


MEANWHILE = """
import json, os, sys, time
from pathlib import Path

from tests.near import near_children

import assay
from assay.app.judging import open_engine, unlocked_run
from assay.engine.in_process import InProcess

sketched, specification = unlocked_run.used_rows, Path(sys.argv[1])


def waits(*of):
    "Gives the other process the time to choose a salt too, where nothing keeps it from that."
    (specification.parent / f"in-{os.getpid()}").touch()
    ends = time.monotonic() + 1
    while len(list(specification.parent.glob("in-*"))) < 2 and time.monotonic() < ends:
        time.sleep(0.01)
    return sketched(*of)


open_engine.executor_of, unlocked_run.used_rows = (lambda workers: InProcess()), waits
print("ready", flush=True)
sys.stdin.readline()
with near_children(json.loads(sys.argv[2])):
    assay.certify(specification, workers=0, certify_without_a_lock=True)
"""


def test_two_runs_without_a_lock_at_once_have_one_salt_and_the_log_takes_both_in(folder: Folder) -> None:
    first = folder.write()
    other = folder.root / "other.yaml"
    other.write_text(first.read_text().replace("test: test.parquet", "test: other.parquet"))
    pq.write_table(people(4000, 7), folder.root / "other.parquet")
    both = [
        subprocess.Popen(
            [sys.executable, "-c", MEANWHILE, str(path), json.dumps(fences())],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in (first, other)
    ]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [(one.communicate()[0], one.returncode) for one in both] == [("", 0)] * 2
    team = Team(folder).lock()
    with open_ledger(team.root) as ledger:
        assert [run.lock for run in ledger.state().runs.values()] == ["", ""]


@pytest.mark.parametrize("whole", [0, 1])
def test_what_a_full_disk_left_of_a_line_is_no_run_and_stops_none(folder: Folder, whole: int) -> None:
    """Of rows whose line was not written nothing was measured: it is written first."""

    def judged(seed: int) -> bytes:
        folder.test = people(4000, seed)
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
        return (folder.root / ".assay" / "unlocked.jsonl").read_bytes()

    first = judged(1)
    (folder.root / ".assay" / "unlocked.jsonl").write_bytes(first * whole + first[:-500])
    again = judged(7)
    assert (again.count(b"\n"), again.endswith(b"}\n")) == (1 + whole, True)
    (folder.root / ".assay" / "unlocked.jsonl").write_bytes(again + first[:-500])
    team = Team(folder).lock()
    with open_ledger(team.root) as ledger:
        assert len(ledger.state().runs) == 1 + whole
