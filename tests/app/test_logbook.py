"""A log holds when its entries are whole and its own key signed them; whatever else is shown proves nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.world import LOG_ORIGIN, World, log_signer, policy

from assay.app.clock import utc_now
from assay.app.organisation.entries import entries
from assay.app.organisation.founding import Founding, Person
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import checkpoint, verify_log
from assay.app.organisation.trust import found
from assay.app.verifying.kept_checkpoint import kept_in
from assay.cli.main import main
from assay.domain.entry import Action
from assay.domain.policy import LogKeys
from assay.domain.refusal import Refusal
from assay.proof.bundle import sign
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import Claim
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, write_leaf
from assay.proof.log_keys import KeptCheckpoint, KeysOfALog
from assay.proof.merkle import root_of
from assay.proof.note import NoteSigner
from assay.proof.words import waiver
from assay.store.keys import log_signer as kept_signer
from assay.store.log import Log
from assay.store.workspace import Workspace

ORIGIN = "demo.example/assay"


def stranger(origin: str = ORIGIN) -> NoteSigner:
    return NoteSigner(origin, Ed25519PrivateKey.from_private_bytes(b"\x11" * 32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose log has its policy, under the demo's keys."""
    person = {n: Person(n, (), PrivateKey.demo(n).public) for n in ("root", "certifier")}
    founding = Founding("Demo Bank", ORIGIN, "https://demo.example/c", (person["root"],), person["certifier"], (), demo=True)  # fmt: skip
    found(tmp_path, founding, [PrivateKey.demo("root")])
    assert verify_log(tmp_path).wrong == ()
    return tmp_path


def codes(folder: Path, *seen: Path) -> list[str]:
    return [wrong.code for wrong in verify_log(folder, [kept_in(path) for path in seen]).wrong]


