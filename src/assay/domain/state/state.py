"""The state that a log leads to."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from assay.domain.demands import terms_refused
from assay.domain.digests import sha256_of
from assay.domain.policy import Policy
from assay.domain.quorum import Quorum, SignOff, quorum
from assay.domain.refusal import Refusal
from assay.domain.used_rows import SPENT_FROM, Overlap, UsedRows
from assay.domain.vocabulary import Result


@dataclass(slots=True, kw_only=True)
class Lock:
    """A specification that was agreed before any result of it existed.

    Attributes:
        entry, digest: the place of the locking entry and the digest of its leaf. agreed: by whom; used up by this lock.
        specification: digest of the document. terms: what the rules need of it.
        previous: the lock that it supersedes, with the reason. bypasses: criteria that the plan called hopeless.
    """

    entry: int
    digest: str
    specification: str
    terms: Terms
    time: dt.datetime
    agreed: Quorum
    previous: str = ""
    reason: str = ""
    bypasses: tuple[str, ...] = ()

    @property
    def seed(self) -> str:
        """The digest from which every random choice of its judged runs is derived.

        It is of the specification and of what those who agreed signed, without their signatures: who writes the log
        chooses neither, and no free text of the locking entry enters. Who agrees last could try several statements; that
        is a holder of an approving role, never a developer.
        """
        said = sorted(word.said for word in self.agreed.approvals)
        return sha256_of("\n".join(("assay.seed/1", self.specification, *said)).encode())


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules of the log need of a specification; whoever has the document can compare.

    ``criteria`` has the tier of each criterion by its id: what a waiver may name. ``dictionary`` is the digest of the document
    that the specification names by its path alone, and by which some criteria are decided.
    """

    name: str
    dictionary: str
    lock: Mapping[str, int]
    quorum: Mapping[str, int]
    valid_for_days: int
    attempts: int
    first: str
    risk: str
    criteria: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class RunState:
    """One judged run.

    Attributes:
        entry: its place. lock: the digest of the locking entry; empty of a run without a lock, of which no decision comes. rows: what is kept of its test rows.
        attempt: from 1 among the runs on these rows, as the entry says. ahead: whether that is more than are counted: an earlier version of the
            rules may have counted rows as used that this one does not. subject: digests by role.
        overlaps: earlier runs that share rows with it, however few, by place.
        conditions: digest of what it was started with besides its files: code, versions, fences, commit.
        waived: the waiver that allowed a spent set, or empty. salt: digest of the salt of the sketch.
        unsealed: who opened its numbers before the schedule ended, and why; or empty.
    """

    entry: int
    lock: str
    rows: UsedRows
    attempt: int
    subject: Mapping[str, str]
    overlaps: tuple[tuple[int, Overlap], ...]
    conditions: str
    salt: str = ""
    waived: str = ""
    outcome: str = ""
    unsealed: str = ""
    ahead: bool = False


@dataclass(slots=True, kw_only=True)
class DecisionState:
    """What a run decided, and what persons said of it.

    Attributes:
        record: digest of the record, which is what they sign. bypasses: dangerous options that the run used.
        time: when it was logged; from then on the evidence grows old.
    """

    entry: int
    run: int
    record: str
    evidence: str
    specification: str
    outcome: str
    bypasses: tuple[str, ...]
    time: dt.datetime
    sign_offs: list[SignOff] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverState:
    """A rule that was set aside by a person who is not the developer, until a date, with a reason.

    ``lock`` is the digest of the lock that it is of, with which it ends: whoever signed it saw that lock and no later one.
    ``run`` is the place of the judged run after which one more may be made on the same rows; of a criterion None. ``seen`` is how
    many entries the log had that the signer saw.
    """

    entry: int
    digest: str
    lock: str
    criterion: str
    until: dt.datetime
    holder: str
    role: str
    reason: str
    run: int | None = None
    seen: int = 0


