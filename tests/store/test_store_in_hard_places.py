"""Full disks, writers that wait, servers that are gone, files that are no database: one sentence and the right code."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.test_hard_places import WITHOUT
from tests.proof.parties import numbered
from tests.unsynced import AS_SHIPPED

from assay.domain.errors import AssayError, Unwritable
from assay.store import database
from assay.store.database import CorruptStore, StoreBusy, StoreUnreachable
from assay.store.log import Log
from assay.store.workspace import Workspace

on_postgresql = pytest.mark.parametrize("where", ["postgresql"], indirect=True)
BIG = [os.urandom(3000) for _ in range(40)]


def in_a_child(body) -> str:
    """What a forked child says; it may break as it likes."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        said = "it broke"
        try:
            body()
            said = "nothing"
        except AssayError as error:
            said = f"{type(error).__name__} {error.code} {error}"
        finally:
            os.write(writes, said.encode())
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(pid, 0)
    return said


@pytest.mark.parametrize("room", [0, 200, 4_000, 30_000, 90_000])
def test_a_full_disk_is_said_and_the_log_stays_whole(tmp_path, room):
    where = tmp_path / "log.db"
    with Log.open(where) as log:
        log.append(lambda _: numbered(20))
    size = where.stat().st_size

    def full() -> None:
        # As on a full disk: no file grows beyond so many bytes.
        with Log.open(where) as log:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
            log.append(lambda _: BIG)

    said = in_a_child(full)
    assert said.startswith("Unwritable unwritable"), said
    assert f"{where} cannot be written" in said
    with Log.open(where) as log:
        assert list(log.entries()) == numbered(20)
        assert log.verify() == ()
        log.append(lambda _: BIG)
        assert log.verify() == ()


def test_a_disk_that_is_full_from_the_start_is_said(tmp_path):
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        Log.open(tmp_path / "log.db")

    assert in_a_child(full).startswith("Unwritable unwritable")
    with Log.open(tmp_path / "log.db") as log:
        assert log.verify() == ()


def test_something_in_the_way_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unwritable, match="file"):
        Log.open(tmp_path / "file" / "log.db")
    with pytest.raises(Unwritable, match="cannot be written"):
        Log.open(tmp_path)


def test_a_file_that_is_no_database_is_a_trust_failure(tmp_path):
    (tmp_path / "log.db").write_bytes(b"certainly no database" * 500)
    with pytest.raises(CorruptStore) as refused:
        Log.open(tmp_path / "log.db")
    assert (refused.value.code, refused.value.exit_code) == ("store_corrupt", 3)


def test_damaged_pages_are_found(tmp_path):
    where = tmp_path / "log.db"
    with Log.open(where) as log:
        log.append(lambda _: BIG)
    content = bytearray(where.read_bytes())
    content[4096 * 6 : 4096 * 20] = os.urandom(4096 * 14)
    where.write_bytes(content)
    with Log.open(where) as log:
        assert log.verify() != ()


def test_a_writer_waits_for_another_and_says_when_it_was_too_long(where, monkeypatch):
    monkeypatch.setattr(database, "WAIT_SECONDS", 1)
    inside, leave = threading.Event(), threading.Event()

    def slow(_):
        inside.set()
        leave.wait(30)
        return [b"slow"]

    with Log.open(where) as one, Log.open(where) as other:
        writer = threading.Thread(target=one.append, args=(slow,))
        writer.start()
        inside.wait(30)
        with pytest.raises(StoreBusy, match="for 1 seconds"):
            other.append(lambda _: [b"hasty"])
        assert list(other.entries()) == []  # readers do not wait
        leave.set()
        writer.join()
        other.append(lambda _: [b"next"])
        assert list(other.entries()) == [b"slow", b"next"]


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(StoreUnreachable) as refused:
        Log.open("postgresql://user:secret@127.0.0.1:9/nowhere")
    assert refused.value.code == "store_unreachable"
    assert "secret" not in str(refused.value)


@on_postgresql
def test_a_connection_that_dies_inside_an_append_leaves_nothing(server, outsider, where):

    def cut(_):
        with outsider.connect() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        return numbered(5)

    with Log.open(where) as log:
        log.append(lambda _: [b"before"])
        with pytest.raises(StoreUnreachable):
            log.append(cut)
        assert list(log.entries()) == [b"before"]
        assert log.verify() == ()
        log.append(lambda _: [b"after"])


