"""What the rules of the log need of a specification: stated when it is locked, and compared by who verifies."""

from __future__ import annotations

from assay.domain.specification import Specification
from assay.domain.state.state import Terms


def terms_of(specification: Specification, dictionary: str) -> Terms:
    """What the rules of the log need of a specification and of its dictionary, by digest."""
    approval, attempts = specification.approval, specification.attempts
    return Terms(
        name=specification.name,
        dictionary=dictionary,
        lock=approval.lock,
        quorum=approval.quorum,
        valid_for_days=approval.valid_for.days,
        attempts=attempts.count,
        first=str(attempts.first) if attempts.first is not None else "1",
        risk=specification.use_case.risk,
        criteria={c.id: c.tier.value for c in specification.criteria},
    )
