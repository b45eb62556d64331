"""Which fences this machine has, found out by putting all of them up in a child that then does nothing."""

from __future__ import annotations

import functools

from assay.domain.isolation import Isolation, isolation
from assay.domain.vocabulary import Reason
from assay.sandbox.launch import Child
from assay.sandbox.roles import Role
from assay.sandbox.spawn import without_fences

PROBE = Role(
    "The child that tries the fences",
    Reason.MODEL_CRASHED.value,
    Reason.MODEL_TIMED_OUT.value,
    Reason.MODEL_OUTPUT_INVALID.value,
    Reason.MODEL_STOPPED.value,
)
"""It stands for every model that would be started after it."""


def probe(python: str | None = None) -> Isolation:
    """The fences that a child of this interpreter (by default ours) put up, tried and reported; asked once a process.

    Raises:
        SubjectError, Crash: as ``Child.start``, when no child can be started at all.
    """
    return _probed(python, without_fences())


@functools.cache
def _probed(python: str | None, _: tuple[str, ...]) -> Isolation:
    with Child.start("assay.sandbox.fences.put_up:nothing", {}, python=python, role=PROBE) as child:
        return isolation(child.fences, child.missing)
