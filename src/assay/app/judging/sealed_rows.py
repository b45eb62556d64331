"""Rows of which the log tells one bit alone while a schedule of attempts goes on: outside of it nothing is measured of them."""

from __future__ import annotations

from dataclasses import replace

from assay.app.judging.case import Case
from assay.app.judging.looking import look
from assay.app.judging.used_rows import salt_of, used_rows
from assay.app.organisation.ledger import open_ledger
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import RunState, State
from assay.domain.state.runs import schedule_goes_on, shared
from assay.domain.used_rows import UsedRows
from assay.engine.engine import Engine
from assay.store.workspace import Workspace

_REHEARSE_ON_OTHERS = "Rehearse on rows of which none are test rows, or wait until the schedule has ended."
_JUDGE_OTHERS = (
    "Judge other rows, rehearse on the development rows (--rehearse), or wait until the schedule has ended."
)


def sealed_beside(case: Case) -> tuple[UsedRows, ...] | None:
    """The rows of the log's judged runs, where of those of any nothing may be told outside of it; else None."""
    if not Workspace.of(case.root).has_log:
        return None
    with open_ledger(case.root) as ledger:
        state = ledger.state()
    return state.used if _sealed(state) else None


def refuse_sealed_rows(case: Case, engine: Engine, *, rehearsal: bool) -> None:
    """Refuse a run outside of the log on rows of which a run that the log seals has some, whatever file they are in.

    They have been looked at to be known again.

    Raises:
        Refused: ``sealed``.
    """
    # Development and test rows may have a few in common; as many as make an attempt are no accident.
    found = _sealed_among(case, engine, however_few=not rehearsal)
    if found is not None:
        raise Refused(found, remedy=_REHEARSE_ON_OTHERS if rehearsal else _JUDGE_OTHERS)


def refuse_sealed_rows_beside(case: Case, engine: Engine) -> None:
    """Refuse a run, also by the lock, that would ask the model about rows of another data set of which the log seals some.

    Raises:
        Refused: ``sealed``.
    """
    asked = {wanted.asked_beside for wanted in case.wanted} - {case.judged_on}
    roles = [role for role in case.datasets if role in asked]
    beside = sealed_beside(case) if roles else None
    for data in roles if beside is not None else ():
        looked = look(replace(case, judged_on=data), engine, beside=beside)
        found = _sealed_among(looked, engine, however_few=False)
        if found is not None:
            raise Refused(
                found,
                remedy=f"Declare other rows as {data!r}, of which none are test rows, or wait until the schedule has ended.",
            )


def _sealed(state: State) -> list[RunState]:
    """The judged runs that have not ended, or whose schedule goes on."""
    return [
        run for run in state.runs.values() if run.lock and (not run.outcome or schedule_goes_on(state, run))
    ]


def _sealed_among(case: Case, engine: Engine, *, however_few: bool) -> Refusal | None:
    """Which run that the log seals has most of these rows, some of them or as many as make an attempt; None where none has."""
    if not Workspace.of(case.root).has_log:
        return None
    with open_ledger(case.root) as ledger:
        state = ledger.state()
        sealed = _sealed(state)
        if not sealed:
            return None
        used = used_rows(case, engine, salt_of(ledger).value, state.used)
    known = state.overlaps(used) if however_few else state.overlapping(used)
    found = [(run, overlap) for run, overlap in known if run in sealed]
    if not found:
        return None
    run, overlap = max(found, key=lambda one: one[1].share)
    return Refusal(
        Because.SEALED,
        f"{shared(run, overlap)}, of which one bit is told while its schedule of attempts goes on.",
    )
