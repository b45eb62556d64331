"""The lineage of a case: what the declared records say, and the digests of the files by the functions that these use."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from assay.app.judging.case import Case
from assay.app.judging.sources import inside_folder
from assay.domain.errors import SubjectError
from assay.domain.lineage import Artifact, Source, kinds_in, role_of_record
from assay.domain.record import SourceRecord
from assay.domain.specification.lineage import DeclaredSource
from assay.reading.lineage.records import Records
from assay.subject.datasets import digest_of_dataset
from assay.subject.digest import file_changed
from assay.subject.fingerprints import fingerprints
from assay.tally.views import LineageView


def lineage_of(case: Case) -> LineageView:
    """What is known of how the files of a case came about.

    Raises:
        SubjectError: ``file_changed`` when a record or a data set is no longer the one that the run is bound to.
    """
    declared = case.specification.data.lineage
    bound = {s.role: s for s in case.sources}
    files = [(role, bound[role]) for role in (*case.datasets, "model") if role in bound]
    if declared is None:
        return LineageView(tuple((role, Artifact(file.path)) for role, file in files), stated=False)
    records = Records(case.root, declared.records)
    for record, digest in records.digests.items():
        role = role_of_record(record)
        if role not in bound or bound[role].digest != digest:
            raise file_changed(case.root / record)
    stated = [a for step in records.steps for a in (*step.reads, *step.makes)]
    stated += [Artifact(name, _digest(source)) for name, source in declared.sources.items()]
    kinds = kinds_in(stated) | {"sha256"}
    judged = tuple((role, _file(case.root, file, kinds)) for role, file in files)
    return LineageView(
        files=judged,
        sources=tuple(
            _source(case.root, name, one, kinds, [file for _, file in judged])
            for name, one in declared.sources.items()
        ),
        declared=frozenset(declared.steps),
        steps=tuple(records.steps),
        faults=tuple(records.faults.items()),
    )


def _file(root: Path, file: SourceRecord, kinds: frozenset[str]) -> Artifact:
    """A file that is judged, with the digests of the very bytes to which the run is bound; of a table that was handed over its own."""
    path = root / file.path
    found = fingerprints(path, kinds) if path.exists() else frozenset({file.digest})
    whole = digest_of_dataset(path) if path.is_dir() else file.digest
    if whole != file.digest or (not path.is_dir() and file.digest not in found):
        raise file_changed(path)
    return Artifact(Path(file.path).as_posix(), found)


def _source(
    root: Path, name: str, declared: DeclaredSource, kinds: frozenset[str], judged: Collection[Artifact]
) -> Source:
    """A declared source, and the digests of its bytes where they are in the folder; a file that is ``judged``, or a copy, is none of itself."""
    stated = Artifact(declared.path or name, _digest(declared))
    path = root / declared.path if declared.path is not None else None
    if path is None or not path.exists():
        lacking = "" if declared.digest is not None else f"there is no file {declared.path}"
        return Source(stated, looked_at=False, fault=lacking)
    if not inside_folder(root, declared.path or ""):
        return Source(
            stated, looked_at=False, fault=f"{declared.path} lies outside of the specification's folder"
        )
    try:
        found = Artifact(stated.name, fingerprints(path, kinds))
    except SubjectError as wrong:
        return Source(stated, looked_at=False, fault=wrong.message)
    if declared.digest is None and any(found.same(file) for file in judged):
        own = f"{declared.path} has the bytes of a file that the run reads, which say nothing of where they are from: state the digest that their keeper gave"
        return Source(stated, looked_at=False, fault=own)
    if stated.differs(found):
        return Source(
            stated,
            looked_at=True,
            fault=f"{declared.path} has {found.told(stated)}, and the specification says {stated.told(found)}",
        )
    return Source(
        Artifact(stated.name, found.digests | stated.digests),
        looked_at=found.same(stated) or not stated.digests,
    )


def _digest(declared: DeclaredSource) -> frozenset[str]:
    return frozenset({declared.digest} if declared.digest is not None else ())
