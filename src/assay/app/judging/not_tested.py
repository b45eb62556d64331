"""What a run says nothing about, so that nobody reads it into the verdicts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain.needs import Perturbed
from assay.domain.specification import Specification
from assay.domain.untested import in_no_group, left_out, missing, never_tested
from assay.plan.passes import Wanted, reference_data
from assay.tally.perturbation import ChangeContext


def not_tested(case: Case, measured: Measured) -> tuple[str, ...]:
    """What the criteria say nothing about: rows left out, in no group or equal to others, values that may be missing, stages without a criterion, groups other than the declared ones."""
    specification = case.specification
    repeated = case.looked.repeated.told(specification.data)
    rows = (
        _left_out(specification, measured) + _in_no_group(specification, measured) + _missing(case, measured)
    )
    return rows + _not_perturbed(case, measured) + repeated + never_tested(specification)


def _not_perturbed(case: Case, measured: Measured) -> tuple[str, ...]:
    """Inputs that a perturbation leaves as they are: about errors in them its criteria say nothing.

    Where a check says which these are, that counts, and not whether chance changed a value of one in this run.
    """
    changes = {w.change_key: w for w in case.wanted if isinstance(w.need, Perturbed)}
    spreads = dict(measured.spreads(reference_data(case.specification)))
    found = []
    for key, tally in measured.judged.paired:
        spared = _spared(case, changes[key], spreads)
        ((_, moved, rows),) = tally.moved_of(())
        if moved < rows:
            found.append(
                f"{rows - moved:,} of {rows:,} rows, which {key.partition('{')[0]} left as they are."
            )
        left = [n for n in case.specification.subject.inputs if n not in tally.changed and n not in spared]
        for names, how in (
            (spared, "changes on average fewer than 1 in 100 of their values, if any"),
            (left, "changed no value of them"),
        ):
            if names:
                found.append(f"Errors in {', '.join(names)}: {key.partition('{')[0]} {how}.")
    return tuple(dict.fromkeys(found))


def _spared(case: Case, wanted: Wanted, spreads: Mapping[str, float]) -> tuple[str, ...]:
    spares = wanted.need.spares if isinstance(wanted.need, Perturbed) else None
    if spares is None:
        return ()
    context = ChangeContext(
        rows=np.empty(0, np.uint64),
        seed=0,
        spreads=spreads,
        parameters=dict(wanted.parameters),
        kinds={column.name: column.type for column in case.dictionary.columns},
    )
    return spares(case.specification.subject.inputs, context)


def _left_out(specification: Specification, measured: Measured) -> tuple[str, ...]:
    units = measured.judged.units
    if units is None or units.missing or not units.repeated:  # with a missing one nothing is judged
        return ()
    said = left_out(specification, units.rows - units.n, units.rows)
    return (f"{said} at most {units.largest:,} rows share one.",)


def _missing(case: Case, measured: Measured) -> tuple[str, ...]:
    lacking = tuple((p.name, p.missing, p.rows) for p in measured.judged.profiles)
    return missing(case.specification, case.dictionary, lacking, case.judged_on)


def _in_no_group(specification: Specification, measured: Measured) -> tuple[str, ...]:
    tally = measured.judged
    outside = {
        name: tally.labelled - sum(tally.group_rows((name,)).values()) for name in specification.protected
    }
    return in_no_group(specification, outside, tally.labelled)
