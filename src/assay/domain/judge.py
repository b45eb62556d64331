"""From assessments to verdicts: pass pointwise, fail by Holm over all pieces of all criteria, else inconclusive.

A criterion passes only if each of its pieces passes at the full level (intersection-union test, Berger 1982):
whatever the dependence between them, a model that violates the criterion passes with probability at most alpha.
A failure is a union of rejections and is corrected by Holm (1979) over every piece that was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.domain.assessment import ROWS, TIE, Assessment, Judged, Piece
from assay.domain.vocabulary import Comparator, Grade, Reason, Verdict


def judge(assessments: Sequence[Assessment]) -> tuple[Judged, ...]:
    """Judge all criteria of one run together, in the order given."""
    failing = _failing_by_holm(assessments)
    return tuple(_judge_one(a, i in failing) for i, a in enumerate(assessments))


def _failing_by_holm(assessments: Sequence[Assessment]) -> frozenset[int]:
    """The indices of criteria with at least one piece that Holm's step-down procedure rejects.

    Pieces that are not printed are all at least as good as the printed ones, so they count in the number of
    hypotheses but are never the ones rejected first. Where criteria have different levels each p-value is first
    divided by its own, which keeps the family-wise error at most at the largest of them.
    """
    ranked = sorted(
        (piece.p_fail / a.alpha, i)
        for i, a in enumerate(assessments)
        for piece in a.pieces
        if a.error is None and piece.undefined is None and piece.exact is None and piece.grade is not Grade.C
    )
    left = sum(_hypotheses(a) for a in assessments)
    failing: set[int] = set()
    for scaled, i in ranked:
        if scaled * max(left, 1) > 1 - TIE:
            break
        failing.add(i)
        left -= 1
    return frozenset(failing)


def _hypotheses(a: Assessment) -> int:
    census = sum(piece.exact is not None for piece in a.pieces)
    return max(a.pieces_total - census, 0)


def _judge_one(a: Assessment, fails: bool) -> Judged:
    verdict, reason, sentence = _conclude(a, fails=fails)
    return Judged(assessment=a, verdict=verdict, reason=reason, sentence=sentence)


def _conclude(a: Assessment, *, fails: bool) -> tuple[Verdict, Reason, str]:
    if a.error is not None:
        return Verdict.ERROR, a.error.reason, a.error.sentence
    if a.undefined:
        first = a.undefined[0]
        where = f"{first.label}: " if first.label else ""
        return Verdict.NOT_EVALUABLE, first.reason, f"{where}{first.detail}"
    if not a.pieces:
        return Verdict.NOT_EVALUABLE, Reason.NOT_MEASURED, "Nothing was measured for this criterion."
    if any(p.grade is Grade.C for p in a.pieces):
        return (
            Verdict.NOT_EVALUABLE,
            Reason.GRADE_C_NEVER_GATES,
            "This number is descriptive and never gates.",
        )
    if all(p.exact is not None for p in a.pieces):
        return _conclude_census(a)
    return _conclude_inference(a, fails=fails)


def _conclude_census(a: Assessment) -> tuple[Verdict, Reason, str]:
    bad = [p for p in a.pieces if not p.exact]
    if a.all_pass and not bad:
        return (
            Verdict.PASS,
            Reason.EXACT_VALUE_SATISFIES,
            "Counted in full on this data; the value satisfies it.",
        )
    return (
        Verdict.FAIL,
        Reason.EXACT_VALUE_VIOLATES,
        f"Counted in full on this data; {_names(bad)} violates it{': ' if (places := violated_at(a)) else ''}{places}.",
    )


def _conclude_inference(a: Assessment, *, fails: bool) -> tuple[Verdict, Reason, str]:
    side = "lower" if a.comparator.value == "at_least" else "upper"
    confidence = f"{1 - a.alpha:.4g}"
    if a.all_pass and all(p.passes for p in a.pieces):
        return (
            Verdict.PASS,
            Reason.BOUND_SATISFIES,
            f"The {side} confidence bound (confidence {confidence}) satisfies the threshold{_for_each(a)}.",
        )
    if fails:
        return (
            Verdict.FAIL,
            Reason.BOUND_VIOLATES,
            (
                "The true value lies on the wrong side of the threshold, also after Holm's correction for everything "
                "that was asked of these rows."
            ),
        )
    open_, violated = a.least_significant or a.pieces[0], a.most_violated or a.pieces[0]
    if abs(open_.p_pass - open_.level_pass) <= TIE:
        return Verdict.INCONCLUSIVE, Reason.TIE, "The bound ties with the threshold; nothing is decided."
    if violated.p_fail <= a.alpha:
        return (
            Verdict.INCONCLUSIVE,
            Reason.VIOLATES_ONLY_BEFORE_CORRECTION,
            (
                f"Taken alone, {violated.label or 'the value'} would count as violated; after Holm's correction for "
                "everything that was asked of these rows it does not."
            ),
        )
    return (
        Verdict.INCONCLUSIVE,
        Reason.INTERVAL_CONTAINS_THRESHOLD,
        (
            f"At confidence {confidence} the true value may lie on either side of the threshold; {_too_few(open_)} "
            "not settle it."
        ),
    )


def _too_few(piece: Piece) -> str:
    """The rows that leave a piece open, as the subject of a sentence: where groups are compared, the smaller one's."""
    groups = [(n, group) for group, what, n in piece.counts if group in piece.between and what == ROWS]
    n, group = min(groups, default=(piece.n, ""))
    if not group:
        return f"{n:,} {'row does' if n == 1 else 'rows do'}"
    among = f" ({piece.family})" if piece.family else ""
    return f"{group} has only {n:,} {'row' if n == 1 else 'rows'}{among}, which {'does' if n == 1 else 'do'}"


def _for_each(a: Assessment) -> str:
    return f" for each of the {a.pieces_total} pieces" if a.pieces_total > 1 else ""


def _names(pieces: Iterable[Piece]) -> str:
    labels = [p.label for p in pieces if p.label]
    return ", ".join(labels[:5]) or "the value"


MOST_PLACES = 3
"""Places that a sentence names; the details of the evidence have them all."""


def violated_at(a: Assessment) -> str:
    """Where a count that violates a threshold was found, worst first: the column, the code, the group or the section, never a row."""
    counts = [(n, label, p.n) for p in a.pieces if p.exact is False for _, label, n in p.counts]
    if a.comparator is Comparator.AT_LEAST:
        places = sorted(place for place in counts if place[0] < a.threshold)
    else:
        places = sorted(counts, key=lambda place: (-place[0], place[1]))
    # Only a part of the rows is a number of rows; sections, for example, are counted by themselves.
    named = [f"{label} ({n:,} of {of:,} rows)" if of == a.rows else label for n, label, of in places]
    more = f"; and {len(named) - MOST_PLACES} more" if len(named) > MOST_PLACES else ""
    return f"{'; '.join(named[:MOST_PLACES])}{more}"
