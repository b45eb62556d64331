"""The record of a search for a fairer model (``assay.mitigation/1``): what was tried, and what it gave on development rows.

It is what a regulator calls the search for less discriminatory alternatives. Its numbers are plain JSON numbers: nothing is
judged from them again.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assay.domain.digests import sha256_of
from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Comparator, Verdict

SCHEMA = "assay.mitigation/1"
ORIGINAL = "original"
"""The name of the model that the specification names."""


class Kept(enum.StrEnum):
    """Whether performance was kept, by a paired comparison with the original."""

    PRESERVED = "preserved"
    WORSE = "worse"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between one-sided limits, each at the confidence that the record states; null where there is none."""

    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The fairness criterion of one model on the development rows, and its verdict there, which certifies nothing."""

    value: Interval
    worst: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Paired:
    """The same rows decided by the original and by a candidate.

    Attributes:
        worse: rows that the original decides right and the candidate wrong. better: the other way round. rows: all of them.
        drop: how much smaller the share of right decisions is; its limits are at ``level``.
        p: of "the drop is larger than the margin", exact; small means that performance is preserved.
    """

    worse: int
    better: int
    rows: int
    drop: Interval
    p: float
    level: float
    verdict: Kept


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model: the original or a candidate.

    Attributes:
        method: empty for the original. settings: of the method. model, specification: files, relative to the specification's
            folder. attribute_at_decision: whether it is fed a protected attribute. facts: what the method tells of its training.
        protected_added, protected_before: columns of protected attributes that it is fed: those that the method added, and those
            that the original is fed too; empty in records that were written before these were.
        paired: with the original; null for itself. frontier: whether no other has both a smaller gap and more right
            decisions, by the estimates.
    """

    name: str
    title: str
    method: str
    says: str
    source: str
    settings: dict[str, Any]
    model: str
    digest: str
    format: str
    specification: str
    specification_digest: str
    inputs: tuple[str, ...]
    attribute_at_decision: bool
    facts: dict[str, Any]
    gap: Gap
    performance: Interval
    paired: Paired | None
    frontier: bool = False
    protected_added: tuple[str, ...] = ()
    protected_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotTried:
    """A method that gave no candidate, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its role, its digest and its rows."""

    role: str
    digest: str
    rows: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for: a smaller gap by this criterion, at a loss of at most ``margin`` of the right decisions.

    Attributes:
        level: at which each of the candidates is compared with the original: alpha over their number.
    """

    criterion: str
    metric: str
    title: str
    across: str
    groups: tuple[str, ...]
    comparator: Comparator
    threshold: str
    confidence: float
    margin: float
    level: float


@dataclass(frozen=True, slots=True)
class Search:
    """A search: its models are the original first, then every candidate that was made, whatever it was worth.

    Attributes:
        not_asked: criteria of the original's recipe, which the copies of the specification do not ask.
        p_alike: of a candidate that would decide each row as the original does; above the level no candidate can be shown to be within
            the margin.
    """

    name: str
    specification: str
    specification_digest: str
    made: str
    assay: str
    packages: dict[str, str]
    learner: str
    seed: int
    sought: Sought
    sources: tuple[Source, ...]
    models: tuple[Candidate, ...]
    not_tried: tuple[NotTried, ...]
    not_asked: tuple[str, ...] = ()
    p_alike: float | None = None

    @property
    def original(self) -> Candidate:
        """The model that the specification names."""
        return self.models[0]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The others."""
        return self.models[1:]

    @property
    def alternatives(self) -> tuple[Candidate, ...]:
        """The candidates whose performance is preserved and whose estimated gap is smaller, the smallest first."""
        at_least = self.sought.comparator is Comparator.AT_LEAST
        own = badness(self.original, at_least=at_least)
        found = [
            (badness(c, at_least=at_least), c)
            for c in self.candidates
            if c.paired is not None and c.paired.verdict is Kept.PRESERVED
        ]
        smaller = [(bad, c) for bad, c in found if bad is not None and own is not None and bad < own]
        return tuple(c for _, c in sorted(smaller, key=lambda pair: pair[0] or 0.0))


def badness(candidate: Candidate, *, at_least: bool) -> float | None:
    """The estimated gap such that smaller is better; None where there is no estimate."""
    value = candidate.gap.value.estimate
    return None if value is None else (-value if at_least else value)


def on_frontier(models: Sequence[Candidate], *, at_least: bool) -> tuple[bool, ...]:
    """Of each model, whether no other is at least as good in both estimates and better in one (Pareto)."""
    points = [(badness(m, at_least=at_least), m.performance.estimate) for m in models]
    return tuple(_undominated(point, points) for point in points)


def _undominated(
    point: tuple[float | None, float | None], points: Sequence[tuple[float | None, float | None]]
) -> bool:
    bad, right = point
    if bad is None or right is None:
        return False
    return not any(
        other is not None
        and share is not None
        and other <= bad
        and share >= right
        and (other, share) != point
        for other, share in points
    )


def read_search(text: str) -> Search:
    """The search in the text of a file that anybody may have written.

    Raises:
        SubjectError: as :func:`from_document`.
    """
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        document = None
    return from_document(document if isinstance(document, dict) else {})


def _no_number(name: str) -> float:
    raise ValueError(name)


def from_document(document: Mapping[str, Any]) -> Search:
    """The search that ``to_document`` wrote, for a page or a dossier that shows it.

    Raises:
        SubjectError: ``no_search`` when it is none, or of a version that this program does not know; ``search_edited`` when it is
            not as it was written.
    """
    told = {name: value for name, value in document.items() if name not in {"schema", "digest"}}
    try:
        read = _READER.validate_python(told) if document.get("schema") == SCHEMA else None
        if read is not None:
            Decimal(read.sought.threshold)
    except (ValidationError, InvalidOperation):
        read = None
    if read is None or not read.models:
        raise SubjectError(
            f"This is no record of a search for a fairer model ({SCHEMA}).",
            code="no_search",
            remedy="Name the file mitigation.json that assay mitigate wrote.",
        )
    if document.get("digest") != _digest(told):
        raise SubjectError(
            "The record of the search is not as it was written: its contents do not have the digest that stands in it.",
            code="search_edited",
            remedy="Search again with assay mitigate. What was found is not for anybody to mend.",
        )
    return read


_READER: TypeAdapter[Search] = TypeAdapter(Search)


def to_document(search: Search) -> dict[str, Any]:
    """The search as plain JSON values; its type and version come first, then the digest of the rest.

    The digest tells an edit by mistake. Who means to lie can write another one: it is signed with the run that binds the file.
    """
    told = json.loads(json.dumps(asdict(search), allow_nan=False))
    return {"schema": SCHEMA, "digest": _digest(told), **told}


def _digest(told: Mapping[str, Any]) -> str:
    return sha256_of(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
