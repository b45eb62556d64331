"""A plan as the document that programs read."""

from __future__ import annotations

from assay.app.judging.planned import Plan, PlannedAttempt, PlannedCriterion
from assay.domain.needs import Part
from assay.domain.plan_document import PlanDocument, PlannedGroup, PlannedPass, PlannedRuns, PlannedVerdict
from assay.plan.imagined import GroupRows
from assay.plan.passes import Pass


def plan_document(plan: Plan) -> PlanDocument:
    """The document of a plan: whatever the table has."""
    return PlanDocument(
        rows=plan.rows,
        rows_used=plan.rows_used,
        unit=plan.unit,
        reference=plan.reference,
        model_answered_rows=plan.answered,
        passes=tuple(map(_pass, plan.passes)),
        repeats=plan.repeats,
        errors=plan.errors,
        groups=tuple(map(_group, plan.groups)),
        attempts=tuple(map(_attempt, plan.attempts)),
    )


def _pass(p: Pass) -> PlannedPass:
    return PlannedPass(
        data=p.data,
        counts=tuple(part for part in Part if part in p.parts),
        perturbations=tuple(one.key for one in p.again),
    )


def _group(g: GroupRows) -> PlannedGroup:
    return PlannedGroup(grouping=g.grouping, group=g.label, rows=g.rows, events=g.events, small=g.small)


def _attempt(a: PlannedAttempt) -> PlannedRuns:
    return PlannedRuns(
        first=a.attempts[0],
        last=a.attempts[-1],
        share_of_alpha=a.share,
        all_critical_pass=a.all_pass,
        criteria=tuple(map(_criterion, a.criteria)),
    )


def _criterion(p: PlannedCriterion) -> PlannedVerdict:
    return PlannedVerdict(
        id=p.criterion.id,
        metric=p.criterion.metric,
        tier=p.criterion.tier,
        threshold=str(p.criterion.threshold),
        passes=None if p.passes is None else round(p.passes, 4),
        expected=None if p.power is None else p.power.expected,
        assumed="" if p.power is None else p.power.assumed,
        smallest_margin=None if p.power is None else p.power.margin,
        rows_needed=p.rows_needed,
        hopeless=p.hopeless,
        undefined=p.undefined,
        foregone=p.foregone,
        broken=p.broken.sentence if p.broken else "",
    )
