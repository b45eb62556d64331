"""A plan as the document that programs read."""

from __future__ import annotations

from assay.app.plan import Plan, PlannedCriterion
from assay.domain.plan_document import PlanDocument, PlannedGroup, PlannedPass, PlannedVerdict
from assay.plan.imagined import GroupRows
from assay.plan.passes import Pass


def plan_document(plan: Plan, *, answered: int) -> PlanDocument:
    """The document of a plan; ``answered`` is for how many reference rows the model gave scores."""
    return PlanDocument(
        rows=plan.rows,
        rows_used=plan.rows_used,
        reference=plan.reference,
        all_critical_pass=plan.all_pass,
        model_answered_rows=answered,
        passes=tuple(map(_pass, plan.passes)),
        groups=tuple(map(_group, plan.groups)),
        criteria=tuple(map(_criterion, plan.criteria)),
    )


def _pass(p: Pass) -> PlannedPass:
    return PlannedPass(
        data=p.data,
        outcomes=p.outcomes,
        perturbations=tuple(change.key for change in p.changes),
        profiles=p.profiles,
        row_hashes=p.row_set,
    )


def _group(g: GroupRows) -> PlannedGroup:
    return PlannedGroup(grouping=g.grouping, group=g.label, rows=g.rows, events=g.events, small=g.small)


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
