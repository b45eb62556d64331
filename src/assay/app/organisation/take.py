"""Take into the log what a person signed on another machine, whatever it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.elsewhere import add_signed, not_taken, place_of, read_signed
from assay.app.organisation.entries import Told, entries
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.sign import Signing, signing_of
from assay.app.organisation.status import ACTIONS
from assay.domain.entry import Action, Kind
from assay.domain.refusal import Because, Refusal
from assay.domain.state import Status
from assay.proof.leaf import SignedStatement

ABOUT: Mapping[str, tuple[str, Action | None]] = {
    Kind.SIGN_OFF: ("record", Action.SIGNED),
    Kind.UNSEALING: ("record", Action.UNSEALED),
    Kind.WAIVER: ("specification", Action.WAIVED),
    Kind.REVOCATION: ("certificate", None),
}
"""What a statement of each kind is about, and its entry; that of a revocation is what the certificate becomes by it."""


def is_on_a_specification(file: Path) -> bool:
    """Whether a file holds a word on a specification, and no other that is taken in.

    Raises:
        SubjectError, Distrusted: as :func:`~assay.app.organisation.elsewhere.read_signed` of anything that is not taken in.
    """
    kinds = {Kind(kind) for kind in ABOUT} | {Kind.AGREEMENT}
    called = "A word on a specification, a signature on a decision, a waiver, an unsealing or a change of a certificate"
    return read_signed(file, kinds, called).kind == Kind.AGREEMENT


@dataclass(frozen=True, slots=True)
class Taken:
    """What was signed on another machine and stands in the log.

    Attributes:
        entry: its place. before: whether it stood there before. told: what it says, and who says it. signing: the decision that it is on,
            with it, where it is a signature on one.
    """

    entry: int
    before: bool
    told: Told
    signing: Signing | None


def take(folder: Path, file: Path) -> Taken:
    """Take what is signed in a file into the log of a folder, by the rules by which it is added at the log.

    What it is about, the statement names. A statement that is in the log stays where it is, and nothing changes. A word on a
    specification is taken in by :func:`~assay.app.judging.lock_elsewhere.take_agreement`, which has it planned.

    Raises:
        Refused, Distrusted: with the rule that it breaks, and the file; or as :func:`~assay.app.organisation.sign.look`.
    """
    given = read_signed(
        file,
        {Kind(kind) for kind in ABOUT},
        "A signature on a decision, a waiver, an unsealing or a change of a certificate",
    )
    about, action = _about(given)
    signs = action is Action.SIGNED
    with open_ledger(folder) as ledger:
        state = ledger.state()
        if signs:
            if about not in state.decisions:
                sentence = f"No decision has the record {about or '(none)'}."
                raise not_taken(file, Refusal(Because.DECISION_UNKNOWN, sentence))
            signing_of(folder, state, about)  # who takes a signature in vouches for what it is on
        before = place_of(ledger, given)
        entry = add_signed(ledger, file, action, about, given) if before is None else before
        signing = signing_of(folder, ledger.state(), about) if signs else None
    told = next(iter(entries(folder, entry)))
    return Taken(entry, before is not None, told, signing)


def _about(given: SignedStatement) -> tuple[str, Action]:
    """The digest that a statement is about, and the entry that it makes; whether it may, the rules of the log ask."""
    name, action = ABOUT[given.kind]
    about = dict(given.subjects).get(name, "")
    if action is not None:
        return about, action
    said = given.predicate.get("becomes")
    return about, next((a for status, a in ACTIONS.items() if status == said), ACTIONS[Status.SUSPENDED])
