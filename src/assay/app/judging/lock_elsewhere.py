"""Agree to a specification on another machine than the log's, before any result of it exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from assay.app.judging.admission import code_to_name
from assay.app.judging.lock import Agreed, add_word, satisfies, say_word, sayable, standing
from assay.app.judging.unlocked_run import take_in
from assay.app.organisation.elsewhere import Away, add_signed, not_taken, read_signed
from assay.app.organisation.ledger import open_ledger
from assay.domain.entry import Action, Kind
from assay.domain.quorum import Word, signed_before
from assay.domain.refusal import Because, Refusal
from assay.domain.state import State
from assay.plugins.catalogue import metrics
from assay.proof.keys import Signer
from assay.proof.leaf import SignedStatement
from assay.reading.specification import SpecificationFile, read_specification


def agree_elsewhere(
    path: Path, away: Away, *, role: str, signer: Signer, word: Word = Word.APPROVE, reason: str = ""
) -> Agreed:
    """Say a word on a specification; the signed statement is written to a file, and nothing anywhere else.

    Nothing is planned, since the rows are elsewhere: who takes an approval in has it planned first.

    Args:
        path: the specification, with its dictionary where it names it. Others are as of :func:`~assay.app.judging.lock.agree`.

    Returns:
        Where the specification would stand with this word.

    Raises:
        InvalidDocument: the specification or the policy has problems. BrokenPack: the log cannot be read.
        Refused: the specification is not what the policy demands, or the signer may not say this.
        Distrusted: an entry of the log breaks a rule, or it was not kept under this policy.
    """
    read, desk = read_specification(path, metrics()), away.desk()
    satisfies(away.trusted(), read.specification)
    sayable(desk.state(), read, word, reason)
    said = say_word(desk, read, role=role, signer=signer, word=word, reason=reason, seen=desk.seen())
    return standing(said, read)


@dataclass(frozen=True, slots=True)
class TakenAgreement:
    """A word of another machine that stands in the log: where the specification stands with it, its place, and whether it stood there before."""

    agreed: Agreed
    entry: int
    before: bool


def take_agreement(
    path: Path, file: Path, *, certify_a_hopeless_specification: bool = False, workers: int = 1
) -> TakenAgreement:
    """Take the word in a file into the log of the specification's folder; the last approval that is needed locks it.

    By the rules by which any word is added; an approval is planned first, and its signer has seen the last lock, judged run and
    decision of the specification's name: no draft that was signed beforehand is chosen after a result. A word that is in the log stays where it is; an
    approval there locks when nothing lacks any more, as one that is said again does.

    Raises:
        Refused, Distrusted: with the rule that it breaks, and the file; or as :func:`~assay.app.judging.lock.agree`.
    """
    read = read_specification(path, metrics())
    given = read_signed(file, {Kind.AGREEMENT}, "A word on a specification")
    signed = dict(given.subjects)
    if signed != {"specification": read.digest, "dictionary": read.dictionary.digest}:
        specification = signed.get("specification") != read.digest
        other = "specification than" if specification else "dictionary than that of"
        how = (
            "Name the specification that it is about, --specification FILE,"
            if specification
            else "Put the dictionary back that it is about,"
        )
        raise not_taken(
            file,
            Refusal(Because.SIGNED_SOMETHING_ELSE, f"It is about another {other} {path} is now."),
            f"Nothing of it was taken. {how} or let its signer sign this one.",
        )
    word, reason = (str(given.predicate.get(name, "")) for name in ("word", "reason"))
    with open_ledger(path.resolve().parent) as ledger:
        there = {w.statement: w for w in ledger.state().agreements.get(read.digest, ())}
        before = there.get(given.digest)
        if before is None and word in set(Word):  # of another word the rules of the log tell
            sayable(ledger.state(), read, Word(word), reason)
            take_in(ledger, path.resolve().parent)
            if word == Word.APPROVE:
                _newer_than_any_result(ledger.state(), read, file, given)

        def add() -> None:
            add_signed(ledger, file, Action.AGREED, read.digest, given)

        bypass = certify_a_hopeless_specification
        add_word(path, read, ledger, word, reason, before=before, add=add, bypass=bypass, workers=workers)
        state = ledger.state()
        (entry,) = (w.entry for w in state.agreements[read.digest] if w.statement == given.digest)
    first = code_to_name(path.resolve().parent, read.specification)
    return TakenAgreement(replace(standing(state, read), first=first), entry, before=before is not None)


def _newer_than_any_result(state: State, read: SpecificationFile, file: Path, given: SignedStatement) -> None:
    last = state.last_told(read.digest, read.specification.name)
    checkpoint = given.predicate.get("checkpoint")
    seen = checkpoint.get("size") if isinstance(checkpoint, dict) else None
    if type(seen) is int and seen <= last:  # another form of it the rules of the log refuse
        sentence = f"This agreement counts no more: {signed_before(seen, last)}"
        raise not_taken(
            file,
            Refusal(Because.SIGNED_SOMETHING_ELSE, sentence),
            "Nothing of it was taken. Hand its signer the log of now: assay log export",
        )
