"""What one process does at a time, held until it ends: the kernel or the server lets it go, however the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from assay.domain.errors import AssayError, writing


class GoesOn(AssayError):
    """Another process is about the same thing at this moment."""

    @classmethod
    def at(cls, where: str) -> GoesOn:
        """At the store of this name."""
        return cls(
            f"Another process is judging by this lock at this moment; {where} says so.",
            code="run_goes_on",
            remedy="Wait until it has ended, or end it: a run that was stopped is gone on with.",
        )


@contextmanager
def held_in_a_file(database: Path, what: str) -> Iterator[None]:
    """Hold a file beside a SQLite database: ``flock``, which Linux takes back when the process ends.

    The file stays: were it removed, one process could hold it and the next one a new file of its name.

    Raises:
        GoesOn: another process holds it. Unwritable.
    """
    place = database.with_name(f"{database.name}.going-on-{_short(what)}")
    with writing(place):
        handle = os.open(place, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GoesOn.at(str(place)) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def held_by_the_server(engine: sa.Engine, what: str, where: str) -> Iterator[None]:
    """Hold an advisory lock of a session of its own on PostgreSQL, which the server takes back when the connection ends.

    A connection that breaks in between lets go of it unseen.

    Raises:
        GoesOn: another session holds it.
    """
    key = int(_short(what), 16) - (1 << 63)
    # A session of its own: one of the pool would end when the pool likes.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar():
            raise GoesOn.at(where)
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # a connection that broke holds nothing any more
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


def _short(what: str) -> str:
    """64 bits of a name, in hexadecimal."""
    return hashlib.sha256(f"assay going on\n{what}".encode()).hexdigest()[:16]
