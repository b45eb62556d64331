"""The first screen: what was decided, on what, why, and about what nothing is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assay.domain.assessment import Judged
from assay.domain.decide import Ground
from assay.domain.vocabulary import Outcome, Tier, Verdict
from assay.dossier import figures, wording
from assay.dossier.blocks import Badge, Code, Link, Opening, Rich, Strong
from assay.dossier.lookup import Lookup, target
from assay.dossier.sections.summary import estimate

_MOST_GROUPS = 6
_REASONS_TITLE = {
    Outcome.CERTIFIED: "Why",
    Outcome.CONDITIONAL: "What is not shown",
    Outcome.WITHHELD: "Why not",
}


def opening(lookup: Lookup, *, date: str = "") -> Opening:
    """The first screen of a record."""
    record = lookup.record
    decision = record.decision
    conditional = decision.outcome is Outcome.CONDITIONAL
    reasons = tuple(_ground(lookup, g) for g in decision.grounds)
    return Opening(
        name=record.specification.name,
        outcome=decision.outcome,
        word=(wording.REHEARSAL_OUTCOME if decision.rehearsal else wording.OUTCOME)[decision.outcome],
        means=_means(lookup),
        rehearsal=wording.REHEARSAL if decision.rehearsal else "",
        facts=tuple(_facts(lookup, date)),
        reasons_title=_REASONS_TITLE[decision.outcome],
        reasons=() if conditional else reasons + _counts(lookup),
        conditions=tuple(_ground(lookup, g) for g in decision.conditions),
        silent=tuple(_silent(lookup)),
        point=_point(lookup),
        bypasses=record.bypasses,
        not_bound=wording.NOT_BOUND,
    )


def _means(lookup: Lookup) -> str:
    decision = lookup.record.decision
    means = (wording.REHEARSAL_MEANS if decision.rehearsal else wording.OUTCOME_MEANS)[decision.outcome]
    if decision.outcome is not Outcome.WITHHELD:
        return means
    verdicts = Counter(
        lookup.judged[g.criterion].verdict for g in decision.grounds if g.criterion in lookup.judged
    )
    if verdicts[Verdict.FAIL]:
        said = wording.plural(verdicts[Verdict.FAIL], "critical requirement is", "critical requirements are")
        return f"{means} {said} shown to be violated."
    if verdicts[Verdict.INCONCLUSIVE]:
        return (
            f"{means} Nothing critical is shown to be violated; these rows are too few to show that it holds."
        )
    return f"{means} What was asked could not be answered, and an absent answer never counts as a pass."


def _ground(lookup: Lookup, ground: Ground) -> Rich:
    judged = lookup.judged.get(ground.criterion)
    if judged is None:
        return (ground.sentence, " ", Code(ground.reason.value))
    asked = Link(lookup.asked(judged), target(ground.criterion))
    return (Badge(judged.verdict), " ", asked, ". ", _found(judged), judged.sentence)


def _found(judged: Judged) -> str:
    """The numbers behind a reason, in a sentence; empty when there are none."""
    a = judged.assessment
    p = a.binding
    if p is None or p.undefined is not None or judged.verdict in {Verdict.NOT_EVALUABLE, Verdict.ERROR}:
        return ""
    if p.exact is not None:
        return f"Found {estimate(a)}. "
    which = f" for {p.label}" if p.label else ""
    low, high = figures.lower(p.lower), figures.upper(p.upper)
    return f"Found {estimate(a)}{which}, between one-sided limits {low} and {high}. "


def _counts(lookup: Lookup) -> tuple[Rich, ...]:
    said = []
    for tier in Tier:
        passed, asked = lookup.tally(tier)
        if asked:
            said.append(f"{passed} of {asked} {tier.value}")
    return ((f"Passed: {wording.listed(tuple(said))} criteria.",),) if said else ()


def _facts(lookup: Lookup, date: str) -> Iterable[tuple[str, Rich]]:
    record = lookup.record
    spec = record.specification
    source = next((s for s in record.sources if s.role == record.data), None)
    model = next((s for s in record.sources if s.role == "model"), None)
    yield "Model", (spec.subject.model, *_digest(model.digest if model else ""))
    yield "Use", (spec.use_case.purpose,)
    rows = f"{figures.count(record.rows_used)} of {figures.count(record.rows)} {record.data} rows"
    unit = f", one per {spec.data.unit}" if spec.data.unit else ""
    yield "Tested on", (rows + unit, *_digest(source.digest if source else ""))
    yield "Test rows held by", (spec.data.custody,)
    if date:
        yield "Date", (date,)


def _digest(digest: str) -> Rich:
    return (" ", Code(digest.removeprefix("sha256:")[:12])) if digest else ()


def _silent(lookup: Lookup) -> Iterable[Rich]:
    record = lookup.record
    small = sorted((g for g in record.groups if g.small), key=lambda g: (g.grouping.count("*"), -g.rows))
    for g in small[:_MOST_GROUPS]:
        share = figures.percent(g.rows / record.rows) if record.rows else figures.NONE
        yield (
            Strong(f"{g.grouping.replace('*', ' and ')}: {g.label}"),
            f" ({g.definition}): {wording.plural(g.rows, 'row')}, {share}. Set aside as a small group.",
        )
    if len(small) > _MOST_GROUPS:
        more = wording.plural(len(small) - _MOST_GROUPS, "more small group")
        yield (more, ", listed under ", Link("Groups", "groups"), ".")
    custody = record.specification.data.custody
    if custody == "developer" and not record.decision.rehearsal:
        yield ("The developer held the test rows, so nothing is said about how often they were used before.",)
    for text in record.not_tested:
        yield (text,)


def _point(lookup: Lookup) -> Rich:
    decision = lookup.point_decision
    word = wording.OUTCOME[decision.outcome].lower()
    differing = [j for j in lookup.record.judged if j.verdict is not j.assessment.point_verdict]
    if not lookup.record.judged:
        return ()
    tail = f" Its verdict differs on {len(differing)} of {wording.plural(len(lookup.record.judged), 'criterion', 'criteria')}."
    return (
        "A pipeline that takes point estimates for the truth would have said: ",
        Strong(word),
        ".",
        tail if differing else " It would have agreed on every criterion.",
    )
