"""What an outsider reads in a public pack. Needs no database and no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.verifying.packs import read_public
from assay.domain.refusal import Because, Refusal
from assay.domain.state import CertificateState, State
from assay.proof.log_keys import KeptCheckpoint
from assay.proof.public import check_public
from assay.reading.policy import policy_text, read_policy


@dataclass(frozen=True, slots=True)
class Outside:
    """A public pack that was looked through: how many entries, the state that they lead to, and everything that is wrong."""

    size: int
    state: State
    wrong: tuple[Refusal, ...]

    @property
    def certificates(self) -> tuple[CertificateState, ...]:
        """Every certificate, in order, with what became of it."""
        return tuple(self.state.certificates.values())

    def signers(self, certificate: CertificateState) -> tuple[tuple[str, str], ...]:
        """Role and holder of those who had signed the decision when its certificate was issued: it stands on no later word."""
        return self.state.signed(certificate.record, before=certificate.entry).approved


def verify_public(pack: Path, policy: Path, kept: Sequence[KeptCheckpoint] = ()) -> Outside:
    """Compute the state from a public pack and hold everything in it against a policy.

    Args:
        policy: a file that reached the reader by a way that they trust; the copy in the pack is not believed.
        kept: checkpoints that somebody else has kept.

    Raises:
        BrokenPack: it is no public pack. InvalidDocument: the policy has problems.
    """
    read = read_public(pack)
    found = check_public(read, read_policy(policy).policy, kept)
    wrong, state = list(found.wrong), found.state
    if state.policy is not None and policy_text(state.policy).encode() != read.policy:
        wrong.append(
            Refusal(
                Because.POLICY_BROKEN, "The policy file in the pack is not the policy in force in its log."
            )
        )
    return Outside(len(read.leaves), state, tuple(wrong))
