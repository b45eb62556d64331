"""Judge again: from a record's own counts to its verdicts, without the model or a row of data."""

from __future__ import annotations

from assay._version import __version__
from assay.app.verifying.evidence import evidence_digest
from assay.app.verifying.redraw import curves_contradict
from assay.app.verifying.search import search_contradicts
from assay.checks.catalogue import catalogue
from assay.domain.assessment import Asked, Assessment, Broken, Judged
from assay.domain.decide import decide, required
from assay.domain.evidence import Statistic, aside_of
from assay.domain.judge import judge
from assay.domain.record import MetricRecord, Record
from assay.domain.record_parts import parts_contradict
from assay.domain.specification import Criterion, Specification
from assay.domain.vocabulary import Reason, Tier
from assay.stats.assess import assess, failed


def judged_again(record: Record) -> tuple[Judged, ...]:
    """The verdicts that follow from a record's statistics and its specification; those of ``set_aside`` last.

    Estimates, bounds, p-values and verdicts are computed anew from the counts, the thresholds and the levels. Taken as
    recorded is why a check or the model gave no counts; and how many rows a data set has and how groups are defined, which
    :func:`contradicted` holds against the other parts of the record. A record whose verdicts are its own gives ``(*record.judged, *record.set_aside)``.

    Raises:
        KeyError: the record judges a criterion that its specification does not have.
    """
    criteria = {criterion.id: _asked(criterion, record) for criterion in record.specification.criteria}
    names = {aside_of(name): (criterion, True) for name, criterion in criteria.items()}
    names |= {name: (criterion, False) for name, criterion in criteria.items()}
    measured = {statistic.answers: statistic for statistic in record.statistics}
    found = []
    for told in (j.assessment for j in (*record.judged, *record.set_aside)):
        criterion, aside = names[told.criterion]
        found.append(
            assessment_of(
                record.specification,
                criterion,
                measured.get(told.criterion) or told.error or NOTHING,
                aside=aside,
                rows=told.rows,
                definition=told.definition,
                attempt=record.attempt,
            )
        )
    return judge(found)


def _asked(criterion: Criterion, record: Record) -> Criterion:
    """The criterion as it was asked: a rehearsal asks of the development rows what a judged run asks of the test rows."""
    if record.decision.rehearsal and criterion.data == "test":
        return criterion.model_copy(update={"data": record.data})
    return criterion


def contradicted(record: Record) -> str:
    """Where a record contradicts its own counts, or a part of it another, in one sentence; empty when none does.

    The evidence has the digest that is named, each verdict follows from the counts, and the decision from the verdicts. What is told besides them
    is what :data:`assay.domain.record_parts.PARTS` says of each part.

    Raises:
        MissingExtra: what judges again is not installed.
    """
    checks = catalogue()
    known = {id_: MetricRecord.of(check.metric) for id_, check in checks.items()}
    asking = frozenset(id_ for id_, check in checks.items() if check.need.asks_model)
    cutting = frozenset(id_ for id_, check in checks.items() if check.need.cuts_small_groups)
    try:
        if evidence_digest(record.evidence) != record.evidence_digest:
            return "The counts in the record are not the evidence that it names."
        wrong = (
            parts_contradict(record, known, asking, cutting, __version__)
            or curves_contradict(record, asking)
            or search_contradicts(record)
        )
        if wrong:
            return wrong
        again = judged_again(record)
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return "The record judges criteria that its specification or its counts do not have."
    for told, found in zip((*record.judged, *record.set_aside), again, strict=True):
        if told != found:
            what = "is" if told.verdict is not found.verdict else "has other numbers:"
            return (
                f"The criterion {told.assessment.criterion!r} {what} {told.verdict.value} in the record; its counts say "
                f"{found.verdict.value}."
            )
    gating, aside = again[: len(record.judged)], again[len(record.judged) :]
    decided = decide(gating, required(record.specification), aside=aside, rehearsal=record.decision.rehearsal)
    if decided != record.decision:
        return f"The decision is {record.decision.outcome.value} in the record; the verdicts lead to {decided.outcome.value}."
    return ""


NOTHING = Broken(Reason.NOT_MEASURED, "Nothing was measured.")
"""Why there are no counts when nobody says why."""


def assessment_of(
    specification: Specification,
    criterion: Criterion,
    found: Statistic | Broken,
    *,
    aside: bool,
    rows: int,
    definition: str,
    attempt: int,
) -> Assessment:
    """A criterion's counts held against its threshold at its level, or why there are no counts.

    Args:
        aside: about the groups that the small-group rule set aside; such an assessment is advisory.
        rows: rows of the data set that was counted. definition: how the compared groups are defined, for readers.
        attempt: which judged run on its rows this is.
    """
    asked = Asked(
        criterion=aside_of(criterion.id) if aside else criterion.id,
        comparator=criterion.comparator,
        threshold=criterion.threshold,
        alpha=specification.alpha_of(criterion, attempt),
        tier=Tier.ADVISORY if aside else criterion.tier,
        definition=definition,
    )
    if isinstance(found, Broken):
        return failed(
            found, asked, metric=criterion.metric, across=criterion.across or "", data=criterion.data
        )
    return assess(found, asked, rows=rows)
