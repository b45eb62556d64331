"""Certify: measure what the specification asks, judge it, decide, and keep the record."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from assay.app.bind import bound_when_asked
from assay.app.case import Case, open_case
from assay.app.count import Counted, count
from assay.app.measure import Measured, measure
from assay.app.picture import curves, definition_of, group_records, not_tested, profile_records
from assay.app.plan import refuse_hopeless
from assay.domain.assessment import Assessment
from assay.domain.decide import Decision, decide, required
from assay.domain.evidence import aside_of
from assay.domain.judge import judge
from assay.domain.plain import to_plain
from assay.domain.record import Evidence, MetricRecord, Record
from assay.domain.record_document import to_document
from assay.domain.vocabulary import Reason, Tier
from assay.engine.engine import Engine, executor_of, silent
from assay.engine.partials import PartialStore
from assay.engine.progress import Progress
from assay.stats.assess import assess, failed_assessment
from assay.store.runs import Run
from assay.store.secret import user_secret
from assay.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Certification:
    """A finished run.

    Attributes:
        record: everything that was asked, found and decided. digest: what it is stored under.
        judged_before: judged runs on the same rows that were made in this folder before. Nothing binds the list
            of runs yet, so this is a reminder and no proof.
    """

    record: Record
    digest: str
    judged_before: int = 0

    @property
    def decision(self) -> Decision:
        """What was decided."""
        return self.record.decision


def certify(
    specification: Path | str,
    *,
    rehearse: bool = False,
    data: Mapping[str, Any] | None = None,
    model: Callable[[Any], Any] | None = None,
    workers: int = 1,
    reuse: bool = True,
    certify_a_hopeless_specification: bool = False,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Certification:
    """Test a model against its specification and decide.

    Args:
        specification: the YAML file; every path in it is relative to it.
        rehearse: use the development rows; shows everything and can never lead to a certificate.
        data: tables that stand in for declared files, by role: anything with ``__arrow_c_stream__``.
        model: a function from a ``pyarrow.RecordBatch`` of the inputs to scores; rehearsals only.
        workers: processes that read and count.
        reuse: whether counts of finished partitions from an earlier run may be used.
        certify_a_hopeless_specification: go on although the plan says that a criterion cannot pass.
        progress: opens a bar for each pass, which is told of rows as they are counted.

    Raises:
        InvalidDocument: the specification or dictionary has problems; all of them are listed.
        SubjectError: data or model cannot be opened. What fails later is a verdict, not an exception.
    """
    path = Path(specification)
    workspace = Workspace.beside(path)
    case = open_case(path, rehearse=rehearse, data=data, model=model, scratch=workspace.tables)
    engine = open_engine(path, workers=workers, reuse=reuse, progress=progress)
    bypasses = refuse_hopeless(case, engine, bypass=certify_a_hopeless_specification) if not rehearse else ()
    case = bound_when_asked(case, engine)
    measured = measure(case, engine)
    record = _record(case, measured, bypasses, rehearse=rehearse)
    rows = case.datasets[case.judged_on].digest
    before = workspace.runs.judged_before(rows)
    digest = workspace.blobs.put(rfc8785.dumps(to_document(record)))
    workspace.runs.append(
        Run(
            ended=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            name=record.specification.name,
            record=digest,
            specification=record.specification_digest,
            rows=rows,
            outcome=record.decision.outcome.value,
            rehearsal=rehearse,
        )
    )
    return Certification(record, digest, before)


def open_engine(
    specification: Path,
    *,
    workers: int = 1,
    reuse: bool = True,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Engine:
    """The engine that keeps its partial counts beside a specification."""
    partials = PartialStore(Workspace.beside(specification).partials, user_secret())
    return Engine(executor_of(workers), partials, reuse=reuse, progress=progress)


def _record(case: Case, measured: Measured, bypasses: tuple[str, ...], *, rehearse: bool) -> Record:
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
        curves=curves(case, measured),
        profiles=profile_records(measured),
        not_tested=not_tested(case.specification, measured),
        environment=case.environment,
        evidence_digest=evidence_digest(Evidence(case.seed, case.sources, statistics)),
        metrics=tuple(
            MetricRecord(check.id, check.metric.title, check.metric.estimand)
            for check in (case.checks[m] for m in dict.fromkeys(w.criterion.metric for w in case.wanted))
        ),
        bypasses=bypasses,
    )


def evidence_digest(evidence: Evidence) -> str:
    """``sha256:`` and the digest of the canonical JSON (RFC 8785) of what was measured."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(to_plain(evidence, Evidence))).hexdigest()}"


def _assessed(case: Case, measured: Measured, counted: Counted) -> Assessment:
    criterion = counted.wanted.criterion
    alpha = case.specification.alpha_of(criterion)
    name = aside_of(criterion.id) if counted.aside else criterion.id
    tier = Tier.ADVISORY if counted.aside else criterion.tier
    definition = definition_of(case, measured, counted)
    if counted.statistic is None:
        reason, sentence = counted.failure or (Reason.NOT_MEASURED, "Nothing was measured.")
        return failed_assessment(
            reason=reason,
            sentence=sentence,
            criterion=name,
            metric=criterion.metric,
            across=criterion.across or "",
            data=criterion.data,
            comparator=criterion.comparator,
            threshold=criterion.threshold,
            alpha=alpha,
            tier=tier,
            definition=definition,
        )
    return assess(
        counted.statistic,
        criterion=name,
        comparator=criterion.comparator,
        threshold=criterion.threshold,
        alpha=alpha,
        tier=tier,
        rows=measured.tallies[counted.statistic.data].rows,
        definition=definition,
    )
