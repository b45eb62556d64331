"""Sign a decision, or set a criterion aside, as the holder of a role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from assay.app.agreement import opened
from assay.app.ledger import Ledger, open_ledger, policy_of
from assay.app.seal import require_unsealed
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.nearest import nearest
from assay.domain.quorum import Quorum, Word
from assay.domain.record import Record
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import DecisionState, State
from assay.domain.state.state import NEVER_WAIVED, TEST_SET_SPENT
from assay.plugins.catalogue import metrics
from assay.proof.bundle import sign
from assay.proof.keys import Signer
from assay.proof.leaf import Draft
from assay.proof.words import sign_off, waiver
from assay.reading.specification import SpecificationFile, read_specification
from assay.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Signing:
    """A decision as its signers see it: what it binds by digest, its record, and who is missing."""

    decision: DecisionState
    quorum: Quorum
    record: Record
    attempt: int


def decision_named(state: State, beginning: str) -> DecisionState:
    """The decision whose record's digest begins so; the latest one for an empty text.

    Raises:
        NoLog: the log has no policy. Refused: ``decision_unknown`` when there is none, or more than one.
    """
    policy_of(state)
    if not state.decisions:
        raise Refused(
            Refusal(Because.DECISION_UNKNOWN, "There is no decision in this log yet."),
            remedy="Make one with: assay certify",
        )
    wanted = beginning.removeprefix("sha256:")
    found = [d for d in state.decisions.values() if d.record.removeprefix("sha256:").startswith(wanted)]
    if not wanted:
        return found[-1]
    if len(found) != 1:
        how = f"{len(found)} decisions of this log begin" if found else "No decision of this log begins"
        raise Refused(
            Refusal(Because.DECISION_UNKNOWN, f"{how} with {beginning!r}."),
            remedy="List the runs with: assay show",
        )
    return found[0]


def look(folder: Path, beginning: str = "") -> Signing:
    """What a signature would be over, before it is made. Raises as :func:`sign_decision`."""
    with open_ledger(folder) as ledger:
        return _signing(folder, ledger.state(), beginning)


def sign_decision(
    folder: Path, beginning: str, *, role: str, signer: Signer, word: Word = Word.APPROVE, reason: str = ""
) -> Signing:
    """Approve or reject a decision; the signature is over its record, its evidence and its specification.

    Raises:
        Refused: the signer may not, there is no such decision, or its run is sealed.
        Distrusted: the record is not what the log says of it, or its verdicts do not follow from its counts.
    """
    with open_ledger(folder) as ledger:
        looked = _signing(folder, ledger.state(), beginning)
        decision = looked.decision
        said = sign_off(
            record=decision.record,
            evidence=decision.evidence,
            specification=decision.specification,
            role=role,
            word=word,
            reason=reason,
            seen=ledger.seen(),
            time=ledger.clock(),
        )
        ledger.add(Draft(Action.SIGNED, decision.record, {}, (sign(said.plain(), signer),)))
        state = ledger.state()
        return replace(
            looked, decision=state.decisions[decision.record], quorum=state.signed(decision.record)
        )


def waive(
    specification: Path,
    *,
    criterion: str,
    until: dt.datetime,
    role: str,
    signer: Signer,
    reason: str,
    run: int | None = None,
) -> None:
    """Set a criterion, or the rule on spent test rows (``test_set_spent``), aside until a date.

    A waived criterion keeps its verdict: the waiver says who accepts that it is not shown, on the dossier and on every
    certificate until then. Waived test rows may be judged on once more, and the certificate says so.

    Args:
        specification: the locked document. criterion: its id, or ``test_set_spent``. until: when it ends; of test rows at
            most 90 days from now. role: in which the signer speaks; of test rows one of ``approval.quorum`` or one that
            the policy names. signer: their key. reason: why.
        run: of test rows the place of the judged run after which one more may be made; by default the latest.

    Raises:
        InvalidDocument: the specification has problems.
        AssayError: ``unknown_criterion``: the specification has none of this name.
        Refused: the signer may not, gives no reason, or names what nobody may waive.
    """
    read = read_specification(specification, metrics())
    digest = read.digest
    with open_ledger(specification.resolve().parent) as ledger:
        _only_what_may_be_waived(ledger, read, criterion)
        spent = criterion == TEST_SET_SPENT
        said = waiver(
            digest,
            criterion=criterion,
            until=until,
            role=role,
            reason=reason,
            seen=ledger.seen(),
            time=ledger.clock(),
            run=max(ledger.state().runs, default=-1) if spent and run is None else run,
        )
        ledger.add(Draft(Action.WAIVED, digest, {}, (sign(said.plain(), signer),)))


def _only_what_may_be_waived(ledger: Ledger, read: SpecificationFile, criterion: str) -> None:
    ledger.policy()
    if ledger.state().locked(read.digest) is None:
        raise Refused(
            Refusal(Because.NOT_LOCKED, "A waiver is of a locked specification, and this one is not locked."),
            remedy="Lock it first: assay lock SPECIFICATION --as ROLE --key KEY",
        )
    known = (TEST_SET_SPENT, *(one.id for one in read.specification.criteria))
    if criterion not in known and criterion not in NEVER_WAIVED:  # that one the log refuses itself
        meant = nearest(criterion, known)
        raise AssayError(
            f"{read.specification.name} has no criterion {criterion!r} that could be waived."
            + (f" Did you mean {meant!r}?" if meant else ""),
            code="unknown_criterion",
            remedy=f"Name a criterion of the specification, or {TEST_SET_SPENT}.",
        )


def _signing(folder: Path, state: State, beginning: str) -> Signing:
    """Nobody signs what was not looked at: the record is opened and held against the log and its own counts."""
    decision = decision_named(state, beginning)
    require_unsealed(state, decision.record)
    record = opened(Workspace.of(folder).blobs.get(decision.record), decision, state)
    return Signing(decision, state.signed(decision.record), record, state.runs[decision.run].attempt)
