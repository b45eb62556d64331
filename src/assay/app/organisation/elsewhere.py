"""Signatures that are made where the log is not: the log that a signer was handed, the file that they write, and its way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assay.app.clock import Clock, utc_now
from assay.app.organisation.ledger import Ledger, naming, next_time, open_ledger
from assay.app.verifying.packs import read_log
from assay.domain.entry import Action, Kind
from assay.domain.errors import SubjectError
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Distrusted, Refusal, Refused, raised
from assay.domain.state import State
from assay.proof.bundle import LARGEST, BrokenBundle, resembles, sign
from assay.proof.keys import Signer
from assay.proof.leaf import Draft, SignedStatement, next_leaf, read_leaf, state_of
from assay.proof.merkle import root_of
from assay.proof.statement import BrokenStatement, Statement
from assay.proof.steps.log import other_policy
from assay.reading.policy import read_policy
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


class Place(Protocol):
    """Where a person signs: at the log (a :class:`~assay.app.organisation.ledger.Ledger`), or at a :class:`Desk` away from it."""

    def state(self) -> State:
        """What the log says that the signer sees."""
        ...

    def seen(self) -> tuple[int, str]:
        """Its size and root."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time of a signature."""
        ...

    def say(self, said: Statement, action: Action, about: str, signer: Signer) -> State:
        """Sign a statement; the state of the log with it. Raises Refused when a rule of the log refuses it."""
        ...


class Desk:
    """Where a signer sits: a log that was handed over and believed, and a file for the statement that they add to it in thought."""

    def __init__(self, leaves: Sequence[bytes], state: State, target: Path | None) -> None:
        self._leaves, self._state, self._target = leaves, state, target
        self._now = next_time(state, utc_now)

    def state(self) -> State:
        """What the log says that was handed over."""
        return self._state

    def seen(self) -> tuple[int, str]:
        """Its size and root."""
        return len(self._leaves), root_of(self._leaves).hex()

    def clock(self) -> dt.datetime:
        """The time of a signature: this machine's, unless the log that was seen is later by no more than clocks are apart."""
        return self._now

    def say(self, said: Statement, action: Action, about: str, signer: Signer) -> State:
        """Sign a statement and write it to the file; the state that the log would lead to with it.

        Raises:
            Refused: a rule of the log would refuse it, and no file was written.
        """
        if self._target is None:
            raise ValueError("a desk without a file only looks")
        see_writable(self._target)
        bundle = sign(said.plain(), signer)
        with naming(signer):
            leaf = next_leaf(self._leaves, Draft(action, about, {}, (bundle,)), self._now)
        state, _ = state_of([*self._leaves, leaf])
        write_whole(self._target, bundle.content)
        return state


@dataclass(frozen=True, slots=True)
class Away:
    """What somebody signs with where the log is not.

    Attributes:
        log: made with ``assay log export``. policy: a file that came by a way that the signer trusts. target: the file for what is
            signed.
    """

    log: Path
    policy: Path
    target: Path

    def trusted(self) -> Policy:
        """The policy. Raises InvalidDocument."""
        return read_policy(self.policy).policy

    def desk(self) -> Desk:
        """The log, believed.

        Raises:
            InvalidDocument: the policy has problems. BrokenPack: the log cannot be read. Distrusted: as :func:`trusted_state`.
        """
        trusted = self.trusted()
        leaves = read_log(self.log).leaves or ()
        return Desk(leaves, trusted_state(leaves, trusted, self.log), self.target)


@contextmanager
def open_place(folder: Path, away: Away | None) -> Iterator[Place]:
    """Where somebody signs: at the log of a folder, or away from it. Raises as :func:`open_ledger` and :meth:`Away.desk`."""
    if away is not None:
        yield away.desk()
        return
    with open_ledger(folder) as ledger:
        yield ledger


CALLED: Mapping[str, str] = {
    Kind.CERTIFICATE: "a certificate",
    Kind.STAGE: "the attestation of a stage",
    Kind.MODEL: "the signature of a model",
    Kind.POLICY: "a signature on a policy",
    Kind.AGREEMENT: "a word on a specification",
    Kind.SIGN_OFF: "a signature on a decision",
    Kind.UNSEALING: "an unsealing",
    Kind.WAIVER: "a waiver",
    Kind.REVOCATION: "a change of a certificate",
    Kind.STATUS: "the status of certificates",
}
"""What a statement of each kind is, for a reader."""


def read_signed(file: Path, kinds: Collection[Kind], called: str) -> SignedStatement:
    """The signed statement in a file; who signed it, the rules of the log ask.

    Args:
        kinds: that are expected. called: they, for a reader.

    Raises:
        SubjectError: there is no such file, it is another one than any signer writes, or a statement of another kind. Distrusted: it is
            a statement that is broken.
    """
    try:
        with open_regular(file) as stream:
            content = stream.read(LARGEST + 1)
    except SubjectError as absent:
        handed = "Name the file that the signer handed over."
        raise SubjectError(absent.message, code=absent.code, remedy=handed) from None
    if not resembles(content):
        raise SubjectError(
            f"{file} is no signed statement: {called[0].lower()}{called[1:]} is expected.",
            code="no_statement",
            remedy="Name the file that the signer wrote with: --to FILE",
        )
    try:
        given = SignedStatement.read(content)
    except BrokenBundle as wrong:
        raise not_taken(file, Refusal(Because.BUNDLE_BROKEN, f"{wrong}.")) from None
    except BrokenStatement as wrong:
        raise not_taken(file, Refusal(Because.STATEMENT_BROKEN, f"{wrong}.")) from None
    if given.kind not in kinds:
        raise SubjectError(  # nothing of it is false: it is a document of another use
            f"{file} is {CALLED.get(given.kind, 'a statement of another kind')}: {called[0].lower()}{called[1:]} is expected.",
            code="other_statement",
            remedy="Name the file that the signer wrote with: --to FILE",
        )
    return given


def place_of(ledger: Ledger, given: SignedStatement) -> int | None:
    """The entry of the log that carries this very statement; None where it is not in the log."""
    entries = map(read_leaf, ledger.leaves())
    return next((e.seq for e in entries if given.digest in {s.digest for s in e.signed}), None)


def add_signed(ledger: Ledger, file: Path, action: Action, about: str, given: SignedStatement) -> int:
    """Add a signed statement by the rules by which any is added; its place.

    Raises:
        Refused, Distrusted: with the rule that it breaks, and the file.
    """
    try:
        (leaf,) = ledger.add(Draft(action, about, {}, (given.bundle,)))
    except Distrusted:
        raise
    except Refused as refused:
        raise not_taken(file, refused.refusal) from None
    return read_leaf(leaf).seq


def not_taken(file: Path, refusal: Refusal, remedy: str = "") -> Refused:
    """The error for a file that is refused."""
    return raised(
        Refusal(refusal.because, f"{file}: {refusal.sentence}"),
        remedy=remedy or "Nothing of it was taken. Let its signer sign again, on what the log says now.",
    )
