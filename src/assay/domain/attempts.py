"""What is said of an attempt beyond the number that was declared before the first."""

from __future__ import annotations


def beyond(attempt: int, declared: int) -> str:
    """That an attempt is outside the declared number, as a sentence; empty where it is not."""
    if attempt <= declared:
        return ""
    return (
        f"Attempt {attempt} on these test rows, where {declared} {'was' if declared == 1 else 'were'} declared: "
        "alpha does not bound the error of all of them together."
    )
