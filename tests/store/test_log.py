"""The log on SQLite and on PostgreSQL: what is acknowledged stays, and what was changed is found."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.proof.parties import Tree, log_key, numbered, witness_key

from assay.domain.errors import AssayError
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import Claim, contradictions
from assay.proof.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, root_of
from assay.proof.note import Note
from assay.proof.salted import Salted
from assay.store.database import HEAD, AbsentStore, CorruptStore, Database
from assay.store.log import AbsentEntry, Log, RefusedCheckpoint, salted
from assay.store.tables import METADATA

ORIGIN = "log.example/one"


@pytest.fixture
def log(where):
    with Log.open(where) as opened:
        yield opened


def add(log: Log, *entries: bytes) -> tuple[int, ...]:
    return log.append(lambda _: entries)


def filled(log: Log, size: int) -> Tree:
    entries = numbered(size)
    for start in range(0, size, 37):
        add(log, *entries[start : start + 37])
    return Tree(entries)


def codes(log: Log, *seen: Checkpoint) -> list[str]:
    return sorted(
        {finding.code for finding in log.verify([Claim.of("the checkpoint in hand", one) for one in seen])}
    )


# --- appending ----------------------------------------------------------------------------------------------------


def test_an_empty_log(log):
    assert (log.size, log.root(), list(log.entries()), log.last_checkpoint()) == (0, EMPTY_ROOT, [], None)
    assert log.consistency(0, 0) == ()
    assert log.verify() == ()


def test_entries_are_numbered_in_order_and_survive_the_program(where):
    with Log.open(where) as log:
        assert add(log, b"a", b"", b"\0\xff") == (0, 1, 2)
        assert add(log) == ()
        assert add(log, b"a") == (3,)
    with Log.open(where, create=False) as log:
        assert list(log.entries()) == [b"a", b"", b"\0\xff", b"a"]
        assert list(log.entries(2)) == [b"\0\xff", b"a"]
        assert list(log.entries(9)) == []
        assert log.verify() == ()


def test_the_tree_is_that_of_the_rfc_at_every_size(log):
    tree = filled(log, 150)
    assert log.root() == tree.root(150)
    for size in (0, 1, 2, 37, 64, 65, 127, 128, 149):
        assert log.root(size) == tree.root(size)
        assert log.consistency(size) == tree.consistency(size, 150)
        assert check_consistency(size, 150, log.consistency(size), tree.root(size), log.root())
    for index in (0, 1, 63, 64, 148):
        assert log.inclusion(index, 149) == tree.inclusion(index, 149)
        assert check_inclusion(leaf_hash(tree.entries[index]), index, 150, log.inclusion(index), log.root())


def test_one_by_one_is_as_all_at_once(log):
    for entry in numbered(20):
        add(log, entry)
    assert log.root() == Tree(numbered(20)).root(20)
    assert log.verify() == ()


@pytest.mark.parametrize("ask", [lambda log: log.root(4), lambda log: log.inclusion(3), lambda log: log.inclusion(-1),
                                 lambda log: log.inclusion(0, 4), lambda log: log.consistency(4), lambda log: log.consistency(1, 4)])  # fmt: skip
def test_what_is_not_there_is_not_proven(log, ask):
    filled(log, 3)
    with pytest.raises(AbsentEntry):
        ask(log)


def test_a_decision_sees_every_entry_and_may_read_a_part(log):
    filled(log, 1500)
    seen: dict[str, object] = {}

    def decide(stored):
        seen.update(
            size=len(stored), last=stored[-1], part=list(stored[1490:]), all=list(stored), back=stored[3::-1]
        )
        with pytest.raises(IndexError):
            stored[1500]
        return [b"next"]

    assert log.append(decide) == (1500,)
    entries = numbered(1500)
    assert seen == {
        "size": 1500, "last": entries[-1], "part": entries[1490:], "all": entries, "back": entries[3::-1],
    }  # fmt: skip


def test_a_decision_that_refuses_writes_nothing(log):
    filled(log, 5)

    def refuse(stored):
        raise AssayError("No.", code="no")

    pair = salted(b"name")
    with pytest.raises(AssayError, match="No"):
        log.append(refuse, pairs=[pair])
    assert (log.size, log.value(pair.digest), log.verify()) == (5, None, ())


def test_a_check_and_its_append_are_one_step(where):
    """Many writers, each of which appends the count that it has seen: no two may see the same."""
    threads, each = 4, 8
    with Log.open(where):
        pass

    def write(_: int) -> list[int]:
        with Log.open(where) as log:
            return [log.append(lambda stored: [b"%d" % len(stored)])[0] for _ in range(each)]

    with ThreadPoolExecutor(threads) as pool:
        numbers = [n for found in pool.map(write, range(threads)) for n in found]
    with Log.open(where) as log:
        assert sorted(numbers) == list(range(threads * each))
        assert list(log.entries()) == [b"%d" % n for n in range(threads * each)]
        assert log.verify() == ()


def test_one_log_serves_many_threads(log):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: add(log, b"%d" % n), range(24)))
    assert sorted(map(int, log.entries())) == list(range(24))
    assert log.verify() == ()


def test_many_may_open_a_new_store_at_once(where):
    begin = threading.Barrier(4)

    def enter(n: int) -> None:
        begin.wait()
        with Log.open(where) as log:
            add(log, b"%d" % n)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(4)))
    with Log.open(where) as log:
        assert sorted(log.entries()) == [b"0", b"1", b"2", b"3"]


def test_an_append_costs_the_same_however_long_the_log_is(log):
    """Nor is a batch quadratic: the statements of an append do not depend on the entries before or in it."""
    asked: list[str] = []
    sa.event.listen(log._database._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def cost(batch: int) -> int:
        asked.clear()
        log.append(lambda _: numbered(batch))
        return len(asked)

    costs = {cost(batch) for batch in (3, 1, 500, 1, 2000, 1, 77)}
    assert max(costs) <= 9
    assert max(costs) - min(costs) <= 3  # the driver may send a large batch in parts


# --- the tables ---------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_program_sees(where, log, outsider):
    with outsider.connect() as connection:
        ours = MigrationContext.configure(connection)
        assert compare_metadata(ours, METADATA) == []
        assert ours.get_current_revision() == HEAD
    config = Config()
    config.set_main_option("script_location", "src/assay/store/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_store_of_a_newer_program_is_left_alone(where, log, outsider):
    with outsider.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(AssayError) as refused:
        Log.open(where)
    assert refused.value.code == "store_newer"


CHANGES = [
    "UPDATE entry SET data = data",
    "UPDATE entry SET seq = 77 WHERE seq = 4",
    "DELETE FROM entry",
    "DELETE FROM entry WHERE seq = 4",
    'UPDATE subtree SET "index" = "index"',
    "DELETE FROM subtree",
    "UPDATE checkpoint SET size = 1",
    "DELETE FROM checkpoint",
    "INSERT INTO entry (seq, data) SELECT 7, data FROM entry WHERE seq = 0",
    "INSERT INTO entry (seq, data) SELECT 3, data FROM entry WHERE seq = 0",
    "INSERT INTO entry (seq, data) SELECT 3, data FROM entry WHERE seq = 0 ON CONFLICT (seq) DO UPDATE SET data = excluded.data",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO entry (seq, data) SELECT 3, data FROM entry WHERE seq = 0",
    'REPLACE INTO subtree (level, "index", hash) SELECT 0, 0, hash FROM subtree WHERE level = 1',
    "REPLACE INTO checkpoint (number, size, note) SELECT 1, 2, note FROM checkpoint",
]
ON_POSTGRESQL = ["TRUNCATE entry", "TRUNCATE subtree", "TRUNCATE checkpoint", "DELETE FROM ONLY entry"]


def test_the_database_refuses_every_change(where, log, outsider):
    filled(log, 5)
    log.put_checkpoint(log.head(ORIGIN).signed_by(log_key()))
    more = ON_POSTGRESQL if outsider.dialect.name == "postgresql" else ON_SQLITE
    for change in (*CHANGES, *more):
        with pytest.raises(sa.exc.DBAPIError), outsider.begin() as connection:
            connection.execute(sa.text(change))
    assert list(log.entries()) == numbered(5)
    assert log.verify() == ()


# --- checkpoints --------------------------------------------------------------------------------------------------


def test_checkpoints_are_kept_and_the_newest_is_last(log):
    filled(log, 5)
    first = log.head(ORIGIN).signed_by(log_key())
    log.put_checkpoint(first)
    assert log.last_checkpoint() == first
    add(log, b"more")
    second = log.head(ORIGIN).signed_by(log_key())
    log.put_checkpoint(second)
    assert Checkpoint.parse(second.text).size == 6
    cosigned = second.signed_also([witness_key().cosign(second.text, 5)])
    log.put_checkpoint(cosigned)
    log.put_checkpoint(first)  # a late one of an older size
    assert log.last_checkpoint() == cosigned
    assert log.verify() == ()


@pytest.mark.parametrize("size", [4, 5, 6])
def test_a_checkpoint_of_another_tree_is_refused(log, size):
    filled(log, 5)
    other = Checkpoint(ORIGIN, size, Tree(numbered(6, "other")).root(size)).signed_by(log_key())
    with pytest.raises(RefusedCheckpoint) as refused:
        log.put_checkpoint(other)
    assert refused.value.code == "checkpoint_not_ours"


# --- tampering: whoever owns the database switches the triggers off -----------------------------------------------


def tamper(engine: sa.Engine, *statements: str, **values: object) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(sa.text(statement), values)
            return
        triggers = list(
            connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        )
        for name, _ in triggers:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(sa.text(statement), values)
        for _, made in triggers:
            connection.exec_driver_sql(made)


@pytest.fixture
def kept(log) -> Log:
    """A log of 150 entries, with checkpoints at 100 and 150."""
    for start, stop in ((0, 100), (100, 150)):
        add(log, *numbered(150)[start:stop])
        log.put_checkpoint(log.head(ORIGIN).signed_by(log_key()))
    assert log.verify() == ()
    return log


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE entry SET data = :x WHERE seq = 7", ["log_rewritten", "subtree_differs"]),
        ("UPDATE entry SET data = :x WHERE seq = 149", ["log_rewritten", "subtree_differs"]),
        ("DELETE FROM entry WHERE seq = 7", ["entry_missing"]),
        ("DELETE FROM entry WHERE seq = 0", ["entry_missing"]),
        ("DELETE FROM entry WHERE seq = 149", ["log_shortened"]),
        ("DELETE FROM entry", ["log_shortened"]),
        ('UPDATE subtree SET hash = :x WHERE level = 3 AND "index" = 2', ["subtree_differs"]),
        ('DELETE FROM subtree WHERE level = 7 AND "index" = 0', ["subtree_missing"]),
        ('UPDATE subtree SET "index" = 9 WHERE level = 7 AND "index" = 0', ["subtree_missing"]),
        ('INSERT INTO subtree (level, "index", hash) VALUES (-1, 0, :x)', ["subtree_extra"]),
        ("UPDATE checkpoint SET note = :x WHERE number = 1", ["checkpoint_malformed"]),
        ("INSERT INTO entry (seq, data) VALUES (150, :x)", ["subtree_missing"]),
    ],
)  # fmt: skip
def test_every_change_is_found(kept, outsider, statement, expected):
    tamper(outsider, statement, x=b"changed")
    assert codes(kept) == expected


def test_a_checkpoint_that_was_exchanged_is_found(kept, outsider):
    forged = Checkpoint(ORIGIN, 100, bytes(32)).signed_by(log_key("forger"))
    tamper(outsider, "UPDATE checkpoint SET note = :x WHERE number = 1", x=bytes(forged))
    assert codes(kept) == ["log_rewritten"]


def rewrite(kept: Log, outsider: sa.Engine, entries: list[bytes]) -> None:
    """What an owner can do: all tables anew, of other entries."""
    tamper(outsider, "DELETE FROM entry", "DELETE FROM subtree", "DELETE FROM checkpoint")
    add(kept, *entries)


def test_a_log_that_was_rewritten_whole_holds_by_itself_but_not_against_what_others_have_seen(kept, outsider):
    seen = kept.head(ORIGIN)
    changed = [*numbered(149), b"changed"]
    rewrite(kept, outsider, changed)
    assert codes(kept) == []
    assert codes(kept, seen) == ["log_rewritten"]
    rewrite(kept, outsider, numbered(149))
    assert codes(kept, seen) == ["log_shortened"]


def test_a_log_in_its_database_answers_to_checkpoints_as_its_entries_do_outside_of_it(kept):
    """The one streams, the other has all entries in hand: the same codes and the same sentences."""
    entries = numbered(150)
    claims = [
        Claim(f"the checkpoint {size} {of}", size, root_of(entries[:of]).hex())
        for size in (0, 1, 64, 149, 150, 151, 400)
        for of in (size, size - 1)
        if of >= 0
    ]
    outside = sorted((one.because.value, one.sentence) for one in contradictions(entries, claims))
    assert sorted((one.code, one.message) for one in kept.verify(claims)) == outside
    assert [code for code, _ in outside] == ["log_rewritten"] * 4 + ["log_shortened"] * 4


@pytest.mark.parametrize("size", [149, 150, 160])
def test_a_rewritten_log_signs_nothing_that_it_did_not_continue(kept, outsider, size):
    tamper(outsider, "DELETE FROM entry", "DELETE FROM subtree")
    add(kept, *[b"changed", *numbered(size - 1)])
    with pytest.raises(CorruptStore) as refused:
        kept.head(ORIGIN)
    assert refused.value.code == "log_rewritten"
    own = Checkpoint(ORIGIN, kept.size, kept.root()).signed_by(log_key())
    with pytest.raises(CorruptStore):
        kept.put_checkpoint(own)


def test_a_lost_hash_is_named_and_nothing_is_appended(kept, outsider):
    tamper(outsider, "DELETE FROM subtree WHERE level = 7")
    with pytest.raises(CorruptStore) as refused:
        add(kept, b"next")
    assert refused.value.code == "subtree_missing"
    with pytest.raises(CorruptStore):
        kept.root()
    assert kept.size == 150


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "entry SET data = 'text' WHERE seq = 7",
        "subtree SET hash = 'text'",
        "checkpoint SET note = 'text'",
    ],
)
def test_values_of_another_type_are_found(kept, outsider, change):
    tamper(outsider, f"UPDATE {change}")
    assert "store_corrupt" in codes(kept)


def test_a_log_that_grows_meanwhile_holds(where, log):
    """What is appended and signed while it is verified is no finding."""
    done = threading.Event()

    def grow() -> None:
        with Log.open(where) as other:
            while not done.is_set():
                add(other, *numbered(3))
                other.put_checkpoint(other.head(ORIGIN).signed_by(log_key()))

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert [log.verify() for _ in range(20)] == [()] * 20
    finally:
        done.set()
        writer.join()


def test_triggers_that_are_gone_are_found(kept, outsider):
    with outsider.begin() as connection:
        sqlite = "DROP TRIGGER entry_stays"
        connection.execute(
            sa.text(
                sqlite
                if outsider.dialect.name == "sqlite"
                else "ALTER TABLE entry DISABLE TRIGGER entry_stays"
            )
        )
    assert codes(kept) == ["guard_missing"]


def test_findings_are_told_up_to_a_number(kept, outsider):
    tamper(outsider, "UPDATE entry SET data = :x", x=b"changed")
    assert len(kept.verify()) == 20


# --- what can be erased -------------------------------------------------------------------------------------------


def test_personal_data_can_be_erased_without_touching_the_tree(where, log):
    pair = salted(b"Ada Lovelace")
    log.append(lambda _: [pair.digest.encode()], pairs=[pair])
    before = log.root()
    assert log.value(pair.digest) == b"Ada Lovelace"
    assert log.erase(pair.digest)
    assert not log.erase(pair.digest)
    assert log.value(pair.digest) is None
    assert (log.root(), log.verify()) == (before, ())


def test_an_erased_value_leaves_no_bytes_in_the_file(tmp_path):
    name = b"a name that nobody may find again"
    with Log.open(tmp_path / "log.db") as log:
        pair = salted(name)
        log.append(lambda _: [pair.digest.encode()], pairs=[pair])
        assert name in (tmp_path / "log.db").read_bytes()
        log.erase(pair.digest)
    assert [p for p in tmp_path.iterdir() if name in p.read_bytes()] == []


def test_equal_values_have_unequal_digests_and_a_changed_value_is_found(log, outsider):
    one, other = salted(b"Ada"), salted(b"Ada")
    assert one.digest != other.digest
    assert "Ada" not in repr(one)
    log.append(lambda _: [b"x"], pairs=[one, other])
    with outsider.begin() as connection:
        connection.execute(
            sa.text("UPDATE erasable SET value = :x WHERE digest = :d"), {"x": b"Eve", "d": one.digest}
        )
    assert codes(log) == ["erasable_differs"]
    with pytest.raises(CorruptStore):
        log.value(one.digest)
    assert log.value(other.digest) == b"Ada"
    with pytest.raises(ValueError, match="a salt has"):
        Salted(b"short", b"Ada")


# --- reading only -------------------------------------------------------------------------------------------------


def test_an_absent_store_is_not_made_by_a_reader(tmp_path):
    with pytest.raises(AbsentStore):
        Log.open(tmp_path / "log.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["postgresql"], indirect=True)
def test_an_empty_database_is_no_store_to_a_reader(where):
    with pytest.raises(AbsentStore):
        Log.open(where, create=False)


def test_a_note_comes_back_byte_for_byte(log):
    filled(log, 3)
    note = log.head(ORIGIN).signed_by(log_key())
    log.put_checkpoint(note)
    assert bytes(log.last_checkpoint() or Note("", ())) == bytes(note)
    assert isinstance(log._database, Database)
