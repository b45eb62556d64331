"""What a check needs measured before it can count; the planner fuses equal needs into one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts per (group, label, decision); with ``scores``, also the score histogram per (group, label)."""

    scores: bool = False


@dataclass(frozen=True, slots=True)
class Profiles:
    """A profile of every column of every data set: missing, ill-typed, undocumented, out of range."""


@dataclass(frozen=True, slots=True)
class RowSets:
    """The hashes of all rows of every data set: duplicates, conflicting labels, rows shared between splits."""


@dataclass(frozen=True, slots=True)
class Perturbed:
    """The same rows predicted twice, as they are and after ``change``.

    ``change(columns, context)`` is a module-level function: columns is a dict of input arrays (copies), the
    context gives the row indices, a seed, each column's spread and role, and the criterion's parameters.
    """

    change: Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sections:
    """Which documentation sections the specification requires, and which are filled."""


Need = Outcomes | Profiles | RowSets | Perturbed | Sections
