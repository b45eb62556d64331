"""Sign a decision as the holder of a role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from assay.app.organisation.ledger import NotInLog, open_ledger, policy_of
from assay.app.organisation.seal import require_unsealed
from assay.app.verifying.agreement import opened
from assay.domain.digests import bare, begins
from assay.domain.entry import Action
from assay.domain.quorum import Quorum, SignOff, Word, said_already
from assay.domain.record import Record
from assay.domain.refusal import Because
from assay.domain.standing import Standing, standing
from assay.domain.state import DecisionState, State
from assay.proof.keys import Signer
from assay.proof.statement import Statement
from assay.proof.words import sign_off
from assay.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Signing:
    """A decision as its signers see it: what it binds by digest, its record, who is missing, and what the log tells of it.

    ``before`` is the word of the same person that stood there already, when this one was not added.
    """

    decision: DecisionState
    quorum: Quorum
    record: Record
    standing: Standing
    before: SignOff | None = None

    @classmethod
    def of(cls, decision: DecisionState, record: Record, state: State) -> Signing:
        """What a state of the log says of a decision, and its record."""
        told = standing(state, decision.record, root="", compare=lambda *_: None)
        assert told is not None  # noqa: S101 - the state has this decision, and so a policy
        return cls(decision, state.signed(decision.record), record, told)

    def word(
        self, role: str, word: Word, reason: str, *, seen: tuple[int, str], time: dt.datetime
    ) -> Statement:
        """The statement that a signer makes of the decision; ``seen`` is the size and the root of the log that they saw."""
        return sign_off(
            record=self.decision.record,
            evidence=self.decision.evidence,
            specification=self.decision.specification,
            role=role,
            word=word,
            reason=reason,
            seen=seen,
            time=time,
        )


def decision_named(state: State, beginning: str) -> DecisionState:
    """The decision whose record's digest begins so; the latest one for an empty text.

    Raises:
        NoLog: the log has no policy. NotInLog: ``decision_unknown`` when there is none, or more than one.
    """
    policy_of(state)
    if not state.decisions:
        raise NotInLog(
            "There is no decision in this log yet.",
            code=Because.DECISION_UNKNOWN.value,
            remedy="Make one with: assay certify",
        )
    wanted = bare(beginning)
    found = [d for d in state.decisions.values() if begins(d.record, wanted)]
    if not wanted:
        return found[-1]
    if len(found) != 1:
        how = f"{len(found)} decisions of this log begin" if found else "No decision of this log begins"
        raise NotInLog(
            f"{how} with {beginning!r}.",
            code=Because.DECISION_UNKNOWN.value,
            remedy="Only a judged run of a locked specification has one, and no rehearsal. List the runs with: assay show",
        )
    return found[0]


def look(folder: Path, beginning: str = "") -> Signing:
    """What a signature would be over, before it is made. Raises as :func:`sign_decision`."""
    with open_ledger(folder) as ledger:
        return signing_of(folder, ledger.state(), beginning)


def sign_decision(
    folder: Path, beginning: str, *, role: str, signer: Signer, word: Word = Word.APPROVE, reason: str = ""
) -> Signing:
    """Approve or reject a decision; the signature is over its record, its evidence and its specification.

    Whoever says again what stands there already adds nothing.

    Raises:
        NotInLog: there is no such decision. Refused: the signer may not, or its run is sealed.
        Distrusted: the record is not what the log says of it, or its verdicts do not follow from its counts.
    """
    with open_ledger(folder) as ledger:
        state = ledger.state()
        looked = signing_of(folder, state, beginning)
        decision = looked.decision
        who = policy_of(state).named(signer.public.pem)
        before = said_already(decision.sign_offs, who[1].holder, role, word, reason) if who else None
        if before is not None:
            return replace(looked, before=before)
        said = looked.word(role, word, reason, seen=ledger.seen(), time=ledger.clock())
        state = ledger.say(said, Action.SIGNED, decision.record, signer)
        return Signing.of(state.decisions[decision.record], looked.record, state)


def signing_of(folder: Path, state: State, beginning: str) -> Signing:
    """Nobody signs or hands over what was not looked at: the record is opened and held against the log and its own counts.

    Raises:
        NotInLog: there is no such decision. Refused: its run is sealed. Distrusted: as :func:`~assay.app.verifying.agreement.opened`.
    """
    decision = decision_named(state, beginning)
    require_unsealed(state, decision.record)
    blobs = Workspace.of(folder).blobs
    record = opened(blobs.get(decision.record), blobs.get, decision, state)
    return Signing.of(decision, record, state)