def database(folder: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{Workspace.of(folder).database}")


def tamper(folder: Path, *statements: str, **values: object) -> None:
    """As an owner of the database, who takes the triggers off and puts them on again."""
    engine = database(folder)
    with engine.begin() as connection:
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        guards = list(connection.execute(sa.text(asked)))
        for name, _ in guards:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(sa.text(statement), values)
        for _, guard in guards:
            connection.exec_driver_sql(guard)
    engine.dispose()


def head(folder: Path) -> Checkpoint:
    with open_ledger(folder) as ledger:
        return ledger.log.head(ORIGIN)


@pytest.mark.parametrize("name", ["another.example/log", ORIGIN])
def test_checkpoints_that_a_stranger_signed_are_not_the_logs(folder: Path, name: str) -> None:
    made = head(folder)
    forged = Checkpoint(name, made.size, made.root).signed_by(stranger(name))
    tamper(folder, "UPDATE checkpoint SET note = :note", note=bytes(forged))
    assert codes(folder) == ["checkpoint_untrusted"]


def test_entries_that_nobody_signed_are_told(folder: Path) -> None:
    tamper(folder, "DELETE FROM checkpoint")
    assert codes(folder) == ["checkpoint_untrusted"]
    checkpoint(folder)
    assert codes(folder) == []


def test_what_somebody_else_has_seen_must_be_a_signed_checkpoint_of_this_log(folder: Path) -> None:
    own, made, place = kept_signer(ORIGIN, demo=True), head(folder), folder / "seen"
    place.write_bytes(bytes(made.signed_by(own)))
    assert codes(folder, place) == []
    for note in (
        made.signed_by(stranger()),
        Checkpoint("another.example/log", made.size, made.root).signed_by(own),
        Checkpoint("another.example/log", made.size, made.root).signed_by(stranger("another.example/log")),
        Checkpoint(ORIGIN, 0, root_of(())).signed_by(own),
    ):
        place.write_bytes(bytes(note))
        assert codes(folder, place) == ["checkpoint_untrusted"]
    place.write_bytes(b"no note")
    assert codes(folder, place) == ["checkpoint_untrusted"]


def test_a_signed_checkpoint_of_more_entries_tells_that_some_were_removed(folder: Path) -> None:
    (folder / "seen").write_bytes(bytes(Checkpoint(ORIGIN, 9, bytes(32)).signed_by(kept_signer(ORIGIN, demo=True))))  # fmt: skip
    assert codes(folder, folder / "seen") == ["log_shortened"]


def test_an_empty_log_does_not_hold(folder: Path) -> None:
    place = Workspace.of(folder).database
    assert isinstance(place, Path)
    for other in place.parent.glob("log.db*"):
        other.unlink()
    place.write_bytes(b"")
    assert codes(folder) == ["no_policy"]


def test_a_log_without_a_policy_does_not_hold(tmp_path: Path) -> None:
    place = Workspace.of(tmp_path).database
    with Log.open(place) as log:
        log.append(lambda _: [b"x"])
    assert codes(tmp_path)[0] == "no_policy"


@pytest.mark.parametrize("until", ["soon", 7, None, "2027-01-31T00:00:00"])
def test_a_waiver_that_names_no_moment_is_listed_as_it_stands_there(folder: Path, until: object) -> None:
    """Whoever can write to the database can write anything; a reader of the list gets a line and no traceback."""
    said = waiver(
        "sha256:" + "0" * 64,
        criterion="accuracy",
        until=utc_now(),
        role="validator",
        reason="r",
        seen=(1, ""),
        time=utc_now(),
    )
    broken = replace(said, predicate={**said.predicate, "until": until})
    bundle = sign(broken.plain(), PrivateKey.demo("root"))
    with open_ledger(folder) as ledger:
        ledger.log.append(
            lambda stored: [write_leaf(len(stored), utc_now(), Action.WAIVED, "x", {}, [bundle])]
        )
    assert list(entries(folder))[-1].says == f"accuracy until {until}"


def test_after_the_log_has_a_new_key_the_old_one_signs_nothing_more() -> None:
    old = log_signer()
    new = NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    world = World.with_policy(policy(log=LogKeys(origin=LOG_ORIGIN, key=old.key.vkey)))
    after = {"version": 2, "previous": world.state.policy_digest}
    world.set_policy(policy(log=LogKeys(origin=LOG_ORIGIN, key=new.key.vkey), **after))
    keys = KeysOfALog.of(world.leaves)
    for size, signer, trusted in ((1, old, True), (1, new, False), (2, old, False), (2, new, True)):
        note = Checkpoint(LOG_ORIGIN, size, root_of(world.leaves[:size])).signed_by(signer)
        assert isinstance(keys.judge(KeptCheckpoint("the checkpoint in hand", bytes(note))), Claim) is trusted
    older = KeysOfALog.of(world.leaves[:1]).judge(KeptCheckpoint("the checkpoint in hand", bytes(note)))
    assert isinstance(older, Refusal)
    assert "a later one may name another key" in older.sentence


def test_an_entry_that_is_dated_ahead_is_told_and_the_next_one_is_dated_by_the_clock(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = utc_now()
    late, later = now + dt.timedelta(days=5 * 365), now + dt.timedelta(minutes=20)
    said = {"because": "test_set_spent", "sentence": "x"}
    for clock in (late, later, now):
        with open_ledger(folder, clock=lambda clock=clock: clock) as ledger:
            ledger.add(Draft(Action.RUN_REFUSED, "sha256:" + "0" * 64, said))
    looked = verify_log(folder)
    assert looked.wrong == ()
    assert [entry.seq for entry in looked.ahead] == [1]
    dates = [told.entry.time.replace(microsecond=0) for told in entries(folder)]
    assert dates[1:] == [clock.replace(microsecond=0) for clock in (late, later, later)]
    for words, said_there in (((), "Entry 1 (run.refused) is dated"), (("--json",), '"dated_ahead": [\n')):
        with pytest.raises(SystemExit) as end:
            main(["log", "verify", "--in", str(folder), *words])
        assert end.value.code == 0
        assert said_there in capsys.readouterr().out
