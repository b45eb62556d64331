"""The first screen: what was decided, on what, why, and about what nothing is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.attempts import beyond
from assay.domain.decide import Ground
from assay.domain.digests import short
from assay.domain.record import Record
from assay.domain.standing import Standing
from assay.domain.vacuous import vacuous
from assay.domain.vocabulary import PASSING, Outcome, Tier, Verdict
from assay.dossier import wording
from assay.dossier.blocks import Badge, Code, Inline, Link, Opening, Rich, Strong
from assay.dossier.lookup import Lookup, target
from assay.dossier.sections.standing import bound, changed, taken_back, waivers
from assay.dossier.sentences import told

_MOST_GROUPS = 6
_REASONS_TITLE = {
    Outcome.CERTIFIED: "Why",
    Outcome.CONDITIONAL: "Beside the conditions",
    Outcome.WITHHELD: "Why not",
}


def opening(lookup: Lookup, *, standing: Standing | None = None) -> Opening:
    """The first screen of a record; ``standing`` is where its decision stands in a log."""
    record = lookup.record
    decision = record.decision
    title, text = bound(standing, decision.outcome)
    reasons = tuple(_grounds(lookup, tuple(g for g in decision.grounds if g not in decision.conditions)))
    return Opening(
        name=record.specification.name,
        outcome=decision.outcome,
        word=_word(record),
        means=" ".join((taken_back(standing) + _means(lookup), *vacuous(record))),
        rehearsal=wording.REHEARSAL if decision.rehearsal else "",
        demo=wording.DEMO if standing and standing.demo else "",
        facts=tuple(_facts(lookup)),
        reasons_title=_REASONS_TITLE[decision.outcome],
        reasons=reasons + _counts(lookup),
        conditions=tuple(_grounds(lookup, decision.conditions)),
        also=tuple(_aside(lookup, Tier.SUPPORTING)),
        advice=tuple(_aside(lookup, Tier.ADVISORY)),
        undecided=tuple(undecided(lookup, most=_MOST_GROUPS)),
        silent=tuple(unseen(lookup)),
        point=_point(lookup),
        bypasses=tuple(dict.fromkeys((*record.bypasses, *(standing.bypasses if standing else ())))),
        waived=tuple(waivers(standing, {c: j.verdict for c, j in lookup.judged.items()})) if standing else (),
        changed=tuple(changed(standing)) if standing else (),
        bound_title=title,
        bound=text,
    )


def _word(record: Record) -> str:
    """The decision in a word: of what no certificate can come of, what it would be."""
    hypothetical = record.decision.rehearsal or (record.bypasses and record.decision.outcome in PASSING)
    return (wording.REHEARSAL_OUTCOME if hypothetical else wording.OUTCOME)[record.decision.outcome]


def _means(lookup: Lookup) -> str:
    record, decision = lookup.record, lookup.record.decision
    means = (wording.REHEARSAL_MEANS if decision.rehearsal else wording.OUTCOME_MEANS)[decision.outcome]
    if decision.outcome in PASSING:
        late = beyond(record.attempt, record.specification.attempts.count)
        if decision.rehearsal:
            return means
        if record.bypasses:
            return wording.BYPASSED_MEANS[decision.outcome]
        return f"{wording.USED_MEANS[decision.outcome]} {late}" if late else means
    verdicts = Counter(
        lookup.judged[g.criterion].verdict for g in decision.grounds if g.criterion in lookup.judged
    )
    if verdicts[Verdict.FAIL]:
        said = wording.plural(verdicts[Verdict.FAIL], "critical requirement is", "critical requirements are")
        return f"{means} {said} shown to be violated."
    if verdicts[Verdict.INCONCLUSIVE]:
        return f"{means} Nothing critical is shown to be violated, and these rows do not show that it holds."
    return f"{means} What was asked could not be answered, and an absent answer never counts as a pass."


_ABSENT = (Verdict.NOT_EVALUABLE, Verdict.ERROR)


def _grounds(lookup: Lookup, grounds: tuple[Ground, ...]) -> Iterable[Rich]:
    """Reasons in the order in which they matter: what is absent altogether, violated, not measured, not shown."""
    found: list[Judged] = []
    for g in grounds:
        if g.criterion in lookup.judged:
            found.append(lookup.judged[g.criterion])
        else:
            yield (g.sentence,)
    yield from _tell(lookup, found)


def _tell(lookup: Lookup, judged: Iterable[Judged]) -> Iterable[Rich]:
    """Verdicts that are no pass: violations first, then what could not be measured, then what was not shown."""
    found = tuple(judged)
    yield from (_one(lookup, j) for j in found if j.verdict is Verdict.FAIL)
    same: dict[tuple[Verdict, str], list[Judged]] = {}
    for j in found:
        if j.verdict in _ABSENT:
            same.setdefault((j.verdict, j.sentence), []).append(j)
    yield from (_one(lookup, g[0]) if len(g) == 1 else _alike(g) for g in same.values())
    yield from (_one(lookup, j) for j in found if j.verdict is Verdict.INCONCLUSIVE)


def _one(lookup: Lookup, judged: Judged) -> Rich:
    return (Badge(judged.verdict), " ", told(lookup, judged), " (", _name(judged), ")")


def _alike(judged: list[Judged]) -> Rich:
    """Criteria that could not be measured for one and the same reason."""
    said = f" {len(judged)} criteria could not be measured: {judged[0].sentence} ("
    names: list[Inline] = []
    for j in judged:
        names += [", ", _name(j)]
    return (Badge(judged[0].verdict), said, *names[1:], ")")


def _name(judged: Judged) -> Link:
    name = judged.assessment.criterion
    return Link(name, target(name))


def _aside(lookup: Lookup, tier: Tier) -> Iterable[Rich]:
    """Criteria of a tier that did not pass and did not decide: they must not go unseen."""
    gate = {g.criterion for g in (*lookup.record.decision.grounds, *lookup.record.decision.conditions)}
    found = (j for j in lookup.record.judged if j.assessment.tier is tier)
    return _tell(lookup, (j for j in found if j.assessment.criterion not in gate))


def _counts(lookup: Lookup) -> tuple[Rich, ...]:
    said = []
    for tier in Tier:
        passed, asked = lookup.tally(tier)
        if asked:
            said.append(f"{passed} of {asked} {tier.value}")
    return ((f"Passed: {wording.listed(tuple(said))} criteria.",),) if said else ()


def _facts(lookup: Lookup) -> Iterable[tuple[str, Rich]]:
    record = lookup.record
    spec = record.specification
    source = next((s for s in record.sources if s.role == record.data), None)
    model = next((s for s in record.sources if s.role == "model"), None)
    yield "Model", (spec.subject.model, *_digest(model.digest if model else ""))
    yield "Use", (spec.use_case.purpose,)
    rows = f"{figures.count(record.rows_used)} of {figures.count(record.rows)} {wording.data_set(record.data)} rows"
    yield "Tested on", (rows + wording.one_per(spec.data.unit), *_digest(source.digest if source else ""))
    yield "Test rows held by", (spec.data.custody,)
    logged = not any(bypass.startswith("certify_without_a_lock") for bypass in record.bypasses)
    if logged and not record.decision.rehearsal:
        shared = " ".join(record.overlaps) or "No earlier judged run in this log shares rows with it."
        yield "Attempt on them", (f"{record.attempt}. {shared}",)
    yield "Isolation", (wording.isolation(record.environment.isolation),)
    if record.environment.commit:
        changed = ", with changes that no commit names" if record.environment.dirty else ""
        yield "Code", (f"commit {record.environment.commit[:12]}{changed}",)


def _digest(digest: str) -> Rich:
    return (" ", Code(short(digest))) if digest else ()


def undecided(lookup: Lookup, *, most: int | None = None) -> Iterable[Rich]:
    """The small groups that were set aside: figures, but no decision."""
    record = lookup.record
    small = sorted((g for g in record.groups if g.small), key=lambda g: (g.grouping.count("*"), -g.rows))
    shown = small if most is None else small[:most]
    unit = record.specification.data.unit
    of = f" of those that count, one per {unit}" if unit and record.rows_used < record.rows else ""
    for g in shown:
        share = figures.percent(g.rows / record.rows_used) if record.rows_used else figures.NONE
        yield (
            Strong(f"{wording.grouping(g.grouping)}: {g.label}"),
            f" ({g.definition}): {wording.plural(g.rows, 'row')}, {share}{of}.",
        )
    more = len(small) - len(shown)
    if small:
        rest = f"{wording.plural(more, 'more small group')}. " if more else ""
        yield (f"{rest}Small groups were set aside; advisory figures stand under ", _GROUPS, ".")


_GROUPS = Link("Groups", "groups")


def unseen(lookup: Lookup) -> Iterable[Rich]:
    """What the run left out, and what the custody of the rows leaves open."""
    return ((text,) for text in lookup.record.says_nothing_about)


def _point(lookup: Lookup) -> Rich:
    judged = lookup.record.judged
    if not judged:
        return ()
    word = wording.OUTCOME[lookup.point_decision.outcome].lower()
    valued = [j for j in judged if j.assessment.point_passes is not None]
    differing = [j for j in valued if j.verdict is not j.assessment.point_verdict]
    absent = len(judged) - len(valued)
    tail = (
        f" Its verdict differs on {len(differing)} of {wording.plural(len(valued), 'criterion', 'criteria')}"
        if differing
        else " It would have agreed on every criterion that has a value"
    )
    return (
        "A pipeline that takes point estimates for the truth would have said: ",
        Strong(word),
        ".",
        f"{tail}; {absent} could not be measured." if absent else f"{tail}.",
    )
