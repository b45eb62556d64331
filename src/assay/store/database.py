"""The database of a store: SQLite in a file or PostgreSQL, one schema, transactions that survive a crash once acknowledged.

SQLite keeps one file with a rollback journal. ``synchronous=EXTRA`` syncs the file and, when the journal is deleted, its
folder as well: only then does a commit outlive a power cut in this mode (sqlite.org/pragma.html#pragma_synchronous).
A write-ahead log is faster, and has the newest entries in a second file that people forget to copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assay.domain.errors import AssayError, ExitCode, MissingExtra, Unwritable, writing
from assay.store.going_on import held_by_the_server, held_in_a_file
from assay.store.parents import make_parent
from assay.store.tables import GUARDS

HEAD = "0001"
"""The newest step of ``migrations/``."""

WAIT_SECONDS = 60
ADVISORY_LOCK = 0x617373_6179_6C6F67
"""One writer at a time on PostgreSQL: the letters of "assaylog"."""

PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "secure_delete=ON",  # an erased value leaves no bytes behind
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)
SERVERS = ("postgresql", "postgres")


class AbsentStore(AssayError):
    """There is no store at a place that was to be read."""


class StoreBusy(AssayError):
    """Another writer held the store for too long."""


class StoreUnreachable(AssayError):
    """The database server does not answer, or refuses this user."""


class CorruptStore(AssayError):
    """The database, or the log in it, is not as it was written."""

    exit_code = ExitCode.TRUST_FAILURE


class Database:
    """Connections to one store. Not to be shared with a forked child."""

    def __init__(self, engine: sa.Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Database:
        """Open a store by its path or URL and bring its tables up to date.

        Raises:
            AbsentStore: nothing is there and ``create`` is off. MissingExtra: the driver is not installed.
            Unwritable, StoreBusy, StoreUnreachable, CorruptStore: as the database says.
        """
        url = _url(where)
        engine = _postgresql(url) if url.get_backend_name() == "postgresql" else _sqlite(url, create=create)
        database = cls(engine, _named(url))
        try:
            database._migrate(create=create)
        except BaseException:
            engine.dispose()
            raise
        return database

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads."""
        with self._said(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """The one transaction that writes; on disk when this ends, or nothing of it when it raises."""
        with self._said(), self._engine.connect() as plain:
            connection = plain.execution_options(assay_writes=True)
            with connection.begin():
                if self.dialect == "postgresql":
                    _one_writer(connection)
                yield connection

    @contextmanager
    def going_on(self, what: str) -> Iterator[None]:
        """Hold ``what`` until this ends, or the process: no other one does then. Raises GoesOn, Unwritable, StoreUnreachable."""
        with ExitStack() as held:
            with self._said():
                if self.dialect == "postgresql":
                    held.enter_context(held_by_the_server(self._engine, what, self.where))
                else:
                    held.enter_context(held_in_a_file(Path(self.where), what))
            yield

    def guards_missing(self, connection: sa.Connection) -> frozenset[str]:
        """The triggers that are gone or switched off."""
        asked = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": (
                "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND tgrelid IN "
                "('entry'::regclass, 'subtree'::regclass, 'checkpoint'::regclass)"
            ),
        }[self.dialect]
        return GUARDS[self.dialect] - set(connection.execute(sa.text(asked)).scalars())

    def _migrate(self, *, create: bool) -> None:
        with self.reading() as connection:
            at = _version(connection)
        if at is None and not create:
            raise AbsentStore(f"{self.where} holds no store.", code="store_absent")
        if at == HEAD:
            return
        if at is not None and at > HEAD:
            raise AssayError(
                f"{self.where} was written by a newer Assay (its tables are {at}, known here are {HEAD}).",
                code="store_newer",
                remedy="Update Assay: pip install --upgrade assay-ml",
            )
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option(
            "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
        )
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what the database says into a sentence that names it."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            told = _told(error, self.where)
            if told is None:
                raise
            raise told from error


