"""Agree to a specification and lock it, before any result of it exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assay.app.judging.admission import code_to_name
from assay.app.judging.case import open_case
from assay.app.judging.judged_run import next_run
from assay.app.judging.looking import look
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import refuse_hopeless
from assay.app.judging.unlocked_run import take_in
from assay.app.organisation.elsewhere import Place
from assay.app.organisation.ledger import Ledger, open_ledger, policy_of
from assay.app.verifying.terms import terms_of
from assay.domain.demands import unsatisfied
from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.quorum import Quorum, SignOff, Word, said_already
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.specification import Specification
from assay.domain.state import Lock, State
from assay.domain.state.state import Terms
from assay.plugins.catalogue import metrics
from assay.proof.keys import Signer
from assay.proof.leaf import Draft
from assay.proof.words import agreement
from assay.reading.specification import SpecificationFile, read_specification
from assay.subject.digest import file_changed


@dataclass(frozen=True, slots=True)
class Agreed:
    """Where a specification stands: who agreed, who is missing, and the lock once it is there.

    ``before`` is the word of the same person that stood there already, when this one was not added. ``first`` is what a judged
    run will ask for before it begins: a commit that names the code, where the use is of high risk and none does.
    """

    specification: str
    name: str
    quorum: Quorum
    lock: Lock | None
    before: SignOff | None = None
    first: str = ""


def agree(
    path: Path,
    *,
    role: str,
    signer: Signer,
    word: Word = Word.APPROVE,
    reason: str = "",
    certify_a_hopeless_specification: bool = False,
    workers: int = 1,
) -> Agreed:
    """Say a word on a specification as the holder of a role; the last approval that is needed locks it.

    Whoever says again what stands there already adds nothing. Whoever approves has it planned first, on the development or training rows and the number of test rows, at the alpha
    that the next judged run will spend. Which attempt on the test rows that is, is told from the rows where a schedule has
    several attempts and the log has judged runs; else none is read.
    A reject that is taken back locks nothing: after it, whoever approved says so again.

    Args:
        path: the specification. role: in which the signer speaks. signer: their key.
        word: approve, reject or withdraw. reason: why; needed for a reject, and for a new version of a locked one.
        certify_a_hopeless_specification: approve although the plan says that a criterion cannot pass.
        workers: processes that read and count for the plan.

    Raises:
        InvalidDocument: the specification has problems.
        NoLog: nobody has said whose keys count.
        Refused: it does not satisfy the policy, ``reason_missing``, or the signer may not say this.
        Hopeless: the plan says that a required criterion cannot pass, and nothing bypasses it.
        SubjectError: the data or the model that the plan needs cannot be opened, or the model does not answer.
    """
    read = read_specification(path, metrics())
    with open_ledger(path.resolve().parent) as ledger:
        state = ledger.state()
        sayable(state, read, word, reason)
        take_in(ledger, path.resolve().parent)
        before = _said_already(state, read, signer, role, word, reason)
        seen = (
            ledger.seen()
        )  # before the plan, which takes a while: what is decided meanwhile the signer has not seen

        def add() -> None:
            say_word(ledger, read, role=role, signer=signer, word=word, reason=reason, seen=seen)

        bypass = certify_a_hopeless_specification
        add_word(path, read, ledger, word, reason, before=before, add=add, bypass=bypass, workers=workers)
        first = code_to_name(path.resolve().parent, read.specification)
        return replace(standing(ledger.state(), read), before=before, first=first)


def say_word(
    place: Place,
    read: SpecificationFile,
    *,
    role: str,
    signer: Signer,
    word: Word,
    reason: str,
    seen: tuple[int, str],
) -> State:
    """Sign a word on a specification with its dictionary, at the log or away from it; the state with it."""
    said = agreement(
        read.digest,
        dictionary=read.dictionary.digest,
        role=role,
        word=word,
        reason=reason,
        seen=seen,
        time=place.clock(),
    )
    return place.say(said, Action.AGREED, read.digest, signer)


def add_word(
    path: Path,
    read: SpecificationFile,
    ledger: Ledger,
    word: str,
    reason: str,
    *,
    before: SignOff | None,
    add: Callable[[], object],
    bypass: bool,
    workers: int,
) -> None:
    """Add a word unless it is there; an approval is planned first, and locks when nothing else lacks.

    No other word locks: who takes a reject back has neither the plan's bypass nor the reason for a new version to give.
    An approval that is there locks when it is said again: after a reject was taken back, or where its process was stopped.

    Args:
        before: the same word in the log. add: adds it. bypass: lock although the plan calls it hopeless.
    """
    approves = word == Word.APPROVE
    if before is None or (approves and _lacks_its_lock(ledger.state(), read, before)):
        bypasses = planned(path, read, ledger, workers, bypass=bypass) if approves else ()
        if before is None:
            add()
        if approves:
            _lock_if_agreed(ledger, read, reason or (before.reason if before else ""), bypasses)


def _lacks_its_lock(state: State, read: SpecificationFile, approval: SignOff) -> bool:
    """Whether all agreed who must, this approval among them, and nothing was locked by it."""
    now = _agreed(state, read)
    return _lock(state, read) is None and now.reached and approval in now.approvals


def _said_already(
    state: State, read: SpecificationFile, signer: Signer, role: str, word: Word, reason: str
) -> SignOff | None:
    """The same word of the same person, where it counts still: a lock of another version has used approvals up."""
    who = policy_of(state).named(signer.public.pem)
    words = state.agreements.get(read.digest, ())
    before = said_already(words, who[1].holder, role, word, reason) if who else None
    if before is None or word is not Word.APPROVE:
        return before
    lock = _lock(state, read)
    counting = (*_agreed(state, read).approvals, *(lock.agreed.approvals if lock else ()))
    return before if before in counting else None


def _lock_if_agreed(ledger: Ledger, read: SpecificationFile, reason: str, bypasses: tuple[str, ...]) -> None:
    """Lock a specification that all have agreed to who must, unless it is locked."""
    state = ledger.state()
    if _lock(state, read) is None and _agreed(state, read).reached:
        ledger.add(locking(read, reason, bypasses))


def agreeable(path: Path, *, word: Word = Word.APPROVE, reason: str = "") -> None:
    """See that a word on a specification can be said, before a passphrase is asked for and anything is planned.

    Raises:
        InvalidDocument: the specification has problems.
        NoLog: nobody has said whose keys count.
        Refused: it does not satisfy the policy, or ``reason_missing``.
    """
    read = read_specification(path, metrics())
    with open_ledger(path.resolve().parent) as ledger:
        sayable(ledger.state(), read, word, reason)


def sayable(state: State, read: SpecificationFile, word: Word, reason: str) -> None:
    """See that a word can be said in this state of the log. Raises as :func:`agreeable`."""
    satisfies(policy_of(state), read.specification)
    if reason.strip() or word is Word.WITHDRAW:
        return
    if word is Word.REJECT:
        raise Refused(
            Refusal(Because.REASON_MISSING, "Who rejects says why, and no reason was given."),
            remedy="Say it with: --reason",
        )
    before = state.lock_in_force(read.specification.name)
    if before is not None and before is not _lock(state, read):
        changed = "in another version" if before.specification != read.digest else "with another dictionary"
        raise Refused(
            Refusal(
                Because.REASON_MISSING,
                f"{read.specification.name} is locked {changed} (entry {before.entry}), and a change after the lock "
                "is told with its reason; none was given.",
            ),
            remedy="Say what was changed and why with: --reason",
        )


def standing(state: State, read: SpecificationFile) -> Agreed:
    """Where a specification stands."""
    lock, now = _lock(state, read), _agreed(state, read)
    quorum = replace(lock.agreed, rejected=now.rejected) if lock else now
    return Agreed(read.digest, read.specification.name, quorum, lock)


def _lock(state: State, read: SpecificationFile) -> Lock | None:
    """The lock in force of exactly this document with this dictionary."""
    return state.locked(read.digest, read.dictionary.digest)


def _agreed(state: State, read: SpecificationFile) -> Quorum:
    specification = read.specification
    return state.agreed(read.digest, read.dictionary.digest, specification.name, specification.approval.lock)


def locking(read: SpecificationFile, reason: str, bypasses: tuple[str, ...] = ()) -> Draft:
    """The entry that locks a specification."""
    body = {"terms": to_plain(terms_of(read.specification, read.dictionary.digest), Terms), "reason": reason}
    if bypasses:
        body["bypasses"] = list(bypasses)
    return Draft(Action.LOCKED, read.digest, body)


def planned(
    path: Path, read: SpecificationFile, ledger: Ledger, workers: int, *, bypass: bool
) -> tuple[str, ...]:
    """What the plan calls hopeless and is bypassed.

    Args:
        read: what is agreed to; the plan is of it and of no later version of the specification or the dictionary.

    Raises:
        SubjectError: ``file_changed``. Others as :func:`refuse_hopeless`.
    """
    case = open_case(path)
    if case.specification_digest != read.digest:
        raise file_changed(path)
    if case.dictionary_digest != read.dictionary.digest:
        raise file_changed(case.root / case.specification.data.dictionary)
    with open_engine(path, workers=workers) as engine:
        used = ledger.state().used
        if case.specification.attempts.count > 1 and used:
            attempt = next_run(look(case, engine, beside=used), None, ledger, engine).attempt
        else:
            attempt = 1
        return refuse_hopeless(case, engine, attempt=attempt, bypass=bypass)


def satisfies(policy: Policy, specification: Specification) -> None:
    """See that a specification asks what a policy demands. Raises Refused ``policy_not_satisfied``."""
    lacking = unsatisfied(policy, specification)
    if lacking is not None:
        raise Refused(
            lacking,
            remedy="Change the specification; the policy is changed by the root keys alone.",
        )
