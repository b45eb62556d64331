"""The fold: entry after entry, each held against the rules; what breaks one is void, and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from assay.domain.entry import Action, Entry, Inspect, Kind, Signed
from assay.domain.refusal import Because, Refusal
from assay.domain.state import certificates, policies, releases, runs, waivers, words
from assay.domain.state.state import State

Rule = Callable[[State, Entry], Refusal | None]
"""Holds an entry against a state: the reason why it is void, or None and the state has taken it in."""


def _tried(state: State, entry: Entry) -> None:
    """What was refused: it changes nothing, and everyone sees that it was tried."""


def rules_of(inspect: Inspect) -> Mapping[Action, Rule]:
    """The rule of each action. ``inspect`` is for keys, which only a policy brings into a log."""
    return {
        Action.POLICY_SET: partial(policies.policy_set, inspect=inspect),
        Action.AGREED: words.agreed,
        Action.LOCKED: runs.locked,
        Action.RUN_STARTED: runs.started,
        Action.RUN_REFUSED: _tried,
        Action.RUN_UNLOCKED: runs.unlocked,
        Action.DECIDED: runs.decided,
        Action.UNSEALED: runs.unsealed,
        Action.SIGNED: words.signed,
        Action.WAIVED: waivers.waived,
        Action.ISSUED: certificates.issued,
        Action.ISSUE_REFUSED: _tried,
        Action.REVOKED: certificates.revoked,
        Action.SUSPENDED: certificates.suspended,
        Action.REINSTATED: certificates.reinstated,
        Action.SUPERSEDED: certificates.superseded,
        Action.RELEASED: releases.released,
    }


@dataclass(frozen=True, slots=True)
class Void:
    """An entry that counts for nothing, and why."""

    entry: int
    refusal: Refusal


def fold(entries: Iterable[Entry], inspect: Inspect) -> tuple[State, tuple[Void, ...]]:
    """The state that these entries lead to, and those among them that break a rule.

    The writer appends nothing that would be void, so a void entry in a log was written by somebody else.
    """
    state, void, rules = State(), [], rules_of(inspect)
    for place, entry in enumerate(entries):
        state.roots.append(entry.before)
        refusal = _order(state, entry, place) or _again(state, entry) or rules[entry.action](state, entry)
        if refusal is not None:
            void.append(Void(place, refusal))
        for statement in entry.signed:  # a void entry too has told everyone what was signed
            state.said.setdefault(_word(statement), place)
        state.size, state.newest = place + 1, entry.time
        moved = _vouched(entry) if refusal is None else None
        if moved is not None:
            state.time = max(state.time or moved, moved)
    return state, tuple(void)


def _vouched(entry: Entry) -> dt.datetime | None:
    """Until when the log's time moves by an entry: as far as its date goes, and as who signed it say; None when nobody did.

    An unsigned date is the writer's word alone. Were it to move the log's time, one entry that is dated years ahead would
    keep every key from signing for as long. A policy says no time: a threshold of root keys counts at the date of its entry.
    """
    if entry.action is Action.POLICY_SET:
        return entry.time
    said = [time for statement in entry.signed if (time := _said_at(statement)) is not None]
    return min(entry.time, max(said)) if said else None


def _said_at(statement: Signed) -> dt.datetime | None:
    """When its signer says that a statement was made; None when it says no time in UTC."""
    said = statement.predicate.get("signedAt", statement.predicate.get("timeVerified"))
    try:
        time = dt.datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _again(state: State, entry: Entry) -> Refusal | None:
    """A signed statement counts where it stands first: whoever copies it from there has nobody's word for it."""
    for statement in entry.signed:
        first = state.said.get(_word(statement))
        if first is not None:
            return Refusal(
                Because.SIGNED_TWICE,
                f"Entry {entry.seq} repeats the signed statement of entry {first}; it counted there, and counts once.",
            )
    return None


def _word(statement: Signed) -> tuple[str, str]:
    """What is said, and by which key where that is part of it: signed elsewhere, the same words of two persons can be alike
    to the second. Whoever names the key of another has not its signature.
    """
    persons = statement.kind in {Kind.AGREEMENT, Kind.SIGN_OFF}
    return statement.said, statement.key_id if persons else ""


def _order(state: State, entry: Entry, place: int) -> Refusal | None:
    if entry.seq != place:
        return Refusal(
            Because.ENTRY_OUT_OF_ORDER,
            f"Entry {place} says that it is entry {entry.seq}: the log was rearranged.",
        )
    if state.time is not None and entry.time < state.time:
        return Refusal(
            Because.TIME_BACKWARDS,
            f"Entry {place} is dated {entry.time.isoformat()}, before {state.time.isoformat()}, when somebody signed an entry "
            "that it follows.",
        )
    if state.policy is None and entry.action is not Action.POLICY_SET:
        return Refusal(Because.NO_POLICY, f"Entry {place} came before any policy.")
    return None
