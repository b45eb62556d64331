"""Certify: measure what the specification asks, judge it, decide, and keep the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assay.app.judging.admission import (
    admit,
    lock_of,
    refuse_a_locked_specification,
    refuse_unnamed_code,
    unnamed_code,
)
from assay.app.judging.bind import bound_when_asked
from assay.app.judging.case import Case, open_case
from assay.app.judging.judged_run import begin, begun, finish, logged, next_run, refuse_spent_rows, seeded
from assay.app.judging.looking import look
from assay.app.judging.measure import Others, measure, measure_others
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import refuse_hopeless
from assay.app.judging.recording import record_of
from assay.app.judging.repeated_rows import refuse_repeated_rows
from assay.app.judging.sealed_rows import refuse_sealed_rows, refuse_sealed_rows_beside, sealed_beside
from assay.app.judging.unlocked_run import earlier_uses, keep_use, take_in
from assay.app.judging.wrong_labels import refuse_wrong_labels
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.seal import REMEDY, sealed
from assay.domain.decide import Decision
from assay.domain.digests import sha256_of
from assay.domain.errors import AssayError
from assay.domain.record import Record
from assay.domain.record_document import to_document
from assay.domain.refusal import Because, Refusal, Refused
from assay.engine.engine import Engine, silent
from assay.engine.progress import Progress
from assay.proof.canonical import canonical
from assay.store.runs import Run
from assay.store.workspace import Workspace
from assay.subject.digest import file_changed

WITHOUT_A_LOCK = (
    "certify_without_a_lock: nobody agreed to the specification before its result; its rows count as used"
)


@dataclass(frozen=True, slots=True)
class Certification:
    """A finished run.

    Attributes:
        digest: what its record is stored under.
        attempt: which judged run on these test rows it was, by the log; 0 for one that is in no log.
        sealed: one sentence, while a schedule of attempts keeps everything else from whoever submits; else empty.
        released: the record; None while it is sealed.
    """

    digest: str
    released: Record | None
    attempt: int = 0
    sealed: str = ""

    @property
    def record(self) -> Record:
        """Everything that was asked, found and decided.

        Raises:
            Refused: ``sealed``: it is not certified, and that is all that is told while attempts remain.
        """
        if self.released is None:
            raise Refused(Refusal(Because.SEALED, self.sealed), remedy=REMEDY)
        return self.released

    @property
    def decision(self) -> Decision:
        """What was decided. Raises as :attr:`record`."""
        return self.record.decision


def certify(
    specification: Path | str,
    *,
    rehearse: bool = False,
    data: Mapping[str, Any] | None = None,
    model: Callable[[Any], Any] | None = None,
    workers: int = 1,
    reuse: bool = True,
    certify_a_hopeless_specification: bool = False,
    certify_without_a_lock: bool = False,
    certify_code_without_a_commit: bool = False,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Certification:
    """Test a model against its specification and decide.

    Args:
        specification: the YAML file; every path in it is relative to it.
        rehearse: use the development rows; shows everything and can never lead to a certificate.
        data: tables that stand in for declared files, by role: anything with ``__arrow_c_stream__``.
        model: a function from a ``pyarrow.RecordBatch`` of the inputs to scores, asked in this process, which then
            reads the rows as well; rehearsals only.
        workers: processes that read and count; at least one.
        reuse: whether counts of finished partitions from an earlier run may be used.
        certify_a_hopeless_specification: go on although the plan says that a criterion cannot pass.
        certify_without_a_lock: go on although nobody agreed to the specification before its result. No
            certificate can come of it, whatever its code is, and its rows count as used: by the log, or by the workspace until there is one.
            Not for a specification that is locked, nor for rows of a schedule that goes on.
        certify_code_without_a_commit: go on with a locked high-risk use outside version control; no certificate can come of it.
        progress: opens a bar for each pass, which is told of rows as they are counted.

    Raises:
        InvalidDocument: the specification or dictionary has problems; all of them are listed.
        SubjectError, Crash: data or model cannot be opened, a data set cannot be read, a label of a locked run is neither 0 nor 1, or
            the model gives no scores for a few reference rows: all this is found before a run is logged or a row spent. What a model or a check does wrong
            on the judged rows is a verdict. A file that is changed or lost while they are judged is raised too; with the
            same file the run is gone on with.
        Refused: a judged run of a specification that is not locked, behind fewer fences than the policy accepts, or on
            test rows that are spent (``test_set_spent``) or that repeat each other (``rows_repeat``); one without a lock of what the log seals (``sealed``).
        GoesOn: another process is judging by the same lock at this moment.
        AssayError: ``arguments_contradict``: a rehearsal with a rule set aside that holds for judged runs alone.
    """
    if rehearse:
        _see_nothing_bypassed(
            certify_a_hopeless_specification=certify_a_hopeless_specification,
            certify_without_a_lock=certify_without_a_lock,
            certify_code_without_a_commit=certify_code_without_a_commit,
        )
    path = Path(specification)
    workspace = Workspace.beside(path)
    case = open_case(
        path,
        rehearse=rehearse,
        data=data,
        model=model,
        scratch=workspace.tables,
        admit=None if rehearse or certify_without_a_lock else admit,
    )
    with open_engine(path, workers=workers, reuse=reuse, progress=progress) as engine:
        if rehearse:
            return _rehearsed(case, engine, workspace)
        if certify_without_a_lock:
            return _without_a_lock(case, engine, workspace, bypass=certify_a_hopeless_specification)
        return _by_the_lock(
            case,
            engine,
            workspace,
            bypass_plan=certify_a_hopeless_specification,
            bypass_commit=certify_code_without_a_commit,
        )


def _see_nothing_bypassed(**bypasses: bool) -> None:
    """Whoever asks for a judged run without one of its rules, and for a rehearsal, has to say which is meant."""
    for name, given in bypasses.items():
        if given:
            raise AssayError(
                f"rehearse and {name} exclude each other: a rehearsal uses the development rows, and asks for no lock, no plan and "
                "no commit.",
                code="arguments_contradict",
                remedy=f"Leave {name} away to rehearse, or leave rehearse away to judge the test rows.",
            )


def _rehearsed(case: Case, engine: Engine, workspace: Workspace) -> Certification:
    beside = sealed_beside(case)
    bound = look(bound_when_asked(case, engine), engine, beside=beside)
    if beside is not None:
        refuse_sealed_rows(bound, engine, rehearsal=True)
    return _kept(bound, engine, workspace, _others(bound, engine), (), rehearse=True)


def _others(case: Case, engine: Engine) -> Others:
    """What is counted of the other data sets, of none of whose rows the log tells one bit alone."""
    refuse_sealed_rows_beside(case, engine)
    return measure_others(case, engine)


def _without_a_lock(case: Case, engine: Engine, workspace: Workspace, *, bypass: bool) -> Certification:
    refuse_a_locked_specification(case)
    bound = look(bound_when_asked(case, engine), engine, beside=earlier_uses(case))
    refuse_sealed_rows(bound, engine, rehearsal=False)
    refuse_repeated_rows(bound)
    bypasses = refuse_hopeless(bound, engine, attempt=case.attempt, bypass=bypass)
    others = _others(bound, engine)
    keep_use(bound, engine)
    without = (WITHOUT_A_LOCK, *unnamed_code(case))
    return _kept(bound, engine, workspace, others, (*bypasses, *without), rehearse=False)


def _by_the_lock(
    case: Case, engine: Engine, workspace: Workspace, *, bypass_plan: bool, bypass_commit: bool
) -> Certification:
    with open_ledger(case.root) as ledger:
        lock = lock_of(case.specification, case.specification_digest, case.dictionary_digest, ledger)
        case = seeded(case, lock)
        unnamed = refuse_unnamed_code(case, bypass=bypass_commit)
        with ledger.log.going_on(lock.digest):
            case = bound_when_asked(case, engine)
            with logged(case, ledger):
                take_in(ledger, case.root)
            case = look(case, engine, beside=ledger.state().used)
            comes = next_run(case, lock, ledger, engine)
            refuse_spent_rows(case, lock, ledger, comes)
            refuse_wrong_labels(case)
            with logged(case, ledger):
                refuse_repeated_rows(case)
            hopeless = refuse_hopeless(case, engine, attempt=comes.attempt, bypass=bypass_plan)
            # Before anything is spent: whoever must write a damaged file again has another subject then.
            with logged(case, ledger):
                others = _others(case, engine)
            run = begin(case, lock, ledger, comes)
            done = _kept(
                begun(case, run),
                engine,
                workspace,
                others,
                (*unnamed, *hopeless),
                rehearse=False,
                ends=partial(finish, run, ledger),
            )
        seal = sealed(ledger.state(), done.digest)
    if seal is not None:
        return Certification(done.digest, None, run.attempt, seal.sentence)
    return replace(done, attempt=run.attempt)


def _kept(
    case: Case,
    engine: Engine,
    workspace: Workspace,
    others: Others,
    bypasses: tuple[str, ...],
    *,
    rehearse: bool,
    ends: Callable[[Record, str], None] = lambda record, digest: None,  # noqa: ARG005
) -> Certification:
    """Measure the judged rows, judge, decide, and keep the record with every document that it stands on; listed once the run ended."""
    measured = measure(case, engine, others)
    record = record_of(case, measured, bypasses, rehearse=rehearse, keep=workspace.blobs.put)
    rows = case.datasets[case.judged_on].digest
    _keep_documents(case, workspace)
    digest = workspace.blobs.put(canonical(to_document(record)))
    ends(record, digest)
    workspace.runs.append(
        Run(
            ended=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            name=record.specification.name,
            record=digest,
            specification=record.specification_digest,
            rows=rows,
            outcome=record.decision.outcome.value,
            rehearsal=rehearse,
        )
    )
    return Certification(digest, record)


def _keep_documents(case: Case, workspace: Workspace) -> None:
    """The specification and the dictionary, so that they can be handed over with a certificate."""
    for source in case.sources:
        if source.role in {"specification", "dictionary"}:
            content = (case.root / source.path).read_bytes()
            if sha256_of(content) != source.digest:
                raise file_changed(case.root / source.path)
            workspace.blobs.put(content)
