"""A judged run in the log: it is admitted, and needs rows that are not spent; then it ends with a decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assay.app.judging.case import Case
from assay.app.judging.used_rows import salt_of, used_rows
from assay.app.organisation.ledger import Ledger, policy_of
from assay.app.organisation.salt import Salt
from assay.domain.demands import unsatisfied
from assay.domain.digests import bare
from assay.domain.entry import Action
from assay.domain.record import Record
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.domain.state import Lock, RunState, State
from assay.domain.state.runs import used_before
from assay.domain.state.state import next_attempt
from assay.domain.state.waivers import TEST_SET_SPENT, last_of
from assay.domain.used_rows import UsedRows
from assay.engine.engine import Engine
from assay.proof.canonical import digest_of_document
from assay.proof.leaf import Draft


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run that the log has let begin.

    Attributes:
        entry: its place in the log. attempt: from 1.
        overlaps: a sentence for each earlier run that shares test rows with it, however few.
        blind: hides what it finds behind the digests that the log tells.
    """

    entry: int
    attempt: int
    blind: str
    overlaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextRun:
    """The judged run that would begin now, before it is in the log.

    Attributes:
        used: what the log would keep of its rows. salt: that of the sketches. attempt: which judged run on these rows it
            is, from 1; that of a run that was broken off when it would go on with that one.
        earlier: how many runs the log had when the rows were held against theirs.
    """

    used: UsedRows
    salt: Salt
    attempt: int
    earlier: int


def next_run(case: Case, lock: Lock | None, ledger: Ledger, engine: Engine) -> NextRun:
    """The judged run of this case that would begin now; it reads the test rows, which were looked at before, to know them again, and logs nothing.

    Args:
        lock: under which it would be made; None before there is one.

    Raises:
        Refused: ``test_set_spent`` when the salt of the earlier runs was erased.
    """
    salt, state = salt_of(ledger), ledger.state()
    used = used_rows(case, engine, salt.value, state.used)
    stopped = _goes_on(state, case, lock, used) if lock is not None else ()
    attempt = stopped[0].attempt if stopped else next_attempt(state.overlapping(used))
    return NextRun(used, salt, attempt, len(state.runs))


@contextmanager
def logged(case: Case, ledger: Ledger) -> Iterator[None]:
    """Log what is refused in here, so that everyone sees that a run was tried; a broken log gets no entry."""
    try:
        yield
    except Distrusted:
        raise
    except Refused as refused:
        ledger.log_refusal(Action.RUN_REFUSED, case.specification_digest, refused)
        raise


def refuse_spent_rows(case: Case, lock: Lock, ledger: Ledger, comes: NextRun) -> None:
    """See that the run may begin by what the log says, and write nothing but a refusal. Raises as :func:`begin`.

    Before anything else is held against it: of rows that are spent it does not matter what they could show.
    """
    with logged(case, ledger), _remedied(case, lock, ledger, comes):
        ledger.see(lambda state: _start(state, case, lock, comes))


def begin(case: Case, lock: Lock, ledger: Ledger, comes: NextRun) -> JudgedRun:
    """Log that a run starts, or go on with one that was broken off.

    Raises:
        Refused: ``test_set_spent`` when the rows were judged on before; the refusal is logged.
    """
    with logged(case, ledger), _remedied(case, lock, ledger, comes):
        added = ledger.decide(
            lambda state: _start(state, case, lock, comes),
            pairs=comes.salt.pairs,
        )
    state = ledger.state()
    run = state.runs[max(state.runs)] if added else _goes_on(state, case, lock, comes.used)[0]
    return JudgedRun(run.entry, run.attempt, _blind(comes.salt.value, run.entry), used_before(state, run))


@contextmanager
def _remedied(case: Case, lock: Lock, ledger: Ledger, comes: NextRun) -> Iterator[None]:
    """Say of spent rows what can be done."""
    try:
        yield
    except Refused as refused:
        if refused.refusal.because is not Because.TEST_SET_SPENT:
            raise
        state = ledger.state()
        last, stopped = last_of(state.overlapping(comes.used)), _stopped(state, case, lock, comes.used)
        raise Refused(refused.refusal, remedy=_spent_remedy(last, stopped)) from None


