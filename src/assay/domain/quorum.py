"""Who has agreed, who is missing: roles by distinct persons, with a reject that blocks."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


class Word(enum.StrEnum):
    """What a person says of a specification or a decision."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    """Takes back the word that the same person gave in the same role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One signature that counts: its key was valid, its role held, and it is over exactly this.

    Attributes:
        entry: the place in the log. key: the key's name in the policy. holder: who holds it. role: in which it signed.
        word: a reject has a ``reason``. time: as the log has it, self-asserted unless witnessed. said: the digest of the
            statement without its signature. statement: the digest of the whole, by which a certificate names it.
        dictionary: digest of the dictionary that a word on a specification is also over; empty for any other word.
        seen: how many entries the log had that the signer saw.
    """

    entry: int
    key: str
    holder: str
    role: str
    word: Word
    reason: str
    time: str
    said: str = ""
    statement: str = ""
    dictionary: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough different persons have agreed.

    Attributes:
        approved: for each needed place that is filled: role and holder. missing: how many each role still lacks.
        rejected: standing rejects. approvals: every approval that counts, needed or not.
        late: approvals that count no more, whose signers had not seen the entry ``since``, of which they would be.
    """

    approved: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, int], ...]
    rejected: tuple[SignOff, ...]
    approvals: tuple[SignOff, ...] = ()
    late: tuple[SignOff, ...] = ()
    since: int = -1

    @property
    def asked(self) -> tuple[str, ...]:
        """The roles that have a place, filled or not."""
        return tuple(dict.fromkeys(role for role, _ in (*self.approved, *self.missing)))

    @property
    def beside(self) -> tuple[SignOff, ...]:
        """Approvals of persons who fill no place: nobody asked for their role, or its places are filled."""
        seated = {holder for _, holder in self.approved}
        return tuple(word for word in self.approvals if word.holder not in seated)

    @property
    def reached(self) -> bool:
        """Whether nothing is missing and nobody rejects."""
        return not self.missing and not self.rejected

    def sentence(self) -> str:
        """Who is missing and who rejects, for a reader."""
        said = [f"{count} {role}" for role, count in self.missing]
        lacking = f"Signatures are missing: {', '.join(said)}." if said else ""
        late = " ".join(
            f"The word of {w.holder} ({w.role}) counts no more: {signed_before(w.seen, self.since)}"
            for w in self.late
        )
        against = " ".join(f"{r.holder} ({r.role}) rejects: {ended(r.reason)}" for r in self.rejected)
        return (
            " ".join(part for part in (lacking, late if said else "", against) if part)
            or "The quorum is reached."
        )


def signed_before(seen: int, since: int) -> str:
    """That an agreement is older than what its signer must have seen, and what to do, as the end of a sentence.

    Args:
        seen: entries of the log that they saw. since: the place of the last lock, judged run or decision of the same name.
    """
    return (
        f"its signer saw a log of {seen:,} entr{'y' if seen == 1 else 'ies'}, before the lock, judged run or decision of entry {since}. "
        "They sign again, with the log of now."
    )


def ended(reason: str) -> str:
    """A person's reason as a sentence: what follows it must not run on."""
    return reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."


def said_already(words: Iterable[SignOff], holder: str, role: str, word: Word, reason: str) -> SignOff | None:
    """The latest word of a person in a role, if it is this one: whoever says it again changes nothing.

    It is another word where it brings another reason.
    """
    own = [s for s in words if (s.holder, s.role) == (holder, role)]
    same = bool(own) and own[-1].word is word and reason.strip() in {"", own[-1].reason.strip()}
    return own[-1] if same else None


def quorum(
    needed: Mapping[str, int], sign_offs: Iterable[SignOff], since: int = -1, dictionary: str = ""
) -> Quorum:
    """Who agreed and who is missing.

    Of each holder and role the latest word counts. A person counts once, whatever roles and keys they hold; who counts
    for which role is chosen so that as many places as possible are filled (a maximum matching, by augmenting paths:
    Kuhn 1955). Where ``needed`` has no place at all it is never reached: nobody agreed to nothing.

    Args:
        since: the place of an entry; only approvals of signers who have seen it count. A reject stands whenever it was said.
        dictionary: only approvals of this one count; a reject of the specification stands whatever it was read with.
    """
    latest: dict[tuple[str, str], SignOff] = {(s.holder, s.role): s for s in sign_offs}
    words = tuple(latest.values())
    places = [role for role, count in sorted(needed.items()) for _ in range(count)]
    said = [w for w in words if w.word is Word.APPROVE and w.dictionary == dictionary]
    approvals = tuple(w for w in said if w.seen > since)
    filled = _matched(places, approvals)
    missing = dict.fromkeys(needed, 0) if places else {"anybody": 1}
    for role in places:
        missing[role] += 1
    for place in filled:
        missing[places[place]] -= 1
    return Quorum(
        approved=tuple((places[place], holder) for place, holder in sorted(filled.items())),
        missing=tuple((role, count) for role, count in missing.items() if count),
        rejected=tuple(w for w in words if w.word is Word.REJECT),
        approvals=approvals,
        late=tuple(w for w in said if w.seen <= since),
        since=since,
    )


def _matched(places: Sequence[str], approvals: Sequence[SignOff]) -> dict[int, str]:
    may: dict[str, set[str]] = {}
    for word in approvals:
        may.setdefault(word.holder, set()).add(word.role)
    filled: dict[int, str] = {}
    for holder in sorted(may):
        _seat(holder, places, may, filled, set())
    return filled


def _seat(
    holder: str, places: Sequence[str], may: Mapping[str, set[str]], filled: dict[int, str], tried: set[int]
) -> bool:
    for place, role in enumerate(places):
        if place in tried or role not in may[holder]:
            continue
        tried.add(place)
        if place not in filled or _seat(filled[place], places, may, filled, tried):
            filled[place] = holder
            return True
    return False
