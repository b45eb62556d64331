"""What the dossier shows besides verdicts: groups, curves and profiles."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.app.judging.count import Counted
from assay.app.judging.measure import Measured
from assay.domain.record import CurveRecord, GroupRecord, ProfileRecord
from assay.domain.specification import Specification
from assay.domain.specification.protected import CROSS
from assay.stats.calibration import reliability_curve
from assay.stats.curves import roc_curve
from assay.stats.histogram import ScoreCounts
from assay.tally.profiles import named
from assay.tally.views import GroupOutcomes

LEVEL = 0.05
"""Alpha of each limit of a drawn reliability curve."""


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
    drawn = list(_curves_of("", "all rows", outcomes.view((), favourable).overall))
    for name in case.specification.protected:
        for group in outcomes.view((name,), favourable).groups:
            if group.label not in measured.small[name]:
                drawn += _curves_of(name, group.label, group)
    return tuple(drawn)


def _curves_of(across: str, label: str, group: GroupOutcomes) -> list[CurveRecord]:
    if group.labelled(0) == 0 or group.labelled(1) == 0:
        return []
    counts = ScoreCounts(group.scores, *group.by_label)
    roc = tuple((float(x), float(y)) for x, y in roc_curve(counts, edges=group.edges))
    bins = reliability_curve(counts, LEVEL)
    reliability = tuple((b.mean_score, b.observed_rate, b.lower, b.upper, float(b.n)) for b in bins)
    return [CurveRecord("roc", across, label, roc), CurveRecord("reliability", across, label, reliability)]


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
            undocumented=named(p.undocumented),
        )
        for data, tally in measured.tallies.items()
        for p in tally.profiles
    )
