"""A card per criterion: what was asked and why, what was found, and what that allows to be said."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.assessment import Assessment, Judged, Piece
from assay.domain.evidence import Census
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Comparator, Grade, Verdict
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Beside,
    Block,
    Bullets,
    Card,
    Code,
    Column,
    Facts,
    Figure,
    Fold,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.charts.interval import MOST_ROWS, interval
from assay.dossier.lookup import Lookup, target
from assay.dossier.sections.found import found
from assay.dossier.sections.ratios import ratios
from assay.dossier.sections.summary import bound, estimate

_OPEN_PIECES = 3
_TALL = 3
"""A drawing of so many rows is as high as the facts about the value."""
_MOST_TIMES = 100
"""More than so many times the rows at hand are not to be had."""
_LEGEND = (
    "Each card says what was asked and why, then what was found. In the drawings the mark is the estimate, the bar lies "
    "between two one-sided confidence limits, the tick is the limit that decides, and the shaded side of the line "
    "satisfies the threshold. What passed is folded to a line; open it for the details."
)


def criteria(lookup: Lookup) -> Section:
    """All cards, by stage."""
    sections = []
    for stage, judged in lookup.by_stage:
        cards: tuple[Block, ...] = tuple(card(lookup, j) for j in judged)
        if not cards:
            cards = (Paragraph(("This stage is required, and no criterion of it was judged.",)),)
        sections.append(Section(f"stage-{stage.value}", wording.STAGE[stage], cards))
    lead = Paragraph((_LEGEND,), tone="note")
    return Section("criteria", "Criterion by criterion", (lead, *sections))


def card(lookup: Lookup, judged: Judged) -> Card:
    """The card of one criterion."""
    a = judged.assessment
    return Card(
        target=target(a.criterion),
        name=a.criterion,
        asked=lookup.asked(judged),
        tier=a.tier.value,
        verdict=judged.verdict,
        sentence=judged.sentence,
        rationale=lookup.criteria[a.criterion].rationale if a.criterion in lookup.criteria else "",
        reason=judged.reason.value,
        blocks=tuple(_blocks(lookup, judged)),
        found=_found(judged),
        folded=judged.verdict is Verdict.PASS,
    )


def _found(judged: Judged) -> str:
    """The figures of a folded card."""
    a = judged.assessment
    p = a.binding
    if p is None or p.undefined is not None:
        return ""
    if p.exact is not None:
        return f"{estimate(a)}, counted in full"
    return f"{estimate(a)}, {wording.bound_name(a.comparator)} bound {bound(a)}"


def _blocks(lookup: Lookup, judged: Judged) -> Iterable[Block]:
    criterion = lookup.criteria.get(judged.assessment.criterion)
    counted = wording.one_per(lookup.record.specification.data.unit)
    value, support = tuple(_value(judged, counted)), tuple(_support(judged, counted))
    drawn = interval(judged, prefix=f"interval-{judged.assessment.criterion}")
    if drawn is None:
        yield Facts(value + support, shape="band")
    else:
        figure = Figure(drawn, _caption(judged))
        if min(len(judged.assessment.pieces), MOST_ROWS) < _TALL:
            yield Beside((Facts(value, shape="pairs"),), (figure, Facts(support, shape="pairs")))
        else:
            yield Beside((Facts(value, shape="pairs"),), (figure,))
            yield Facts(support, shape="band")
    yield from _census_details(lookup, judged)
    yield from ratios(lookup, judged)
    yield from found(lookup, judged)
    yield from _pieces(judged)
    yield Fold("What is measured, for whom, and who asked", tuple(_asked(lookup, judged, criterion)))


def _caption(judged: Judged) -> str:
    a = judged.assessment
    shown = min(len(a.pieces), MOST_ROWS)
    which = (
        f"The {shown} with the worst bounds of {a.pieces_total}, one-sided"
        if a.pieces_total > shown
        else "One-sided"
    )
    return f"{which} limits at confidence {figures.confidence(a.alpha)} against the threshold."


def _value(judged: Judged, counted: str) -> Iterable[tuple[str, Rich]]:
    """What was found, and how; ``counted``: what the rows are that count."""
    a = judged.assessment
    p, widest = a.binding, a.widest
    if p is None or widest is None or p.undefined is not None:
        return
    yield "Value" if p.exact is not None else "Estimate", (Strong(estimate(a)), _of(a, widest.label))
    if p.exact is not None:
        yield "Out of", (figures.count(p.n),)
        yield "Method", ("counted in full",)
        return
    side = wording.bound_name(a.comparator)
    yield (
        f"{side.capitalize()} bound, confidence {figures.confidence(a.alpha)}",
        (
            Strong(bound(a)),
            _of(a, p.label),
        ),
    )
    if widest.label == p.label:
        yield f"Rows behind it{counted}", (figures.count(p.n),)
    else:
        yield (
            f"Rows behind them{counted}",
            (f"{figures.count(widest.n)} (estimate), {figures.count(p.n)} (bound)",),
        )
    yield "Method of the bound", (p.method or figures.NONE,)
    yield "Grade", grade(max(a.pieces, key=lambda piece: (piece.grade, piece.simulated_size or 0.0)))


def _of(a: Assessment, label: str) -> str:
    """Whose value it is, where there are several."""
    return f" ({label})" if label and a.pieces_total > 1 else ""


def grade(p: Piece) -> Rich:
    """How well the error rate of a number is known."""
    text = wording.GRADE_MEANS[p.grade]
    if p.grade is Grade.B:
        size = "not recorded" if p.simulated_size is None else figures.number(p.simulated_size)
        text = f"{text}; largest simulated rate of wrong passes {size}"
    return (Strong(p.grade.value), f", {text}")


def _support(judged: Judged, counted: str) -> Iterable[tuple[str, Rich]]:
    """What a point estimate would have said, and what these rows do support."""
    a = judged.assessment
    p = a.binding
    yield "A point estimate would have said", (Badge(a.point_verdict),)
    if p is None or p.exact is not None or judged.verdict in {Verdict.NOT_EVALUABLE, Verdict.ERROR}:
        return
    least = a.comparator is Comparator.AT_LEAST
    if a.strictest is not None:
        strictest = figures.lower(a.strictest) if least else figures.upper(a.strictest)
        yield "Strictest threshold these rows support", (f"{a.comparator.words} {strictest}",)
    if a.confidence_reached is not None:
        yield (
            "Confidence reached at the one asked",
            (figures.reached(a.confidence_reached), _of(a, a.confidence_of)),
        )
    if judged.verdict is not Verdict.PASS:
        yield f"Rows still needed{counted}", (rows_needed(judged),)


def rows_needed(judged: Judged) -> str:
    """How many rows are missing for a pass with 90 % probability, if the estimate is the truth."""
    a = judged.assessment
    if a.rows_needed is None or a.rows_needed > _MOST_TIMES * a.rows > 0:
        return _out_of_reach(a)
    more = a.rows_needed - a.rows
    if more <= 0:
        return f"none more by the plan ({figures.about(a.rows_needed)} in all)"
    return f"{figures.about(more)} more ({figures.about(a.rows_needed)} in all)"


def _out_of_reach(a: Assessment) -> str:
    """Why no number of rows is told: by which side of the threshold the estimate lies on, and how far off the bound is."""
    if not a.point_passes:
        return "no number is enough if the estimate is the truth"
    if a.estimate is None or figures.number(a.estimate.value) == figures.number(float(a.threshold)):
        return "more rows than can be had: the estimate lies on the threshold"
    if a.bound is None:
        return "not known: these rows give no bound"
    return f"more than {_MOST_TIMES} times these: the bound lies many times as far from the estimate as the threshold does"


def _census_details(lookup: Lookup, judged: Judged) -> Iterable[Block]:
    """Where that which was counted was found: by column, code or pair of splits."""
    counts = lookup.counts(judged)
    if isinstance(counts, Census) and counts.details:
        rows: tuple[tuple[Rich, ...], ...] = tuple(
            ((where,), (figures.count(n),)) for where, n in counts.details
        )
        columns = (Column("Where"), Column("Number", numeric=True))
        yield Table(f"Where it was found ({judged.assessment.criterion})", columns, rows, open_rows=6)


def _pieces(judged: Judged) -> Iterable[Block]:
    a = judged.assessment
    if a.undefined:
        rows: tuple[tuple[Rich, ...], ...] = tuple(
            (
                (none.label or "all rows",),
                (wording.REASON[none.reason], " ", Code(none.reason.value)),
                (none.detail,),
            )
            for none in a.undefined
        )
        columns = (Column("Piece"), Column("Why it has no value"), Column("Detail"))
        yield Table(f"What could not be evaluated in {a.criterion}", columns, rows)
    if a.pieces_total > 1:
        yield _pieces_table(judged)


def _pieces_table(judged: Judged) -> Table:
    a = judged.assessment
    inferred = any(p.exact is None for p in a.pieces)
    shown = len(a.pieces)
    rest = f"; {shown} of {a.pieces_total} are printed" if a.pieces_total > shown else ""
    if not inferred:
        columns: tuple[Column, ...] = (
            Column("Piece"),
            Column("Value", numeric=True),
            Column("Of", numeric=True),
            Column("Satisfies"),
        )
        rows: tuple[tuple[Rich, ...], ...] = tuple(
            ((p.label or "all rows",), (figures.whole(p.estimate),), (figures.count(p.n),), _yes(p))
            for p in a.pieces
        )
        return Table(f"What was counted for {a.criterion}{rest}", columns, rows, _OPEN_PIECES)
    columns = (
        Column("Piece"),
        Column("Estimate", numeric=True),
        Column("Lower", numeric=True),
        Column("Upper", numeric=True),
        Column("Rows", numeric=True),
        Column("p to pass", numeric=True),
        Column("Shown"),
    )
    rows = tuple(_piece_row(p, judged) for p in a.pieces)
    caption = f"All must hold for {a.criterion}, the worst bound first{rest}"
    return Table(caption, columns, rows, _OPEN_PIECES)


def _piece_row(p: Piece, judged: Judged) -> tuple[Rich, ...]:
    if p.undefined is not None:
        nothing: Rich = (figures.NONE,)
        return (
            (p.label or "all rows",),
            nothing,
            nothing,
            nothing,
            (figures.count(p.n),),
            nothing,
            (wording.REASON[p.undefined],),
        )
    return (
        (p.label or "all rows",),
        (figures.against(p.estimate, judged.assessment.threshold),),
        (figures.lower(p.lower),),
        (figures.upper(p.upper),),
        (figures.count(p.n),),
        (_p_value(p.p_pass),),
        _yes(p),
    )


def _p_value(p: float) -> str:
    """Above a half a rule gives 1 and no more: nothing is decided there."""
    return "< 0.0001" if p < 0.0001 else "over 0.5" if p > 0.5 else figures.number(p)


def _yes(p: Piece) -> Rich:
    return ("yes",) if p.passes else ("no",)


def _asked(lookup: Lookup, judged: Judged, criterion: Criterion | None) -> Iterable[Block]:
    a = judged.assessment
    yield Facts(tuple(_asked_facts(lookup, judged, criterion)), shape="wide")
    definitions = lookup.definitions(a.across) if a.across and not a.definition else ()
    if definitions:
        yield Paragraph((Strong("Groups, as fixed beforehand"),))
        yield Bullets(tuple((f"{label}: ", Code(text)) for label, text in definitions))
    guarded = lookup.guards(a.criterion)
    if guarded:
        yield Paragraph((Strong("Failure modes it guards against"),))
        yield Bullets(tuple((Strong(m.id), f" ({m.severity}): {m.harm}") for m in guarded))


def _asked_facts(lookup: Lookup, judged: Judged, criterion: Criterion | None) -> Iterable[tuple[str, Rich]]:
    a = judged.assessment
    title = lookup.title(a.metric)
    said = lookup.estimand(a.metric)
    yield "Quantity", (f"{title}: {said} " if said else f"{title} ", Code(a.metric))
    if a.definition:
        yield "Rows and groups, as fixed beforehand", (a.definition,)
    if criterion is None:
        return
    yield "Tier", (f"{criterion.tier.value}: {wording.TIER_MEANS[criterion.tier]}",)
    yield "Confidence", (str(criterion.confidence), f" (alpha spent: {figures.number(a.alpha)})")
    if criterion.reference:
        yield "Reference group", (criterion.reference,)
    if criterion.parameters:
        settings = ", ".join(f"{name} = {value}" for name, value in criterion.parameters.items())
        yield "Settings", (settings,)
    yield "Owner", (criterion.owner,)
    if criterion.requirements:
        yield "Requirements", (", ".join(criterion.requirements),)
