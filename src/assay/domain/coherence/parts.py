"""Rules about the part of the rows that a criterion is of: the groups it compares, its reference group, the strata it is narrowed to."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import TIME, Across, Metric, Unit
from assay.domain.nearest import listed, nearest
from assay.domain.vocabulary import Stage, Task


def across_missing(draft: Draft, world: World) -> Iterator[Finding]:
    """No groups asked of a metric that compares them."""
    for i, criterion, metric in draft.known(world):
        if criterion.across is None and metric.across is Across.REQUIRED:
            yield Finding(
                ("criteria", i),
                "across_missing",
                f"{metric.title} compares groups, and {criterion.id!r} does not say which.",
                remedy=f"Add 'across:' with one of {listed(draft.groupings())}.",
            )


def across_without_meaning(draft: Draft, world: World) -> Iterator[Finding]:
    """Groups asked of a metric that compares none."""
    for i, criterion, metric in draft.known(world):
        if criterion.across is not None and metric.across is Across.NEVER:
            yield Finding(
                ("criteria", i, "across"),
                "across_without_meaning",
                f"{metric.title} does not compare groups.",
                remedy="Delete 'across', or choose another metric.",
                key=True,
            )


def unknown_across(draft: Draft, _: World) -> Iterator[Finding]:
    """Groups that nobody declared."""
    for i, criterion in draft.criteria.items():
        if criterion.across is None or criterion.across in draft.groupings():
            continue
        crossed = "*" in criterion.across
        block = "intersections" if crossed else "protected"
        if draft.illegible(block):
            continue
        parts = sorted(criterion.across.split("*"))
        reordered = [name for name in draft.names(block) if sorted(name.split("*")) == parts]
        yield Finding(
            ("criteria", i, "across"),
            "unknown_across",
            f"{criterion.across!r} is no protected attribute or intersection; "
            f"declared are {listed(draft.groupings())}.",
            nearest=reordered[0] if reordered else nearest(criterion.across, draft.names(block)),
            remedy=f"Declare it under {block!r}.",
        )


def reference_unsuited(draft: Draft, world: World) -> Iterator[Finding]:
    """A reference group that is not one of the groups, or that the metric has no use for."""
    for i, criterion in draft.criteria.items():
        if criterion.reference is None:
            continue
        trail = ("criteria", i, "reference")
        metric = world.catalogue.get(criterion.metric)
        labels = draft.labels(criterion.across) if criterion.across in draft.groupings() else None
        if criterion.across is None:
            yield Finding(
                trail,
                "reference_without_across",
                "A reference group is named and no 'across' that it belongs to.",
                remedy="Add 'across:', or delete 'reference'.",
            )
        elif metric is not None and not metric.reference:
            yield Finding(
                trail,
                "reference_without_meaning",
                f"{metric.title} is not compared with one group.",
                remedy="Delete 'reference'.",
                key=True,
            )
        elif labels is not None and criterion.reference not in labels:
            yield Finding(
                trail,
                "unknown_group",
                f"{criterion.reference!r} is no group of {criterion.across!r}; its groups are {listed(labels)}.",
                nearest=nearest(criterion.reference, labels),
                remedy="Write the name of one of the groups.",
            )


def narrowed_to_nothing(draft: Draft, world: World) -> Iterator[Finding]:
    """A criterion that is narrowed to a part which nobody declared, or whose metric cannot be narrowed."""
    for i, criterion in draft.criteria.items():
        known, metric = draft.names("strata"), world.catalogue.get(criterion.metric)
        if criterion.where and metric is not None and not metric.by_row:
            yield Finding(
                ("criteria", i, "where"),
                "where_without_meaning",
                f"{metric.title} is not counted row by row, so it has no value of a part of the rows.",
                remedy="Delete 'where', or choose another metric.",
                key=True,
            )
        for name, label in criterion.where.items():
            stratum = draft.strata.get(name)
            if name not in known and not draft.illegible("strata"):
                yield Finding(
                    ("criteria", i, "where", name),
                    "unknown_stratum",
                    f"{name!r} is none of the strata; declared are {listed(known)}.",
                    nearest=nearest(name, known),
                    remedy="Declare it under 'strata', as an attribute is under 'protected'.",
                    key=True,
                )
            elif stratum is not None and label not in stratum.labels():
                yield Finding(
                    ("criteria", i, "where", name),
                    "unknown_part",
                    f"{label!r} is no part of {name!r}; its parts are {listed(stratum.labels())}.",
                    nearest=nearest(label, stratum.labels()),
                    remedy="Write the name of one of its parts.",
                )


def narrowed_to_answers(draft: Draft, world: World) -> Iterator[Finding]:
    """A criterion about decisions, or about labels, in a part that the truth or the model's own answer makes: there it is another measure, or has one value whatever the rows hold."""
    for i, criterion, metric in draft.known(world) if draft.prediction is not None else ():
        for name in criterion.where:
            column = draft.strata[name].column if name in draft.strata else None
            said = _narrowed_so(draft, metric, column) if column is not None else ""
            if said:
                yield Finding(
                    ("criteria", i, "where", name),
                    "narrowed_to_answers",
                    f"{name!r} parts the rows by {column}, which is {said}.",
                    remedy="Ask it of all rows, or of a part that is known before the decision; of one label ask for performance.recall or "
                    "performance.false_positive_rate, and of groups for fairness.equalized_odds.",
                    key=True,
                )


