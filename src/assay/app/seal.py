"""One bit per attempt: while a schedule of attempts runs, what a withheld run found stays sealed.

Released numbers are what an adaptive attacker learns from (`docs/guarantee.md`, the test set is a budget). The seal stands
between a submitter and the pages; whoever can read the files of the store can read the record, so the store of a schedule
belongs to the custodian.
"""

from __future__ import annotations

from pathlib import Path

from assay.app.ledger import open_ledger
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import State
from assay.domain.state.runs import PASSED
from assay.store.workspace import Workspace


def sealed(state: State, record: str) -> Refusal | None:
    """Why a run's numbers are not shown yet; None when they are."""
    decision = state.decisions.get(record)
    if decision is None:
        return None
    run = state.runs[decision.run]
    terms = state.locks[run.lock].terms
    runs = [r for r in state.runs.values() if r.lock == run.lock and r.outcome]
    if terms.attempts == 1 or len(runs) >= terms.attempts or any(r.outcome in PASSED for r in runs):
        return None
    return Refusal(
        Because.SEALED,
        f"Not certified: attempt {run.attempt} of {terms.attempts}. Until the schedule ends nobody who submits learns more "
        "than this.",
    )


def seal_of(folder: Path, record: str) -> Refusal | None:
    """As :func:`sealed`, by the log of a folder; None where there is no log."""
    place = Workspace.of(folder).database
    if isinstance(place, Path) and not place.is_file():
        return None
    with open_ledger(folder) as ledger:
        return sealed(ledger.state(), record)


def require_unsealed(folder: Path, record: str, *, broken: bool) -> None:
    """Raise while a run's numbers are sealed, unless a reviewer breaks the seal.

    Raises:
        Refused: ``sealed``.
    """
    found = None if broken else seal_of(folder, record)
    if found is not None:
        raise Refused(found, remedy="A reviewer who submits nothing may use --break-the-seal.")
