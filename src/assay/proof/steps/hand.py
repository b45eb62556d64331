"""What the steps of a verification know so far, and what each of them finds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assay.domain.policy import HeldKey, Policy
from assay.domain.refusal import Refusal
from assay.proof.bundle import Bundle
from assay.proof.certificate import Certificate
from assay.proof.status import StatusList
from assay.proof.verification import Presented, Purpose


@dataclass(slots=True)
class Hand:
    """What the steps know so far."""

    presented: Presented
    policy: Policy
    now: dt.datetime
    purpose: Purpose
    bundle: Bundle | None = None
    key: HeldKey | None = None
    certificate: Certificate | None = None
    status: StatusList | None = None
    index: int = -1


Found = Refusal | str
"""A refusal, or one sentence on what holds."""


class NotAtHand(str):
    """A sentence on what could not be looked at."""

    __slots__ = ()
