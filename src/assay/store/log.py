"""The append-only log in a database: entries in order, their Merkle tree, and the checkpoints that were signed.

What an entry says is not known here. The tree is that of :mod:`assay.proof.merkle`; its table has hashes of complete
subtrees only, which are appended with the entry that finishes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, overload

import sqlalchemy as sa

from assay.domain.errors import AssayError
from assay.proof import merkle
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import Claim
from assay.proof.merkle import Subtree, check_consistency, finished_by, leaf_hash
from assay.proof.note import Note
from assay.proof.salted import SALT_BYTES, Salted
from assay.store.database import CorruptStore, Database
from assay.store.tables import CHECKPOINT, ENTRY, ERASABLE, SUBTREE, size_of
from assay.store.verification import Finding, findings

Answer = TypeVar("Answer")
Decide = Callable[[Sequence[bytes]], Sequence[bytes]]
"""From every stored entry, in order, to the entries to be appended; raises when nothing may be."""

PAGE = 1000
"""So many rows are read at a time."""


class AbsentEntry(AssayError):
    """A log is asked about an entry or a size that it does not have."""


class RefusedCheckpoint(AssayError):
    """A checkpoint that this log must not sign or keep."""


class Log:
    """One log. Open it with :meth:`open`; it is a context manager."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Log:
        """Open the log in a SQLite file or at ``postgresql://...``. Raises as :meth:`Database.open`."""
        return cls(Database.open(where, create=create))

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        """The log itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def going_on(self, what: str) -> AbstractContextManager[None]:
        """Hold ``what`` among all who write to this log. Raises as :meth:`Database.going_on`."""
        return self._database.going_on(what)

    # --- entries --------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """The number of entries."""
        with self._database.reading() as connection:
            return size_of(connection)

    def append(self, decide: Decide, *, pairs: Sequence[Salted] = ()) -> tuple[int, ...]:
        """Append what ``decide`` returns, in one transaction that no other writer can enter; return the numbers.

        ``decide`` gets every stored entry in order, read as it asks for them: ``entries[k:]`` reads no others. So what
        it checks still holds when its entries are there. When it raises, nothing is written. It must not append itself.
        ``pairs`` of personal data, whose digests stand in the entries, are kept with them or not at all. When this
        returns, all of it is on disk.

        Raises:
            Unwritable, StoreBusy, StoreUnreachable: and nothing was written, as far as the database can tell.
            CorruptStore: ``subtree_missing``. Whatever ``decide`` raises.
        """
        with self._database.writing() as connection:
            first = size_of(connection)
            added = tuple(decide(_Stored(connection, first)))
            if added:
                _insert(connection, first, added)
                for pair in pairs:
                    connection.execute(
                        sa.insert(ERASABLE).values(digest=pair.digest, salt=pair.salt, value=pair.value)
                    )
        return tuple(range(first, first + len(added)))

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """The entries from number ``start`` on, read in pages."""
        while True:
            with self._database.reading() as connection:
                page = _page(connection, start, start + PAGE)
            yield from page
            if len(page) < PAGE:
                return
            start += PAGE

    # --- the tree -------------------------------------------------------------------------------------------------

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` entries; of all without it. Raises AbsentEntry, CorruptStore."""
        leaves = self.size if size is None else size
        return self._ask(leaves, lambda subtree: merkle.root(leaves, subtree))

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that entry ``index`` is in the tree of ``size``. Raises AbsentEntry, CorruptStore."""
        leaves = self.size if size is None else size
        if not 0 <= index < leaves:
            raise AbsentEntry(
                f"A log of {leaves} entries has no entry {index}.",
                code="entry_absent",
                remedy="List the entries with: assay log show",
            )
        return self._ask(leaves, lambda subtree: merkle.inclusion_proof(index, leaves, subtree))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the tree of ``new`` begins with that of ``old``. Raises AbsentEntry, CorruptStore."""
        leaves = self.size if new is None else new
        if not 0 <= old <= leaves:
            raise AbsentEntry(
                f"A log of {leaves} entries does not continue one of {old}.", code="entry_absent"
            )
        return self._ask(leaves, lambda subtree: merkle.consistency_proof(old, leaves, subtree))

    def _ask(self, size: int, ask: Callable[[Subtree], Answer]) -> Answer:
        """What is computed from subtrees, which are read in one query: a first call tells which."""
        wanted: list[tuple[int, int]] = []

        def noted(level: int, index: int) -> bytes:
            wanted.append((level, index))
            return merkle.EMPTY_ROOT

        ask(noted)
        with self._database.reading() as connection:
            entries = size_of(connection)
            if size > entries:
                raise AbsentEntry(f"The log has {entries} entries, not {size}.", code="entry_absent")
            found = _subtrees(connection, wanted)
        return ask(lambda level, index: found[level, index])

    # --- checkpoints ----------------------------------------------------------------------------------------------

    def head(self, origin: str) -> Checkpoint:
        """What this log can sign now: its size and root, after seeing that it continues its last checkpoint.

        A log signs nothing that is inconsistent with what it signed before (tlog-checkpoint, "Signatures").

        Raises:
            CorruptStore: ``log_rewritten``.
        """
        size = self.size
        checkpoint = Checkpoint(origin, size, self.root(size))
        self._continues(checkpoint)
        return checkpoint

    def put_checkpoint(self, note: Note) -> None:
        """Keep a checkpoint that was signed, or one with more cosignatures.

        Raises:
            RefusedCheckpoint: ``checkpoint_not_ours`` when its size and root are not this log's.
            CorruptStore: ``log_rewritten``. MalformedNote.
        """
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.size > self.size or self.root(checkpoint.size) != checkpoint.root:
            raise RefusedCheckpoint(
                f"The checkpoint of size {checkpoint.size} is not of this log.", code="checkpoint_not_ours"
            )
        self._continues(checkpoint)
        with self._database.writing() as connection:
            connection.execute(sa.insert(CHECKPOINT).values(size=checkpoint.size, note=bytes(note)))

    def last_checkpoint(self) -> Note | None:
        """The newest of the largest checkpoints, or None."""
        newest = (
            sa.select(CHECKPOINT.c.note)
            .order_by(CHECKPOINT.c.size.desc(), CHECKPOINT.c.number.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            found = connection.execute(newest).scalar()
        return None if found is None else Note.parse(found)

    def checkpoints(self) -> tuple[bytes, ...]:
        """Every checkpoint that is kept, as bytes, in the order in which they came; nothing in them is believed."""
        with self._database.reading() as connection:
            notes = connection.execute(sa.select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.number)).scalars()
            return tuple(bytes(note) for note in notes)

    def _continues(self, checkpoint: Checkpoint) -> None:
        note = self.last_checkpoint()
        last = checkpoint if note is None else Checkpoint.parse(note.text)
        if last.size > self.size:
            raise _rewritten(last)
        old, new = sorted((last, checkpoint), key=lambda c: c.size)
        if not check_consistency(
            old.size, new.size, self.consistency(old.size, new.size), old.root, new.root
        ):
            raise _rewritten(last)

    # --- what can be erased ---------------------------------------------------------------------------------------

    def value(self, digest: str) -> bytes | None:
        """The personal data under a salted digest; None when it was erased, or never kept.

        Raises:
            CorruptStore: ``erasable_differs``.
        """
        with self._database.reading() as connection:
            row = connection.execute(sa.select(ERASABLE).where(ERASABLE.c.digest == digest)).one_or_none()
        if row is None:
            return None
        if len(row.salt) != SALT_BYTES or Salted(row.salt, row.value).digest != digest:
            raise CorruptStore(f"The data kept under {digest} was changed.", code="erasable_differs")
        return bytes(row.value)

    def erase(self, digest: str) -> bool:
        """Delete the pair under a digest, for good; the tree stays as it is. False when there was none."""
        with self._database.writing() as connection:
            return connection.execute(sa.delete(ERASABLE).where(ERASABLE.c.digest == digest)).rowcount > 0

    # --- verification ---------------------------------------------------------------------------------------------

    def verify(self, kept: Sequence[Claim] = ()) -> tuple[Finding, ...]:
        """What is wrong with this log: everything is computed anew from the entries; empty when it holds.

        Without ``kept``, what checkpoints say that somebody else has kept, whoever owns the database can rewrite all of it.
        """
        return findings(self._database, kept)


def salted(value: bytes) -> Salted:
    """A value under a salt of its own."""
    return Salted(os.urandom(SALT_BYTES), value)


class _Stored(Sequence[bytes]):
    """Every entry, read inside the writing transaction as it is asked for."""

    def __init__(self, connection: sa.Connection, size: int) -> None:
        self._connection = connection
        self._size = size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> bytes: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...

    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(at, slice):
            start, stop, step = at.indices(self._size)
            return _page(self._connection, start, stop)[::step] if step > 0 else list(self)[at]
        (found,) = _page(self._connection, range(self._size)[at], range(self._size)[at] + 1)
        return found

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self._size, PAGE):
            yield from _page(self._connection, start, min(start + PAGE, self._size))


