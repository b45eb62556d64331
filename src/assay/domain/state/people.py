"""Rules about persons: policies, agreements, sign-offs and waivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import ValidationError

from assay.domain.entry import Entry, Inspect, Kind, Signed
from assay.domain.plain import from_plain, to_plain
from assay.domain.policy import NEVER_APPROVE, HeldKey, Policy
from assay.domain.quorum import SignOff, Word
from assay.domain.refusal import Because, Refusal
from assay.domain.state.runs import schedule_goes_on
from assay.domain.state.state import (
    NEVER_WAIVED,
    TEST_SET_SPENT,
    Lock,
    RunState,
    State,
    WaiverState,
)


def policy_set(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:
    """A new version of the policy, signed by a threshold of root keys of the version before and of its own.

    As the root role of The Update Framework (TUF 1.0.34, section 5.3): who takes over must be named by who leaves, and must
    have signed too. The first version is signed by its own roots: it is trusted because a verifier has it by digest.
    """
    policy = _read(entry)
    if isinstance(policy, Refusal):
        return policy
    known: set[str] = set()
    for name, held in policy.keys.items():
        facts = inspect(held.key)
        if facts is None:
            return Refusal(Because.POLICY_BROKEN, f"The key {name!r} of the policy is no P-256 public key.")
        if facts.key_id in known:
            return Refusal(Because.POLICY_BROKEN, f"The key {name!r} stands twice in the policy.")
        known.add(facts.key_id)
        if facts.is_demo and not policy.demo:
            return Refusal(
                Because.DEMO_KEY,
                f"The key {name!r} is a demo key, with which anyone can sign; only a demo policy takes it.",
            )
    if state.policy is not None and (
        policy.version != state.policy.version + 1 or policy.previous != state.policy_digest
    ):
        return Refusal(
            Because.POLICY_NOT_NEXT,
            f"Version {state.policy.version} is in force; its successor must be version {state.policy.version + 1} and name its digest.",
        )
    if state.policy is None and policy.version != 1:
        return Refusal(
            Because.POLICY_NOT_NEXT, f"The first policy of a log is version 1, found {policy.version}."
        )
    for signers in filter(None, (state.policy, policy)):
        found = _roots(signers, entry)
        if found < signers.root_threshold:
            return Refusal(
                Because.POLICY_UNSIGNED,
                f"{found} of {signers.root_threshold} holders of root keys of policy version {signers.version} signed the new version.",
            )
    state.policy, state.policy_digest = policy, entry.object
    state.policies.append(entry.object)
    return None


def _read(entry: Entry) -> Policy | Refusal:
    """The policy of an entry, in the form that whoever reads it writes: else its digest is that of nobody's file."""
    try:
        policy: Policy = from_plain(entry.body["policy"], Policy, "policy")
    except (KeyError, ValueError, ValidationError):
        return Refusal(Because.POLICY_BROKEN, "The entry holds no policy that this version can read.")
    if to_plain(policy, Policy) != entry.body["policy"]:
        return Refusal(
            Because.POLICY_BROKEN, "The entry holds a policy in another form than whoever reads it writes."
        )
    return policy


def _roots(policy: Policy, entry: Entry) -> int:
    """How many persons signed it with a root key: two keys of one holder count once."""
    about = [s for s in entry.signed if s.kind == Kind.POLICY and _subjects(s) == {entry.object}]
    roots = [policy.keys[name] for name in policy.roots]
    counting = (root for root in roots if root.counts_at(entry.time))
    return len({root.holder for root in counting if any(s.signed_by(root.key) for s in about)})


