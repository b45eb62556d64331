"""The folder ``.assay/`` beside a specification, like ``.git`` beside a project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from assay.store.blobs import BlobStore
from assay.store.parents import FOLDER
from assay.store.runs import RunList


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything of one specification's folder is kept."""

    root: Path

    @classmethod
    def beside(cls, specification: Path) -> Workspace:
        """The workspace of a specification."""
        return cls.of(specification.resolve().parent)

    @classmethod
    def of(cls, folder: Path) -> Workspace:
        """The workspace of a specification's folder."""
        return cls(folder.resolve() / FOLDER)

    @property
    def blobs(self) -> BlobStore:
        """Evidence and records by digest."""
        return BlobStore(self.root / "objects")

    @property
    def runs(self) -> RunList:
        """The runs made here."""
        return RunList(self.root / "runs.jsonl")

    @property
    def unlocked(self) -> Path:
        """The rows of runs without a lock that were made before there was a log."""
        return self.root / "unlocked.jsonl"

    @property
    def database(self) -> str | Path:
        """Where the log is: the URL in ``ASSAY_STORE``, which a team shares, or a file here."""
        return os.environ.get("ASSAY_STORE") or self.root / "log.db"

    @property
    def has_log(self) -> bool:
        """Whether there is a log; one in a shared database is there for whoever can reach it."""
        return not isinstance(self.database, Path) or self.database.is_file()

    @property
    def tables(self) -> Path:
        """Tables that were given in memory, by their digest."""
        return self.root / "tables"

    @property
    def partials(self) -> Path:
        """Counts of finished partitions, which a later run goes on from."""
        return self.root / "partials"
