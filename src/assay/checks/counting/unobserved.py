"""Cases without an outcome: what a criterion declares of them, where nothing is known but their number."""

from __future__ import annotations

from decimal import Decimal

from assay.domain.metric import Parameter

UNKNOWN = Parameter(
    "How many cases were drawn with the rows and left out because their outcome is not known, such as applicants who were refused.",
    low=Decimal(0),
    integer=True,
)
