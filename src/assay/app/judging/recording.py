"""From what was measured to the record: judged, decided, and put down with everything that a document is rendered from."""

from __future__ import annotations

from collections.abc import Callable

from assay.app.judging.case import Case
from assay.app.judging.count import Counted, count
from assay.app.judging.illustrate import curves, definition_of, group_records, profile_records
from assay.app.judging.measure import Measured
from assay.app.judging.not_tested import not_tested
from assay.app.verifying.evidence import evidence_bytes
from assay.app.verifying.redraw import curves_of
from assay.app.verifying.rejudge import assessment_of
from assay.domain.assessment import Assessment
from assay.domain.decide import decide, required
from assay.domain.digests import sha256_of
from assay.domain.judge import judge
from assay.domain.record import Evidence, MetricRecord, Record


def record_of(
    case: Case,
    measured: Measured,
    bypasses: tuple[str, ...] = (),
    *,
    rehearse: bool = False,
    keep: Callable[[bytes], str] = sha256_of,
) -> Record:
    """Judge what was measured, decide, and put down everything that a document is rendered from.

    ``keep`` is handed the evidence, to be handed over with a certificate, and tells its digest.
    """
    counted = count(case, measured)
    judged = judge([_assessed(case, measured, c) for c in counted])
    gating = tuple(j for j, c in zip(judged, counted, strict=True) if not c.aside)
    aside = tuple(j for j, c in zip(judged, counted, strict=True) if c.aside)
    statistics = tuple(c.statistic for c in counted if c.statistic is not None)
    tally = measured.judged
    return Record(
        specification=case.specification,
        specification_digest=case.specification_digest,
        dictionary=case.dictionary,
        sources=case.sources,
        seed=case.seed,
        data=measured.judged_on,
        rows=tally.rows,
        rows_used=int(tally.outcomes.decisions.sum()) if tally.outcomes is not None else 0,
        statistics=statistics,
        judged=gating,
        set_aside=aside,
        decision=decide(gating, required(case.specification), aside=aside, rehearsal=rehearse),
        groups=group_records(case, measured),
        curves=(*curves(case, measured), *curves_of(statistics)),
        profiles=profile_records(measured),
        not_tested=not_tested(case, measured),
        environment=case.environment,
        evidence_digest=keep(evidence_bytes(Evidence(case.seed, case.sources, statistics, case.blind))),
        metrics=tuple(
            MetricRecord.of(case.checks[id_].metric)
            for id_ in dict.fromkeys(w.criterion.metric for w in case.wanted)
        ),
        bypasses=bypasses,
        attempt=case.attempt,
        overlaps=case.overlaps,
        blind=case.blind,
        search=case.search,
    )


def _assessed(case: Case, measured: Measured, counted: Counted) -> Assessment:
    statistic = counted.statistic
    return assessment_of(
        case.specification,
        counted.wanted.criterion,
        counted.found,
        aside=counted.aside,
        rows=measured.tallies[statistic.data].rows if statistic is not None else 0,
        definition=definition_of(case, measured, counted),
        attempt=case.attempt,
    )