def _narrowed_so(draft: Draft, metric: Metric, column: str) -> str:
    """Why a metric says nothing of rows that a column parts; empty where it does."""
    prediction = draft.prediction
    regression = prediction is not None and prediction.task is Task.REGRESSION
    if prediction is not None and column == prediction.label:
        if _of_labels(metric):
            return "the truth: among rows of one label, or of nearly the same one, nothing of it can drift or be told"
        if _of_decisions(metric) and not regression:
            return "the truth: of rows of one label each decision for it is right"
    if column != draft.own_scores or not _of_decisions(metric):
        return ""
    if regression:  # how far numbers are off, and for whom, can differ between rows of nearly the same prediction; how frequent these are cannot
        of_shares = metric.unit is Unit.POINTS and not metric.pairwise
    else:
        of_shares = metric.pairwise or metric.unit in {Unit.SHARE, Unit.POINTS}
    return (
        "what the model itself answered: rows of nearly the same answer are decided alike"
        if of_shares
        else ""
    )


def _of_decisions(metric: Metric) -> bool:
    """Whether a metric is about how the model decides the rows as they are."""
    stage = metric.stage in {Stage.PERFORMANCE, Stage.FAIRNESS}
    return stage and metric.needs_model and not metric.changes_inputs


def _of_labels(metric: Metric) -> bool:
    """Whether a metric of the data compares labels, or looks for what tells them: it is for some tasks alone, and counts no rows."""
    of_some = metric.stage is Stage.DATA and set(metric.tasks) != set(Task)
    return of_some and metric.unit in {Unit.POINTS, Unit.NUMBER}


def strata_called_protected(draft: Draft, _: World) -> Iterator[Finding]:
    """A stratum under the name of a protected attribute: nobody could tell which of the two is meant."""
    for name in draft.names("strata"):
        if name in draft.names("protected"):
            yield Finding(
                ("strata", name),
                "name_twice",
                f"{name!r} is a protected attribute as well.",
                remedy="Give the stratum another name.",
                key=True,
            )


def stratum_called_time(draft: Draft, _: World) -> Iterator[Finding]:
    """A stratum under the name that checks have for the column that says when: one of the two would hide the other."""
    if TIME in draft.names("strata"):
        yield Finding(
            ("strata", TIME),
            "name_taken",
            f"{TIME!r} is what checks call the column that says when.",
            remedy="Give the stratum another name; its column may keep its own.",
            key=True,
        )


RULES: tuple[Rule, ...] = (
    across_missing,
    across_without_meaning,
    unknown_across,
    reference_unsuited,
    narrowed_to_nothing,
    narrowed_to_answers,
    strata_called_protected,
    stratum_called_time,
)
