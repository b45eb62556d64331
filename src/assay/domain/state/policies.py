"""Rules about the policy: who may set the next one."""

from __future__ import annotations

import functools
import json

from pydantic import ValidationError

from assay.domain.entry import Entry, Inspect, Kind
from assay.domain.plain import from_plain, to_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state.state import State
from assay.domain.state.words import subjects


def policy_set(state: State, entry: Entry, *, inspect: Inspect) -> Refusal | None:
    """A new version of the policy, signed by a threshold of root keys of the version before and of its own.

    As the root role of The Update Framework (TUF 1.0.34, section 5.3): who takes over must be named by who leaves, and must
    have signed too. The first version is signed by its own roots: it is trusted because a verifier has it by digest.
    """
    policy = _read(entry)
    if isinstance(policy, Refusal):
        return policy
    known: set[str] = set()
    for name, held in policy.keys.items():
        facts = inspect(held.key)
        if facts is None:
            return Refusal(Because.POLICY_BROKEN, f"The key {name!r} of the policy is no P-256 public key.")
        if facts.key_id in known:
            return Refusal(Because.POLICY_BROKEN, f"The key {name!r} stands twice in the policy.")
        known.add(facts.key_id)
        if facts.is_demo and not policy.demo:
            return Refusal(
                Because.DEMO_KEY,
                f"The key {name!r} is a demo key, with which anyone can sign; only a demo policy takes it.",
            )
    if state.policy is not None and (
        policy.version != state.policy.version + 1 or policy.previous != state.policy_digest
    ):
        return Refusal(
            Because.POLICY_NOT_NEXT,
            f"Version {state.policy.version} is in force; its successor must be version {state.policy.version + 1} and name its digest.",
        )
    if state.policy is None and policy.version != 1:
        return Refusal(
            Because.POLICY_NOT_NEXT, f"The first policy of a log is version 1, found {policy.version}."
        )
    for signers in filter(None, (state.policy, policy)):
        found = _roots(signers, entry)
        if found < signers.root_threshold:
            return Refusal(
                Because.POLICY_UNSIGNED,
                f"{found} of {signers.root_threshold} holders of root keys of policy version {signers.version} signed the new version.",
            )
    state.policy, state.policy_digest = policy, entry.object
    state.policies.append(entry.object)
    return None


def _read(entry: Entry) -> Policy | Refusal:
    """The policy of an entry, in the form that whoever reads it writes: else its digest is that of nobody's file."""
    try:
        policy, written_alike = _policy(json.dumps(entry.body["policy"]))
    except (KeyError, TypeError, ValueError, ValidationError):
        return Refusal(Because.POLICY_BROKEN, "The entry holds no policy that this version can read.")
    if not written_alike:
        return Refusal(
            Because.POLICY_BROKEN, "The entry holds a policy in another form than whoever reads it writes."
        )
    return policy


@functools.lru_cache(maxsize=64)
def _policy(text: str) -> tuple[Policy, bool]:
    """The policy that a text says, and whether it would be written alike; a log is folded many times, its policies are few."""
    plain = json.loads(text)
    policy: Policy = from_plain(plain, Policy, "policy")
    return policy, to_plain(policy, Policy) == plain


def _roots(policy: Policy, entry: Entry) -> int:
    """How many persons signed it with a root key: two keys of one holder count once."""
    about = [s for s in entry.signed if s.kind == Kind.POLICY and subjects(s) == {entry.object}]
    roots = [policy.keys[name] for name in policy.roots]
    counting = (root for root in roots if root.counts_at(entry.time))
    return len({root.holder for root in counting if any(s.signed_by(root.key) for s in about)})
