"""Releases of a folder with a log: the log remembers them, whatever becomes of the files, and never draws noise twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.app.conftest import Folder
from tests.app.team import Team, refused

import assay
from assay.app.organisation.entries import entries
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import erase, export_log, verify_log
from assay.app.organisation.private_tables import NotReleased, Published, release_tables
from assay.cli.main import assay as program
from assay.domain.digests import sha256_of
from assay.domain.entry import Action, Entry
from assay.domain.epsilon import Spent
from assay.domain.errors import MissingExtra
from assay.domain.refusal import Because
from assay.domain.state import State
from assay.proof.leaf import Draft, read_leaf, state_of
from assay.store.blobs import BlobStore, CorruptBlob
from assay.store.workspace import Workspace

DRAWN = np.random.default_rng(7)


def noisy(counts: Sequence[int], _: float) -> list[int]:
    """Other noise each time, as OpenDP draws it."""
    return [int(n + DRAWN.integers(-99, 100)) for n in counts]


def never(counts: Sequence[int], _: float) -> list[int]:
    pytest.fail("noise was drawn again")


def released(team: Team, name: str, epsilon: str = "1", draw: object = noisy) -> Published:
    return release_tables(team.root, team.root / name, epsilon, draw=draw)  # type: ignore[arg-type]


def logged(team: Team) -> list[Entry]:
    return [told.entry for told in entries(team.root) if told.entry.action is Action.RELEASED]


def kept(team: Team, name: str = "a.json") -> Path:
    """Where the folder keeps the table that was published under this name."""
    return Workspace.of(team.root).blobs.place(sha256_of((team.root / name).read_bytes()))


def state(team: Team) -> State:
    with open_ledger(team.root) as ledger:
        return ledger.state()


@pytest.mark.begins("judged")
def test_a_release_is_an_entry_with_the_digest_of_what_was_published(team: Team) -> None:
    done = released(team, "a.json", "0.5")
    (entry,) = logged(team)
    assert entry.object == sha256_of((team.root / "a.json").read_bytes())
    assert entry.body["epsilon"] == "0.5"
    assert entry.body["rows"] == {s.role: s.digest for s in team.done.record.sources}["test"]
    with open_ledger(team.root) as ledger:
        origin = ledger.policy().log.origin
    assert done.document["log"] == {"origin": origin, "entry": entry.seq}
    assert f"entry {entry.seq} of the log {origin}" in done.document["said"]
    assert done.document["run"] == team.done.digest  # blinded by a secret of the log
    assert verify_log(team.root).wrong == ()


@pytest.mark.begins("judged")
def test_asked_again_it_is_the_same_table_and_no_other_entry(team: Team) -> None:
    first = released(team, "a.json")
    assert released(team, "b.json", draw=never) == first
    assert (team.root / "a.json").read_bytes() == (team.root / "b.json").read_bytes()
    with pytest.raises(NotReleased, match="epsilon of 1; 2 is asked for"):
        released(team, "c.json", "2", draw=never)
    assert not (team.root / "c.json").exists()
    assert len(logged(team)) == 1


@pytest.mark.begins("judged")
def test_whoever_deletes_the_kept_table_gets_no_other_noise(team: Team) -> None:
    released(team, "a.json")
    kept(team).unlink()
    with pytest.raises(NotReleased, match="not kept here: it is not drawn again") as wrong:
        released(team, "b.json", draw=never)
    assert wrong.value.code == "release_lost"
    assert not (team.root / "b.json").exists()
    assert str(kept(team)) in wrong.value.remedy
    kept(team).write_bytes((team.root / "a.json").read_bytes())  # the published file, put back
    released(team, "b.json", draw=never)


@pytest.mark.begins("judged")
def test_a_kept_table_that_was_edited_is_noticed(team: Team) -> None:
    released(team, "a.json")
    table = json.loads(kept(team).read_bytes())
    table["groups"][0]["counts"]["label 0, decided 0"] += 1
    kept(team).write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n")
    with pytest.raises(CorruptBlob, match="was changed where it is kept") as wrong:
        released(team, "b.json", draw=never)
    assert (wrong.value.code, wrong.value.exit_code) == ("release_changed", 3)


@pytest.mark.begins("judged")
def test_two_releases_add_up_after_a_replay_of_the_log(team: Team) -> None:
    """What was released of other rows counts for the whole log; files of the folder count for nothing."""
    first = released(team, "a.json", "0.3")
    assert first.costs == {"same_data_set": "0.3", "all_of_this_log": "0.3"}
    team.folder.edit("bands: [30, 60]", "bands: [40, 60]").write()
    rehearsed = assay.certify(team.path, workers=0, rehearse=True).record
    second = released(team, "b.json", "0.6")
    assert second.costs == {"same_data_set": "0.6", "all_of_this_log": "0.9"}
    assert "run" not in second.document  # a rehearsal: nothing blinds its digest
    again = release_tables(team.root, team.root / "a.json", "0.3", team.done.digest, draw=never)
    assert again.document == first.document
    assert again.costs == {"same_data_set": "0.3", "all_of_this_log": "0.9"}  # those of today
    export_log(team.root, team.root / "log.jsonl")
    replayed, void = state_of((team.root / "log.jsonl").read_bytes().splitlines())
    assert void == ()
    every, of = replayed.releases.values(), {one.role: one.digest for one in rehearsed.sources}
    assert Spent.by(every, of["develop"]) == Spent("0.6", "0.9")
    assert verify_log(team.root).wrong == ()


@pytest.mark.begins("judged")
def test_of_the_same_counts_no_two_logs_tell_the_same(
    team: Team, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Who knows all counts but one finds none by trying: they are under a secret, and the document has something random in it."""
    other = team.moved(tmp_path_factory.mktemp("other"))
    told = []
    for one in (team, other):
        done = released(one, "a.json", draw=lambda counts, _: list(counts))
        told.append({done.document["salt"], *(logged(one)[0].body[name] for name in ("counts", "salt"))})
        told[-1].add(logged(one)[0].object)
        assert done.document["groups"] == json.loads((team.root / "a.json").read_bytes())["groups"]
    assert told[0].isdisjoint(told[1])


