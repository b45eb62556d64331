"""Report: the documents of a stored run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assay.domain.errors import AssayError
from assay.domain.record import Record
from assay.domain.record_document import to_document
from assay.domain.standing import Standing
from assay.domain.standing import to_document as standing_document
from assay.store.blobs import see_writable, write_whole
from assay.store.runs import Run
from assay.store.workspace import Workspace


class NoSuchRun(AssayError):
    """There is no such folder, no stored run has this digest, or more than one has."""


def runs(folder: Path | str) -> tuple[Run, ...]:
    """The runs made in the folder of a specification, oldest first.

    Raises:
        NoSuchRun: there is no such folder.
    """
    return workspace_of(Path(folder)).runs.all()


def default_dossier(specification: Path, record: Record) -> Path:
    """Where the dossier of a run is written unless told otherwise: beside the specification."""
    kind = "rehearsal" if record.decision.rehearsal else "dossier"
    return specification.resolve().parent / "out" / f"{record.specification.name}.{kind}.html"


def see_dossier_writable(specification: Path, output: Path | None) -> None:
    """See that a dossier can be written, before a run that cannot be made again. Raises Unwritable."""
    see_writable(specification.resolve().parent / "out" / "dossier.html" if output is None else output)


def document(record: Record, form: str, *, standing: Standing | None = None) -> str:
    """A document of a run, as :func:`write_document` writes it."""
    if form == "html":
        from assay.dossier.html import render_html

        return render_html(record, standing=standing)
    if form == "junit":
        from assay.dossier.exports.junit import render_junit

        return render_junit(record)
    if form == "standing":
        if standing is None:
            raise NoSuchRun(
                "This run stands in no log: it was a rehearsal, or was made without a lock.",
                code="not_in_the_log",
                remedy="List the runs with: assay show. A judged run of a locked specification stands in the log.",
            )
        return _json(standing_document(standing))
    return _json(to_document(record))


def _json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def write_document(
    record: Record, form: str, target: Path | str, *, standing: Standing | None = None
) -> None:
    """Write a document of a run; a crash leaves what was there before.

    Args:
        record: the run. target: the file.
        form: the dossier as one page of ``html``, the record as ``json``, the verdicts as ``junit``, or as ``standing``
            what the log says of the decision.
        standing: where the decision stands in the log, which the page and ``standing`` print.

    Raises:
        NoSuchRun: ``standing`` is asked for and there is none. Unwritable: with the path and what the system said. MissingExtra: what draws charts is not installed.
    """
    write_whole(Path(target), document(record, form, standing=standing).encode())


def listing(folder: Path) -> str:
    """The command that lists the runs of a folder."""
    return "assay show" if folder == Path() else f"assay show --in {folder}"


def workspace_of(folder: Path) -> Workspace:
    """The workspace of a specification's folder, or of the specification itself.

    Raises:
        NoSuchRun: there is no such folder.
    """
    if not folder.exists():
        raise NoSuchRun(
            f"There is no folder {folder.absolute()}.",
            code="no_such_folder",
            remedy="Name the folder that the specification is in.",
        )
    return Workspace.beside(folder if folder.is_file() else folder / "specification.yaml")
