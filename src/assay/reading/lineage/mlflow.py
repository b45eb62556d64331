"""MLflow, as its file store writes it: of a run ``meta.yaml``, its inputs and data sets, each a ``meta.yaml`` of its own; and ``MLmodel``.

Form: mlflow/store/tracking/file_store.py and https://mlflow.org/docs/latest/model. A data set's ``digest`` is eight digits of a hash of some of its
rows, which no file can be held against: another record of MLflow can agree with it, and that is all. What a run made has no digest at all.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.domain.lineage import Artifact, Step
from assay.reading.lineage.values import NoRecord, json_lines, mapping, path_beside, text

Document = tuple[str, Mapping[Any, Any]]
FINISHED = 3
"""The number of that state in ``RunStatus``; newer versions write the word."""


@dataclass(frozen=True, slots=True)
class Told:
    """The documents of MLflow among the records, by what each is."""

    runs: tuple[Document, ...]
    inputs: tuple[Document, ...]
    datasets: tuple[Document, ...]
    models: tuple[Document, ...]

    def steps(self) -> Iterator[Step]:
        """The runs that have finished, each called as it is named, with the data sets that were its inputs and the models that came of it."""
        for record, run in self.runs:
            run_id = text(run.get("run_id")) or text(run.get("run_uuid"))
            if (
                run.get("status") in {FINISHED, "FINISHED"}
                and run.get("lifecycle_stage", "active") == "active"
            ):
                name = text(run.get("run_name")) or run_id
                yield Step(name, record, tuple(self._read(run_id)), tuple(self._made(run_id)))

    def _read(self, run_id: str) -> Iterator[Artifact]:
        by_id = {posixpath.basename(posixpath.dirname(record)): told for record, told in self.datasets}
        for record, link in self.inputs:
            of_run = posixpath.basename(posixpath.dirname(posixpath.dirname(posixpath.dirname(record))))
            if of_run != run_id:
                continue
            of = text(link.get("source_id"))
            dataset = by_id.get(of)
            if dataset is None:
                yield Artifact(
                    f"the data set {of} of MLflow"
                )  # no record of it is declared: nobody says where it comes from
            else:
                yield Artifact(_name(dataset), frozenset({f"mlflow:{text(dataset.get('digest'))}"}))

    def _made(self, run_id: str) -> Iterator[Artifact]:
        for record, model in self.models:
            data = text(
                mapping(mapping(mapping(model.get("flavors")).get("python_function"))).get("model_path")
            )
            if text(model.get("run_id")) == run_id and data:
                yield Artifact(path_beside(record, data))


def sorted_out(documents: Iterable[Document]) -> Told:
    """Which of MLflow's documents each is, by its keys. Raises NoRecord for one that is none."""
    found: dict[str, list[Document]] = {"runs": [], "inputs": [], "datasets": [], "models": []}
    for record, told in documents:
        kind = next((kind for kind, keys in _KEYS if keys <= told.keys()), None)
        if kind is None:
            raise NoRecord("it is no MLmodel and no meta.yaml of a run, an input or a data set")
        found[kind].append((record, told))
    return Told(**{kind: tuple(of) for kind, of in found.items()})


_KEYS: tuple[tuple[str, frozenset[str]], ...] = (
    ("models", frozenset({"flavors"})),
    ("runs", frozenset({"run_id", "status"})),
    ("runs", frozenset({"run_uuid", "status"})),
    ("inputs", frozenset({"source_type", "source_id", "destination_type"})),
    ("datasets", frozenset({"digest", "source"})),
)


def _name(dataset: Mapping[Any, Any]) -> str:
    """The path or address of a data set, else its name."""
    try:
        source = next(iter(json_lines(text(dataset.get("source")))), None)
    except NoRecord:
        source = None
    where = next(
        (text(mapping(source).get(key)) for key in ("uri", "url", "path") if mapping(source).get(key)), ""
    )
    path = where.removeprefix("file://")
    return path_beside("", path) if path and "://" not in path else where or text(dataset.get("name"))
