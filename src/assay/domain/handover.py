"""A new key takes over a person's place: the next policy, as root keys sign it."""

from __future__ import annotations

import datetime as dt

from assay.domain.policy import HeldKey, Policy, Verifier
from assay.domain.refusal import Because, Refusal
from assay.domain.specification.base import LONGEST_NAME


def handed_over(
    policy: Policy, digest: str, old: str, pem: str, *, at: dt.datetime, until: dt.datetime
) -> tuple[Policy, str] | Refusal:
    """The policy that follows, in which the key ``pem`` has the place of the key called ``old``; and what it is called.

    The old key stays in the policy and ends at ``at``: what it signed before stays signed, and it signs nothing new. The
    new one has its holder and its roles, signs policies and certificates if it did, and counts from then ``until``.

    Args:
        policy, digest: in force. at: in whole seconds, not before the last entry of the log.
    """
    leaves = policy.keys.get(old)
    if leaves is None:
        there = ", ".join(policy.keys)
        return Refusal(Because.KEY_UNKNOWN, f"The policy has no key {old!r}; it has {there}.")
    taken = policy.named(pem)
    if taken is not None:
        return Refusal(
            Because.POLICY_BROKEN,
            f"The new key is in the policy already, as {taken[0]!r}; a new one is needed.",
        )
    heir = next(
        (
            name
            for name, held in policy.keys.items()
            if name != old
            and held.holder == leaves.holder
            and set(leaves.roles) <= set(held.roles)
            and held.counts_at(at)
            and not leaves.counts_at(at)
        ),
        None,
    )
    if heir is not None:
        return Refusal(
            Because.POLICY_BROKEN,
            f"The key {old!r} ended on {leaves.valid_until.date()}, and {heir!r} has its place: replace that one.",
        )
    name = _free(policy, old)
    ended = leaves.model_copy(update={"valid_until": min(leaves.valid_until, at)})
    begins = HeldKey.model_validate(
        {**vars(leaves), "key": pem, "valid_from": at, "valid_until": until}
    )  # read, not copied: what is logged is what whoever reads the file gets
    return Policy.model_validate(
        {
            **{name: getattr(policy, name) for name in Policy.model_fields},
            "version": policy.version + 1,
            "previous": digest,
            "keys": policy.keys | {old: ended, name: begins},
            "roots": tuple(name if root == old else root for root in policy.roots),
            # Beside the old pair, not in its place: certificates that the old key signed are held against it.
            "verifiers": policy.verifiers
            + tuple(Verifier(id=v.id, key=name) for v in policy.verifiers if v.key == old),
        }
    ), name


def _free(policy: Policy, old: str) -> str:
    """``ria-2`` after ``ria``, ``ria-3`` after ``ria-2``."""
    base, _, number = old.rpartition("-")
    stem, count = (base, int(number)) if base and number.isdecimal() else (old, 1)
    while True:
        count += 1
        name = f"{stem[: LONGEST_NAME - len(str(count)) - 1]}-{count}"
        if name not in policy.keys:
            return name
