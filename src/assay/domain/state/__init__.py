"""What the log says: who may sign, what is locked, which attempt this is, what is valid. A pure fold over its entries."""

from assay.domain.state.fold import Void, fold
from assay.domain.state.state import (
    CertificateState,
    DecisionState,
    Lock,
    RunState,
    State,
    Status,
    StatusReason,
)

__all__ = [
    "CertificateState",
    "DecisionState",
    "Lock",
    "RunState",
    "State",
    "Status",
    "StatusReason",
    "Void",
    "fold",
]
