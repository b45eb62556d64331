"""What the dossier shows besides verdicts: groups, curves and profiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.app.judging.case import Case
from assay.app.judging.count import Counted
from assay.app.judging.measure import Measured
from assay.app.verifying.redraw import ALL_ROWS, drawn
from assay.domain.record import CurveRecord, GroupRecord, ProfileRecord
from assay.domain.record_groups import defined
from assay.domain.specification import Prediction
from assay.domain.vocabulary import Task
from assay.stats.histogram import ScoreCounts
from assay.tally.profiles import named
from assay.tally.views import GroupOutcomes


def group_records(case: Case, measured: Measured) -> tuple[GroupRecord, ...]:
    """The groups of every grouping on the judged data."""
    outcomes = measured.judged.outcomes
    if outcomes is None:
        return ()
    prediction = case.specification.prediction
    found: list[GroupRecord] = []
    for name, attributes in case.specification.groupings().items():
        definitions = case.specification.groups_of(name)
        found += [
            GroupRecord(
                grouping=name,
                label=label,
                definition=definitions[label],
                rows=int(decisions.sum()),
                **_of_decisions(decisions, prediction),
                small=label in measured.small[name],
            )
            for label, decisions in outcomes.of_groups(attributes)
        ]
    return tuple(found)


def _of_decisions(decisions: NDArray[np.int64], prediction: Prediction) -> dict[str, int | None]:
    """What a group's rows by (label, decision) show; of numbers that are predicted no row is right or wrong."""
    right = None if prediction.task is Task.REGRESSION else int(decisions.trace())
    if prediction.favourable is None:
        return {"positives": None, "favourable": None, "correct": right}
    return {
        "positives": int(decisions[1].sum()),
        "favourable": int(decisions[:, prediction.favourable].sum()),
        "correct": right,
    }


def definition_of(case: Case, measured: Measured, counted: Counted) -> str:
    """How the groups that a criterion compares are defined: printed with the number, for an edge can flip it."""
    criterion = counted.wanted.criterion
    small = measured.small[criterion.across] if criterion.across is not None else ()
    return defined(case.specification, criterion, small, aside=counted.aside)


def curves(case: Case, measured: Measured) -> tuple[CurveRecord, ...]:
    """The ROC and the reliability curve of all judged rows and of each group of each single attribute."""
    outcomes = measured.judged.outcomes
    if outcomes is None or outcomes.scores is None or measured.failure is not None:
        return ()
    favourable = case.specification.prediction.good
    found = list(_curves_of("", ALL_ROWS, outcomes.view((), favourable).overall))
    for name in case.specification.protected:
        for group in outcomes.view((name,), favourable).groups:
            if group.label not in measured.small[name]:
                found += _curves_of(name, group.label, group)
    return tuple(found)


def _curves_of(across: str, label: str, group: GroupOutcomes) -> tuple[CurveRecord, ...]:
    return drawn(across, label, ScoreCounts(group.scores, *group.by_label), group.edges)


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
