"""Judge again: from a record's own counts to its verdicts, without the model or a row of data."""

from __future__ import annotations

from assay.domain.assessment import Asked, Assessment, Broken, Judged
from assay.domain.evidence import Statistic, aside_of
from assay.domain.judge import judge
from assay.domain.record import Record
from assay.domain.specification import Criterion, Specification
from assay.domain.vocabulary import Reason, Tier
from assay.stats.assess import assess, failed


def judged_again(record: Record) -> tuple[Judged, ...]:
    """The verdicts that follow from a record's statistics and its specification; those of ``set_aside`` last.

    Estimates, bounds, p-values and verdicts are computed anew from the counts, the thresholds and the levels. Taken as
    recorded is what no count tells: how many rows a data set has, how groups are defined, and why a check or the model
    gave no counts. A record whose verdicts are its own gives ``(*record.judged, *record.set_aside)``.

    Raises:
        KeyError: the record judges a criterion that its specification does not have.
    """
    criteria = {criterion.id: criterion for criterion in record.specification.criteria}
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
            )
        )
    return judge(found)


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
) -> Assessment:
    """A criterion's counts held against its threshold at its level, or why there are no counts.

    Args:
        aside: about the groups that the small-group rule set aside; such an assessment is advisory.
        rows: rows of the data set that was counted. definition: how the compared groups are defined, for readers.
    """
    asked = Asked(
        criterion=aside_of(criterion.id) if aside else criterion.id,
        comparator=criterion.comparator,
        threshold=criterion.threshold,
        alpha=specification.alpha_of(criterion),
        tier=Tier.ADVISORY if aside else criterion.tier,
        definition=definition,
    )
    if isinstance(found, Broken):
        return failed(
            found, asked, metric=criterion.metric, across=criterion.across or "", data=criterion.data
        )
    return assess(found, asked, rows=rows)
