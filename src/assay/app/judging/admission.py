"""Whether a judged run may open its files of data at all: the lock in force, the fences that the policy
asks for, and no check of a package that it does not allow."""

from __future__ import annotations

from assay.app.judging.case import Conditions
from assay.app.organisation.ledger import Ledger, open_ledger
from assay.domain.entry import Action
from assay.domain.isolation import HIGHEST, below
from assay.domain.policy import Policy
from assay.domain.quorum import Quorum
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.specification import Specification
from assay.domain.state import Lock


def admit(conditions: Conditions) -> None:
    """Refuse a judged run before it opens a row of its test data.

    Raises:
        NoLog: nobody has said whose keys count.
        Refused: ``not_locked`` or ``lock_superseded``; ``isolation_too_low`` or ``plugin_not_allowed``, which are logged.
    """
    with open_ledger(conditions.root) as ledger:
        policy = ledger.policy()
        lock_of(conditions.specification, conditions.digest, ledger)
        try:
            _refuse_too_few_fences(conditions, policy)
            _refuse_other_plugins(conditions, policy)
        except Refused as refused:
            ledger.log_refusal(Action.RUN_REFUSED, conditions.digest, refused)
            raise


def lock_of(specification: Specification, digest: str, ledger: Ledger) -> Lock:
    """The lock of exactly this specification.

    Raises:
        Refused: ``not_locked`` or ``lock_superseded``.
    """
    state = ledger.state()
    lock = state.locked(digest)
    if lock is not None:
        return lock
    name = specification.name
    other = state.lock_in_force(name)
    said = (
        f"{name} was not locked before its result. {_who(state.agreed(digest, name, specification.approval.lock))}"
        if other is None
        else f"{name} is locked in another version (entry {other.entry}): this file was changed since."
    )
    raise Refused(
        Refusal(Because.NOT_LOCKED if other is None else Because.LOCK_SUPERSEDED, said),
        remedy="Agree to this version with: assay lock SPECIFICATION --as ROLE --key KEY; or rehearse: --rehearse",
    )


def _who(agreed: Quorum) -> str:
    """Who agreed so far, and who is missing."""
    if not agreed.approvals:
        return f"Nobody agreed to it. {agreed.sentence()}"
    spoke = ", ".join(f"{a.holder} ({a.role})" for a in agreed.approvals)
    return f"Agreed so far: {spoke}. {agreed.sentence()}"


def _refuse_too_few_fences(conditions: Conditions, policy: Policy) -> None:
    found = conditions.isolation
    lacking = below(found, policy.isolation)
    if not lacking:
        return
    named = "; ".join(f"{fence}: {why}" for fence, why in lacking)
    raise Refused(
        Refusal(
            Because.ISOLATION_TOO_LOW,
            f"Here model and data run at isolation level {found.level} of {HIGHEST}, and the policy's least is "
            f"{policy.isolation}. Missing fences: {named}. No test row was read.",
        ),
        remedy="Judge where they can be put up (a Linux kernel with Landlock and seccomp, and a container that allows both and "
        "user namespaces), and see which are with: assay sandbox; or let the root keys sign a policy that accepts less: "
        "assay trust edit",
    )


def _refuse_other_plugins(conditions: Conditions, policy: Policy) -> None:
    for plugin in conditions.plugins:
        if plugin.digest not in policy.plugins:
            named = f"{plugin.name} {plugin.version}".strip()
            raise Refused(
                Refusal(
                    Because.PLUGIN_NOT_ALLOWED,
                    f"A criterion asks a check of the package {named}, whose files have the digest {plugin.digest}; the policy "
                    "does not list it under plugins. No test row was read.",
                ),
                remedy="Review the package and let the root keys sign a policy that lists this digest (assay trust edit), install "
                "the version that it lists, or drop the criterion.",
            )
