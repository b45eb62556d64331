"""Keys of persons and verifiers, as the shells use them; and how a new one takes over a person's place."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.ledger import Ledger, NotInLog, open_ledger, policy_of
from assay.app.organisation.trust import KEY_DAYS, set_policy
from assay.domain.handover import handed_over
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal, Refused
from assay.proof.keys import PublicKey, Signer
from assay.store.keys import kept_keys, key_folder, module_key, new_key, open_signer, public_key

__all__ = [
    "PublicKey",
    "Rotated",
    "Signer",
    "kept_keys",
    "key_folder",
    "module_key",
    "new_key",
    "open_signer",
    "public_key",
    "rotate",
]


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key that was replaced: the policy now in force, its digest, and what the two keys are called in it."""

    policy: Policy
    digest: str
    old: str
    new: str


def rotate(
    folder: Path,
    old: str,
    new: PublicKey,
    *,
    roots: Callable[[], Sequence[Signer]],
    heir: Callable[[], Signer],
) -> Rotated:
    """Put a new key into the place of the one that the policy calls ``old``, and log the next version of the policy.

    Args:
        folder: of the specification. new: the public half of the new key.
        roots: opens the root keys that sign. heir: opens the new key, which signs too when it becomes a root key without
            which too few have signed. Both are called before anything ends, for they may wait for a person.

    Raises:
        NotInLog: there is no such key. Refused: the new one is there already, or too few root keys signed.
    """
    with open_ledger(folder) as ledger:
        policy, _ = _next(ledger, old, new)  # what cannot be is said before anybody gives a passphrase
        who = list(roots())
        signing = {signer.public.pem.strip() for signer in who}
        following = {policy.keys[root].key.strip() for root in policy.roots}
        if new.pem.strip() in following - signing and len(following & signing) < policy.root_threshold:
            who.append(heir())
        policy, name = _next(ledger, old, new)
    return Rotated(policy, set_policy(folder, policy, who), old, name)


def _next(ledger: Ledger, old: str, new: PublicKey) -> tuple[Policy, str]:
    at = _after_the_last_entry(ledger)
    state = ledger.state()
    until = at + dt.timedelta(days=KEY_DAYS)
    found = handed_over(policy_of(state), state.policy_digest, old, new.pem, at=at, until=until)
    if not isinstance(found, Refusal):
        return found
    if found.because is Because.KEY_UNKNOWN:
        raise NotInLog(found.sentence, code=found.because.value, remedy="See them with: assay trust show")
    made = "Make one with: assay keys new NAME" if found.because is Because.POLICY_BROKEN else ""
    raise Refused(found, remedy=made)


def _after_the_last_entry(ledger: Ledger) -> dt.datetime:
    """A second in which the log has no entry yet: what the old key signed last was before its end."""
    last, now = ledger.state().time, ledger.clock()
    if last is not None and now <= last:
        time.sleep(min(1.0, (last - now).total_seconds() + 1))
        now = max(ledger.clock(), last)
    return now