def _page(connection: sa.Connection, start: int, stop: int) -> list[bytes]:
    asked = sa.select(ENTRY.c.data).where(ENTRY.c.seq >= start, ENTRY.c.seq < stop).order_by(ENTRY.c.seq)
    found = list(connection.execute(asked).scalars())
    if not all(isinstance(data, bytes | memoryview | bytearray) for data in found):
        raise CorruptStore(
            f"An entry between {start} and {start + len(found) - 1} holds something else than bytes: it was written by another program.",
            code="store_corrupt",
            remedy="Restore a copy that agrees with the checkpoints others have seen.",
        )
    return [bytes(data) for data in found]


def _insert(connection: sa.Connection, first: int, added: Sequence[bytes]) -> None:
    edge = _subtrees(
        connection,
        [(level, (first >> level) - 1) for level in range(first.bit_length()) if first >> level & 1],
    )
    fresh = []
    for seq, entry in enumerate(added, start=first):
        for level, index, found in finished_by(
            seq, leaf_hash(entry), lambda level, index: edge[level, index]
        ):
            edge[level, index] = found
            fresh.append({"level": level, "index": index, "hash": found})
    connection.execute(
        sa.insert(ENTRY), [{"seq": seq, "data": data} for seq, data in enumerate(added, start=first)]
    )
    connection.execute(sa.insert(SUBTREE), fresh)


def _subtrees(connection: sa.Connection, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    # Every place by itself: SQLite would scan the table for a list of pairs.
    places = [sa.and_(SUBTREE.c.level == level, SUBTREE.c.index == index) for level, index in wanted]
    rows = connection.execute(sa.select(SUBTREE).where(sa.or_(*places))) if places else ()
    found = {(level, index): bytes(kept) for level, index, kept in rows}
    absent = next((where for where in wanted if where not in found), None)
    if absent is not None:
        raise CorruptStore(
            f"The log lacks the hash of the subtree {absent[1]} at level {absent[0]}.",
            code="subtree_missing",
            remedy="Run: assay log verify",
        )
    return found


def _rewritten(last: Checkpoint) -> CorruptStore:
    return CorruptStore(
        f"The log does not continue its own checkpoint of size {last.size}: entries were changed or removed.",
        code="log_rewritten",
        remedy="Sign nothing. Run: assay log verify; and restore a copy that agrees with the checkpoints others have seen.",
    )
