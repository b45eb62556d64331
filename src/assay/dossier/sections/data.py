"""The data: what each column means, which values it may take, and what was found in it."""

from __future__ import annotations

from itertools import groupby

from assay.domain import figures
from assay.domain.dictionary import Column as Entry
from assay.domain.record import ProfileRecord
from assay.dossier import wording
from assay.dossier.blocks import Block, Code, Column, Fold, Rich, Section, Table
from assay.dossier.lookup import Lookup


def data(lookup: Lookup) -> Section | None:
    """The section of a record; None when nothing was recorded about columns."""
    record = lookup.record
    blocks: list[Block] = []
    for name, found in groupby(record.profiles, key=lambda p: p.data):
        blocks += _profiles(name, tuple(found))
    if record.dictionary.columns:
        blocks.append(
            Fold(
                f"Data dictionary: {len(record.dictionary.columns)} columns",
                (_dictionary(record.dictionary.columns),),
            )
        )
    return Section("data", "Columns and dictionary", tuple(blocks)) if blocks else None


def _profiles(name: str, found: tuple[ProfileRecord, ...]) -> list[Block]:
    odd = tuple(p for p in found if p.missing or p.ill_typed or p.out_of_range or p.undocumented)
    clean = len(found) - len(odd)
    rows_of = wording.data_set(name)
    caption = f"Columns of the {rows_of} rows with something to report; {clean} of {len(found)} have nothing"
    rows = tuple(_profile(p) for p in odd)
    shown: list[Block] = [Table(caption, _PROFILE, rows)]
    if clean:
        whole = Table(f"All columns of the {rows_of} rows", _PROFILE, tuple(_profile(p) for p in found))
        shown.append(Fold(f"All {len(found)} columns of the {rows_of} rows", (whole,)))
    return shown


_PROFILE = (
    Column("Column"),
    *(Column(t, numeric=True) for t in ("Rows", "Missing", "Ill typed", "Out of range")),
    Column("Undocumented codes"),
)


def _profile(p: ProfileRecord) -> tuple[Rich, ...]:
    codes = ", ".join(
        f"{code if code.strip() else repr(code)} ({figures.count(n)})" for code, n in p.undocumented
    )
    numbers = (p.rows, p.missing, p.ill_typed, p.out_of_range)
    return ((Code(p.column),), *((figures.count(n),) for n in numbers), (codes or figures.NONE,))


def _dictionary(columns: tuple[Entry, ...]) -> Table:
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (Code(c.name),),
            (f"{c.type}, {c.unit}" if c.unit else c.type,),
            (" ".join(t for t in (c.description, c.note) if t),),
            (values(c) or figures.NONE,),
            (c.missing,),
            (c.sensitivity,),
        )
        for c in columns
    )
    titles = ("Column", "Type", "Meaning", "Values", "Missing", "Sensitivity")
    return Table("The data dictionary", tuple(Column(t) for t in titles), rows)


def values(c: Entry) -> str:
    """The values that a column may take."""
    if c.codes:
        return "; ".join(f"{code} = {text}" for code, text in c.codes.items())
    if c.range is None:
        return ""
    low, high = c.range
    left = f"from {low:,}" if low is not None else ""
    right = f"to {high:,}" if high is not None else ""
    return " ".join(t for t in (left, right) if t)
