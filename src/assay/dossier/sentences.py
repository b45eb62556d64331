"""A verdict in the words of someone who knows no statistics: what was found, what was asked, how sure that is.

Each metric has a template; one that is not known here, for example of a third party, is told by its title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assay.domain.assessment import Assessment, Judged, Piece
from assay.domain.specification import Prediction
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.dossier import figures, wording
from assay.dossier.lookup import Lookup


class Unit(StrEnum):
    """How a value is read out."""

    NUMBER = "number"
    SHARE = "share"
    POINTS = "points"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Told:
    """A unit and a template; ``{of}`` says on whom, for the value of one group."""

    unit: Unit
    text: str
    names_group: bool = False
    """Whether the template itself names the group or the pair."""


_KS = "predicted probabilities and outcomes differ by {value}{of}, added up over the scores (KS calibration error)"
_MORE = "favourable decisions are {value} more frequent for {one} than for {two}"

_TOLD: dict[str, Told] = {
    "data.dictionary_conformity": Told(Unit.SHARE, "{value} of the rows do not conform to the dictionary"),
    "data.missing_values": Told(Unit.SHARE, "{value} of the rows lack a value that must be there"),
    "data.duplicates": Told(Unit.SHARE, "{value} of the rows repeat an earlier row"),
    "data.conflicting_labels": Told(Unit.SHARE, "{value} of the rows also occur with another label"),
    "data.split_overlap": Told(Unit.SHARE, "{value} of the rows also occur in another data set"),
    "data.undocumented_codes": Told(
        Unit.SHARE, "{value} of the rows have a code{column} that the dictionary does not explain"
    ),
    "data.group_representation": Told(Unit.COUNT, "the smallest group has {value} rows"),
    "documentation.required_sections": Told(Unit.COUNT, "required sections that are not filled: {value}"),
    "performance.accuracy": Told(Unit.SHARE, "{value} of the cases{of} are decided right"),
    "performance.recall": Told(Unit.SHARE, "{value} of the cases with {label} = 1{of} are found"),
    "performance.false_positive_rate": Told(
        Unit.SHARE, "{value} of the cases with {label} = 0{of} are decided {as_one}"
    ),
    "performance.precision": Told(Unit.SHARE, "{value} of the decisions for {label} = 1{of} are right"),
    "performance.auc": Told(Unit.NUMBER, "the area under the ROC curve (AUC){of} is {value}"),
    "performance.gini": Told(Unit.NUMBER, "the Gini coefficient{of} is {value}"),
    "performance.brier": Told(
        Unit.NUMBER, "the mean squared error of the probabilities{of} (Brier score) is {value}"
    ),
    "performance.log_loss": Told(Unit.NUMBER, "the log loss{of} is {value}"),
    "performance.ks_calibration": Told(Unit.NUMBER, _KS),
    "performance.ece": Told(
        Unit.NUMBER, "predicted probabilities{of} are off by {value} on average (calibration error)"
    ),
    "performance.observed_expected": Told(
        Unit.NUMBER, "{label} = 1 occurs{of} {value} times as often as predicted"
    ),
    "robustness.noise": Told(Unit.POINTS, "accuracy{of} drops by {value} under noise"),
    "robustness.missingness": Told(Unit.POINTS, "accuracy{of} drops by {value} when values are missing"),
    "robustness.rounding": Told(Unit.POINTS, "accuracy{of} drops by {value} when inputs are rounded"),
    "fairness.impact_ratio": Told(
        Unit.SHARE,
        "favourable decisions are {value} as frequent for {one} as for {two}",
        names_group=True,
    ),
    "fairness.demographic_parity": Told(Unit.POINTS, _MORE, names_group=True),
    "fairness.equal_opportunity": Told(
        Unit.POINTS, f"among cases with {{label}} = {{favourable}}, {_MORE}", names_group=True
    ),
    "fairness.equalized_odds": Told(
        Unit.POINTS, f"among cases with {{label}} = {{given}}, {_MORE}", names_group=True
    ),
    "fairness.predictive_parity": Told(
        Unit.POINTS,
        "decisions for {label} = {decision} are right {value} more often for {one} than for {two}",
        names_group=True,
    ),
    "fairness.calibration_by_group": Told(Unit.NUMBER, _KS),
}

_PAIR = " against "
_GIVEN = " (label "


def told(lookup: Lookup, judged: Judged, *, briefly: bool = False) -> str:
    """What was found against what was asked, and how sure that is; why there is no value when there is none."""
    a = judged.assessment
    p = a.binding
    if p is None or p.undefined is not None or judged.verdict in {Verdict.NOT_EVALUABLE, Verdict.ERROR}:
        return wording.sentences(
            f"{_capital(_title(lookup, judged))} could not be measured: {judged.sentence}"
        )
    unit, found = _found(lookup, judged, p)
    asked = _threshold(unit, a.threshold)
    was = "were" if unit is Unit.POINTS and a.threshold != Decimal("0.01") else "was"
    verb = "asked" if a.comparator is Comparator.AT_LEAST else "allowed"
    certain = "" if briefly else _certainty(judged, p, unit)
    return f"{_capital(found)}; {a.comparator.words} {asked} {was} {verb}.{' ' if certain else ''}{certain}"


def _title(lookup: Lookup, judged: Judged) -> str:
    across = judged.assessment.across
    title = lookup.title(judged.assessment.metric)
    return f"{title} across {wording.grouping(across)}" if across else title


def _found(lookup: Lookup, judged: Judged, p: Piece) -> tuple[Unit, str]:
    """How the value is read out, and the statement without its end."""
    a = judged.assessment
    form = _TOLD.get(a.metric)
    pair, given = _pair(p.label)
    if form is None or p.estimate is None or not _fits(form, p.estimate, pair, given):
        where = f" ({p.label})" if p.label else ""
        exact = p.exact is not None
        shown = figures.whole(p.estimate) if exact else figures.against(p.estimate, a.threshold)
        return Unit.NUMBER, f"{_title(lookup, judged)}{where}: {shown}"
    prediction: Prediction = lookup.record.specification.prediction
    one, two = pair if len(pair) == 2 else ("", "")
    criterion = lookup.criteria.get(a.criterion)
    settings = criterion.parameters if criterion else {}
    return form.unit, form.text.format(
        value=_value(form.unit, p.estimate, a.threshold),
        of=f" for {p.label}" if p.label and not form.names_group else "",
        one=one,
        two=two,
        given=given,
        label=prediction.label,
        favourable=prediction.favourable,
        as_one="favourably" if prediction.favourable == 1 else "unfavourably",
        column=f" in {settings['column']}" if "column" in settings else "",
        decision=0 if settings.get("decision") == "negative" else 1,
    )


def _fits(form: Told, estimate: float, pair: tuple[str, ...], given: str) -> bool:
    """Whether a value can be told by the template: a check of somebody else may use our name in another way."""
    if form.names_group and (len(pair) != 2 or ("{given}" in form.text and not given)):
        return False
    return form.unit is not Unit.SHARE or form.names_group or abs(estimate) <= 1


def _pair(label: str) -> tuple[tuple[str, ...], str]:
    """The two groups of ``one against two (label 1)``, and the label."""
    head, _, tail = label.partition(_GIVEN)
    return tuple(head.split(_PAIR)), tail.rstrip(")")


def _certainty(judged: Judged, p: Piece, unit: Unit) -> str:
    """How far the value is known, from the limit that speaks about the verdict."""
    if p.exact is not None:
        return "Counted in full."
    a = judged.assessment
    confidence = f"with {figures.percent(Decimal(figures.confidence(a.alpha)))} confidence"
    sure = f"{confidence} it is"
    good_side, bad_side = _limits(a, p, unit)
    if judged.verdict is Verdict.PASS:
        return _capital(f"{sure} {good_side}.")
    if judged.verdict is Verdict.FAIL:
        return _capital(f"{sure} {bad_side}.")
    if judged.reason is Reason.TIE:
        return "That lies exactly on the line, so nothing is decided."
    if judged.reason is Reason.VIOLATES_ONLY_BEFORE_CORRECTION:
        return (
            "Taken alone this would count as violated; among everything that was asked of these rows it may be "
            "chance."
        )
    if _reached(a, p):
        return "That is too close to call."
    if p.point_passes:
        return f"Not shown: the most that can be said {confidence} is {good_side}."
    return f"Not shown either way: the most that can be said {confidence} is {bad_side}."


def _limits(a: Assessment, p: Piece, unit: Unit) -> tuple[str, str]:
    """The limit that decides about passing, and the one that decides about failing, as they are read out."""
    low = f"at least {_limit(unit, p.lower, figures.lower, figures.percent_lower)}"
    high = f"at most {_limit(unit, p.upper, figures.upper, figures.percent_upper)}"
    return (low, high) if a.comparator is Comparator.AT_LEAST else (high, low)


def _reached(a: Assessment, p: Piece) -> bool:
    """Whether the printed limit satisfies the threshold although the stricter test behind it does not."""
    threshold = float(a.threshold)
    if a.comparator is Comparator.AT_LEAST:
        return p.lower is not None and p.lower >= threshold
    return p.upper is not None and p.upper <= threshold


def _limit(
    unit: Unit, x: float | None, plain: Callable[[float | None], str], percent: Callable[[float], str]
) -> str:
    if unit is Unit.SHARE and x is not None:
        return percent(x)
    if unit is Unit.POINTS and x is not None:
        return _points(percent(x))
    return plain(x)


def _value(unit: Unit, x: float, threshold: Decimal) -> str:
    if unit is Unit.SHARE:
        return figures.percent_against(x, threshold)
    if unit is Unit.POINTS:
        return _points(figures.percent_against(x, threshold))
    return figures.whole(x) if unit is Unit.COUNT else figures.against(x, threshold)


def _threshold(unit: Unit, threshold: Decimal) -> str:
    if unit is Unit.SHARE:
        return figures.percent(threshold)
    if unit is Unit.POINTS:
        return _points(figures.percent(threshold))
    return figures.threshold(threshold)


def _points(percent: str) -> str:
    """``10 %`` of a rate that is compared with another is ``10 points``."""
    number = percent.rpartition(figures.PERCENT)[0]
    return f"{number} point{'' if number in {'1', '1.0'} else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
