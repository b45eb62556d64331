"""Which of the documents that people write this is: one in place of another is told as that, and not key by key."""

from __future__ import annotations

from assay.domain.errors import InvalidDocument, Problem
from assay.reading.located import Located

KINDS = {
    "assay": "specification",
    "assay_dictionary": "dictionary",
    "assay_policy": "policy",
    "assay_template": "template",
}
"""By the key that each begins with."""


def refuse_another_kind(document: Located, key: str) -> None:
    """Raise InvalidDocument, with this one problem, for a document of another kind than begins with ``key``."""
    value = document.value
    if not isinstance(value, dict) or key in value:
        return
    found = next((other for other in KINDS if other in value), None)
    if found is not None:
        problem = Problem(
            "another_document",
            document.place((found,), key=True),
            f"A {KINDS[key]} is expected, and this is a {KINDS[found]}.",
            found,
            "",
            f"Name the file of the {KINDS[key]}, which begins with {key!r}.",
        )
        raise InvalidDocument((problem,))
