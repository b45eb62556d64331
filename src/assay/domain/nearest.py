"""The name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

CUTOFF = 0.65
"""How alike two names must be: at 0.6, "nope" would be taken for "income"."""
_MEANT = {
    "at_least": (
        "min",
        "minimum",
        "lower",
        "floor",
        "above",
        "gte",
        "ge",
        ">=",
        "≥",
        "greater_than",
        "threshold",
    ),
    "at_most": ("max", "maximum", "upper", "ceiling", "below", "lte", "le", "<=", "≤", "less_than"),
    "across": ("by", "group", "groups", "over", "slice", "attribute"),
    "rationale": ("reason", "why", "justification", "because"),
    "with": ("parameters", "params", "arguments", "options", "settings"),
    "metric": ("measure", "check", "estimand"),
    "codes": ("values", "levels", "categories", "enum"),
    "description": ("meaning", "label", "title"),
    "decide_at": ("threshold", "cutoff", "cut_off"),
    "label": ("target", "outcome", "y"),
    "inputs": ("features", "columns", "x"),
    "bands": ("bins", "cuts", "edges"),
    "number": ("float", "decimal", "real", "numeric", "double"),
    "integer": ("int", "whole", "count"),
    "category": ("categorical", "nominal", "factor", "ordinal", "code"),
    "identifier": ("id", "key", "index"),
    "text": ("string", "str", "free_text"),
    "boolean": ("bool", "flag", "binary"),
    "date": ("datetime", "timestamp", "time"),
    "critical": ("blocker", "blocking", "must", "high", "severe", "catastrophic", "required"),
    "supporting": ("should", "warning", "medium", "conditional"),
    "advisory": ("info", "informational", "low", "may", "optional"),
    "joblib": ("pickle", "pkl", "sklearn"),
}
"""What people write for a word of ours in other tools."""


def nearest(name: object, names: Iterable[object]) -> str:
    """The nearest of ``names``, or an empty text when none is near."""
    written, candidates = str(name).strip(), [str(candidate) for candidate in names]
    folded = {_fold(candidate): candidate for candidate in reversed(candidates)}
    if _fold(written) in folded:
        return folded[_fold(written)]
    for candidate in candidates:
        if _fold(written) in _MEANT.get(candidate, ()) or _fold(written) == _fold(
            candidate.rpartition(".")[2]
        ):
            return candidate
    close = difflib.get_close_matches(_fold(written), folded, n=1, cutoff=CUTOFF)
    return folded[close[0]] if close else ""


def alike(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The nearest of ``names``, and those that have the name as a word or a part of one."""
    candidates = tuple(names)
    near, part = nearest(name, candidates), _fold(name.strip()).rpartition(".")[2]
    holding = [candidate for candidate in candidates if part and part in _fold(candidate).rpartition(".")[2]]
    return tuple(dict.fromkeys(([near] if near else []) + holding))


def either(names: Iterable[str]) -> str:
    """Names for a question: quoted, with "or" before the last."""
    shown = [repr(name) for name in names]
    return " or ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def listed(names: Iterable[object], most: int = 12) -> str:
    """Names for a sentence: quoted, in order, the end left out when there are many."""
    shown = [repr(str(name)) for name in names]
    if not shown:
        return "none"
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more


def _fold(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
