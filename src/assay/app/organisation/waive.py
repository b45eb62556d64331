"""Set a criterion, or the rule on spent test rows, aside until a date, as the holder of a role."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from assay.app.organisation.elsewhere import Away, open_place
from assay.app.organisation.ledger import next_time, policy_of
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.nearest import nearest
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import State
from assay.domain.state.runs import other_dictionary
from assay.domain.state.waivers import (
    NEVER_WAIVED,
    TEST_SET_SPENT,
    last_day,
    last_of,
    locked_for,
    longest_until,
    untimely,
)
from assay.plugins.catalogue import metrics
from assay.proof.keys import Signer
from assay.proof.words import waiver
from assay.reading.specification import SpecificationFile, read_specification

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def waivable(specification: Path, criterion: str, until: str, *, away: Away | None = None) -> dt.datetime:
    """See that a waiver can be signed, before a passphrase is asked for.

    Args:
        specification: the locked document. criterion: its id, or ``test_set_spent``. until: its last day in UTC, such as
            2027-03-31. away: as of :func:`waive`.

    Returns:
        The end of that day, which is the end of the waiver.

    Raises:
        InvalidDocument, NoLog, AssayError, Refused: as :func:`waive`; ``date_expected`` when the day is none.
    """
    read = read_specification(specification, metrics())
    with open_place(specification.resolve().parent, away) as place:
        state = place.state()
        _only_what_may_be_waived(state, read, criterion)
        now = next_time(state, place.clock)
    latest = last_day(longest_until(state, criterion, now))
    day = _day(until, latest)
    # A day beyond the latest one stands for all of them: the end of the last day that there is cannot be written.
    end = dt.datetime.combine(
        min(day, latest + dt.timedelta(days=1)) + dt.timedelta(days=1), dt.time(), dt.UTC
    )
    late = untimely(state, criterion, end, now)
    if late is not None:
        wrong = "is past" if end <= now else "is later than the policy lets it hold"
        said = f"A waiver of {criterion!r} through {until} {wrong}; it may hold through {latest} at most."
        raise Refused(
            Refusal(late.because, said), remedy=f"Name a day from today to that one: --until {latest}"
        )
    return end


def _day(text: str, latest: dt.date) -> dt.date:
    try:
        if DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise AssayError(
        f"A day is expected as YYYY-MM-DD, found {text!r}.",
        code="date_expected",
        remedy=f"The latest that is allowed: --until {latest}",
    )


def waive(
    specification: Path,
    *,
    criterion: str,
    until: dt.datetime,
    role: str,
    signer: Signer,
    reason: str,
    run: int | None = None,
    away: Away | None = None,
) -> None:
    """Set a criterion, or the rule on spent test rows (``test_set_spent``), aside until a date.

    A waived criterion keeps its verdict: the waiver says who accepts that it is not shown, on the dossier and on every
    certificate until then, as long as the lock is in force under which it was signed. Waived test rows may be judged on once more, and the certificate says so.

    Args:
        specification: the locked document. criterion: its id, or ``test_set_spent``. until: when it ends; at most
            the policy's longest waiver from now. role: in which the signer speaks; of test rows one of ``approval.quorum`` or one that
            the policy names. signer: their key. reason: why.
        run: of test rows the place of the judged run after which one more may be made; by default the latest on the rows that
            a specification of this name was judged on last.
        away: what is signed with where the log is not; nothing but its file is written.

    Raises:
        InvalidDocument: the specification has problems. NoLog: nobody has said whose keys count.
        AssayError: ``unknown_criterion``: the specification has none of this name.
        Refused: the specification or its dictionary is not the locked one, the signer may not, gives no reason, names what nobody may waive, or an end that is past or too late.
    """
    read = read_specification(specification, metrics())
    digest = read.digest
    with open_place(specification.resolve().parent, away) as place:
        _only_what_may_be_waived(place.state(), read, criterion)
        spent = criterion == TEST_SET_SPENT
        said = waiver(
            digest,
            criterion=criterion,
            until=until,
            role=role,
            reason=reason,
            seen=place.seen(),
            time=place.clock(),
            run=_latest_on_its_rows(place.state(), read.specification.name) if spent and run is None else run,
        )
        place.say(said, Action.WAIVED, digest, signer)


def _latest_on_its_rows(state: State, name: str) -> int:
    """The place of the latest run on the rows of the latest run of this name; of all runs where it has none."""
    own = [run for run in state.runs.values() if run.lock and state.locks[run.lock].terms.name == name]
    last = last_of(state.overlapping(own[-1].rows)) if own else None
    return max(state.runs, default=-1) if last is None else last


def _only_what_may_be_waived(state: State, read: SpecificationFile, criterion: str) -> None:
    policy_of(state)
    lock = locked_for(state, read.digest)
    if isinstance(lock, Refusal):
        raise Refused(
            lock,
            remedy="Lock it first: assay lock SPECIFICATION --as ROLE --key KEY",
        )
    dictionary = read.dictionary.digest
    if lock.terms.dictionary != dictionary:
        raise Refused(
            Refusal(Because.LOCK_SUPERSEDED, other_dictionary(lock, dictionary)),
            remedy="Lock it again, with a reason, or put the locked dictionary back; a waiver is of what is locked.",
        )
    known = (TEST_SET_SPENT, *(one.id for one in read.specification.criteria))
    if criterion not in known and criterion not in NEVER_WAIVED:  # that one the log refuses itself
        meant = nearest(criterion, known)
        raise AssayError(
            f"{read.specification.name} has no criterion {criterion!r} that could be waived."
            + (f" Did you mean {meant!r}?" if meant else ""),
            code="unknown_criterion",
            remedy=f"Name a criterion of the specification, or {TEST_SET_SPENT}.",
        )