class Status(enum.StrEnum):
    """Whether a certificate may be relied upon."""

    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class StatusReason(enum.StrEnum):
    """Why a certificate changed, for programs; the sentence beside it is for readers."""

    KEY_COMPROMISE = "key_compromise"
    """Somebody else may have signed with a key that it stands on."""
    DEFECT_FOUND = "defect_found"
    """The model, its data or its evidence is not what it was taken for."""
    DRIFT = "drift"
    """The population or the scores are no longer those of the test rows."""
    DATA_WITHDRAWN = "data_withdrawn"
    """Rows that it stands on may no longer be used."""
    SUPERSEDED = "superseded"
    """Another has its place."""
    RESOLVED = "resolved"
    """What it was suspended for is cleared up: of a reinstatement, and of nothing else."""
    OTHER = "other"
    """Said in the sentence alone."""


@dataclass(slots=True, kw_only=True)
class CertificateState:
    """A certificate that was issued, and what became of it.

    Attributes:
        record: of the decision. result: PASSED or FAILED. use_case: the name of the specification. model: what the
            certified file or folder is called. valid_until: in ISO 8601, as it says. supersedes: certificates whose place it takes, by digest.
        why, code: the reason of the last change, in words and for programs. changed: the entry that made it, or else the one that issued it; who changes it
            next must have seen that one.
    """

    entry: int
    digest: str
    record: str
    result: str
    use_case: str
    model: str
    valid_until: str
    supersedes: tuple[str, ...] = ()
    status: Status = Status.GOOD
    why: str = ""
    code: StatusReason | None = None
    changed: int = 0

    @property
    def told(self) -> str:
        """The reason for a reader, with its code."""
        return f"{self.why} [{self.code.value}]" if self.code else self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseState:
    """A table that was published with noise.

    Attributes:
        document: its digest. rows: the digest of the data set that was counted. epsilon: what it costs each person. salt: digest of
            the salt under which its counts are known again.
    """

    entry: int
    document: str
    rows: str
    epsilon: Decimal
    salt: str


