"""The boundary between the code of a check or a model and a verdict: what either raises becomes a reason.

Every check is run here, by a judged run and by a plan alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

from assay.checks.check import Check
from assay.domain.assessment import Broken
from assay.domain.errors import AssayError
from assay.domain.evidence import Counts, Undefined
from assay.domain.specification import Criterion
from assay.domain.vocabulary import ERROR_REASONS, Reason

KINDS: tuple[type, ...] = get_args(Counts)
"""What a check may return. A type of its own, derived from one of these, would be judged by nothing."""
_NAMES = ", ".join(kind.__name__ for kind in KINDS)


def counts_of(check: Check, criterion: Criterion, view: Callable[[], Any]) -> Counts | Broken:
    """What a check counts for a criterion, or why it broke: it raised, ended the program, or returned no counts.

    Args:
        view: makes what the check is handed; what that raises is caught as well.
    """
    try:
        counts = check.count(
            view(), across=criterion.across, reference=criterion.reference, arguments=criterion.parameters
        )
    except AssayError as error:
        return broken(error, otherwise=Reason.CHECK_CRASHED)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - the one boundary that turns a crashed check, or one that exits, into a verdict
        said = f"The check {check.id!r} crashed with {type(error).__name__}; its message is withheld: it may hold rows."
        return Broken(Reason.CHECK_CRASHED, said)
    if isinstance(counts, Undefined) and counts.reason is Reason.NO_ROWS and criterion.where:
        return replace(counts, detail=_no_rows_in(criterion))
    if type(counts) in KINDS:
        return counts
    said = f"The check {check.id!r} returned {type(counts).__name__}, and counts of {_NAMES} were expected."
    return Broken(Reason.CHECK_CRASHED, said)


def _no_rows_in(criterion: Criterion) -> str:
    part = " and ".join(f"{name}: {group}" for name, group in criterion.where.items())
    return (
        f"No row of the {criterion.data} data is in the part that 'where' names ({part}). See whether the group is defined as "
        "the data write it, take rows of that part, or leave the criterion out."
    )


def broken(error: AssayError, *, otherwise: Reason) -> Broken:
    """An error as the reason of a verdict: by its code, if that is one which a verdict of error may carry."""
    known = {reason.value: reason for reason in ERROR_REASONS}
    return Broken(known.get(error.code, otherwise), str(error))
