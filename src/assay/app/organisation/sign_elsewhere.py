"""Sign a decision on another machine than the log's, with a pack that holds all that it is about."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from assay.app.organisation.elsewhere import Desk, trusted_state
from assay.app.organisation.seal import require_unsealed
from assay.app.organisation.sign import Signing
from assay.app.verifying.agreement import opened
from assay.app.verifying.packs import read_pack
from assay.domain.demands import unsatisfied
from assay.domain.entry import Action
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refusal, Refused, raised
from assay.domain.state import DecisionState, State
from assay.proof.keys import Signer
from assay.proof.steps.attestations import absent_or_changed
from assay.reading.policy import read_policy

AGAIN = "Ask for another pack, made with: assay export decision"


def look_in(pack: Path, policy: Path) -> Signing:
    """What a signature on the decision of a pack would be over, before it is made.

    The log in the pack keeps every rule, was kept under the policy in hand and says the same as the record, which is judged
    again from its own counts. Needs no database.

    Args:
        pack: made with ``assay export decision``. policy: a file that came by a way that the signer trusts.

    Raises:
        BrokenPack: it is none. InvalidDocument: the policy has problems.
        Refused: the run is sealed, or the specification is not what the policy demands.
        Distrusted: the log, the record or another document is not what it must be.
    """
    return _handed(pack, policy)[1]


def sign_pack(
    pack: Path,
    policy: Path,
    *,
    role: str,
    signer: Signer,
    target: Path,
    word: Word = Word.APPROVE,
    reason: str = "",
) -> Signing:
    """Approve or reject the decision of a pack; the signed statement is written to a file, and nothing anywhere else.

    It is the statement that :func:`~assay.app.organisation.sign.sign_decision` logs, with the checkpoint of the log in the pack. The rules
    of the log are asked first, so that nobody hands over a signature that they refuse.

    Args:
        target: the file. Others are as of :func:`look_in` and :func:`~assay.app.organisation.sign.sign_decision`.

    Returns:
        The decision and its quorum as they would be with this signature.

    Raises:
        Refused: the signer may not say this. Others as :func:`look_in`.
    """
    desk, looked = _handed(pack, policy, target)
    decision = looked.decision
    said = looked.word(role, word, reason, seen=desk.seen(), time=desk.clock())
    state = desk.say(said, Action.SIGNED, decision.record, signer)
    return Signing.of(state.decisions[decision.record], looked.record, state)


def _handed(pack: Path, policy: Path, target: Path | None = None) -> tuple[Desk, Signing]:
    """A pack that was looked through: its log, and what a signature would be over."""
    trusted = read_policy(policy).policy
    read = read_pack(pack, "decision")
    leaves, documents = read.leaves or (), read.attestations or {}
    state = trusted_state(leaves, trusted, pack)
    decision = _decision_in(pack, state, documents)
    require_unsealed(state, decision.record)
    named = (
        ("record", decision.record),
        ("evidence", decision.evidence),
    )
    _require(absent_or_changed(named, documents))

    def document(digest: str) -> bytes:
        name = "specification" if digest == decision.specification else "dictionary"
        _require(absent_or_changed(((name, digest),), documents))
        return documents[digest]

    record = opened(documents[decision.record], document, decision, state)
    _require(unsatisfied(trusted, record.specification))
    return Desk(leaves, state, target), Signing.of(decision, record, state)


def _decision_in(pack: Path, state: State, documents: Collection[str]) -> DecisionState:
    found = [decision for record, decision in state.decisions.items() if record in documents]
    if len(found) != 1:
        how = f"the records of {len(found)} decisions" if found else "no record of a decision"
        raise Refused(
            Refusal(Because.DECISION_UNKNOWN, f"{pack} holds {how} of its log; exactly one is expected."),
            remedy=AGAIN,
        )
    return found[0]


def _require(wrong: Refusal | None) -> None:
    if wrong is not None:
        raise raised(wrong, remedy=AGAIN)
