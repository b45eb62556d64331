"""A log is recomputed from its entries and compared with all that was kept of it; its table of hashes is not believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assay.proof import merkle
from assay.proof.checkpoint import Checkpoint
from assay.proof.continues import Claim
from assay.proof.merkle import finished_by, leaf_hash
from assay.proof.note import MalformedNote, Note
from assay.proof.salted import SALT_BYTES, Salted
from assay.store.database import CorruptStore, Database
from assay.store.tables import CHECKPOINT, ENTRY, ERASABLE, SUBTREE, size_of

PAGE = 1 << 12
MOST = 20
"""So many findings are told: a rewritten log has as many as it has entries."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a log: a stable code and a sentence.

    Codes: ``entry_missing``, ``subtree_differs``, ``subtree_missing``, ``subtree_extra``, ``log_rewritten``,
    ``log_shortened``, ``checkpoint_malformed``, ``erasable_differs``, ``guard_missing``, ``store_corrupt``.
    """

    code: str
    message: str


def findings(database: Database, kept: Sequence[Claim] = ()) -> tuple[Finding, ...]:
    """The first findings, in the order in which they were met; ``kept`` is what checkpoints from outside say."""
    found: list[Finding] = []
    try:
        for finding in _findings(database, kept):
            found.append(finding)
            if len(found) == MOST:
                break
    except CorruptStore as damaged:
        found.append(Finding(damaged.code, damaged.message))
    except TypeError:  # SQLite keeps a text where bytes were declared
        found.append(Finding("store_corrupt", "A value has another type than what is written there."))
    return tuple(found)


def _findings(database: Database, kept: Sequence[Claim]) -> Iterator[Finding]:
    with database.reading() as connection:
        # Checkpoints first: what is appended and signed meanwhile is then ahead of none.
        notes = [bytes(note) for note in connection.execute(sa.select(CHECKPOINT.c.note)).scalars()]
        size = size_of(connection)
        complete = connection.execute(_count_of_subtrees(size)).scalar_one()
        missing = sorted(database.guards_missing(connection))
    for guard in missing:
        yield Finding("guard_missing", f"The trigger {guard} is gone: nothing refuses changes any more.")
    claims = [*kept]
    for number, content in enumerate(notes, start=1):
        try:
            claims.append(Claim.of(stored_as(number), Checkpoint.parse(Note.parse(content).text)))
        except MalformedNote as malformed:
            yield Finding("checkpoint_malformed", f"Stored checkpoint {number}: {malformed.message}")
    yield from _tree(database, size, complete, claims)
    yield from _erasable(database)


def stored_as(number: int) -> str:
    """A checkpoint that the log keeps itself, for a sentence."""
    return f"the checkpoint that was stored as number {number}"


def _count_of_subtrees(size: int) -> sa.Select[int]:
    """How many of the kept hashes claim to be of these entries; those of entries appended meanwhile are not counted."""
    within = (
        sa.and_(SUBTREE.c.level == level, SUBTREE.c.index < size >> level)
        for level in range(size.bit_length())
    )
    counted = sa.or_(SUBTREE.c.level < 0, SUBTREE.c.index < 0, *within)
    return sa.select(sa.func.count()).select_from(SUBTREE).where(counted)


def _tree(database: Database, size: int, complete: int, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Compute every leaf and subtree from the entries; compare page by page, and with each checkpoint at its size."""
    asked: dict[int, list[Claim]] = {}
    for claim in claims:
        asked.setdefault(claim.size, []).append(claim)
    edge: dict[int, bytes] = {}
    yield from _unlike(size, edge, (claim for claim in claims if claim.size > size))
    yield from _unlike(0, edge, asked.get(0, ()))
    lacking = 0
    for start in range(0, size, PAGE):
        stop = min(start + PAGE, size)
        with database.reading() as connection:
            page = connection.execute(
                sa.select(ENTRY).where(ENTRY.c.seq >= start, ENTRY.c.seq < stop).order_by(ENTRY.c.seq)
            ).all()
            kept = _kept_between(connection, start, stop)
        if [row.seq for row in page] != list(range(start, stop)):
            gap = next(seq for seq in range(start, stop) if seq not in {row.seq for row in page})
            yield Finding("entry_missing", f"Entry {gap} is gone; the log has later ones.")
            return
        for row in page:
            # All of them first: they stand on the edge as it was before.
            finished = tuple(finished_by(row.seq, leaf_hash(row.data), lambda level, _: edge[level]))
            for level, index, found in finished:
                edge[level] = found
                lacking += (level, index) not in kept
                yield from _compare(level, index, found, kept)
            yield from _unlike(row.seq + 1, edge, asked.get(row.seq + 1, ()))
    wanted = sum(size >> level for level in range(size.bit_length()))
    if complete > wanted - lacking:
        yield Finding(
            "subtree_extra", f"{complete - wanted + lacking} hashes are kept of subtrees that no log has."
        )


def _kept_between(connection: sa.Connection, start: int, stop: int) -> dict[tuple[int, int], bytes]:
    """The hashes that are kept of subtrees that the entries from start to stop finish."""
    ranges = (
        sa.and_(SUBTREE.c.level == level, SUBTREE.c.index >= start >> level, SUBTREE.c.index < stop >> level)
        for level in range(stop.bit_length())
    )
    rows = connection.execute(sa.select(SUBTREE).where(sa.or_(*ranges)))
    return {(level, index): bytes(content) for level, index, content in rows}


def _compare(level: int, index: int, found: bytes, kept: dict[tuple[int, int], bytes]) -> Iterator[Finding]:
    what = f"entry {index}" if level == 0 else f"the entries {index << level} to {((index + 1) << level) - 1}"
    if (level, index) not in kept:
        yield Finding("subtree_missing", f"No hash is kept of {what}.")
    elif kept[level, index] != found:
        yield Finding(
            "subtree_differs", f"The hash that is kept of {what} is not theirs: one of the two was changed."
        )


def _unlike(size: int, edge: dict[int, bytes], claims: Iterable[Claim]) -> Iterator[Finding]:
    """Which of the claims a log with this edge contradicts: those of its very size, and larger ones."""
    for claim in claims:
        # The newest subtree of each level is the one that a root of this size is made of.
        refusal = claim.contradicted_by(size, lambda at: merkle.root(at, lambda level, _: edge[level]))
        if refusal is not None:
            yield Finding(refusal.because.value, refusal.sentence)


def _erasable(database: Database) -> Iterator[Finding]:
    with database.reading() as connection:
        for row in connection.execute(sa.select(ERASABLE)):
            if len(row.salt) != SALT_BYTES or Salted(row.salt, row.value).digest != row.digest:
                yield Finding("erasable_differs", f"The data kept under {row.digest} was changed.")
