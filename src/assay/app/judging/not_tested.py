"""What a run says nothing about, so that nobody reads it into the verdicts."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain.specification import Specification
from assay.domain.untested import in_no_group, left_out, never_tested


def not_tested(case: Case, measured: Measured) -> tuple[str, ...]:
    """What the criteria say nothing about: rows left out, in no group or equal to others, stages without a criterion, groups other than the declared ones."""
    specification = case.specification
    rows = _left_out(specification, measured) + _in_no_group(specification, measured)
    repeated = case.repeated.told(specification.data)
    return rows + _not_perturbed(specification, measured) + repeated + never_tested(specification)


def _not_perturbed(specification: Specification, measured: Measured) -> tuple[str, ...]:
    """Inputs that a perturbation left as they are: about errors in them its criteria say nothing."""
    found = []
    for key, tally in measured.judged.paired:
        left = [name for name in specification.subject.inputs if name not in tally.changed]
        if left:
            which = ", ".join(left)
            found.append(f"Errors in {which}: {key.partition('{')[0]} changes no value of them.")
    return tuple(dict.fromkeys(found))


def _left_out(specification: Specification, measured: Measured) -> tuple[str, ...]:
    units = measured.judged.units
    if units is None or units.missing or not units.repeated:  # with a missing one nothing is judged
        return ()
    said = left_out(specification, units.rows - len(units.units), units.rows)
    return (f"{said} at most {units.largest:,} rows share one.",)


def _in_no_group(specification: Specification, measured: Measured) -> tuple[str, ...]:
    tally = measured.judged
    outside = {
        name: tally.labelled - sum(tally.group_rows((name,)).values()) for name in specification.protected
    }
    return in_no_group(specification, outside, tally.labelled)
