"""What the policy demands of a specification before it may be locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assay.domain.nearest import listed
from assay.domain.policy import NEVER_APPROVE, Least, Policy, Requires, asks_the_whole, one_spelling
from assay.domain.refusal import Because, Refusal
from assay.domain.specification import Specification
from assay.domain.specification.criteria import Criterion
from assay.domain.specification.protected import Attribute, SmallGroups
from assay.domain.specification.subject import RepeatedRows
from assay.domain.vocabulary import Tier


def unsatisfied(policy: Policy, specification: Specification) -> Refusal | None:
    """Everything that the policy demands and a specification does not ask, in sentences; None when it may be locked."""
    requires = policy.requires
    gating = [c for c in specification.criteria if c.tier is not Tier.ADVISORY]
    said = (
        *_persons(policy, specification),
        *_attributes(requires, specification.protected),
        *_equal_rows(requires, specification.data.repeated_rows),
        *_small_groups(requires, specification.small_groups),
        *_criteria(requires, gating, specification.groupings()),
        *_terms(
            requires,
            lock=specification.approval.lock,
            quorum=specification.approval.quorum,
            days=specification.approval.valid_for.days,
            attempts=specification.attempts.count,
        ),
    )
    return _lacking(said)


def terms_refused(
    policy: Policy | None, *, lock: Mapping[str, int], quorum: Mapping[str, int], days: int, attempts: int
) -> Refusal | None:
    """Why a policy does not allow these terms, which is what a log knows of a specification; None when it does."""
    if policy is None:
        return Refusal(Because.NO_POLICY, "There is no policy, so nothing satisfies it.")
    return _lacking(_terms(policy.requires, lock=lock, quorum=quorum, days=days, attempts=attempts))


def _lacking(sentences: Iterable[str]) -> Refusal | None:
    said = " ".join(sentences)
    return Refusal(Because.POLICY_NOT_SATISFIED, said) if said else None


_ASKS = "asks for that on the test rows (data: test) with no other settings (with:) than the policy's"


def _criteria(requires: Requires, gating: Sequence[Criterion], groupings: Iterable[str]) -> Iterable[str]:
    for metric in requires.metrics:
        settings = ({}, *(bound.parameters for bound in requires.bounds if bound.metric == metric))
        if not any(c.metric == metric and any(asks_the_whole(c, s) for s in settings) for c in gating):
            yield f"The policy requires {metric}, and no critical or supporting criterion {_ASKS}."
    for bound in requires.bounds:
        asked = f"The policy requires {bound.metric} {bound.text()}"
        if bound.across is not None and not any(map(bound.compares, groupings)):
            yield f"{asked}, and the specification has no such groups (protected, intersections); it has {listed(groupings)}."
        elif not any(bound.met_by(c) for c in gating):
            tier = "critical" if bound.tier == "critical" else "critical or supporting"
            yield f"{asked} or stricter, and no {tier} criterion {_ASKS}{_pairs(bound, gating)}."
    for c in gating:
        if c.confidence < requires.confidence:
            yield f"{c.id} asks for a confidence of {c.confidence}; the policy's least is {requires.confidence}."


def _equal_rows(requires: Requires, declared: RepeatedRows | None) -> Iterable[str]:
    """A large share says of nearly all rows that they may be copies: whoever writes a specification does not decide that alone."""
    if declared is not None and declared.at_most > requires.most_repeated:
        said = "" if requires.repeated_rows is not None else " where it says nothing (requires.repeated_rows)"
        yield (
            f"data.repeated_rows.at_most is {declared.at_most} of what the test rows tell; the policy's most is "
            f"{requires.most_repeated}{said}."
        )


def _small_groups(requires: Requires, declared: SmallGroups | None) -> Iterable[str]:
    """A small group gates nothing: a large share sets aside any group that a bound compares."""
    if declared is not None and declared.below_share > requires.largest_small_group:
        said = "" if requires.small_groups is not None else " where it says nothing (requires.small_groups)"
        yield (
            f"small_groups.below_share is {declared.below_share} of the rows; the policy's most is {requires.largest_small_group}{said}."
        )


def _pairs(bound: Least, gating: Sequence[Criterion]) -> str:
    """That another choice of what is compared is why a criterion of the same groups does not meet a bound."""
    same = [
        c for c in gating if c.metric == bound.metric and (bound.across is None or bound.compares(c.across))
    ]
    if all(c.reference == bound.reference for c in same):
        return ""
    return (
        f" and 'reference: {bound.reference}'"
        if bound.reference
        else " and of all pairs of groups (no 'reference:')"
    )


def _attributes(requires: Requires, protected: Mapping[str, Attribute]) -> Iterable[str]:
    """A bound names an attribute; a column of another thing under that name would meet it."""
    for name, meant in (requires.protected or {}).items():
        found = protected.get(name)
        if found is not None and not meant.is_it(found):
            groups = ", ".join(f"{label} ({found.definition(label)})" for label in found.labels())
            yield f"By the policy the protected attribute {name} is {meant.text()}; the specification has {groups}."


def _persons(policy: Policy, specification: Specification) -> Iterable[str]:
    """Who made the model is whom the specification names as well: the policy may hold them for somebody else."""
    judged = {
        one_spelling(person): role
        for role in sorted(NEVER_APPROVE)
        for person in specification.roles.get(role, ())
    }
    asked = {*specification.approval.lock, *specification.approval.quorum}
    for name, held in policy.keys.items():
        role = judged.get(one_spelling(held.holder)) or judged.get(one_spelling(name))
        may = sorted(asked & set(held.roles))
        if role and may:
            yield f"{held.holder} is {role} by the specification and may sign as {may[0]} by the policy: nobody approves what is their own."


def _signatures(what: str, needed: Mapping[str, int], asked: Mapping[str, int]) -> Iterable[str]:
    for role, count in needed.items():
        if asked.get(role, 0) < count:
            yield f"{what} asks for {asked.get(role, 0)} {role}, the policy for {count}."
    if not asked:
        yield f"{what} asks for nobody's signature; at least one is expected."
    for role, count in asked.items():
        if count < 1:
            yield f"{what} asks for {count} {role}; a role that is named signs at least once."
    for role in sorted(NEVER_APPROVE & asked.keys()):
        yield f"{what} names {role}, who is judged and never approves."


def _terms(
    requires: Requires, *, lock: Mapping[str, int], quorum: Mapping[str, int], days: int, attempts: int
) -> Iterable[str]:
    yield from _signatures("approval.lock", requires.lock, lock)
    yield from _signatures("approval.quorum", requires.quorum, quorum)
    if days < 1:
        yield f"approval.valid_for is {days} days; at least one is expected."
    if attempts < 1:
        yield f"attempts.count is {attempts}; at least one is expected."
    if days > requires.longest.days:
        yield f"approval.valid_for is {days} days; the policy's longest is {requires.longest.days}."
    if attempts > requires.attempts:
        yield f"attempts.count is {attempts}; the policy allows {requires.attempts}."
