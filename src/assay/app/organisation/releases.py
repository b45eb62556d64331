"""What was released of a folder's runs before: by the rows and the counts that are told, whatever run they were taken from.

Here it is remembered by files, which bind nobody; where there is a log, by :mod:`assay.app.organisation.logged_releases`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.domain.digests import bare, sha256_of
from assay.domain.epsilon import Spent, written
from assay.domain.errors import AssayError
from assay.domain.record import Record
from assay.store.blobs import CorruptBlob, write_whole


class NotReleased(AssayError):
    """The tables of a run cannot be released, or the same counts were before and are not there any more, or under another epsilon."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be released: the digest of the data set, that of the counts without noise and of who is in them, and the epsilon."""

    rows: str
    tables: str
    epsilon: Decimal

    def require_epsilon(self, before: Decimal) -> None:
        """See that counts which were released with an epsilon are asked for with it. Raises NotReleased."""
        if before != self.epsilon:
            raise NotReleased(
                f"The same counts were released with an epsilon of {written(before)}; {written(self.epsilon)} is asked for.",
                code="released_before",
                remedy=f"Ask for --epsilon {written(before)} to get the same numbers again. A second release would cost both.",
            )


@dataclass(frozen=True, slots=True)
class InLog:
    """Where in which log a release stands."""

    origin: str
    entry: int


Make = Callable[[Spent, InLog | None], dict[str, Any]]
"""Draws the noise and makes the document, of what all releases cost with this one and of where it stands in the log."""


@dataclass(frozen=True, slots=True)
class Told:
    """A released document, the bytes that are published of it, what all releases cost by now, and the entry that holds this one."""

    content: bytes
    spent: Spent
    entry: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """One release that a file of the folder remembers, as it was asked for, and what was told."""

    rows: str
    tables: str
    document: dict[str, Any]

    @property
    def epsilon(self) -> Decimal:
        """What it cost each person."""
        return Decimal(self.document["epsilon"])

    @property
    def content(self) -> bytes:
        """The bytes that were published."""
        return bytes_of(self.document)


@dataclass(frozen=True, slots=True)
class Releases:
    """All releases of a folder that has no log, a file each; it is confidential, as is all that is kept there."""

    place: Path

    def all(self) -> tuple[Release, ...]:
        """Those that there are. Raises CorruptBlob."""
        return tuple(_release(path) for path in sorted(self.place.glob("*.json")))

    def keep(self, release: Release) -> None:
        """Keep one. Raises Unwritable."""
        told = {"rows": release.rows, "tables": release.tables, "document": release.document}
        write_whole(
            self.place / f"{bare(release.tables)}.json", json.dumps(told, ensure_ascii=False).encode()
        )

    def release(self, asked: Asked, make: Make) -> Told:
        """What was released of these counts before, or else a first release of them. Raises NotReleased, CorruptBlob, Unwritable."""
        earlier = self.all()
        found = next((one for one in earlier if one.tables == asked.tables), None)
        if found is not None:
            asked.require_epsilon(found.epsilon)
        else:
            found = Release(asked.rows, asked.tables, make(Spent.by([*earlier, asked], asked.rows), None))
            self.keep(found)
        return Told(found.content, Spent.by(self.all(), asked.rows), None)


def bytes_of(document: dict[str, Any]) -> bytes:
    """The bytes that are published of a document."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _release(path: Path) -> Release:
    try:
        told = json.loads(path.read_bytes())
        found = Release(str(told["rows"]), str(told["tables"]), dict(told["document"]))
        found.epsilon  # noqa: B018 - it must be there, and a number
    except (ValueError, KeyError, TypeError, ArithmeticError) as wrong:
        raise CorruptBlob(
            f"{path} holds no release of tables.",
            code="releases_corrupt",
            remedy="Restore it from a copy: it knows what was published with noise before.",
        ) from wrong
    return found


def rows_of(record: Record) -> str:
    """The digest of the data set that was counted."""
    return next(source.digest for source in record.sources if source.role == record.data)


def tables_of(record: Record, counts: Sequence[Sequence[int]]) -> str:
    """The digest of what is released: who is in each group and the counts there, whatever groups are called and in which order."""
    told = sorted([group.definition, *cells] for group, cells in zip(record.groups, counts, strict=True))
    return sha256_of(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode())
