"""Rules about locks, judged runs, the budget of the test rows, and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.domain.digests import short
from assay.domain.entry import Entry, Kind
from assay.domain.plain import NotPlain, from_plain
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refusal
from assay.domain.state.state import (
    DecisionState,
    Lock,
    RunState,
    State,
    Terms,
    counted,
    next_attempt,
    taken,
)
from assay.domain.state.waivers import signed_too_early, waiver_ahead, waiver_for
from assay.domain.state.words import spoken_against, word
from assay.domain.used_rows import SPENT_FROM, Overlap, UsedRows
from assay.domain.vocabulary import PASSING, Outcome


def locked(state: State, entry: Entry) -> Refusal | None:
    """A specification is locked: the roles that it names agreed to it, and nobody rejects it."""
    try:
        terms: Terms = from_plain(entry.body["terms"], Terms, "terms")
        reason = str(entry.body["reason"])
        bypasses = tuple(str(bypass) for bypass in entry.body.get("bypasses", ()))
    except (KeyError, TypeError, NotPlain):
        return Refusal(Because.ENTRY_UNREADABLE, "A locking entry states the terms of the specification.")
    forbidden = state.forbids(terms)
    if forbidden is not None:
        return forbidden
    before = state.lock_in_force(terms.name)
    if before is not None and before is state.locked(entry.object, terms.dictionary):
        return Refusal(
            Because.LOCK_SUPERSEDED, "This very specification, with this dictionary, is locked already."
        )
    reached = state.agreed(entry.object, terms.dictionary, terms.name, terms.lock)
    if not reached.reached:
        since = f" since entry {reached.since}" if reached.since >= 0 else ""
        return Refusal(
            Because.QUORUM_MISSING, f"The specification is not agreed{since}. {reached.sentence()}"
        )
    if before is not None and not reason.strip():
        return Refusal(
            Because.REASON_MISSING, f"{terms.name} is locked in another version; a new one needs a reason."
        )
    state.locks[entry.digest] = Lock(
        entry=entry.seq,
        digest=entry.digest,
        specification=entry.object,
        terms=terms,
        time=entry.time,
        agreed=reached,
        previous=before.digest if before else "",
        reason=reason,
        bypasses=bypasses,
    )
    return None


def started(state: State, entry: Entry) -> Refusal | None:
    """A judged run starts: its lock is in force, and its rows are not spent, or a waiver says so."""
    try:
        rows = UsedRows.read(entry.body)
        subject = {str(k): str(v) for k, v in entry.body["subject"].items()}
        lock = state.locks[entry.body["lock"]]
        attempt, salt = int(entry.body["attempt"]), str(entry.body["salt"])
        conditions = str(entry.body["conditions"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return Refusal(
            Because.NOT_LOCKED,
            "A run names the lock in force, its subject, what it was started with, and sketches of its rows.",
        )
    if lock.specification != entry.object or state.lock_in_force(lock.terms.name) is not lock:
        return Refusal(
            Because.LOCK_SUPERSEDED, "The run is of a specification that is not the locked version in force."
        )
    if subject.get("dictionary") != lock.terms.dictionary:
        return Refusal(Because.LOCK_SUPERSEDED, other_dictionary(lock, subject.get("dictionary", "")))
    forbidden = state.forbids(lock.terms)  # the policy may have changed since the lock
    if forbidden is not None:
        return forbidden
    against = spoken_against(state, lock)
    if against is not None:
        return against
    unlike = _made_up(state, rows, subject, salt)
    if unlike:
        return Refusal(Because.ENTRY_UNREADABLE, unlike)
    overlaps = state.overlaps(rows)
    before = counted(rows, overlaps)
    spent = spent_by(rows, before, lock)
    waiver = waiver_for(state, lock, entry.time, before) if spent is not None else None
    if spent is not None and waiver is None:
        return signed_too_early(state, lock, entry.time, before) or spent
    ahead = attempt > len(before) + 1
    if ahead and spent is None:
        waiver = waiver_ahead(state, lock, entry.time)
    wrong = _misnumbered(attempt, before, lock, waived=waiver is not None)
    if wrong:
        return Refusal(Because.ENTRY_UNREADABLE, wrong)
    state.begin(
        RunState(
            entry=entry.seq,
            lock=lock.digest,
            rows=rows,
            attempt=attempt,
            subject=subject,
            overlaps=tuple((run.entry, overlap) for run, overlap in overlaps),
            conditions=conditions,
            salt=salt,
            waived=waiver.digest if waiver is not None else "",
            ahead=ahead,
        )
    )
    return None


def _misnumbered(
    attempt: int, before: Sequence[tuple[RunState, Overlap]], lock: Lock, *, waived: bool
) -> str:
    """Why a run after those on the same rows may not have this number; empty when it may.

    One ahead of its turn stands: an earlier version of the rules may have counted rows as used that this one does not, and what was
    right then must stand. Of runs that share rows no two have the same number, so the shares of those declared are together at most
    alpha; one beyond them has a share that is nobody's to give, and needs a waiver.
    """
    if attempt <= len(before) or attempt in taken(before):
        return f"This is attempt {next_attempt(before)} on these rows, the entry says {attempt}."
    allowed = lock.terms.attempts
    if attempt > allowed and not waived:
        were = "was" if allowed == 1 else "were"
        return f"The entry says attempt {attempt} on these rows, of which {allowed} {were} declared."
    return ""


def unlocked(state: State, entry: Entry) -> Refusal | None:
    """A run without a lock was made: its rows were seen, and whoever is judged on them later is no first.

    It is refused on no rows, for it leads to nothing; what it found is not in the log.
    """
    try:
        rows = UsedRows.read(entry.body)
        subject = {str(k): str(v) for k, v in entry.body["subject"].items()}
        salt = str(entry.body["salt"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return Refusal(
            Because.ENTRY_UNREADABLE, "A run without a lock names its subject, and sketches of its rows."
        )
    unlike = _made_up(state, rows, subject, salt)
    if unlike:
        return Refusal(Because.ENTRY_UNREADABLE, unlike)
    overlaps = state.overlaps(rows)
    state.begin(
        RunState(
            entry=entry.seq,
            lock="",
            rows=rows,
            attempt=next_attempt(counted(rows, overlaps)),
            subject=subject,
            overlaps=tuple((run.entry, overlap) for run, overlap in overlaps),
            conditions="",
            salt=salt,
        )
    )
    return None


def _made_up(state: State, rows: UsedRows, subject: Mapping[str, str], salt: str) -> str:
    """Why what an entry says of its rows cannot be of the test set that was judged; empty when it can.

    What the sketches say is the writer's word until somebody with the data makes them again (``assay replay``). But they are
    of the file that was bound, hashed as those that they are compared with: a spent file is known at least by its digest.
    """
    if rows.rows < 1 or not all(one.sketch.hashes for one in (*rows.sketches, *rows.marks)):
        return "A judged run is on one row at least, and its sketches hold hashes of its rows; the entry has none."
    if rows.file != subject.get("test"):
        return (
            f"The sketches are of a file with the digest {short(rows.file)}; the test rows that the run names have "
            f"{short(subject.get('test', '')) or 'none'}."
        )
    first = next((run.salt for run in state.runs.values()), salt)
    if salt != first:
        return f"The sketches are under the salt {short(salt)}; those of the log's first run are under {short(first)}."
    return ""


def other_dictionary(lock: Lock, found: str) -> str:
    """That a dictionary is not the one that was locked, as a sentence."""
    return (
        f"{lock.terms.name} is locked (entry {lock.entry}) with the dictionary {short(lock.terms.dictionary)}, and here it is "
        f"{short(found) or 'none'}: the dictionary was changed since, and those who agreed have not agreed to this one."
    )


def spent_by(rows: UsedRows, before: Sequence[tuple[RunState, Overlap]], lock: Lock) -> Refusal | None:
    """Why these rows may not be judged on again under this lock; None when they may.

    Every earlier judged run on overlapping rows (``before``) counts, whatever model or specification it was of. The first
    pass closes the ledger.
    """
    if not before:
        return None
    allowed = lock.terms.attempts
    others = [r for r, _ in before if r.lock != lock.digest]
    passed = [r for r, _ in before if r.outcome in PASSING]
    opened = [r for r, _ in before if r.unsealed]
    seen = [r for r, _ in before if not r.lock]
    if next_attempt(before) <= allowed and not others and not passed and not opened:
        return None
    why = (
        "a run on them has passed"
        if passed
        else "what a run on them found was opened"
        if opened
        else "what a run without a lock finds on them is seen by all"
        if seen
        else f"{allowed} judged run{'s' * (allowed > 1)} may be made on them"
        if len(before) >= allowed
        else f"no attempt of the {allowed} that were declared is left"
    )
    return Refusal(
        Because.TEST_SET_SPENT,
        f"{_shared_by_all(rows, before)}; {why}, and {len(before)} {'was' if len(before) == 1 else 'were'} made.",
    )


def schedule_goes_on(state: State, run: RunState) -> bool:
    """Whether another judged run may still be made on the rows of this one, under the lock that it was made under."""
    if not run.lock:
        return False
    lock = state.locks[run.lock]
    in_force = state.lock_in_force(lock.terms.name) is lock
    return bool(run.outcome) and in_force and spent_by(run.rows, state.overlapping(run.rows), lock) is None


def shared(run: RunState, overlap: Overlap) -> str:
    """What a test set shares with that of an earlier run, as the start of a sentence."""
    which = f"judged run of entry {run.entry}" if run.lock else f"run without a lock of entry {run.entry}"
    if overlap.untold:
        return f"These test rows cannot be told from those of the {which} ({overlap.told})"
    if overlap.unclear:
        return (
            "These test rows hold so few different values that fresh rows cannot be told from those of the "
            f"{which} ({overlap.told})"
        )
    if overlap.by_chance:
        return f"These test rows have some in common with those of the {which} ({overlap.told})"
    return f"{_share(overlap)} of these test rows were used by the {which} ({overlap.told})"


def used_before(state: State, run: RunState) -> tuple[str, ...]:
    """What a reader is told of earlier judged runs that share test rows with this one, however few: a sentence for each."""
    return tuple(f"{shared(state.runs[entry], overlap)}." for entry, overlap in run.overlaps)


def _shared_by_all(rows: UsedRows, before: Sequence[tuple[RunState, Overlap]]) -> str:
    run, overlap = max(before, key=lambda found: found[1].share)
    if overlap.share >= SPENT_FROM:
        return shared(run, overlap)
    together = rows.together([run.rows for run, _ in before])
    return (
        f"{_share(together)} of these test rows were used by {len(before)} judged runs together ({together.told}), most "
        f"of them by that of entry {run.entry}"
    )


def _share(overlap: Overlap) -> str:
    return "less than 1%" if overlap.share < 0.005 else f"{overlap.share:.0%}"


def unsealed(state: State, entry: Entry) -> Refusal | None:
    """A run's numbers are opened before its schedule has ended: what was seen is more than a bit, so it ends."""
    found = word(state, entry, Kind.UNSEALING, {entry.object})
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


def decided(state: State, entry: Entry) -> Refusal | None:
    """A run ends with a decision."""
    try:
        run = state.runs[int(entry.body["run"])]
        evidence, outcome = str(entry.body["evidence"]), Outcome(entry.body["outcome"])
        bypasses = tuple(str(b) for b in entry.body["bypasses"])
    except (KeyError, TypeError, ValueError):
        return Refusal(Because.RUN_UNKNOWN, "A decision names its run, its evidence and its outcome.")
    if not run.lock:
        return Refusal(
            Because.RUN_UNKNOWN, f"The run of entry {run.entry} is without a lock: it decides nothing."
        )
    if run.outcome:
        return Refusal(Because.RUN_UNKNOWN, f"The run of entry {run.entry} was decided already.")
    if entry.object in state.decisions:
        return Refusal(Because.RUN_UNKNOWN, "This record was decided already, by another run.")
    run.outcome = outcome.value
    specification = state.locks[run.lock].specification
    state.decisions[entry.object] = DecisionState(
        entry=entry.seq,
        run=run.entry,
        record=entry.object,
        evidence=evidence,
        specification=specification,
        outcome=outcome.value,
        bypasses=bypasses,
        time=entry.time,
    )
    return None
