"""Rules about waivers: who may set a rule aside, until when, and what a waiver opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from assay.domain.attempts import beyond
from assay.domain.entry import Entry, Kind, Signed
from assay.domain.quorum import SignOff, Word
from assay.domain.refusal import Because, Refusal
from assay.domain.state.claims import Claims, otherwise, shown
from assay.domain.state.state import DecisionState, Lock, RunState, State, WaiverState
from assay.domain.state.words import not_seen, word
from assay.domain.used_rows import Overlap

TEST_SET_SPENT = Because.TEST_SET_SPENT.value
"""What a waiver names to allow another judged run on spent rows."""
WAIVED_FOR = dt.timedelta(days=90)
"""The longest that a waiver of spent rows can wait for its one run, whatever a policy says."""
NEVER_WAIVED = frozenset(because.value for because in Because) - {TEST_SET_SPENT}
"""Every reason of the log, the gate and the verifier but one."""


def waived(state: State, entry: Entry) -> Refusal | None:
    """A waiver of a criterion of the lock, or of the rule on spent test rows (``test_set_spent``), by an independent role.

    It opens spent rows to one more run, after the run that it names. Of a criterion it changes no verdict and no decision: it is told, nothing more.
    It is of the lock that its signer saw in force, and ends with it: another specification or dictionary is not what was waived.
    """
    lock = locked_for(state, entry.object)
    if isinstance(lock, Refusal):
        return lock
    found = word(state, entry, Kind.WAIVER, {entry.object}, since=lock.entry)
    if isinstance(found, Refusal):
        return found
    (statement,) = entry.signed
    asked = _asked(statement)
    if isinstance(asked, Refusal):
        return asked
    criterion, ends, run = asked
    wrong = (
        _unclear(found, ends)
        or _of_no_criterion(lock, criterion)
        or untimely(state, criterion, ends, entry.time)
        or (_opens_nothing(state, lock, found.role, statement) if criterion == TEST_SET_SPENT else None)
    )
    if wrong is not None:
        return wrong
    state.waivers.append(
        WaiverState(
            entry=entry.seq,
            digest=statement.digest,
            lock=lock.digest,
            criterion=criterion,
            until=ends,
            holder=found.holder,
            role=found.role,
            reason=found.reason,
            run=run,
            seen=int(statement.predicate["checkpoint"]["size"]),
        )
    )
    return None


def locked_for(state: State, specification: str) -> Lock | Refusal:
    """The lock in force of exactly this document, of which something may be waived; else why nothing may."""
    return state.locked(specification) or Refusal(
        Because.NOT_LOCKED, "A waiver is of a locked specification, and this one is not locked."
    )


def _asked(statement: Signed) -> tuple[str, dt.datetime, int | None] | Refusal:
    """What a signed waiver names: a criterion, an end and, of spent rows, a run, which is not judged here."""
    try:
        criterion = str(statement.predicate["criterion"])
        until = dt.datetime.fromisoformat(statement.predicate["until"])
    except (KeyError, TypeError, ValueError):
        return Refusal(
            Because.STATEMENT_BROKEN, "A waiver names a criterion and the date until which it holds."
        )
    return criterion, until, statement.predicate.get("run") if criterion == TEST_SET_SPENT else None


def _of_no_criterion(lock: Lock, criterion: str) -> Refusal | None:
    known = criterion == TEST_SET_SPENT or criterion in lock.terms.criteria
    if known and criterion not in NEVER_WAIVED:
        return None
    return Refusal(
        Because.NEVER_WAIVED,
        f"{criterion!r} cannot be waived: expected {TEST_SET_SPENT} or a criterion of the locked specification "
        f"({', '.join(lock.terms.criteria) or 'it has none'}). A failure of trust is never waived.",
    )


def _unclear(found: SignOff, until: dt.datetime) -> Refusal | None:
    """Why a waiver's reason, word or the form of its end makes it none."""
    if until.tzinfo is None or not found.reason.strip():
        return Refusal(Because.REASON_MISSING, "A waiver has a reason and an end in UTC.")
    if found.word is not Word.APPROVE:
        return Refusal(
            Because.NEVER_WAIVED, f"Who waives says approve; the statement says {found.word.value}."
        )
    return None


def longest_until(state: State, criterion: str, now: dt.datetime) -> dt.datetime:
    """The latest end of a waiver of this criterion, or of ``test_set_spent``, that is signed now."""
    longest = state.policy.requires.longest_waiver if state.policy else dt.timedelta(0)
    if criterion == TEST_SET_SPENT:
        longest = min(longest, WAIVED_FOR)
    return now + min(longest, dt.datetime.max.replace(tzinfo=dt.UTC) - now)


def untimely(state: State, criterion: str, until: dt.datetime, now: dt.datetime) -> Refusal | None:
    """Why a waiver of a criterion may not end then: it is past, or later than the policy's longest waiver allows."""
    end = longest_until(state, criterion, now)
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