@pytest.mark.begins("judged")
def test_a_release_that_was_stopped_before_its_table_was_kept_is_spent(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops the program has seen nothing, and draws nothing more."""

    def stopped(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as now:
        now.setattr(BlobStore, "put", stopped)
        with pytest.raises(KeyboardInterrupt):
            released(team, "a.json")
    assert len(logged(team)) == 1
    assert not (team.root / "a.json").exists()
    with pytest.raises(NotReleased, match="not kept here: it is not drawn again"):
        released(team, "a.json", draw=never)


@pytest.mark.begins("judged")
def test_without_its_secret_a_log_releases_nothing_more(team: Team) -> None:
    released(team, "a.json")
    erase(team.root, logged(team)[0].body["salt"])
    with pytest.raises(NotReleased, match="which counts were released cannot be told"):
        released(team, "b.json", draw=never)
    assert verify_log(team.root).wrong == ()


@pytest.mark.begins("judged")
def test_a_release_that_cannot_be_drawn_or_written_is_not_in_the_log(team: Team) -> None:
    def missing(counts: Sequence[int], _: float) -> list[int]:
        raise MissingExtra.of("opendp") or AssertionError

    with pytest.raises(MissingExtra):
        released(team, "a.json", draw=missing)
    with pytest.raises(assay.AssayError, match="is a folder"):
        released(team, ".", draw=never)
    assert logged(team) == []


@pytest.mark.begins("judged")
def test_the_log_refuses_a_second_release_whoever_writes_it(team: Team) -> None:
    released(team, "a.json")
    (entry,) = logged(team)
    with open_ledger(team.root) as ledger, refused(Because.RELEASED_BEFORE):  # type: ignore[attr-defined]
        ledger.add(Draft(Action.RELEASED, sha256_of(b"drawn again"), entry.body))


def test_what_was_released_before_there_was_a_log_is_taken_into_it(folder: Folder) -> None:
    folder.write()
    assay.certify(folder.root / "specification.yaml", workers=0, rehearse=True)
    before = release_tables(folder.root, folder.root / "a.json", "0.4", draw=noisy)
    assert before.costs == {"same_data_set": "0.4", "all_of_this_folder": "0.4"}
    team = Team(folder)
    assert released(team, "b.json", "0.4", draw=never).document == before.document
    (entry,) = logged(team)
    assert entry.object == sha256_of((team.root / "a.json").read_bytes())
    for file in (team.root / ".assay" / "releases").iterdir():
        file.unlink()
    assert released(team, "c.json", "0.4", draw=never).costs["all_of_this_log"] == "0.4"
    folder.edit("bands: [30, 60]", "bands: [40, 60]").write()
    assay.certify(team.path, workers=0, rehearse=True)
    assert released(team, "d.json", "0.5").document["spent"] == {"same_data_set": "0.9", "all_of_this_log": "0.9"}  # fmt: skip


def test_a_file_that_remembers_another_table_than_the_log_is_noticed(folder: Folder) -> None:
    folder.write()
    assay.certify(folder.root / "specification.yaml", workers=0, rehearse=True)
    release_tables(folder.root, folder.root / "a.json", "0.4", draw=noisy)
    team = Team(folder)
    released(team, "b.json", "0.4", draw=never)
    (file,) = (team.root / ".assay" / "releases").glob("*.json")
    file.write_text(file.read_text().replace('"epsilon": "0.4"', '"epsilon": "0.1"'))
    with pytest.raises(NotReleased, match="is not the one of entry 1 of the log"):
        released(team, "c.json", "0.4", draw=never)


@pytest.mark.begins("judged")
def test_commands_tell_of_the_entry(team: Team) -> None:
    pytest.importorskip("opendp")
    asked = ["export", "tables", str(team.root / "t.json"), "--in", str(team.root), "--epsilon", "1"]
    said = CliRunner().invoke(program, asked)
    assert said.exit_code == 0, said.output
    (entry,) = logged(team)
    assert f"It is entry {entry.seq} of the log, by its digest." in said.output
    assert "all of this log 1." in said.output
    told = json.loads(CliRunner().invoke(program, [*asked, "--json"]).output)
    assert (told["entry"], told["spent"]) == (entry.seq, {"same_data_set": "1", "all_of_this_log": "1"})
    shown = CliRunner().invoke(program, ["log", "show", "--in", str(team.root)])
    assert "with noise, epsilon 1" in shown.output
    assert CliRunner().invoke(program, ["log", "verify", "--in", str(team.root)]).exit_code == 0
    kept(team, "t.json").unlink()
    lost = CliRunner().invoke(program, asked, standalone_mode=False)
    assert isinstance(lost.exception, NotReleased)


@pytest.mark.begins("judged")
def test_an_outsider_reads_releases_from_the_entries_alone(team: Team) -> None:
    released(team, "a.json", "0.3")
    with open_ledger(team.root) as ledger:
        leaves = ledger.leaves()
    assert read_leaf(leaves[-1]).signed == ()
    found, _ = state_of(leaves)
    assert found.releases == state(team).releases