@dataclass(slots=True)
class State:
    """Everything that can be asked of a log. Made by the fold alone; nobody else writes to it.

    Attributes:
        policy, policy_digest: in force now. policies: digests of all that ever were, in order. agreements: what persons said of specifications, by digest.
        locks: by digest of the locking entry, in order. runs: by place. decisions: by digest of the record.
        waivers: what was set aside, by whom and until when.
        certificates: by digest of the bundle. releases: by the salted digest of their counts, in order. hashes: of all rows that were judged on. roots: of the log at each size up to now, in hexadecimal.
            said: where each signed statement stands first, by the digest of what it says and, of a word of a person, the key.
            size: how many entries there are. newest: the date of the last one. time: the latest that somebody who signed
            one said; no entry is dated before it.
    """

    policy: Policy | None = None
    policy_digest: str = ""
    policies: list[str] = field(default_factory=list)
    agreements: dict[str, list[SignOff]] = field(default_factory=dict)
    locks: dict[str, Lock] = field(default_factory=dict)
    runs: dict[int, RunState] = field(default_factory=dict)
    decisions: dict[str, DecisionState] = field(default_factory=dict)
    waivers: list[WaiverState] = field(default_factory=list)
    certificates: dict[str, CertificateState] = field(default_factory=dict)
    releases: dict[str, ReleaseState] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    hashes: set[int] = field(default_factory=set)
    said: dict[tuple[str, str], int] = field(default_factory=dict)
    size: int = 0
    newest: dt.datetime | None = None
    time: dt.datetime | None = None

    def lock_in_force(self, name: str) -> Lock | None:
        """The latest locked version of a specification of this name."""
        return next((lock for lock in reversed(self.locks.values()) if lock.terms.name == name), None)

    def locked(self, specification: str, dictionary: str | None = None) -> Lock | None:
        """The lock of exactly this document, when it is the version in force; with this dictionary, when one is named."""
        for lock in reversed(self.locks.values()):
            if lock.specification == specification:
                same = dictionary is None or lock.terms.dictionary == dictionary
                return lock if same and self.lock_in_force(lock.terms.name) is lock else None
        return None

    def lock_behind(self, decision: DecisionState) -> Lock:
        """The lock under which a decision was made."""
        return self.locks[self.runs[decision.run].lock]

    def forbids(self, terms: Terms) -> Refusal | None:
        """Why the policy in force does not allow these terms; None when it does."""
        return terms_refused(
            self.policy,
            lock=terms.lock,
            quorum=terms.quorum,
            days=terms.valid_for_days,
            attempts=terms.attempts,
        )

    def standing(self, use_case: str, model: str) -> tuple[CertificateState, ...]:
        """Certificates of this model for this use that passed and were neither revoked nor superseded, in order."""
        return tuple(
            c
            for c in self.certificates.values()
            if (c.use_case, c.model, c.result) == (use_case, model, Result.PASSED)
            and c.status in {Status.GOOD, Status.SUSPENDED}
        )

    def agreed(self, specification: str, dictionary: str, name: str, needed: Mapping[str, int]) -> Quorum:
        """Who agreed to a specification of this name with this dictionary, and who is missing before it can be locked.

        Whoever agrees has seen what :meth:`last_told` names.
        """
        words = self.agreements.get(specification, ())
        return quorum(needed, words, self.last_told(specification, name), dictionary)

    def rejected(self, lock: Lock) -> tuple[SignOff, ...]:
        """Standing rejects of a locked specification: of those who spoke against it after it was locked."""
        terms = lock.terms
        return self.agreed(lock.specification, terms.dictionary, terms.name, terms.lock).rejected

    def last_told(self, specification: str, name: str) -> int:
        """The place of the last lock, judged run or decision of a name or a document; -1 while there is none.

        An agreement to the next version counts from a signer who has seen it. A lock uses agreements up, or else one person
        could bring back a version that all had agreed to leave; and of drafts that were signed beforehand nobody chooses
        one after a result.
        """
        locks = {
            lock.digest: lock.entry
            for lock in self.locks.values()
            if lock.terms.name == name or lock.specification == specification
        }
        runs = [run.entry for run in self.runs.values() if run.lock in locks]
        decisions = [d.entry for d in self.decisions.values() if self.runs[d.run].lock in locks]
        return max((*locks.values(), *runs, *decisions), default=-1)

    def signed(self, record: str, before: int | None = None) -> Quorum:
        """Who signed a decision and who is missing, by the terms of its lock; ``before`` an entry, if one is named."""
        decision = self.decisions[record]
        words = (word for word in decision.sign_offs if before is None or word.entry < before)
        return quorum(self.lock_behind(decision).terms.quorum, words)

    def begin(self, run: RunState) -> None:
        """Take in a judged run."""
        self.runs[run.entry] = run
        self.hashes |= run.rows.hashes

    @property
    def used(self) -> tuple[UsedRows, ...]:
        """What is kept of the test rows of each judged run, the oldest first."""
        return tuple(run.rows for run in self.runs.values())

    def overlaps(self, rows: UsedRows) -> tuple[tuple[RunState, Overlap], ...]:
        """Earlier judged runs that share rows with these, however few and be it by chance, and what they share."""
        runs = list(self.runs.values())
        if self.hashes.isdisjoint(rows.hashes):  # the usual case, told without a look at every earlier run
            runs = [run for run in runs if run.rows.file == rows.file or rows.about_as_many(run.rows)]
        found = ((run, rows.overlap(run.rows)) for run in runs)
        return tuple((run, overlap) for run, overlap in found if overlap.there)

    def overlapping(self, rows: UsedRows) -> tuple[tuple[RunState, Overlap], ...]:
        """Those among :meth:`overlaps` that share so much that they count as the same rows."""
        return counted(rows, self.overlaps(rows))


def counted(
    rows: UsedRows, overlaps: Sequence[tuple[RunState, Overlap]]
) -> tuple[tuple[RunState, Overlap], ...]:
    """Those overlaps that are so large that they count as the same rows; all of them, when the small ones are together."""
    large = tuple(found for found in overlaps if found[1].share >= SPENT_FROM)
    small = [run.rows for run, overlap in overlaps if overlap.share < SPENT_FROM]
    return tuple(overlaps) if rows.together(small).share >= SPENT_FROM else large


def taken(before: Sequence[tuple[RunState, Overlap]]) -> set[int]:
    """The numbers that those runs have, each a share of alpha that is spent: those claimed ahead of their turn, and those of runs that share
    rows with more runs than these.
    """
    return {run.attempt for run, _ in before}


def next_attempt(before: Sequence[tuple[RunState, Overlap]]) -> int:
    """Which attempt comes after those runs on the same rows."""
    gone = taken(before)
    return next(n for n in count(len(before) + 1) if n not in gone)
