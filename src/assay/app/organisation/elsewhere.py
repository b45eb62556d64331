"""Signatures that are made where the log is not: the log that a signer was handed, the file that they write, and its way back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from assay.app.clock import utc_now
from assay.app.organisation.ledger import Ledger, next_time
from assay.domain.entry import Action, Kind
from assay.domain.errors import SubjectError
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Distrusted, Refusal, Refused, raised
from assay.domain.state import State
from assay.proof.bundle import LARGEST, BrokenBundle, sign
from assay.proof.keys import Signer
from assay.proof.leaf import Draft, SignedStatement, next_leaf, read_leaf, state_of
from assay.proof.merkle import root_of
from assay.proof.statement import BrokenStatement, Statement
from assay.proof.steps.log import other_policy
from assay.store.blobs import see_writable, write_whole
from assay.subject.digest import open_regular


def trusted_state(leaves: Sequence[bytes], trusted: Policy, where: Path) -> State:
    """What a log says that somebody handed over.

    Raises:
        Distrusted: an entry breaks a rule, or it was not kept under the policy that the reader trusts.
    """
    state, void = state_of(leaves)
    if void:
        sentence = f"Entry {void[0].entry} of the log in {where} breaks a rule: {void[0].refusal.sentence}"
        raise Distrusted(
            Refusal(void[0].refusal.because, sentence), remedy="Ask who keeps the log for it again."
        )
    other = other_policy(trusted, state)
    if other is not None:
        raise Distrusted(
            other, remedy="Sign by the newest policy, which reaches you by a way that you trust."
        )
    return state


class Desk:
    """Where a signer sits: a log that was handed over and believed, and the statements that they add to it in thought."""

    def __init__(self, leaves: Sequence[bytes], state: State) -> None:
        self.leaves, self.state = leaves, state
        self.now = next_time(state, utc_now)
        """The time of a signature: this machine's, unless the log that was seen is later by no more than clocks are apart."""
        self.seen = len(leaves), root_of(leaves).hex()
        """Size and root of the log."""

    def write(self, said: Statement, action: Action, about: str, signer: Signer, target: Path) -> State:
        """Sign a statement and write it to a file; the state that the log would lead to with it.

        Raises:
            Refused: a rule of the log would refuse it, and no file was written.
        """
        see_writable(target)
        bundle = sign(said.plain(), signer)
        leaf = next_leaf(self.leaves, Draft(action, about, {}, (bundle,)), self.now)
        state, _ = state_of([*self.leaves, leaf])
        write_whole(target, bundle.content)
        return state


def read_signed(file: Path, kind: Kind, called: str) -> SignedStatement:
    """The signed statement in a file; who signed it, the rules of the log ask.

    Raises:
        SubjectError: there is no such file. Distrusted: it is no statement, or one of another kind than what is ``called``.
    """
    try:
        with open_regular(file) as stream:
            given = SignedStatement.read(stream.read(LARGEST + 1))
    except SubjectError as absent:
        remedy = "Name the file that the signer handed over."
        raise SubjectError(absent.message, code=absent.code, remedy=remedy) from None
    except BrokenBundle as wrong:
        raise not_taken(file, Refusal(Because.BUNDLE_BROKEN, f"{wrong}.")) from None
    except BrokenStatement as wrong:
        raise not_taken(file, Refusal(Because.STATEMENT_BROKEN, f"{wrong}.")) from None
    if given.kind != kind:
        sentence = f"{called} is expected, found a statement of kind {given.kind}."
        raise not_taken(file, Refusal(Because.STATEMENT_BROKEN, sentence))
    return given


def add_signed(
    ledger: Ledger, file: Path, action: Action, about: str, given: SignedStatement, there: Collection[str]
) -> int | None:
    """Add a signed statement by the rules by which any is added; its place, or None where it is in the log.

    Args:
        there: digests of the statements that the log holds about the same.

    Raises:
        Refused, Distrusted: with the rule that it breaks, and the file.
    """
    if given.digest in there:
        return None
    try:
        (leaf,) = ledger.add(Draft(action, about, {}, (given.bundle,)))
    except Distrusted:
        raise
    except Refused as refused:
        raise not_taken(file, refused.refusal) from None
    return read_leaf(leaf).seq


def not_taken(file: Path, refusal: Refusal) -> Refused:
    """The error for a file that is refused."""
    return raised(
        Refusal(refusal.because, f"{file}: {refusal.sentence}"),
        remedy="Nothing of it was taken. Let its signer sign again, on what the log says now.",
    )
