"""The declared records as steps: which tool wrote each follows from its name and its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from assay.domain.errors import InvalidDocument
from assay.domain.lineage import Step
from assay.reading.lineage import dvc, mlflow, openlineage
from assay.reading.lineage.values import NoRecord, json_lines, yaml_of
from assay.reading.source import Source, read_source


class Records:
    """What the declared records say, and what is wrong with those that say nothing.

    Attributes:
        steps: in the order of the records. faults: by record, a sentence; absent ones are among them. digests: of those that were read.
    """

    def __init__(self, root: Path, declared: Iterable[str]) -> None:
        self.steps: list[Step] = []
        self.faults: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self._root = root
        of_mlflow: list[mlflow.Document] = []
        for record in declared:
            try:
                source = self._read(record)
                self.digests[record] = source.digest
                self._take(record, source, of_mlflow)
            except NoRecord as wrong:
                self.faults[record] = str(wrong)
        self.steps += mlflow.sorted_out(of_mlflow).steps()

    def _read(self, record: str) -> Source:
        path = self._root / record
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise NoRecord("it lies outside of the specification's folder")
        try:
            return read_source(path)
        except InvalidDocument as wrong:
            raise NoRecord(wrong.problems[0].message) from None

    def _take(self, record: str, source: Source, of_mlflow: list[mlflow.Document]) -> None:
        """Its steps, once all of it was read: of a record with a fault there is none."""
        name = Path(record).name
        if name.endswith((".json", ".jsonl", ".ndjson")):
            events = json_lines(source.text)
            self.steps += tuple(openlineage.event_steps(record, str(self._root.resolve()), events))
            return
        document: Mapping[object, object] = yaml_of(source)
        if name == "dvc.lock":
            self.steps += tuple(dvc.lock_steps(record, document))
        elif name.endswith(".dvc"):
            self.steps += tuple(dvc.file_steps(record, document))
        else:
            mlflow.sorted_out([(record, document)])  # refused here, where it is known which one it is
            of_mlflow.append((record, document))
