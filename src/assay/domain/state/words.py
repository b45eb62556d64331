"""What persons say in the log: who may say it, of what they saw, and the words on specifications and decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from assay.domain.digests import short
from assay.domain.entry import Entry, Kind, Signed
from assay.domain.nearest import listed
from assay.domain.policy import NEVER_APPROVE, HeldKey, Policy
from assay.domain.quorum import SignOff, Word, ended
from assay.domain.refusal import Because, Refusal
from assay.domain.state.state import Lock, State
from assay.domain.vocabulary import Result


def agreed(state: State, entry: Entry) -> Refusal | None:
    """A word on a specification with its dictionary: the agreement to both before any result, or a reject."""
    before = state.agreements.get(entry.object, [])
    dictionary = next((named.get("dictionary", "") for named in (dict(s.subjects) for s in entry.signed)), "")
    found = word(state, entry, Kind.AGREEMENT, {entry.object, dictionary}, before=before)
    if isinstance(found, Refusal):
        return found
    if dict(entry.signed[0].subjects).get("specification") != entry.object:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE,
            "A word on a specification names it and its dictionary as what they are.",
        )
    empty = _takes_nothing_back(found, before)
    if empty is not None:
        return empty
    state.agreements[entry.object] = [*before, replace(found, dictionary=dictionary)]
    return None


def signed(state: State, entry: Entry) -> Refusal | None:
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
    found = word(state, entry, Kind.SIGN_OFF, about, since=decision.entry, before=decision.sign_offs)
    if isinstance(found, Refusal):
        return found
    wrong = _takes_nothing_back(found, decision.sign_offs)
    if wrong is None and found.word is not Word.APPROVE:
        wrong = _too_late(state, entry.object)
    if wrong is not None:
        return wrong
    decision.sign_offs.append(found)
    return None


def _takes_nothing_back(found: SignOff, before: Sequence[SignOff]) -> Refusal | None:
    """Why a withdrawal is none: its signer said nothing in this role on the same, or took it back already."""
    own = [word for word in before if (word.holder, word.role) == (found.holder, found.role)]
    if found.word is not Word.WITHDRAW or (own and own[-1].word is not Word.WITHDRAW):
        return None
    said = (
        f"took back what they said as {found.role} already (entry {own[-1].entry})"
        if own
        else f"said nothing as {found.role} yet"
    )
    return Refusal(
        Because.NOTHING_TO_WITHDRAW,
        f"To withdraw is to take back a word of one's own: {found.holder} {said}.",
    )


def _too_late(state: State, record: str) -> Refusal | None:
    """Why a reject or a withdrawal comes too late: a certificate that passed stands on the words before it.

    It would stand in the log and change nothing, and whoever said it would believe that it stopped the model. One that failed
    stands on nobody's word.
    """
    issued = next(
        (c for c in state.certificates.values() if c.record == record and c.result == Result.PASSED), None
    )
    if issued is None:
        return None
    return Refusal(
        Because.ISSUED_ALREADY,
        f"The decision was issued as certificate {short(issued.digest)} (entry {issued.entry}), which stands on the signatures "
        "before it: a reject or a withdrawal no longer changes anything. Use assay suspend or assay revoke.",
    )


def spoken_against(state: State, lock: Lock) -> Refusal | None:
    """Why nothing more may come of a locked specification: somebody rejected it since, and has not taken that back."""
    against = state.rejected(lock)
    if not against:
        return None
    said = " ".join(f"{w.holder} ({w.role}, entry {w.entry}): {ended(w.reason)}" for w in against)
    return Refusal(
        Because.REJECTED,
        f"{lock.terms.name} is locked (entry {lock.entry}), and somebody rejects it: {said} Until that is withdrawn, or another "
        "version is locked, no judged run of it begins and no certificate is issued.",
    )


def not_seen(state: State, statement: Signed, since: int = -1, which: str = "") -> Refusal | None:
    """Why the log that a signer saw is not this one; None when it is.

    Every signature holds the size and the root of the log that its signer saw: whoever rewrites an entry that somebody saw
    must forge that signature too.

    Args:
        since: the place of an entry that the signer must have seen. which: what that entry is, for a sentence.
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
            f"The signer saw a log of {size} entries, in which {which}, entry {since}, was not yet.",
        )
    return None


def word(
    state: State,
    entry: Entry,
    kind: Kind,
    about: set[str],
    *,
    since: int = -1,
    before: Sequence[SignOff] = (),
) -> SignOff | Refusal:
    """The one signed word that an entry carries, if its signer may say it.

    Args:
        since: the place of the decision that is signed; none for a word on a specification. before: earlier words on the same: who changes their mind has
            seen what they said, so that an approval which was held back does not take the place of a later reject.
    """
    if len(entry.signed) != 1 or entry.signed[0].kind != kind:
        return Refusal(Because.STATEMENT_BROKEN, f"Exactly one signed statement of kind {kind} is expected.")
    (statement,) = entry.signed
    if subjects(statement) != about:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE, "The signature is over other digests than the entry names."
        )
    try:
        role, said = str(statement.predicate["role"]), Word(statement.predicate["word"])
        reason = str(statement.predicate["reason"])
    except (KeyError, TypeError, ValueError):
        return Refusal(Because.STATEMENT_BROKEN, "A signed word has a role, a word and a reason.")
    unseen = not_seen(state, statement, since, "the decision that is signed")
    if unseen is not None:
        return unseen
    holder = signer_in(state.policy, statement, role, entry.time)
    if isinstance(holder, Refusal):
        return holder
    if said is Word.REJECT and not reason.strip():
        return Refusal(Because.REASON_MISSING, "Who rejects says why.")
    name, key = holder
    own = max((w.entry for w in before if (w.holder, w.role) == (key.holder, role)), default=-1)
    unseen = not_seen(state, statement, own, "their earlier word")
    if unseen is not None:
        return unseen
    return SignOff(
        entry=entry.seq,
        key=name,
        holder=key.holder,
        role=role,
        word=said,
        reason=reason,
        time=entry.time.isoformat(),
        said=statement.said,
        statement=statement.digest,
        seen=int(statement.predicate["checkpoint"]["size"]),
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
            return Refusal(
                Because.ROLE_NOT_HELD,
                f"The key {name!r} does not hold the role {role}; it holds {', '.join(held.roles) or 'none'}.",
            )
        if any(k.holder == held.holder and NEVER_APPROVE & set(k.roles) for k in policy.keys.values()):
            return Refusal(
                Because.ROLE_NEVER_APPROVES,
                f"{held.holder} is also a developer or submitter, who approves nothing.",
            )
        return name, held
    return Refusal(
        Because.KEY_UNKNOWN,
        f"No key of the policy made this signature, which names the key {statement.key_id[:12]}; the policy has {listed(policy.keys)}.",
    )


def subjects(statement: Signed) -> set[str]:
    """Digests of everything that a statement is about."""
    return {digest for _, digest in statement.subjects}
