"""The tables as the program sees them; ``migrations/`` makes them, and a test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")

ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("seq", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
"""What was logged, in order, from 0 on without gaps."""


def size_of(connection: sa.Connection) -> int:
    """How many entries there are: their places have no gap."""
    last: int | None = connection.execute(sa.select(sa.func.max(ENTRY.c.seq))).scalar()
    return 0 if last is None else last + 1


SUBTREE = sa.Table(
    "subtree",
    METADATA,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("index", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
"""Hashes of complete subtrees, which never change; believed by nobody who verifies."""

CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("number", WHOLE, primary_key=True, autoincrement=True),
    sa.Column("size", WHOLE, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
)
"""Signed notes as they were signed; a size may have several, with more cosignatures."""

ERASABLE = sa.Table(
    "erasable",
    METADATA,
    sa.Column("digest", sa.String(71), primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
"""Personal data, under the salted digest that stands in a leaf; the one table that forgets."""

GUARDS = {
    "sqlite": frozenset(
        f"{table}_{guard}"
        for table in ("entry", "subtree", "checkpoint")
        for guard in ("stays", "is_kept", "is_not_replaced")
    )
    | {"entry_follows"},
    "postgresql": frozenset({"entry_stays", "subtree_stays", "checkpoint_stays", "entry_follows"}),
}
"""The triggers that refuse changes."""
