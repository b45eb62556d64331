"""What the model is for, what it must not be used for, what was given up, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain.specification import Prediction, Specification
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Block,
    Bullets,
    Column,
    Facts,
    Link,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.lookup import Lookup, target


def purpose(lookup: Lookup) -> Section:
    """The section of a record."""
    spec = lookup.record.specification
    blocks: list[Block] = list(_use(spec))
    blocks += [
        Section("charter", "Charter and trade-offs", (Facts(tuple(_charter(spec)), shape="wide"),)),
        Section(
            "failure-modes", "What could go wrong, and what guards against it", tuple(_failure_modes(lookup))
        ),
        Section("duties", "Who answers for it", (Facts(tuple(_duties(spec)), shape="wide"),)),
    ]
    return Section("purpose", "Intended use", tuple(blocks))


def _use(spec: Specification) -> Iterable[Block]:
    use = spec.use_case
    p = spec.prediction
    where = ", ".join(use.jurisdictions)
    facts: list[tuple[str, Rich]] = [
        ("Purpose", (use.purpose,)),
        ("Domain and risk", (f"{use.domain}, {use.risk} risk" + (f", {where}" if where else ""),)),
        ("People in use", (use.population,)),
        ("Test rows, and how they differ", (use.test_population,)),
        ("Whose outcome is known", (use.outcomes or "The specification does not say.",)),
        (
            "Decision" if p.decide_at is not None else "Prediction",
            (_predicted(p),),
        ),
    ]
    yield Facts(tuple(facts), shape="wide")
    for title, items in (("Must not be used for", use.misuse), ("Out of scope", use.out_of_scope)):
        if items:
            yield Paragraph((Strong(title),))
            yield Bullets(tuple((text,) for text in items))


def _predicted(p: Prediction) -> str:
    """What the model says of a person, and what follows from it."""
    if p.range is not None:
        low, high = p.range
        return f"{p.label} is predicted as a number from {low} to {high} ({p.score})"
    if p.classes is not None:
        return (
            f"{p.label} is predicted as the most probable of {wording.listed(p.answers.classes)} ({p.score})"
        )
    effect = "favourable" if p.favourable == 1 else "unfavourable"
    return (
        f"{p.label} = 1 is decided at a {p.score} of {p.decide_at} or more; that is {effect} for the person"
    )


def _charter(spec: Specification) -> Iterable[tuple[str, Rich]]:
    c = spec.charter
    yield "Sponsor", (c.sponsor,)
    yield "Success", (c.success,)
    yield "Risk appetite", (c.risk_appetite,)
    yield "Given up for what, and who decided", (c.tradeoffs,)


def _failure_modes(lookup: Lookup) -> Iterable[Block]:
    modes = lookup.record.specification.failure_modes
    if not modes:
        yield Paragraph(("No failure mode was declared.",))
        return
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((m.harm,), (", ".join(m.affected) or "not said",), (m.severity,), _guards(lookup, m.criteria))
        for m in modes
    )
    titles = ("Harm", "Who is affected", "Severity", "Guarded by")
    yield Table(
        "Failure modes with the criteria that guard against them", tuple(Column(t) for t in titles), rows
    )


def _guards(lookup: Lookup, criteria: tuple[str, ...]) -> Rich:
    cell: list[str | Badge | Link] = []
    for name in criteria:
        judged = lookup.judged.get(name)
        if judged is None:
            cell += [name, " (not judged) "]
        else:
            cell += [Link(name, target(name)), " ", Badge(judged.verdict), " "]
    return tuple(cell)


def _duties(spec: Specification) -> Iterable[tuple[str, Rich]]:
    o = spec.owners
    yield "Data", (o.data,)
    yield "Updates", (o.updates,)
    yield "Monitoring", (o.monitoring,)
    yield "Incidents", (o.incidents,)
    if spec.monitoring:
        m = spec.monitoring
        yield (
            "Watched in use",
            (wording.sentences(m.watch, m.cadence, f"Certified again when: {m.recertify_when}"),),
        )
    if spec.safety:
        if spec.safety.constraints:
            yield "When the model must not decide", (wording.sentences(*spec.safety.constraints),)
        yield "What happens then", (wording.sentences(spec.safety.fallback),)
    if spec.compliance:
        c = spec.compliance
        yield "Data use", (wording.sentences(c.purposes, f"Kept: {c.retention}", f"Consent: {c.consent}"),)
    quorum = wording.listed(tuple(f"{n} {role}" for role, n in spec.approval.quorum.items()))
    yield "Sign-off needed from", (quorum or "nobody",)
    yield "Valid for", (wording.plural(spec.approval.valid_for.days, "day"),)
