"""The log: entries, complete subtrees, checkpoints, and pairs that can be erased.

Triggers refuse to change or delete what the log is made of. They guard against slips and simple tools, not against
whoever owns the database: what shows tampering is a checkpoint that somebody else keeps.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
GUARDED = ("entry", "subtree", "checkpoint")
SAID = "the log is append-only"

POSTGRESQL_SAYS = f"""
CREATE FUNCTION assay_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$
"""
POSTGRESQL_NEXT = """
CREATE FUNCTION assay_next_entry() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM entry) THEN
    RAISE EXCEPTION 'entries are numbered without gaps';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the tables and their guards."""
    op.create_table(
        "entry",
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "subtree",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("index", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("number", WHOLE, primary_key=True, autoincrement=True),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "erasable",
        sa.Column("digest", sa.String(71), primary_key=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    _guard_postgresql() if op.get_bind().dialect.name == "postgresql" else _guard_sqlite()


def _guard_postgresql() -> None:
    op.execute(POSTGRESQL_SAYS)
    op.execute(POSTGRESQL_NEXT)
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only()"
        )
    op.execute(
        "CREATE TRIGGER entry_follows BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION assay_next_entry()"
    )


def _guard_sqlite() -> None:
    """SQLite's REPLACE deletes without asking the trigger of a deletion, so that an insertion is guarded too."""
    key = {
        "entry": "seq = NEW.seq",
        "subtree": 'level = NEW.level AND "index" = NEW."index"',
        "checkpoint": "number = NEW.number",
    }
    for table in GUARDED:
        for name, when in (("stays", "UPDATE"), ("is_kept", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        replaces = f"EXISTS (SELECT 1 FROM {table} WHERE {key[table]})"  # noqa: S608 - our own names
        op.execute(
            f"CREATE TRIGGER {table}_is_not_replaced BEFORE INSERT ON {table} "
            f"WHEN {replaces} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
    op.execute(
        "CREATE TRIGGER entry_follows BEFORE INSERT ON entry "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM entry) "
        "BEGIN SELECT RAISE(ABORT, 'entries are numbered without gaps'); END"
    )
