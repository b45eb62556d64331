"""The record of one run: everything that a document is rendered from, and that an outsider judges again from."""

from __future__ import annotations

from dataclasses import dataclass

from assay.domain.assessment import Judged
from assay.domain.decide import Decision
from assay.domain.dictionary import Dictionary
from assay.domain.evidence import Statistic
from assay.domain.isolation import NOTHING_KNOWN, Isolation
from assay.domain.metric import Metric, Unit
from assay.domain.specification import Specification


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One file or data set that was bound: its role, the path as written in the specification, digest, rows."""

    role: str
    path: str
    digest: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run measured and of what: the part of a record that any number of workers gives byte for byte.

    ``blind`` hides it behind its digest: whoever knows all but a few counts could else try them until the digest that the log
    tells comes out. It is a secret of the log for each judged run, and told with the record; empty outside of a log.
    """

    seed: str
    sources: tuple[SourceRecord, ...]
    statistics: tuple[Statistic, ...]
    blind: str = ""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One group in one data set; the numbers that its task does not have are None. ``small`` says that the small-group rule set it aside."""

    grouping: str
    label: str
    definition: str
    rows: int
    positives: int | None
    favourable: int | None
    correct: int | None
    small: bool = False


@dataclass(frozen=True, slots=True)
class MetricRecord:
    """A metric that was used: its id in the catalogue, its title, what it estimates, and how its value is told."""

    id: str
    title: str
    estimand: str
    unit: Unit
    reading: str

    @classmethod
    def of(cls, metric: Metric) -> MetricRecord:
        """What a record tells of an entry of the catalogue."""
        return cls(metric.id, metric.title, metric.estimand, metric.unit, metric.reading)


@dataclass(frozen=True, slots=True)
class CurveRecord:
    """A curve to draw: ``roc`` (false-positive rate, true-positive rate) or ``reliability`` points.

    For reliability each point is (mean score, observed rate, lower limit, upper limit, rows). For ``learning`` it is (training
    rows, share of right decisions, lower limit, upper limit, rows that were decided), for ``learning_losses`` the same with the mean loss, for ``sensitivity`` (value of an input, mean score,
    lower limit, upper limit, rows), for ``worth`` (place of an input among the cells of its statistic, what is lost, lower limit, upper
    limit, rows). For ``sweep`` it is a threshold and then the recall, the false-positive rate, the precision, the share decided as 1 and
    the cost, each with its lower and its upper limit. For ``errors`` it is (mean true number of a part of the rows, mean absolute error, lower
    limit, upper limit, rows), both as shares of the declared range and the first from its least number.

    Attributes:
        across: the protected attribute whose group it is of; empty for all rows. label: the group, ``all rows``, or for ``learning``,
            ``learning_losses``, ``sensitivity``, ``worth``, ``sweep`` and ``errors`` the criterion that asked, after which the last two have their group, if any, in brackets.
    """

    kind: str
    across: str
    label: str
    points: tuple[tuple[float, ...], ...]

    @property
    def told(self) -> str:
        """Of whom it is, for a reader."""
        return f"{self.across}: {self.label}" if self.across else self.label


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """One column of one data set as the dictionary table shows it."""

    data: str
    column: str
    rows: int
    missing: int
    ill_typed: int
    out_of_range: int
    undocumented: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """A package of another's that brought a check which was used.

    ``digest`` is that of its files, which a policy allows or not. ``modules`` is what its child told of the modules that it
    loaded, its own and those of packages that it needs: digests by name.
    """

    name: str
    version: str
    digest: str
    modules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """Versions that can change a number.

    ``model`` is what the model's child told of an environment of its own: versions by name. ``modules`` are digests, by name, of
    what a model runs or reads besides its file: modules that it loads besides known packages, files that it opens, and the
    ``interpreter`` of an environment of its own; what was not there yet when it was loaded has lines that end with ``when it
    answers``. ``isolation`` is how both, and the checks of
    ``plugins``, were kept apart from the rest.
    ``commit`` is the version of the code in the specification's folder, empty outside version control; ``dirty`` says that
    tracked files there differ from it, or that a Python file is there which git neither tracks nor ignores.
    """

    assay: str
    python: str
    packages: tuple[tuple[str, str], ...]
    platform: str
    model: tuple[tuple[str, str], ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    isolation: Isolation = NOTHING_KNOWN
    plugins: tuple[PluginRecord, ...] = ()
    commit: str = ""
    dirty: bool = False


HELD_BY_THE_DEVELOPER = (
    "The developer held the test rows, so nothing is said about how often they were used before."
)


@dataclass(frozen=True, slots=True)
class Record:
    """One run of ``certify``.

    ``judged`` holds the specification's criteria in its order; ``set_aside`` the advisory verdicts on groups that
    the small-group rule set aside. ``seed`` is the hexadecimal seed from which every random choice is derived.
    """

    specification: Specification
    specification_digest: str
    dictionary: Dictionary
    sources: tuple[SourceRecord, ...]
    seed: str
    data: str
    rows: int
    rows_used: int
    statistics: tuple[Statistic, ...]
    judged: tuple[Judged, ...]
    set_aside: tuple[Judged, ...]
    decision: Decision
    groups: tuple[GroupRecord, ...]
    curves: tuple[CurveRecord, ...]
    profiles: tuple[ProfileRecord, ...]
    not_tested: tuple[str, ...]
    environment: Environment
    evidence_digest: str
    metrics: tuple[MetricRecord, ...]
    """The metrics used."""
    bypasses: tuple[str, ...] = ()
    attempt: int = 1
    """Which judged run on these rows this is; a schedule spends a share of alpha on each."""
    overlaps: tuple[str, ...] = ()
    """A sentence for each earlier judged run of the log that shares test rows with it, however few."""
    blind: str = ""
    """What hides the counts behind the digests that the log tells; see :class:`Evidence`."""
    search: str = ""
    """The record of the search for a fairer model, the text of the file that the specification declares; empty where none is."""

    @property
    def evidence(self) -> Evidence:
        """What was measured and of what, whose digest ``evidence_digest`` is."""
        return Evidence(self.seed, self.sources, self.statistics, self.blind)

    @property
    def says_nothing_about(self) -> tuple[str, ...]:
        """What the run left out, and what the custody of the test rows leaves open: a sentence each."""
        if self.specification.data.custody != "developer" or self.decision.rehearsal:
            return self.not_tested
        return (HELD_BY_THE_DEVELOPER, *self.not_tested)
