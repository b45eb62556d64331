"""The specification: a file per block. Each is imported when it is first used: a gate reads a policy and no specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay._lazy import lazy

if TYPE_CHECKING:
    from assay.domain.specification.causal import CausalGraph
    from assay.domain.specification.criteria import Criterion, FailureMode
    from assay.domain.specification.protected import Attribute, SmallGroups
    from assay.domain.specification.specification import Specification
    from assay.domain.specification.subject import Data, Prediction, Subject

__all__ = [
    "Attribute",
    "CausalGraph",
    "Criterion",
    "Data",
    "FailureMode",
    "Prediction",
    "SmallGroups",
    "Specification",
    "Subject",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "assay.domain.specification.causal": ("CausalGraph",),
        "assay.domain.specification.criteria": ("Criterion", "FailureMode"),
        "assay.domain.specification.protected": ("Attribute", "SmallGroups"),
        "assay.domain.specification.specification": ("Specification",),
        "assay.domain.specification.subject": ("Data", "Prediction", "Subject"),
    },
)
