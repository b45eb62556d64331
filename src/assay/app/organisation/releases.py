"""What was released of a folder's runs before: by the rows and the counts that are told, whatever run they were taken from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.domain.digests import bare, sha256_of
from assay.domain.record import Record
from assay.store.blobs import write_whole


@dataclass(frozen=True, slots=True)
class Release:
    """One release: the digest of the data set, that of the counts without noise and of who is in them, and what was told."""

    rows: str
    tables: str
    document: dict[str, Any]

    @property
    def epsilon(self) -> Decimal:
        """What it cost each person."""
        return Decimal(self.document["epsilon"])


@dataclass(frozen=True, slots=True)
class Releases:
    """All releases of a folder, a file each; it is confidential, as is all that is kept there."""

    place: Path

    def all(self) -> tuple[Release, ...]:
        """Those that there are."""
        found = (json.loads(path.read_bytes()) for path in sorted(self.place.glob("*.json")))
        return tuple(Release(told["rows"], told["tables"], told["document"]) for told in found)

    def keep(self, release: Release) -> None:
        """Keep one. Raises Unwritable."""
        told = {"rows": release.rows, "tables": release.tables, "document": release.document}
        write_whole(
            self.place / f"{bare(release.tables)}.json", json.dumps(told, ensure_ascii=False).encode()
        )


def rows_of(record: Record) -> str:
    """The digest of the data set that was counted."""
    return next(source.digest for source in record.sources if source.role == record.data)


def tables_of(record: Record, counts: Sequence[Sequence[int]]) -> str:
    """The digest of what is released: who is in each group and the counts there, whatever groups are called and in which order."""
    told = sorted([group.definition, *cells] for group, cells in zip(record.groups, counts, strict=True))
    return sha256_of(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode())


def spent(releases: Sequence[Release], rows: str, epsilon: str) -> dict[str, str]:
    """What all releases cost a person together with one more of these rows: by those of the same data set, and by all of the folder.

    Another file may hold the same people, so that only the latter is a limit for everybody.
    """
    same = sum((one.epsilon for one in releases if one.rows == rows), Decimal(epsilon))
    every = sum((one.epsilon for one in releases), Decimal(epsilon))
    return {"same_data_set": f"{same.normalize():f}", "all_of_this_folder": f"{every.normalize():f}"}
