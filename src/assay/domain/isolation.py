"""How far a run kept what is hostile away from everything else: fences, and the level that they amount to."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Fence(enum.StrEnum):
    """What a child process gives up before it reads anything hostile, in the order in which fences are reported."""

    LIMITS = "limits"
    FILE_SYSTEM = "file system"
    SYSTEM_CALLS = "system calls"
    NETWORK = "network"
    RIGHTS = "rights"
    ANOTHER_USER = "another user"


HIGHEST = 3
_NEEDS = {
    1: (Fence.LIMITS,),
    2: (Fence.LIMITS, Fence.FILE_SYSTEM, Fence.SYSTEM_CALLS),
    HIGHEST: (Fence.LIMITS, Fence.FILE_SYSTEM, Fence.SYSTEM_CALLS, Fence.NETWORK, Fence.RIGHTS),
}
"""The fences of each level. Another user is a bonus of root's: nobody else can become one."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How model and data were kept apart from the rest, as their children reported it after trying each fence.

    ``level`` is 0 none, 1 a process with limits, 2 also file system and system calls, 3 also network and rights.
    ``up`` are the fences that held, ``missing`` the others and whatever ran without any, each with the reason.
    """

    level: int = 0
    up: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def degraded(self) -> bool:
        """Whether anything that the highest level needs is missing."""
        return self.level < HIGHEST

    def both(self, other: Isolation) -> Isolation:
        """What can be said of two children together: a fence is up where it is up in both."""
        missing = {**dict(other.missing), **dict(self.missing)}
        return isolation(set(self.up) & set(other.up), missing.items())


def isolation(up: Iterable[str], missing: Iterable[tuple[str, str]]) -> Isolation:
    """The isolation that fences amount to; what a child does not know of is not counted."""
    held = set(up)
    known = tuple(fence for fence in Fence if fence in held)
    level = max((n for n, needs in _NEEDS.items() if held.issuperset(needs)), default=0)
    why = dict(missing)
    absent = ((fence.value, why.get(fence, "not reported")) for fence in Fence if fence not in held)
    return Isolation(level, tuple(fence.value for fence in known), tuple(absent))


def below(found: Isolation, least: int) -> tuple[tuple[str, str], ...]:
    """The fences without which a level is not reached, each with the reason why it is missing; none where it is."""
    if found.level >= least:
        return ()
    why = dict(found.missing)
    lacking = (fence for fence in _NEEDS[least] if fence not in found.up)
    return tuple((fence.value, why.get(fence, "not reported")) for fence in lacking)


def required(found: Isolation) -> tuple[str, ...]:
    """The fences without which no child of a run may read anything, since its record says that they are up.

    Whether a child can be another user depends on who may read its file; it is never counted on.
    """
    return tuple(name for name in found.up if name != Fence.ANOTHER_USER)


NOTHING_KNOWN = Isolation()
"""No child told anything."""
NO_CHILD = Isolation(
    0, (), (("process", "a function of the process that decides was asked, with the rights of the user"),)
)
"""A live function: rehearsals only."""
