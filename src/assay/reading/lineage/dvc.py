"""DVC: ``dvc.lock`` has the stages of a pipeline with what each read and made, a ``.dvc`` file what was put under its care.

Forms: https://dvc.org/doc/user-guide/project-structure. An entry with ``hash: md5`` is of DVC 3, whose digest is that of the bytes; one without is of
an earlier version, which reads a text with Unix line ends. Both are kept as md5: a file's bytes are held against either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assay.domain.lineage import Artifact, Step
from assay.reading.lineage.values import NoRecord, called, digest, items, path_beside, text

_OTHERS = ("etag", "checksum")
"""What DVC keeps of a file elsewhere instead of a digest that anyone can compute."""


def lock_steps(record: str, document: Mapping[Any, Any]) -> Iterator[Step]:
    """The stages of a ``dvc.lock``, of the form 2.0 or the first one. Raises NoRecord."""
    stages = document.get("stages") if "schema" in document else document
    if not isinstance(stages, Mapping):
        raise NoRecord("a dvc.lock has its stages under 'stages'")
    for name, stage in stages.items():
        if not isinstance(stage, Mapping):
            raise NoRecord(f"the stage {name} is no mapping")
        yield Step(
            str(name),
            record,
            _artifacts(record, "", stage, "deps"),
            _artifacts(record, "", stage, "outs"),
        )


def file_steps(record: str, document: Mapping[Any, Any]) -> Iterator[Step]:
    """What a ``.dvc`` file says: with ``deps`` an import, which is a step called as the file is; else digests alone. Raises NoRecord."""
    if not isinstance(document.get("outs"), list):
        raise NoRecord("a .dvc file has a list of 'outs'")
    where = text(document.get("wdir")) or "."
    reads, makes = (_artifacts(record, where, document, of) for of in ("deps", "outs"))
    yield Step(record if reads else "", record, reads, makes)


def _artifacts(record: str, folder: str, entries: Mapping[Any, Any], of: str) -> tuple[Artifact, ...]:
    found = []
    for entry in items(entries, of):
        path = called(entry, "path", of)
        name = path if "://" in path else path_beside(record, folder, path)
        elsewhere = {f"{key}:{text(entry[key])}" for key in _OTHERS if text(entry.get(key))}
        found.append(Artifact(name, digest("md5", entry.get("md5")) | elsewhere))
    return tuple(found)
