"""Where a decision stands in the log: who signed, what was waived, what was changed after a result, which certificate.

A record is what was found, and never changes; this is what persons said of it up to one checkpoint of the log. The JSON
document is ``assay.standing/1``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from assay.domain.difference import Difference
from assay.domain.plain import to_plain
from assay.domain.quorum import Word
from assay.domain.state.state import Lock, RunState, State, Status, WaiverState
from assay.domain.state.waivers import how_long
from assay.domain.vocabulary import Result

SCHEMA = "assay.standing/1"

Compare = Callable[[str, str], tuple[Difference, ...] | None]
"""The differences of two specifications by digest; None when one of the documents is not at hand."""


@dataclass(frozen=True, slots=True)
class SignedWord:
    """What one person said of the decision; ``time`` is the log's, in UTC."""

    entry: int
    holder: str
    role: str
    word: Word
    reason: str
    time: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule or a criterion that a person set aside; ``used`` by this run, ``over`` at the time of the last entry."""

    entry: int
    criterion: str
    holder: str
    role: str
    until: str
    reason: str
    used: bool
    over: bool

    @property
    def held(self) -> str:
        """How long it holds or held, in words."""
        return how_long(dt.datetime.fromisoformat(self.until))


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of the specification that was locked after an earlier one had a result.

    ``entry`` locked it; ``run`` and ``outcome`` are of the last result before. ``changes`` is None when the earlier
    document is not at hand: both digests are then all that can be said.
    """

    entry: int
    reason: str
    run: int
    outcome: str
    before: str
    after: str
    changes: tuple[Difference, ...] | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The certificate of the decision, and what it is worth at the last entry; ``why`` is the reason of its status.

    ``valid_until`` is when it ends whatever its status, in UTC.
    """

    entry: int
    certificate: str
    result: str
    valid_until: str
    status: Status
    why: str

    @property
    def worth(self) -> str:
        """What it says of the model, and whether that stands: nobody may read a refusal as a permission."""
        stands = (
            "in force" if self.result == Result.FAILED and self.status is Status.GOOD else self.status.value
        )
        return f"{self.result}, {stands}" if stands == "in force" else f"{self.result}, and {stands}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one decision stands, at a log of ``size`` entries with this ``root`` (base64, as in a checkpoint).

    ``demo`` says that its policy takes the keys of the demo, with which anyone can sign. ``missing`` says how many signatures
    each role lacks. ``bypasses`` are those of the lock.
    """

    record: str
    log: str
    size: int
    root: str
    demo: bool
    attempt: int
    signed: tuple[SignedWord, ...]
    missing: tuple[tuple[str, int], ...]
    waivers: tuple[Waiver, ...]
    revisions: tuple[Revision, ...]
    bypasses: tuple[str, ...]
    certificate: Bound | None


def to_document(standing: Standing) -> dict[str, Any]:
    """The standing as plain JSON values; its type and version come first."""
    return {"schema": SCHEMA, **cast("dict[str, Any]", to_plain(standing, Standing))}


def standing(state: State, record: str, *, root: str, compare: Compare) -> Standing | None:
    """Where a decision stands in this state; None when the log does not have it."""
    decision = state.decisions.get(record)
    if decision is None or state.policy is None:
        return None
    run = state.runs[decision.run]
    lock = state.locks[run.lock]
    return Standing(
        record=record,
        log=state.policy.log.origin,
        size=state.size,
        root=root,
        demo=state.policy.demo,
        attempt=run.attempt,
        signed=tuple(
            SignedWord(s.entry, s.holder, s.role, s.word, s.reason, s.time) for s in decision.sign_offs
        ),
        missing=state.signed(record).missing,
        waivers=tuple(_waiver(w, run, state.newest) for w in state.waivers if w.lock == run.lock),
        revisions=tuple(_revisions(state, lock, compare)),
        bypasses=lock.bypasses,
        certificate=_bound(state, record),
    )


def _waiver(waiver: WaiverState, run: RunState, time: dt.datetime | None) -> Waiver:
    return Waiver(
        entry=waiver.entry,
        criterion=waiver.criterion,
        holder=waiver.holder,
        role=waiver.role,
        until=waiver.until.isoformat(),
        reason=waiver.reason,
        used=waiver.digest == run.waived,
        over=time is not None and waiver.until <= time,
    )


def _bound(state: State, record: str) -> Bound | None:
    found = [c for c in state.certificates.values() if c.record == record]
    if not found:
        return None
    last = found[-1]
    return Bound(last.entry, last.digest, last.result, last.valid_until, last.status, last.why)


def _revisions(state: State, lock: Lock, compare: Compare) -> Iterable[Revision]:
    """Back through the versions: each that had a result, against the one that is judged next."""
    after, reasons = lock, [lock.reason]
    before = state.locks.get(lock.previous)
    while before is not None:
        results = [
            r for r in state.runs.values() if r.lock == before.digest and r.outcome and r.entry < after.entry
        ]
        if results:
            yield Revision(
                entry=after.entry,
                reason="; ".join(reversed(reasons)),
                run=results[-1].entry,
                outcome=results[-1].outcome,
                before=before.specification,
                after=after.specification,
                changes=compare(before.specification, after.specification),
            )
            after, reasons = before, []
        reasons.append(before.reason)
        before = state.locks.get(before.previous)
