"""One bit per attempt: while a schedule of attempts runs, what a withheld run found stays sealed.

Released numbers are what an adaptive attacker learns from (`docs/guarantee.md`, the test set is a budget). What shows a
record takes it from :func:`load_record`, which asks for the seal; what signs, issues or exports one asks
:func:`require_unsealed` before it opens it. Whoever can read the files of the store can read the record, so the store of a
schedule belongs to the custodian.
"""

from __future__ import annotations

from pathlib import Path

from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.report import NoSuchRun, listing, workspace_of
from assay.app.verifying.certificate_folder import CERTIFICATE
from assay.domain.digests import bare
from assay.domain.record import Record
from assay.domain.record_document import read_record
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import State
from assay.domain.state.runs import schedule_goes_on
from assay.proof.bundle import BrokenBundle
from assay.proof.certificate import certificate_in
from assay.proof.statement import BrokenStatement
from assay.store.blobs import LEAST_CHARACTERS
from assay.store.workspace import Workspace

UNENDED = (
    "End the run: assay certify SPECIFICATION goes on with it, with the code it was started with, which is no further attempt, "
    "and keeps the record that it ends with. Where the log is another database, name it in ASSAY_STORE."
)
REMEDY = "Wait until the schedule ends. A role that approves may end it, which the log keeps: assay unseal RUN --as ROLE --key KEY"


def sealed(state: State, record: str) -> Refusal | None:
    """Why a run's numbers are not shown yet; None when they are."""
    decision = state.decisions.get(record)
    if decision is None:
        return None
    run = state.runs[decision.run]
    if not schedule_goes_on(state, run):
        return None
    return Refusal(
        Because.SEALED,
        f"Not certified: attempt {run.attempt} of {state.locks[run.lock].terms.attempts}. Until the schedule ends nobody "
        "who submits learns more than this.",
    )


def _require_ended(state: State | None, digest: str, record: Record) -> None:
    """Raise when a record is of a run under a lock, whose seed is that of the lock, and no log says how it ended.

    So it is after a run that was stopped between its record and its decision: as long as nobody knows how the schedule
    goes on, its numbers are not told, and those of the run that goes on with it are the same.
    """
    logged = not record.decision.rehearsal and record.seed != bare(record.specification_digest)
    if logged and (state is None or digest not in state.decisions):
        raise Refused(
            Refusal(
                Because.SEALED,
                f"The judged run that wrote this record (attempt {record.attempt}, seed {record.seed[:12]}) was locked, and "
                f"{'there is no log here' if state is None else 'the log has no decision with it'}: its numbers are told when "
                "the run has ended there.",
            ),
            remedy=UNENDED,
        )


def require_unsealed(state: State, record: str) -> None:
    """Raise while a run's numbers are sealed.

    Raises:
        Refused: ``sealed``.
    """
    found = sealed(state, record)
    if found is not None:
        raise Refused(found, remedy=REMEDY)


def load_record(folder: Path | str, digest: str = "") -> tuple[str, Record]:
    """A stored record with its digest, which is checked: the latest, or the one that is named.

    Args:
        digest: how the digest of the run begins, or of its certificate; or the folder of the certificate.

    Raises:
        NoSuchRun: no such folder, or none or several match. CorruptBlob: its bytes have changed.
        Refused: ``sealed`` while attempts on its test rows remain, and when its run under a lock has not ended in the log.
    """
    whole, record = _stored_record(folder, digest)
    workspace = workspace_of(Path(folder))
    state = None
    if workspace.has_log:
        with open_ledger(workspace.root.parent) as ledger:
            state = ledger.state()
            require_unsealed(state, whole)
    _require_ended(state, whole, record)
    return whole, record


def _stored_record(folder: Path | str, named: str = "") -> tuple[str, Record]:
    """A record and its digest; the seal is not asked here.

    Raises:
        NoSuchRun: no such folder, or none or several match. CorruptBlob: its bytes have changed.
    """
    folder = Path(folder)
    workspace = workspace_of(folder)
    digest = _meant(folder, workspace, named) if named else _latest(folder, workspace)
    return digest, read_record(workspace.blobs.get(digest))


def _latest(folder: Path, workspace: Workspace) -> str:
    made = workspace.runs.all()
    if not made:
        raise NoSuchRun(
            f"No run was made in this folder ({folder.absolute()}).",
            code="no_runs",
            remedy="Make one with: assay certify SPECIFICATION --rehearse, or name the specification's folder: --in FOLDER",
        )
    return made[-1].record


def _meant(folder: Path, workspace: Workspace, named: str) -> str:
    """The digest of the record that is meant: by how it begins, or by the folder or the digest of its certificate."""
    beside = Path(named) / CERTIFICATE
    if beside.is_file():
        record = _certified(beside.read_bytes())
        if not record:
            raise _no_run(folder, f"{beside} is no certificate.")
        if not workspace.blobs.find(record):
            raise _no_run(folder, f"The run of {named} is {record}, and is not stored here.")
        return record
    if len(bare(named)) < LEAST_CHARACTERS:
        raise _no_run(
            folder, f"At least {LEAST_CHARACTERS} characters of a run's digest are expected; found {named!r}."
        )
    found = workspace.blobs.find(named)
    if len(found) != 1:
        how = "No stored run begins" if not found else f"{len(found)} stored runs begin"
        raise _no_run(folder, f"{how} with {named!r}.")
    return _certified(workspace.blobs.get(found[0])) or found[0]


def _certified(content: bytes) -> str:
    """The record that bytes certify, whose signature nobody asks here; empty when they are no certificate."""
    try:
        return certificate_in(content).record
    except (BrokenBundle, BrokenStatement):
        return ""


def _no_run(folder: Path, said: str) -> NoSuchRun:
    return NoSuchRun(said, code="run_not_found", remedy=f"List the runs with: {listing(folder)}")
