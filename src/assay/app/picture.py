"""What the dossier draws besides verdicts: groups, curves, profiles, and what was not tested."""

from __future__ import annotations

import numpy as np

from assay.app.case import Case
from assay.app.count import Counted
from assay.app.measure import Measured, group_rows, labelled
from assay.domain.record import CurveRecord, GroupRecord, ProfileRecord
from assay.domain.specification import Specification
from assay.domain.specification.protected import CROSS
from assay.domain.vocabulary import Stage
from assay.stats.calibration import reliability_curve
from assay.stats.grid import GridCounts
from assay.stats.histogram import ScoreCounts
from assay.tally.views import GroupOutcomes

POINTS = 200
"""Points of a drawn curve; the numbers beside it come from all rows."""
CONFIDENCE = 0.05


def group_records(case: Case, measured: Measured) -> tuple[GroupRecord, ...]:
    """The groups of every grouping on the judged data."""
    outcomes = measured.judged.outcomes
    if outcomes is None:
        return ()
    favourable = case.specification.prediction.favourable
    found: list[GroupRecord] = []
    for name, attributes in case.specification.groupings().items():
        found += [
            GroupRecord(
                grouping=name,
                label=group.label,
                definition=_definition(case.specification, attributes, group.label),
                rows=group.n,
                positives=group.labelled(1),
                favourable=group.decided(favourable),
                correct=group.correct,
                small=group.label in measured.small[name],
            )
            for group in outcomes.view(attributes, favourable).groups
        ]
    return tuple(found)


def definition_of(case: Case, measured: Measured, counted: Counted) -> str:
    """How the groups that a criterion compares are defined: printed with the number, for an edge can flip it."""
    across = counted.wanted.criterion.across
    if across is None:
        return ""
    names = case.specification.groupings()[across]
    small = measured.small[across]
    labels = measured.judged.layout.labels(names)
    chosen = [label for label in labels if (label in small) == counted.aside]
    return "; ".join(f"{label}: {_definition(case.specification, names, label)}" for label in chosen)


def _definition(specification: Specification, names: tuple[str, ...], label: str) -> str:
    parts = label.split(CROSS)
    return " and ".join(
        specification.protected[name].definition(part) for name, part in zip(names, parts, strict=True)
    )


def curves(case: Case, measured: Measured) -> tuple[CurveRecord, ...]:
    """The ROC and the reliability curve of all judged rows and of each group of each single attribute."""
    outcomes = measured.judged.outcomes
    if outcomes is None or outcomes.scores is None or measured.failure is not None:
        return ()
    favourable = case.specification.prediction.favourable
    drawn = list(_curves_of("all rows", outcomes.view((), favourable).overall))
    for name in case.specification.protected:
        for group in outcomes.view((name,), favourable).groups:
            if group.label not in measured.small[name]:
                drawn += _curves_of(f"{name}: {group.label}", group)
    return tuple(drawn)


def _curves_of(label: str, group: GroupOutcomes) -> list[CurveRecord]:
    if group.labelled(0) == 0 or group.labelled(1) == 0:
        return []
    counts = ScoreCounts(group.scores, *group.by_label)
    ranked = GridCounts.of(counts, group.edges).tied() if group.edges.size else counts
    negatives, positives = ranked.negatives, ranked.positives
    false_positives = np.concatenate([[0], np.cumsum(negatives[::-1])]) / negatives.sum()
    true_positives = np.concatenate([[0], np.cumsum(positives[::-1])]) / positives.sum()
    at = np.unique(np.linspace(0, len(false_positives) - 1, POINTS).round().astype(int))
    roc = tuple((float(false_positives[i]), float(true_positives[i])) for i in at)
    bins = reliability_curve(counts, CONFIDENCE)
    reliability = tuple((b.mean_score, b.observed_rate, b.lower, b.upper, float(b.n)) for b in bins if b.n)
    return [CurveRecord("roc", label, roc), CurveRecord("reliability", label, reliability)]


def profile_records(measured: Measured) -> tuple[ProfileRecord, ...]:
    """What each column of each profiled data set holds."""
    return tuple(
        ProfileRecord(
            data=data,
            column=p.name,
            rows=p.rows,
            missing=p.missing,
            ill_typed=p.ill_typed,
            out_of_range=p.out_of_range,
            undocumented=p.undocumented,
        )
        for data, tally in measured.tallies.items()
        for p in tally.profiles
    )


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


def not_tested(case: Case, measured: Measured) -> tuple[str, ...]:
    """What the criteria say nothing about: rows left out or in no group, stages without a criterion, undeclared groups."""
    specification = case.specification
    tested = {c.stage for c in specification.criteria}
    absent = tuple(
        f"{what} ({stage.value}): no criterion asks."
        for stage, what in UNTESTED.items()
        if stage not in tested
    )
    groups = () if specification.protected else ("Any group of people: no protected attribute is declared.",)
    rows = _left_out(specification, measured) + _in_no_group(specification, measured)
    return rows + _not_perturbed(specification, measured) + _repeats(case) + absent + groups


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
    left_out = f"{units.rows - len(units.units):,} of {units.rows:,} rows were left out"
    unit = specification.data.unit
    return (f"{left_out} so that each {unit!r} counts once; at most {units.largest:,} rows share one.",)


def _repeats(case: Case) -> tuple[str, ...]:
    """Every bound takes rows to be independent; rows that repeat would be counted as news each time."""
    telling = {id_ for id_, check in case.checks.items() if check.metric.counts_repeats}
    asked = any(c.metric in telling for c in case.specification.criteria)
    if asked or case.specification.data.unit is not None:
        return ()
    checks = " or ".join(sorted(telling))
    said = f"Whether rows repeat: neither 'unit' nor a criterion of {checks} asks, and every bound counts each row."
    return (said,)


def _in_no_group(specification: Specification, measured: Measured) -> tuple[str, ...]:
    tally = measured.judged
    rows = labelled(tally)
    found = []
    for name, attribute in specification.protected.items():
        left = rows - sum(group_rows(tally, (name,)).values())
        if left:
            share = f"{100 * left / rows:.2g} %"
            found.append(
                f"{name}: {left:,} rows ({share}) whose {attribute.column} is in none of the declared groups."
            )
    return tuple(found)
