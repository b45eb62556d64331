"""What the policy demands of a specification before it may be locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assay.domain.policy import NEVER_APPROVE, Policy, Requires
from assay.domain.refusal import Because, Refusal
from assay.domain.specification import Specification
from assay.domain.specification.criteria import Criterion
from assay.domain.vocabulary import Tier


def unsatisfied(policy: Policy, specification: Specification) -> tuple[Refusal, ...]:
    """Everything that the policy demands and a specification does not ask; empty when it may be locked."""
    requires = policy.requires
    gating = [c for c in specification.criteria if c.tier is not Tier.ADVISORY]
    said = (
        *_criteria(requires, gating),
        *_signatures("approval.lock", requires.lock, specification.approval.lock),
        *_signatures("approval.quorum", requires.quorum, specification.approval.quorum),
        *_terms(requires, specification),
    )
    return tuple(Refusal(Because.POLICY_NOT_SATISFIED, sentence) for sentence in said)


def _criteria(requires: Requires, gating: Sequence[Criterion]) -> Iterable[str]:
    for metric in requires.metrics:
        if not any(c.metric == metric for c in gating):
            yield f"The policy requires {metric}, and no critical or supporting criterion uses it."
    for bound in requires.bounds:
        if not any(bound.met_by(c) for c in gating):
            yield f"The policy requires {bound.metric} {bound.text()} or stricter, and no gating criterion asks for that."
    for c in gating:
        if c.confidence < requires.confidence:
            yield f"{c.id} asks for a confidence of {c.confidence}; the policy's least is {requires.confidence}."


def _signatures(what: str, needed: Mapping[str, int], asked: Mapping[str, int]) -> Iterable[str]:
    for role, count in needed.items():
        if asked.get(role, 0) < count:
            yield f"{what} asks for {asked.get(role, 0)} {role}, the policy for {count}."
    for role in sorted(NEVER_APPROVE & asked.keys()):
        yield f"{what} names {role}, who is judged and never approves."


def _terms(requires: Requires, specification: Specification) -> Iterable[str]:
    held, longest = specification.approval.valid_for.days, requires.longest.days
    if held > longest:
        yield f"approval.valid_for is {held} days; the policy's longest is {longest}."
    if specification.attempts.count > requires.attempts:
        yield f"attempts.count is {specification.attempts.count}; the policy allows {requires.attempts}."