def test_a_database_that_is_not_there_is_said(server):
    with pytest.raises(StoreUnreachable, match="nowhere"):
        Log.open(sa.make_url(server).set(database="nowhere").render_as_string(hide_password=False))


@on_postgresql
def test_an_auditor_who_may_only_read_verifies_and_cannot_write(server, where, outsider):
    with Log.open(where) as log:
        log.append(lambda _: numbered(5))
    with outsider.begin() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS auditor"))
        connection.execute(sa.text("CREATE ROLE auditor LOGIN"))
        connection.execute(sa.text("GRANT USAGE ON SCHEMA public TO auditor"))
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor"))
    url = sa.make_url(where).set(username="auditor").render_as_string(hide_password=False)
    with Log.open(url, create=False) as log:
        assert (list(log.entries()), log.verify()) == (numbered(5), ())
        with pytest.raises(Unwritable, match="permission denied"):
            log.append(lambda _: [b"x"])


def test_a_file_that_may_only_be_read_is_read(tmp_path):
    """A copy on a read-only disk: SQLite writes nothing beside it to read it."""
    with Log.open(tmp_path / "log.db") as log:
        log.append(lambda _: numbered(5))

    def read() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        with Log.open(tmp_path / "log.db", create=False) as log:
            assert (list(log.entries()), log.verify()) == (numbered(5), ())

    assert in_a_child(read) == "nothing"
    assert [p.name for p in tmp_path.iterdir()] == ["log.db"]


def test_another_kind_of_database_is_refused():
    with pytest.raises(AssayError) as refused:
        Log.open("mysql://localhost/log")
    assert refused.value.code == "store_unknown_kind"


@pytest.mark.parametrize(
    ("absent", "place", "extra"),
    [
        ({"sqlalchemy"}, "log.db", "log"),
        ({"alembic"}, "log.db", "log"),
        ({"psycopg"}, "postgresql://localhost/log", "postgres"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(tmp_path, absent, place, extra):
    program = f"""
{WITHOUT.format(names=absent)}
from assay.domain.errors import MissingExtra
try:
    from assay.store.log import Log
    Log.open({place!r})
except ModuleNotFoundError as missing:
    print(MissingExtra.of(missing.name))
except MissingExtra as missing:
    print(missing)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert f"pip install 'assay-ml[{extra}]'" in done.stdout


def test_the_team_s_database_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("ASSAY_STORE", raising=False)
    assert Workspace(tmp_path).database == tmp_path / "log.db"
    monkeypatch.setenv("ASSAY_STORE", "postgresql://team/assay")
    assert Workspace(tmp_path).database == "postgresql://team/assay"


@on_postgresql
def test_the_server_of_these_tests_survives_its_own_crash(where, outsider):
    """kill -9 of PostgreSQL's own process for a writer: the server recovers, and what was acknowledged is there."""
    with Log.open(where) as log:
        log.append(lambda _: numbered(5))

        def kill(_):
            with log._database._engine.connect() as connection:
                asked = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
                os.kill(connection.execute(sa.text(asked)).scalar_one(), signal.SIGKILL)
            return [b"never"]

        with pytest.raises(StoreUnreachable):
            log.append(kill)
    for _ in range(100):
        try:
            with Log.open(where) as log:
                assert list(log.entries()) == numbered(5)
                assert log.verify() == ()
                log.append(lambda _: [b"after"])
                break
        except StoreUnreachable:
            threading.Event().wait(0.2)
    else:
        pytest.fail("the server did not come back")


def test_a_path_is_a_path(tmp_path: Path):
    with Log.open(tmp_path / "a%20b c.db") as log:
        log.append(lambda _: [b"x"])
    assert (tmp_path / "a%20b c.db").is_file()


def test_as_shipped_a_commit_waits_until_it_is_on_the_disk(tmp_path, monkeypatch):
    """Other tests do not wait (tests/unsynced.py)."""
    monkeypatch.setattr(database, "PRAGMAS", AS_SHIPPED)
    with Log.open(tmp_path / "log.db") as log, log._database.reading() as connection:
        asked = ("synchronous", "journal_mode", "secure_delete")
        found = [connection.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in asked]
    assert found == [3, "delete", 1]  # 3: EXTRA, which syncs the folder as well
