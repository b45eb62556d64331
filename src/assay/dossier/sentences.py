"""A verdict in the words of someone who knows no statistics: what was found, what was asked, how sure that is.

Each metric brings its reading (:mod:`assay.domain.telling`); a value that does not fit it is told by the metric's title.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from assay.domain import figures
from assay.domain.assessment import Assessment, Judged, Piece
from assay.domain.evidence import GIVEN_LABEL
from assay.domain.judge import violated_at
from assay.domain.metric import Unit
from assay.domain.telling import can_be_told, tell
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.dossier import wording
from assay.dossier.lookup import Lookup


def told(lookup: Lookup, judged: Judged) -> str:
    """What was found against what was asked, and how sure that is; why there is no value when there is none."""
    a = judged.assessment
    p = a.widest
    where = f"where {part}, " if (part := lookup.where(judged)) else ""
    if p is None or p.undefined is not None or judged.verdict in {Verdict.NOT_EVALUABLE, Verdict.ERROR}:
        return wording.sentences(
            f"{_capital(f'{where}{_title(lookup, judged)}')} could not be measured: {judged.sentence}"
        )
    unit, found = _found(lookup, judged, p)
    asked = _threshold(unit, a.threshold)
    was = "were" if unit is Unit.POINTS and a.threshold != Decimal("0.01") else "was"
    verb = "asked" if a.comparator is Comparator.AT_LEAST else "allowed"
    certain = _certainty(judged, p, unit)
    return f"{_capital(f'{where}{found}')}; {a.comparator.words} {asked} {was} {verb}. {certain}"


def _title(lookup: Lookup, judged: Judged) -> str:
    across = judged.assessment.across
    title = lookup.title(judged.assessment.metric)
    return f"{title} across {wording.grouping(across)}" if across else title


def _found(lookup: Lookup, judged: Judged, p: Piece) -> tuple[Unit, str]:
    """How the value is read out, and the statement without its end."""
    a = judged.assessment
    metric = lookup.metrics.get(a.metric)
    if metric is not None and p.estimate is not None:
        words = _words(lookup, judged, p, _value(metric.unit, p.estimate, a.threshold))
        if can_be_told(metric.reading, words):
            return metric.unit, tell(metric.reading, words)
    where = f" ({p.label})" if p.label else ""
    exact = p.exact is not None
    shown = figures.whole(p.estimate) if exact else figures.against(p.estimate, a.threshold)
    return Unit.NUMBER, f"{_title(lookup, judged)}{where}: {shown}"


def _words(lookup: Lookup, judged: Judged, p: Piece, value: str) -> dict[str, str]:
    """What the placeholders of a reading stand for; a parameter is told as it was bound."""
    prediction = lookup.record.specification.prediction
    one, two = p.between or ("", "")
    return {
        **lookup.settings(judged),
        "value": value,
        "group": p.label,
        "one": one,
        "two": two,
        "given": GIVEN_LABEL.get(p.family, p.family),
        "part": p.label,
        "first": one,
        "second": two,
        "family": "" if p.family in GIVEN_LABEL else p.family,
        "label": prediction.label,
        "favourable": str(prediction.favourable),
        "answer": prediction.answers.answer,
        "as_one": "favourably" if prediction.favourable == 1 else "unfavourably",
    }


def _certainty(judged: Judged, p: Piece, unit: Unit) -> str:
    """How far the value is known, from the limit that speaks about the verdict."""
    if p.exact is not None:
        places = violated_at(judged.assessment) if judged.verdict is Verdict.FAIL else ""
        return f"Counted in full: {places}." if places else "Counted in full."
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
    if _reached(a):
        return "That is too close to call."
    if p.point_passes:
        return f"Not shown: {sure} {good_side}."
    low, high = (good_side, bad_side) if a.comparator is Comparator.AT_LEAST else (bad_side, good_side)
    return f"Not shown either way: {confidence} each it is {low} and {high}."


def _limits(a: Assessment, p: Piece, unit: Unit) -> tuple[str, str]:
    """The limit that decides about passing, and the one that decides about failing, as they are read out."""
    good, bad = a.binding or p, p if _violated(p, a) else a.most_violated or p
    least = a.comparator is Comparator.AT_LEAST
    low, high = (good, bad) if least else (bad, good)
    lowest = f"at least {_limit(unit, low.lower, figures.lower, figures.percent_lower)}{_named(low, p)}"
    highest = f"at most {_limit(unit, high.upper, figures.upper, figures.percent_upper)}{_named(high, p)}"
    return (lowest, highest) if least else (highest, lowest)


def _violated(p: Piece, a: Assessment) -> bool:
    """Whether the limit of this very piece is on the wrong side: then it is told, and no other piece's."""
    if a.comparator is Comparator.AT_LEAST:
        return p.upper is not None and p.upper < float(a.threshold)
    return p.lower is not None and p.lower > float(a.threshold)


def _named(piece: Piece, told: Piece) -> str:
    """Whose limit it is, where that is not the piece whose estimate was told."""
    return f" (for {piece.label})" if piece.label != told.label else ""


def _reached(a: Assessment) -> bool:
    """Whether the printed limit satisfies the threshold although the stricter test behind it does not."""
    threshold, p = float(a.threshold), a.binding
    if p is None:
        return False
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
    return f"{number} point{'' if number in {'1', '1.00'} else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