def _spent_remedy(last: int | None, stopped: Sequence[RunState]) -> str:
    """What can be done. last: the latest run on these rows; None when another began at this very moment."""
    remedy = f"Judge on rows that nobody used, or have an independent role waive it: assay waive SPECIFICATION {TEST_SET_SPENT}"
    if last is not None:
        remedy += f" --after-run {last}"
    if not stopped:
        return remedy
    return (
        f"The run of entry {stopped[0].entry} was stopped; it goes on with the code, the commit and the packages that it was "
        f"started with, and this machine has others now: put those back. Else: {remedy[0].lower()}{remedy[1:]}"
    )


def _start(state: State, case: Case, lock: Lock, comes: NextRun) -> Sequence[Draft]:
    """The entry by which a run begins; none when it goes on with one that was broken off."""
    lacking = unsatisfied(policy_of(state), case.specification)
    if lacking is not None:
        raise Refused(
            lacking,
            remedy="The policy has changed since the lock: change the specification and lock it again.",
        )
    if _goes_on(state, case, lock, comes.used):
        return ()
    if len(state.runs) != comes.earlier:  # the rows were not yet held against those of the new one
        raise Refused(Refusal(Because.TEST_SET_SPENT, "Another run began at this very moment; run again."))
    body = {
        "lock": lock.digest,
        "subject": case.subject,
        "conditions": _conditions(case),
        **comes.used.body(),
        "salt": comes.salt.digest,
        "attempt": comes.attempt,
    }
    return (Draft(Action.RUN_STARTED, case.specification_digest, body),)


def _blind(salt: bytes, entry: int) -> str:
    """A secret of the log for one run, the same when the run goes on: 256 bits from the salt, which is in no export."""
    return hashlib.blake2b(f"evidence of run {entry}".encode(), key=salt, digest_size=32).hexdigest()


def _conditions(case: Case) -> str:
    """Digest of what a run is started with besides its files: what the model runs, versions, plug-ins, fences, commit.

    Whoever stops a run can read what it found; to go on with other code would be a second try under one attempt.
    """
    environment = case.environment
    return digest_of_document([case.code_digest, environment.commit, environment.dirty])


def _goes_on(state: State, case: Case, lock: Lock, used: UsedRows) -> list[RunState]:
    """Those of :func:`_stopped` that a run under today's conditions is no further attempt of."""
    conditions = _conditions(case)
    return [run for run in _stopped(state, case, lock, used) if run.conditions == conditions]


def _stopped(state: State, case: Case, lock: Lock, used: UsedRows) -> list[RunState]:
    """Runs by this lock of these files that began and have not ended, the newest first.

    To go on with one is no further attempt where its conditions are the same. No living process has it: whoever calls this
    holds the lock of the specification (:meth:`assay.store.log.Log.going_on`).
    """
    return [
        run
        for run in reversed(state.runs.values())
        if not run.outcome
        and run.lock == lock.digest
        and run.rows.sketches[0] == used.sketches[0]
        and dict(run.subject) == case.subject
    ]


def finish(run: JudgedRun, ledger: Ledger, record: Record, digest: str) -> None:
    """Log what the run decided."""
    body = {
        "run": run.entry,
        "evidence": record.evidence_digest,
        "outcome": record.decision.outcome.value,
        "bypasses": list(record.bypasses),
    }
    ledger.add(Draft(Action.DECIDED, digest, body))


def seeded(case: Case, lock: Lock) -> Case:
    """The case with the seed that nobody could shop for: of what was locked and who agreed to it.

    From then on every choice of rows is the same: the rows that are looked through for copies are those that are judged.
    """
    return replace(case, drawn=bare(lock.seed))


def begun(case: Case, run: JudgedRun) -> Case:
    """The case as the log let it begin."""
    return replace(
        case,
        attempt=run.attempt,
        overlaps=run.overlaps,
        blind=run.blind,
    )
