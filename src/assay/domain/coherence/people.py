"""Rules about roles: who owns, approves and holds the rows, and for how long an approval lasts."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.nearest import listed, nearest


def roles_without_person(draft: Draft, _: World) -> Iterator[Finding]:
    """A role that nobody holds, or one person named twice in it."""
    for role, persons in (draft.roles or {}).items():
        if not persons:
            yield Finding(
                ("roles", role),
                "role_without_person",
                f"Nobody holds the role {role!r}.",
                remedy="Name at least one person, or delete the role.",
            )
        if len(set(persons)) < len(persons):
            yield Finding(
                ("roles", role),
                "person_twice",
                f"The role {role!r} names one person twice; two signatures need two.",
                remedy="Name each person once.",
            )


def unknown_role(draft: Draft, _: World) -> Iterator[Finding]:
    """An owner, an approver or a keeper of rows that is no role of this document."""
    roles = draft.roles
    if roles is None:
        return
    for trail, name, key, what in _roles_named(draft):
        if name not in roles:
            yield Finding(
                trail,
                "unknown_role",
                f"{what} is expected to be one of the roles {listed(roles)}; found {name!r}.",
                nearest=nearest(name, roles),
                key=key,
                remedy="Write one of the roles, or add this one under 'roles'.",
            )


def approval_out_of_reach(draft: Draft, _: World) -> Iterator[Finding]:
    """No signature needed, or more than a role has persons."""
    if draft.approval is None:
        return
    for step in ("lock", "quorum"):
        wanted: dict[str, int] = getattr(draft.approval, step)
        if not wanted:
            yield Finding(
                ("approval", step),
                "nobody_approves",
                f"At least one role is expected to sign the {step}; empty is not approved.",
                remedy="Write, for example, {validator: 1}.",
            )
        for role, count in wanted.items():
            persons = (draft.roles or {}).get(role)
            if persons is not None and len(set(persons)) < count:
                yield Finding(
                    ("approval", step, role),
                    "approval_out_of_reach",
                    f"{count} signatures of {role!r} are asked for and {len(set(persons))} hold that role.",
                    remedy="Name more persons, or ask for fewer signatures.",
                )


def review_after_the_end(draft: Draft, _: World) -> Iterator[Finding]:
    """A review that comes after the certificate has run out."""
    approval = draft.approval
    if (
        approval is not None
        and approval.review_every is not None
        and approval.review_every > approval.valid_for
    ):
        yield Finding(
            ("approval", "review_every"),
            "review_after_the_end",
            f"A review is expected within the {approval.valid_for.days} days for which a certificate holds; "
            f"found {approval.review_every.days} days.",
            remedy="Review earlier, or let the certificate hold for longer.",
        )


def attempts(draft: Draft, _: World) -> Iterator[Finding]:
    """Several attempts without a schedule, or a schedule for one."""
    attempts = draft.attempts
    if attempts is None:
        return
    if attempts.count > 1 and attempts.first is None:
        yield Finding(
            ("attempts", "count"),
            "attempts_without_schedule",
            f"{attempts.count} attempts share one alpha, and 'first' does not say how much of it the first one takes.",
            remedy="Add, for example, 'first: 0.8'.",
        )
    if attempts.count == 1 and attempts.first is not None:
        yield Finding(
            ("attempts", "first"),
            "schedule_for_one_attempt",
            "A single attempt takes all of alpha; 'first' has no meaning.",
            remedy="Delete 'first', or raise 'count'.",
        )


RULES: tuple[Rule, ...] = (
    roles_without_person,
    unknown_role,
    approval_out_of_reach,
    review_after_the_end,
    attempts,
)


def _roles_named(draft: Draft) -> Iterator[tuple[Trail, str, bool, str]]:
    """Every mention of a role: where, which, whether as a key, and what it does there."""
    if draft.owners is not None:
        for duty in type(draft.owners).model_fields:
            yield ("owners", duty), getattr(draft.owners, duty), False, f"The owner of {duty}"
    if draft.approval is not None:
        for step in ("lock", "quorum"):
            for role in getattr(draft.approval, step):
                yield ("approval", step, role), role, True, f"A signer of the {step}"
    if draft.data is not None:
        yield ("data", "custody"), draft.data.custody, False, "Who held the test rows"
    for i, criterion in draft.criteria.items():
        yield ("criteria", i, "owner"), criterion.owner, False, f"The owner of {criterion.id!r}"
