"""The specification: a file per block."""

from assay.domain.specification.criteria import Criterion, FailureMode
from assay.domain.specification.protected import Attribute, SmallGroups
from assay.domain.specification.specification import Specification
from assay.domain.specification.subject import Data, Prediction, Subject

__all__ = [
    "Attribute",
    "Criterion",
    "Data",
    "FailureMode",
    "Prediction",
    "SmallGroups",
    "Specification",
    "Subject",
]
