"""The record by name: titles, criteria, verdicts, failure modes and group definitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.decide import Decision, decide, required
from assay.domain.evidence import Counts, Statistic
from assay.domain.mitigation_record import Search, read_search
from assay.domain.record import MetricRecord, Record
from assay.domain.specification import Criterion, FailureMode
from assay.domain.vocabulary import Stage, Tier, Verdict
from assay.dossier import wording


@dataclass(frozen=True)
class Lookup:
    """A record with its indices."""

    record: Record

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Criteria by id."""
        return {c.id: c for c in self.record.specification.criteria}

    @cached_property
    def search(self) -> Search | None:
        """The search for a fairer model; None where none is declared.

        Raises:
            SubjectError: what the record holds is no record of a search.
        """
        return read_search(self.record.search) if self.record.search else None

    @cached_property
    def judged(self) -> dict[str, Judged]:
        """Verdicts by criterion."""
        return {j.assessment.criterion: j for j in self.record.judged}

    @cached_property
    def metrics(self) -> dict[str, MetricRecord]:
        """Metrics by id."""
        return {m.id: m for m in self.record.metrics}

    @cached_property
    def by_stage(self) -> tuple[tuple[Stage, tuple[Judged, ...]], ...]:
        """Verdicts by stage, in the order of the stages; those that are required and missing are empty."""
        found: dict[Stage, list[Judged]] = {}
        for j in self.record.judged:
            found.setdefault(self.stage(j.assessment.metric), []).append(j)
        wanted = set(self.record.specification.stages) | set(found)
        return tuple((s, tuple(found.get(s, ()))) for s in Stage if s in wanted)

    def stage(self, metric: str) -> Stage:
        """The stage of a metric."""
        return Stage(metric.partition(".")[0])

    def title(self, metric: str) -> str:
        """The field's term for a metric."""
        return self.metrics[metric].title if metric in self.metrics else metric

    def estimand(self, metric: str) -> str:
        """What a metric estimates, in words."""
        return self.metrics[metric].estimand if metric in self.metrics else ""

    def asked(self, judged: Judged) -> str:
        """What was asked: ``Impact ratio across sex: at least 0.80``."""
        a = judged.assessment
        across = f" across {wording.grouping(a.across)}" if a.across else ""
        on = f", on the {wording.data_set(a.data)} rows" if a.data != self.record.data else ""
        where = f" where {part}" if (part := self.where(judged)) else ""
        return f"{self.title(a.metric)}{across}{on}{where}: {a.comparator.words} {figures.threshold(a.threshold)}"

    def where(self, judged: Judged) -> str:
        """The part of the rows that a criterion is about, such as ``site is north``; empty when it is about all."""
        criterion = self.criteria.get(judged.assessment.criterion.removesuffix(".small-groups"))
        if criterion is None or not criterion.where:
            return ""
        return " and ".join(f"{name} is {label}" for name, label in criterion.where.items())

    def counts(self, judged: Judged) -> Counts | None:
        """What was counted for a criterion; None when it was not measured."""
        return self.counts_of(judged.assessment.criterion)

    def counts_of(self, assessment: str) -> Counts | None:
        """What was counted for an assessment of this name; None where there is none."""
        return next((s.counts for s in self.record.statistics if s.answers == assessment), None)

    def settings(self, judged: Judged) -> dict[str, str]:
        """The bound parameters of the check that measured a criterion; none when it was not measured."""
        found = self._statistic(judged)
        return dict(found.parameters) if found is not None else {}

    def _statistic(self, judged: Judged) -> Statistic | None:
        name = judged.assessment.criterion
        return next((s for s in self.record.statistics if s.answers == name), None)

    def guards(self, criterion: str) -> tuple[FailureMode, ...]:
        """The failure modes that a criterion guards against."""
        return tuple(m for m in self.record.specification.failure_modes if criterion in m.criteria)

    def definitions(self, across: str) -> tuple[tuple[str, str], ...]:
        """Each group of an attribute, or of the attributes that are crossed, with its definition."""
        protected = self.record.specification.protected
        names = self.record.specification.groupings().get(across, ())
        return tuple(
            (label, protected[name].definition(label)) for name in names for label in protected[name].labels()
        )

    def tally(self, tier: Tier) -> tuple[int, int]:
        """How many criteria of a tier passed, of how many that were asked."""
        asked = [c.id for c in self.criteria.values() if c.tier is tier]
        passed = [n for n in asked if n in self.judged and self.judged[n].verdict is Verdict.PASS]
        return len(passed), len(asked)

    @cached_property
    def point_decision(self) -> Decision:
        """What would have been decided had each point estimate been taken for the truth."""
        as_points = [replace(j, verdict=j.assessment.point_verdict) for j in self.record.judged]
        asked = required(self.record.specification)
        return decide(as_points, asked, rehearsal=self.record.decision.rehearsal)


def target(criterion: str) -> str:
    """The place of a criterion in the page."""
    return f"criterion-{criterion}"
