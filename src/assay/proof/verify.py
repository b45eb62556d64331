"""The auditor's verifier: eleven numbered steps from bytes in hand to "accepted", or what is wrong. No I/O, no clock.

The order is that of the project's standard: (1) form of the bundle (2) signature by a trusted pair of key and verifier
(3) kind of statement (4) the bytes in hand (5) use case (6) result (7) dates (8) status (9) inclusion in the log (10) no
later revocation (11) everything that the certificate stands on, when it is at hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.proof.certificate import Certificate
from assay.proof.steps import attestations, certificate, log, status
from assay.proof.steps.hand import Found, Hand, NotAtHand
from assay.proof.verification import TITLES, Answer, Presented, Purpose, Step, Verification


def verify(
    presented: Presented, policy: Policy, *, now: dt.datetime, purpose: Purpose = Purpose.DEPLOYMENT
) -> Verification:
    """Hold a certificate and the bytes in hand against a policy.

    Never raises for what is presented: whatever is wrong with it is a refused step. After the first three steps all
    others are looked at, so that a reader learns everything that is wrong at once.

    Args:
        presented: hostile until a step says otherwise. policy: whose keys count; the caller has verified it.
        now: aware, in UTC. purpose: for which the status must be fresh.
    """
    hand = Hand(presented, policy, now, purpose)
    steps: list[Step] = []
    for number, (asks, look) in enumerate(zip(TITLES, _LOOKS, strict=True), start=1):
        if number > 3 and hand.certificate is None:
            steps.append(Step(number, asks, Answer.NOT_REACHED, "An earlier step was refused."))
            continue
        steps.append(_step(number, asks, look(hand)))
        if number <= 3 and steps[-1].answer is Answer.REFUSED:
            hand.certificate = None
            rest = list(enumerate(TITLES, start=1))[number:]
            steps += [Step(n, a, Answer.NOT_REACHED, "An earlier step was refused.") for n, a in rest]
            break
    head = log.head_of(hand.status) if hand.status is not None else None
    return Verification(tuple(steps), hand.certificate, head)


def _step(number: int, asks: str, found: Found) -> Step:
    if isinstance(found, Refusal):
        return Step(number, asks, Answer.REFUSED, found.sentence, found.because)
    return Step(
        number, asks, Answer.NOT_AT_HAND if isinstance(found, NotAtHand) else Answer.HOLDS, str(found)
    )


def _with_certificate(look: Callable[[Hand, Certificate], Found]) -> Callable[[Hand], Found]:
    def looked(hand: Hand) -> Found:
        if hand.certificate is None:
            return Refusal(Because.STATEMENT_BROKEN, "There is no certificate.")
        return look(hand, hand.certificate)

    return looked


_LOOKS: tuple[Callable[[Hand], Found], ...] = (
    certificate.form,
    certificate.signature,
    certificate.kind,
    *map(
        _with_certificate,
        (
            certificate.bytes_in_hand,
            certificate.use,
            certificate.result,
            certificate.dates,
            status.status,
            log.logged,
            log.not_taken_back,
            attestations.attestations,
        ),
    ),
)