def agreed(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001 - one form of rule
    """A word on a specification: the agreement to it before any result, or a reject."""
    before = state.agreements.setdefault(entry.object, [])
    found = _word(state, entry, Kind.AGREEMENT, {entry.object}, before=before)
    if isinstance(found, Refusal):
        return found
    before.append(found)
    return None


def signed(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A word on a decision; it names the record, the evidence and the specification, and dies with any change."""
    decision = state.decisions.get(entry.object)
    if decision is None:
        return Refusal(Because.DECISION_UNKNOWN, f"No decision has the record {entry.object}.")
    if entry.time < decision.time:
        return Refusal(
            Because.TIME_BACKWARDS,
            f"The decision (entry {decision.entry}) is dated {decision.time.isoformat()}, which has not come yet: it was logged "
            "under a wrong clock, and nobody signs it before.",
        )
    about = {decision.record, decision.evidence, decision.specification}
    found = _word(state, entry, Kind.SIGN_OFF, about, decision.entry, decision.sign_offs)
    if isinstance(found, Refusal):
        return found
    if found.word is Word.WITHDRAW and not any(
        (s.holder, s.role) == (found.holder, found.role) for s in decision.sign_offs
    ):
        return Refusal(Because.NOTHING_TO_WITHDRAW, f"{found.holder} said nothing as {found.role} yet.")
    decision.sign_offs.append(found)
    return None


def unsealed(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A run's numbers are opened before its schedule has ended: what was seen is more than a bit, so it ends."""
    found = _word(state, entry, Kind.UNSEALING, {entry.object})
    if isinstance(found, Refusal):
        return found
    if found.word is not Word.APPROVE or not found.reason.strip():
        return Refusal(Because.REASON_MISSING, "Who breaks a seal says why.")
    decision = state.decisions.get(entry.object)
    if decision is None:
        return Refusal(Because.DECISION_UNKNOWN, "A seal is broken of a decision of this log.")
    run = state.runs[decision.run]
    if not schedule_goes_on(state, run):
        return Refusal(Because.NOT_SEALED, "The run is not sealed: all attempts on its rows are over.")
    run.unsealed = f"{found.holder} ({found.role}): {found.reason}"
    return None


def waived(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A waiver of a criterion of the lock, or of the rule on spent test rows (``test_set_spent``), by an independent role.

    It opens spent rows to one more run, after the run that it names. Of a criterion it changes no verdict and no decision: it is told, nothing more.
    """
    lock = state.locked(entry.object)
    if lock is None:
        return Refusal(
            Because.NOT_LOCKED, "A waiver is of a locked specification, and this one is not locked."
        )
    found = _word(state, entry, Kind.WAIVER, {entry.object})
    if isinstance(found, Refusal):
        return found
    (statement,) = entry.signed
    try:
        criterion, until = (
            str(statement.predicate["criterion"]),
            dt.datetime.fromisoformat(statement.predicate["until"]),
        )
    except (KeyError, TypeError, ValueError):
        return Refusal(
            Because.STATEMENT_BROKEN, "A waiver names a criterion and the date until which it holds."
        )
    unclear = _unclear(found, until)
    if unclear is not None:
        return unclear
    known = criterion == TEST_SET_SPENT or criterion in lock.terms.criteria
    if criterion in NEVER_WAIVED or not known:
        return Refusal(
            Because.NEVER_WAIVED,
            f"{criterion!r} cannot be waived: expected {TEST_SET_SPENT} or a criterion of the locked specification "
            f"({', '.join(lock.terms.criteria) or 'it has none'}). A failure of trust is never waived.",
        )
    late = untimely(state, criterion, until, entry.time)
    if late is not None:
        return late
    run = statement.predicate.get("run") if criterion == TEST_SET_SPENT else None
    if criterion == TEST_SET_SPENT:
        opened = _opens(state, lock, found.role, run)
        if isinstance(opened, Refusal):
            return opened
        unseen = not_seen(state, statement, opened.entry)
        if unseen is not None:
            return unseen
    state.waivers.append(
        WaiverState(
            entry.seq,
            statement.digest,
            entry.object,
            criterion,
            until,
            found.holder,
            found.role,
            found.reason,
            run,
        )
    )
    return None


def _unclear(found: SignOff, until: dt.datetime) -> Refusal | None:
    """Why a waiver's reason, word or the form of its end makes it none."""
    if until.tzinfo is None or not found.reason.strip():
        return Refusal(Because.REASON_MISSING, "A waiver has a reason and an end in UTC.")
    if found.word is not Word.APPROVE:
        return Refusal(
            Because.NEVER_WAIVED, f"Who waives says approve; the statement says {found.word.value}."
        )
    return None


def untimely(state: State, criterion: str, until: dt.datetime, now: dt.datetime) -> Refusal | None:
    """Why a waiver of a criterion may not end then: it is past, or later than the policy's longest waiver allows."""
    end = state.waived_until(criterion, now)
    if now < until <= end:
        return None
    wrong = "is past" if until <= now else f"is more than {(end - now).days} days from now"
    return Refusal(
        Because.NEVER_WAIVED,
        f"A waiver of {criterion!r} that ends {until.isoformat()} {wrong}; it may hold through {last_day(end)} at most.",
    )


def last_day(end: dt.datetime) -> dt.date:
    """The last whole day (UTC) before an end."""
    return end.astimezone(dt.UTC).date() - dt.timedelta(days=1)


def _opens(state: State, lock: Lock, role: str, run: object) -> Refusal | RunState:
    """The run after which a waiver opens the rows to one more, by who answers for the decision; else why not."""
    named = state.policy.requires.waive if state.policy else None
    may = sorted({*lock.terms.quorum, *(named or ())})
    if role not in may:
        return Refusal(
            Because.ROLE_NOT_HELD,
            f"Spent test rows are opened again by a role that signs the decision, or that the policy names "
            f"({', '.join(may)}), and not by a {role}.",
        )
    if type(run) is not int or run not in state.runs:
        return Refusal(
            Because.RUN_UNKNOWN,
            "A waiver of spent test rows names the judged run after which one more may be made on them, by its place.",
        )
    return state.runs[run]


def not_seen(state: State, statement: Signed, since: int = -1) -> Refusal | None:
    """Why the log that a signer saw is not this one; None when it is.

    Every signature holds the size and the root of the log that its signer saw: whoever rewrites an entry that somebody saw
    must forge that signature too.

    Args:
        since: the place of the entry that is signed about, which the signer must have seen.
    """
    try:
        size, root = statement.predicate["checkpoint"]["size"], str(statement.predicate["checkpoint"]["root"])
    except (KeyError, TypeError):
        return Refusal(Because.STATEMENT_BROKEN, "A signed word holds the checkpoint that its signer saw.")
    if type(size) is not int or not 0 <= size < len(state.roots) or state.roots[size] != root:
        return Refusal(
            Because.LOG_REWRITTEN,
            f"The signer saw a log of {size} entries that this one does not begin with: it was rewritten.",
        )
    if size <= since:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE,
            f"The signer saw a log of {size} entries, in which entry {since}, the one that is signed, was not yet.",
        )
    return None


def _word(
    state: State,
    entry: Entry,
    kind: Kind,
    about: set[str],
    since: int = -1,
    before: Sequence[SignOff] = (),
) -> SignOff | Refusal:
    """The one signed word that an entry carries, if its signer may say it.

    Args:
        since: the place of the entry that is signed about. before: earlier words on the same: who changes their mind has
            seen what they said, so that an approval which was held back does not take the place of a later reject.
    """
    if len(entry.signed) != 1 or entry.signed[0].kind != kind:
        return Refusal(Because.STATEMENT_BROKEN, f"Exactly one signed statement of kind {kind} is expected.")
    (statement,) = entry.signed
    if _subjects(statement) != about:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE, "The signature is over other digests than the entry names."
        )
    try:
        role, word = str(statement.predicate["role"]), Word(statement.predicate["word"])
        reason = str(statement.predicate["reason"])
    except (KeyError, TypeError, ValueError):
        return Refusal(Because.STATEMENT_BROKEN, "A signed word has a role, a word and a reason.")
    unseen = not_seen(state, statement, since)
    if unseen is not None:
        return unseen
    holder = signer_in(state.policy, statement, role, entry.time)
    if isinstance(holder, Refusal):
        return holder
    if word is Word.REJECT and not reason.strip():
        return Refusal(Because.REASON_MISSING, "Who rejects says why.")
    name, key = holder
    own = max((w.entry for w in before if (w.holder, w.role) == (key.holder, role)), default=-1)
    unseen = not_seen(state, statement, own)
    if unseen is not None:
        return unseen
    return SignOff(
        entry.seq,
        name,
        key.holder,
        role,
        word,
        reason,
        entry.time.isoformat(),
        statement.said,
        statement.digest,
    )


def signer_in(
    policy: Policy | None, statement: Signed, role: str, time: dt.datetime, *, stops: bool = False
) -> tuple[str, HeldKey] | Refusal:
    """The key of the policy that made a signature, if it is valid and may act in this role; else why not.

    Args:
        stops: whether it takes a certificate back. That is possible with a key that has ended, too: whatever an entry is
            dated, there is always somebody left who can.
    """
    if role in NEVER_APPROVE:
        return Refusal(Because.ROLE_NEVER_APPROVES, f"A {role} is judged and approves nothing.")
    if policy is None:
        return Refusal(Because.NO_POLICY, "There is no policy, so no key counts.")
    for name, held in policy.keys.items():
        if not statement.signed_by(held.key):
            continue
        if not (held.valid_from <= time if stops else held.counts_at(time)):
            return Refusal(
                Because.KEY_NOT_VALID,
                f"The key {name!r} is valid from {held.valid_from.date()} until {held.valid_until.date()}, and signed outside.",
            )
        if role not in held.roles:
            return Refusal(Because.ROLE_NOT_HELD, f"The key {name!r} does not hold the role {role}.")
        if any(k.holder == held.holder and NEVER_APPROVE & set(k.roles) for k in policy.keys.values()):
            return Refusal(
                Because.ROLE_NEVER_APPROVES,
                f"{held.holder} is also a developer or submitter, who approves nothing.",
            )
        return name, held
    return Refusal(Because.KEY_UNKNOWN, "The policy has no key that made this signature.")


def _subjects(statement: Signed) -> set[str]:
    return {digest for _, digest in statement.subjects}
