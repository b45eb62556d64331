"""What a run says nothing about, so that nobody reads it into the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain import figures
from assay.domain.needs import Perturbed
from assay.domain.specification import Specification
from assay.domain.vocabulary import Stage
from assay.plan.passes import Wanted, reference_data
from assay.tally.perturbation import ChangeContext

UNTESTED = {
    Stage.DATA: "Whether the data is fit for the purpose",
    Stage.PERFORMANCE: "How well the model predicts",
    Stage.ROBUSTNESS: "How the model behaves on perturbed inputs",
    Stage.FAIRNESS: "How the model treats groups",
    Stage.PRIVACY: "Whether the model gives away who was in its training data",
    Stage.SAFETY: "What happens when the model must not decide",
    Stage.OPERATIONS: "Latency, availability and monitoring in production",
    Stage.DOCUMENTATION: "Whether the documents are complete",
}

OVERLAP = "data.split_overlap"
MISSING = "data.missing_values"


def not_tested(case: Case, measured: Measured) -> tuple[str, ...]:
    """What the criteria say nothing about: rows left out, in no group or equal to others, values that may be missing, stages without a criterion, groups other than the declared ones."""
    specification = case.specification
    tested = {c.stage for c in specification.criteria}
    absent = tuple(
        f"{what} ({stage.value}): no criterion asks."
        for stage, what in UNTESTED.items()
        if stage not in tested
    )
    repeated = case.repeated.told(specification.data)
    rows = (
        _left_out(specification, measured) + _in_no_group(specification, measured) + _missing(case, measured)
    )
    learned = _learned_from(specification)
    return rows + _not_perturbed(case, measured) + repeated + learned + absent + _other_groups(specification)


def _other_groups(specification: Specification) -> tuple[str, ...]:
    """Which groups of people are looked at, each with its column: the name of an attribute alone could stand for any."""
    if not specification.protected:
        return ("Any group of people: no protected attribute is declared.",)
    declared = "; ".join(
        f"{name} is " + ", ".join(f"{label} ({attribute.definition(label)})" for label in attribute.labels())
        for name, attribute in specification.protected.items()
    )
    return (f"Any group of people but those declared: {declared}.",)


def _learned_from(specification: Specification) -> tuple[str, ...]:
    """That nobody asks whether test rows were learned: a model that remembers rows looks good on them."""
    declared = {name for name in ("train", "develop") if getattr(specification.data, name)}
    asked: set[str] = set()
    for one in specification.criteria:
        if one.metric == OVERLAP:
            other = one.parameters.get("other", "any")
            others = {"test", "train", "develop"} if other == "any" else {str(other)}
            asked |= others if one.data == "test" else {one.data} if "test" in others else set()
    left = sorted(declared - asked)
    if not asked & {"train", "develop"}:
        return ("Whether test rows were among those learned from: no criterion asks.",)
    return tuple(f"Whether test rows were among those of {name}: no criterion asks." for name in left)


def _not_perturbed(case: Case, measured: Measured) -> tuple[str, ...]:
    """Inputs that a perturbation leaves as they are: about errors in them its criteria say nothing.

    Where a check says which these are, that counts, and not whether chance changed a value of one in this run.
    """
    changes = {w.change_key: w for w in case.wanted if isinstance(w.need, Perturbed)}
    spreads = dict(measured.spreads(reference_data(case.specification)))
    found = []
    for key, tally in measured.judged.paired:
        spared = _spared(case, changes[key], spreads)
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
    left_out = f"{units.rows - len(units.units):,} of {units.rows:,} rows were left out"
    unit = specification.data.unit
    return (f"{left_out} so that each {unit!r} counts once; at most {units.largest:,} rows share one.",)


def _missing(case: Case, measured: Measured) -> tuple[str, ...]:
    """Columns that lack values about which no criterion asks, most of them because the dictionary allows it."""
    asked = {
        dict(w.parameters)["column"]
        for w in case.wanted
        if w.criterion.metric == MISSING and w.data(case.judged_on) == case.judged_on
    }
    if "" in asked:
        asked |= {c.name for c in case.dictionary.columns if c.missing == "never"}
    found = [p for p in measured.judged.profiles if p.missing and p.name not in asked]
    if not found:
        return ()
    lacking = ", ".join(f"{p.name} ({p.missing:,} of {p.rows:,} rows)" for p in found)
    return (f"Missing values in {lacking}: no criterion asks about them.",)


def _in_no_group(specification: Specification, measured: Measured) -> tuple[str, ...]:
    tally = measured.judged
    rows = tally.labelled
    of_the_file = " of the file" if specification.data.unit is not None else ""  # and not one of each unit
    found = []
    for name, attribute in specification.protected.items():
        left = rows - sum(tally.group_rows((name,)).values())
        if left:
            share = figures.percent_against(left / rows, Decimal(1))
            found.append(
                f"{name}: {left:,} of {rows:,} rows{of_the_file} ({share}) whose {attribute.column} is in none of the declared groups."
            )
    return tuple(found)
