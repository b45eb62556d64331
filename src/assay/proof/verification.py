"""What a verifier has in hand, and what it answers: eleven steps, each with a sentence."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.domain.refusal import Because, Refusal
from assay.proof.certificate import Certificate
from assay.proof.head import Head


class Purpose(enum.StrEnum):
    """What the answer is for; it decides how old a status may be."""

    DEPLOYMENT = "deployment"
    RUNNING = "running"


class Answer(enum.StrEnum):
    """What a step found."""

    HOLDS = "holds"
    REFUSED = "refused"
    NOT_AT_HAND = "not at hand"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, what it asks, what it found, and why."""

    number: int
    asks: str
    answer: Answer
    sentence: str
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """What a verifier has in hand.

    Attributes:
        certificate: the bundle, or why there is none. files: relative path and digest of every file of the model, or why
            they cannot be told.
        use_case: the use that is asked about. status, proof: the signed status and the tlog-proof, as they were read.
        leaves: the exported log. remembered: the head of the log that this verifier saw last. attestations: bytes of what the certificate stands on, by digest.
    """

    certificate: bytes | Refusal
    files: tuple[tuple[str, str], ...] | Refusal
    use_case: str
    status: bytes | None = None
    proof: bytes | None = None
    leaves: Sequence[bytes] | None = None
    attestations: Mapping[str, bytes] | None = None
    remembered: Head | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All steps in order, the certificate if it could be read, and the head of the log that its status was read from.

    ``unseen`` is a sentence on what the model runs or reads besides its file and nobody compared; empty if there is none.
    """

    steps: tuple[Step, ...]
    certificate: Certificate | None = None
    head: Head | None = None
    unseen: str = ""

    @property
    def accepted(self) -> bool:
        """Whether every step holds; only what a certificate stands on may be elsewhere."""
        return (
            tuple(s.number for s in self.steps) == tuple(range(1, len(TITLES) + 1))
            and all(s.answer is Answer.HOLDS for s in self.steps[:-1])
            and self.steps[-1].answer in {Answer.HOLDS, Answer.NOT_AT_HAND}
        )

    @property
    def refusal(self) -> Refusal | None:
        """The first thing that is wrong."""
        wrong = next((s for s in self.steps if s.answer is Answer.REFUSED), None)
        return None if wrong is None or wrong.because is None else Refusal(wrong.because, wrong.sentence)


TITLES = (
    "the certificate is a bundle of ours",
    "a verifier that the policy trusts signed it",
    "it is a certificate",
    "it is about the bytes in hand",
    "it is for this use",
    "it says that the model passed",
    "it is valid now",
    "its status is fresh and does not take it back",
    "it is in the log that the policy names",
    "nothing later in the log takes it back",
    "everything that it stands on is there and intact",
)
