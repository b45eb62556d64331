"""Who a child is, and what it may use: said by whoever starts it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use; None is no limit. ``memory`` is address space; sizes are in bytes."""

    memory: int | None = None
    cpu_seconds: int | None = None
    file_size: int | None = 1 << 20
    open_files: int | None = 256


def _half_of_the_memory() -> int:
    """What one child may take of this machine: half of it, and at least what libraries reserve without using it."""
    return max(4 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


DEFAULT_LIMITS = Limits(memory=_half_of_the_memory())


ALLOWED = 120.0
"""Seconds that a child of a model or of a package of checks may take for each answer, and a model to load."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who the child is in a sentence, the code of each way to fail, and what to do about each of these codes.

    ``says``: what it may tell by itself once it saw rows, by code: how the sentence goes on after its name, and what to do. The
    words are ours, for it writes into the pipe what it likes, and calls it Assay's. None where it runs no code but ours.
    """

    name: str
    crashed: str
    timed_out: str
    invalid: str
    stopped: str
    remedies: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, tuple[str, str]] | None = field(default_factory=dict)