def how_long(end: dt.datetime) -> str:
    """How long a waiver holds, in words: by its last day where it ends with a day, else by the minute."""
    ends = end.astimezone(dt.UTC)
    whole = ends.time() == dt.time(0)
    return f"through {last_day(ends)} (UTC)" if whole else f"until {ends:%Y-%m-%d %H:%M} UTC"


def _opens_nothing(state: State, lock: Lock, role: str, statement: Signed) -> Refusal | None:
    """Why a waiver of spent rows does not open them to one more run: who signs it, or the run that it names."""
    named = state.policy.requires.waive if state.policy else None
    may = sorted({*lock.terms.quorum, *(named or ())})
    if role not in may:
        return Refusal(
            Because.ROLE_NOT_HELD,
            f"Spent test rows are opened again by a role that signs the decision, or that the policy names "
            f"({', '.join(may)}), and not by a {role}.",
        )
    run = statement.predicate.get("run")
    if type(run) is not int or run not in state.runs:
        return Refusal(
            Because.RUN_UNKNOWN,
            "A waiver of spent test rows names the judged run after which one more may be made on them, by its place.",
        )
    return not_seen(state, statement, run, "the run whose rows it opens")


def last_of(before: Sequence[tuple[RunState, Overlap]]) -> int | None:
    """The place of the run after which a waiver opens spent rows once more: the last of those that were on them."""
    return max((run.entry for run, _ in before), default=None)


def waiver_for(
    state: State, lock: Lock, time: dt.datetime, before: Sequence[tuple[RunState, Overlap]]
) -> WaiverState | None:
    """The waiver of this lock that lets a run begin on rows that are spent by those before it: of the last of them, and used by none.

    Its signer saw what all of them decided: a run that was stopped can go on after a waiver, and nobody waived its result.

    Args:
        time: when the run begins.
    """
    told = _last_result(state, before)
    return next((w for w in _of_the_last(state, lock, time, before) if w.seen > told), None)


def signed_too_early(
    state: State, lock: Lock, time: dt.datetime, before: Sequence[tuple[RunState, Overlap]]
) -> Refusal | None:
    """Why a waiver that names the last run on these rows does not open them: it is older than a result on them."""
    found = next(_of_the_last(state, lock, time, before), None)
    if found is None:
        return None
    return Refusal(
        Because.TEST_SET_SPENT,
        f"The waiver of {found.holder} (entry {found.entry}) opens these rows no more: it was signed before the result of entry "
        f"{_last_result(state, before)} was there. Who has seen that result waives again, or nobody does.",
    )


def _of_the_last(
    state: State, lock: Lock, time: dt.datetime, before: Sequence[tuple[RunState, Overlap]]
) -> Iterator[WaiverState]:
    last = last_of(before)
    return (w for w in _opening(state, lock, time) if w.run == last)


def _last_result(state: State, before: Sequence[tuple[RunState, Overlap]]) -> int:
    """The place of the last decision of these runs; -1 where none has decided."""
    runs = {run.entry for run, _ in before}
    return max((d.entry for d in state.decisions.values() if d.run in runs), default=-1)


def waiver_ahead(state: State, lock: Lock, time: dt.datetime) -> WaiverState | None:
    """The waiver that a run uses up which is ahead of its turn, on rows that are not spent today: its rows counted as used when it began."""
    return next(_opening(state, lock, time), None)


def _opening(state: State, lock: Lock, time: dt.datetime) -> Iterator[WaiverState]:
    """Waivers of this lock that open rows at this time and were used by no run, the newest first."""
    used = {run.waived for run in state.runs.values()}
    for w in reversed(state.waivers):
        if (w.lock, w.criterion) == (lock.digest, TEST_SET_SPENT) and time < w.until and w.digest not in used:
            yield w


def waivers_told(state: State, decision: DecisionState, at: dt.datetime) -> tuple[str, ...]:
    """What a certificate that is issued at this time must say was set aside: what still is, and what let the run begin."""
    run = state.runs[decision.run]
    late = beyond(run.attempt, state.lock_behind(decision).terms.attempts)
    return tuple(
        f"{w.criterion}, {how_long(w.until)}, by {w.holder} ({w.role}): {w.reason}"
        + (f" ({late})" if late and w.digest == run.waived else "")
        for w in state.waivers
        if w.lock == run.lock and (w.until > at or w.digest == run.waived)
    )


def waived_otherwise(state: State, decision: DecisionState, claims: Claims) -> Refusal | None:
    """Where a certificate hides what was set aside, or invents it; its dates are in order."""
    known = waivers_told(state, decision, dt.datetime.fromisoformat(claims.scope.valid_from))
    if claims.scope.waivers == known:
        return None
    return otherwise(
        f"waivers {shown(claims.scope.waivers)} in the certificate and {shown(known)} in the log"
    )