# --- where it is --------------------------------------------------------------------------------------------------


def _url(where: str | Path) -> sa.URL:
    text = str(where)
    if not isinstance(where, Path) and "://" in text:
        url = sa.make_url(text)
        if url.get_backend_name() in SERVERS:
            return url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() != "sqlite":
            raise AssayError(
                f"A store is a file, or postgresql://...; found {url.get_backend_name()}://.",
                code="store_unknown_kind",
                remedy="Set ASSAY_STORE to postgresql://user@host/database, or leave it out for a file.",
            )
        return url
    return sa.URL.create("sqlite", database=text)


def _named(url: sa.URL) -> str:
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def _sqlite(url: sa.URL, *, create: bool) -> sa.Engine:
    path = Path(str(url.database))
    if not create and not path.is_file():
        raise AbsentStore(f"There is no store at {path}.", code="store_absent")
    with writing(path.parent):
        make_parent(path)
    engine = sa.create_engine(url, connect_args={"timeout": WAIT_SECONDS})
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own accord
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("assay_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(
            url,
            # A statement sees what was committed before it: so it does after waiting for the lock.
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10},
        )
    except ImportError as absent:
        raise MissingExtra.of("psycopg") or absent from absent


def _one_writer(connection: sa.Connection) -> None:
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    connection.execute(
        sa.text(
            "SELECT set_config('synchronous_commit', 'on', true) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    )
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


# --- what it says -------------------------------------------------------------------------------------------------

FREE = "Free the disk, allow writing there, or move what is in the way, and run again: what was acknowledged is kept."
NOT_WRITTEN = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
NOT_WRITTEN_STATES = ("53", "25006", "42501", "58030")
"""PostgreSQL's classes and codes: insufficient resources, read-only, not permitted, I/O error."""


def _told(error: sa.exc.DBAPIError, where: str) -> AssayError | None:
    """The sentence for an error of a driver; None for a defect of ours."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return _told_by_sqlite(str(name), str(error.orig), where)
    state = getattr(error.orig, "sqlstate", None)
    return _told_by_postgresql(state, error, where)


def _told_by_sqlite(name: str, said: str, where: str) -> AssayError | None:
    if name.startswith(NOT_WRITTEN):
        return Unwritable(f"{where} cannot be written: {said}.", code="unwritable", remedy=FREE)
    if name.startswith(BUSY):
        return _busy(where)
    if name.startswith(CORRUPT):
        return CorruptStore(
            f"{where} is damaged, or no database: {said}.",
            code="store_corrupt",
            remedy="Keep the file, and restore a copy that agrees with the checkpoints others have seen.",
        )
    return None


def _told_by_postgresql(state: str | None, error: sa.exc.DBAPIError, where: str) -> AssayError | None:
    said = str(error.orig).strip().partition("\n")[0]
    if state == "55P03":
        return _busy(where)
    if state is not None and state.startswith(NOT_WRITTEN_STATES):
        return Unwritable(f"{where} cannot be written: {said}.", code="unwritable", remedy=FREE)
    if state is not None and state.startswith("XX00"):
        return CorruptStore(f"{where} is damaged: {said}.", code="store_corrupt")
    # Without a state the driver speaks for itself: of the connection, or of a defect of ours.
    lost = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) if state is None else False
    if lost or error.connection_invalidated or str(state).startswith(("08", "28", "3D", "57P")):
        return StoreUnreachable(
            f"{where} does not answer: {said}.",
            code="store_unreachable",
            remedy="See that the server runs and that ASSAY_STORE names it. Whether the last change was kept is not known.",
        )
    return None


def _busy(where: str) -> StoreBusy:
    return StoreBusy(
        f"Another program has been writing to {where} for {WAIT_SECONDS} seconds.",
        code="store_busy",
        remedy="Let it end, or end it, and run again.",
    )
