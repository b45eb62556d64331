"""What was not tested, how verdicts come about, and what none of it proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.domain import figures
from assay.domain.attempts import beyond
from assay.domain.evidence import ABOUT_CAUSES
from assay.domain.search_held import absent
from assay.domain.specification import CausalGraph, Specification
from assay.domain.vocabulary import Grade, Stage, Verdict
from assay.dossier import wording
from assay.dossier.blocks import (
    Badge,
    Block,
    Bullets,
    Code,
    Column,
    Fold,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.lookup import Lookup
from assay.dossier.sections.opening import undecided, unseen


def not_tested(lookup: Lookup) -> Section:
    """What the run left out."""
    searched = absent(lookup.record.specification, lookup.search)
    left_out = (*unseen(lookup), *([(searched,)] if searched else ()))
    blocks: list[Block] = []
    if left_out:
        blocks.append(Bullets(left_out))
    else:
        blocks.append(
            Paragraph(("The run recorded no omission. That is not a claim that everything was tested.",))
        )
    groups = tuple(undecided(lookup))
    if groups:
        blocks += [Paragraph((Strong("Groups on which nothing was decided"),)), Bullets(groups)]
    return Section("not-tested", "What was not tested", tuple(blocks))


def methods(lookup: Lookup) -> Section:
    """How verdicts come about, what alpha bounds, and the methods that were used."""
    return Section("methods", "How to read a verdict", tuple(_methods(lookup)))


def _methods(lookup: Lookup) -> Iterable[Block]:
    meanings: tuple[tuple[Rich, ...], ...] = tuple(
        ((Badge(v),), (wording.VERDICT_MEANS[v],)) for v in Verdict
    )
    yield Table("The five verdicts", (Column("Verdict"), Column("Meaning")), meanings)
    yield Paragraph(
        (
            Strong("What alpha bounds. "),
            (
                "A model that violates a critical criterion of grade A passes it, and so is certified, with probability at "
                "most alpha, one minus that criterion's confidence. This holds for any number of criteria and any dependence "
                "between them, because all must pass (intersection-union; Berger 1982)."
            ),
        )
    )
    yield Paragraph(
        (
            Strong("What alpha does not bound. "),
            (
                "It is the probability of a certificate given a bad model. It is not the share of certified models that are "
                "bad: that depends on how many bad models are submitted, which nobody knows."
            ),
        )
    )
    yield Paragraph(
        (
            Strong("Pass and fail are not mirror images. "),
            (
                "A pass needs every piece of a criterion, so each is judged at the full level. A fail needs only one, so it is "
                "corrected for the number of looks (Holm 1979). What is left is inconclusive."
            ),
        )
    )
    yield _grades(lookup)
    used = _methods_used(lookup)
    if used is not None:
        yield Fold("Methods that were used, and for what", (used,))


def _grades(lookup: Lookup) -> Table:
    said = {
        Grade.A: "At most alpha, in every sample size.",
        Grade.B: "About alpha; the largest rate found by simulation is printed beside the number.",
        Grade.C: "None, and therefore never decides.",
    }
    seen = [p.grade for j in lookup.record.judged for p in j.assessment.pieces if p.exact is None]
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((Strong(g.value), f", {wording.GRADE_MEANS[g]}"), (said[g],), (figures.count(seen.count(g)),))
        for g in Grade
    )
    columns = (Column("Grade"), Column("Rate of wrong passes"), Column("Pieces here", numeric=True))
    return Table("Grades of evidence", columns, rows)


def _methods_used(lookup: Lookup) -> Table | None:
    found: dict[tuple[str, str], tuple[Grade, float | None, list[str]]] = {}
    for j in lookup.record.judged:
        for p in j.assessment.pieces:
            key = (_rule(p.method) or "not named", "exact" if p.exact is not None else p.grade.value)
            _, size, names = found.setdefault(key, (p.grade, p.simulated_size, []))
            found[key] = (
                p.grade,
                max((s for s in (size, p.simulated_size) if s is not None), default=None),
                names,
            )
            if j.assessment.criterion not in names:
                names.append(j.assessment.criterion)
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (method,),
            (grade,),
            (figures.number(size) if size is not None else figures.NONE,),
            (", ".join(names),),
        )
        for (method, grade), (_, size, names) in sorted(found.items())
    )
    columns = (
        Column("Method"),
        Column("Grade"),
        Column("Simulated rate", numeric=True),
        Column("Criteria"),
    )
    return Table("Methods that were used", columns, rows) if rows else None


def _rule(method: str) -> str:
    """A method without what a grid of scores may hide, which is a number of each piece."""
    return method.partition("; ")[0]


def not_proven(lookup: Lookup) -> Section:
    """What a reader must not take from this page."""
    spec = lookup.record.specification
    items: list[Rich] = [
        (
            (
                "That the model is lawful or fit for a use that is not written here. It says that named quantities meet named "
                "thresholds; whether those are the right ones is for the people who agreed on them."
            ),
        ),
        (
            "That it holds for people who are not like the test rows. They were drawn so: ",
            spec.use_case.test_population,
        ),
        (
            "That it holds for people whose outcome is not known, such as those who were refused. Whose it is: ",
            spec.use_case.outcomes or "the specification does not say.",
        ),
        ("That it will hold next year. Drift after the test rows were collected is for monitoring to find.",),
        ("That labels are right. Verdicts take the recorded label for the truth.",),
        ("Anything about single persons, causes, or groups that were not declared beforehand.",),
        (
            (
                "That these rows were not used before. The attempts and the custody are the word of those who ran it: test "
                "rows held by "
            ),
            Strong(spec.data.custody),
            ".",
        ),
        ("Who ran it and when. ", wording.NOT_BOUND),
    ]
    items += _claims(lookup)
    if spec.attempts.count > 1:
        items.append(
            (
                f"That this was the first try: {spec.attempts.count} attempts were declared, and they share alpha.",
            )
        )
    warning = beyond(lookup.record.attempt, spec.attempts.count)
    if warning:
        items.append((f"That this was within the budget of the test rows. {warning}",))
    return Section("not-proven", "What this does not prove", (Bullets(tuple(items)),))


def _claims(lookup: Lookup) -> Iterator[Rich]:
    """Which figures about groups are associations, and which are causal and under which assumptions."""
    spec = lookup.record.specification
    causal = list(
        dict.fromkeys(s.criterion for s in lookup.record.statistics if type(s.counts) in ABOUT_CAUSES)
    )
    compared = [
        c.id for c in spec.criteria if c.metric.startswith(f"{Stage.FAIRNESS.value}.") and c.id not in causal
    ]
    if compared:
        graph = "no causal graph was declared, and none was assumed"
        yield (
            f"Why groups differ, or that nothing lies behind it where they do not. What {', '.join(compared)} found are ",
            Strong("associations, not causes"),
            f", within strata too: {'they do not use the causal graph' if spec.causal_graph else graph}.",
        )
    if causal and spec.causal_graph is not None:
        hidden = ", ".join(spec.causal_graph.unobserved)
        assumed = (
            f": {'; '.join(_arrows(spec.causal_graph))}{f'; not observed: {hidden}' if hidden else ''}. It was declared because: "
            f"{spec.causal_graph.rationale.rstrip('.')}. No data of this run can show it. It is assumed, too, that people in the same parts of "
            "confounders and mediators are alike in all else that matters to them."
        )
        said = f"That the declared causal graph is right. What {', '.join(causal)} found are "
        yield (said, Strong("causal only under this graph"), assumed)


def _arrows(graph: CausalGraph) -> Iterator[str]:
    """Each cause with what it acts on, in the order of their names."""
    for tail, heads in sorted(graph.arrows.items()):
        if heads:
            yield f"{tail} acts on {', '.join(heads)}"


def _origins(spec: Specification) -> Iterator[Block]:
    """Where the data sets come from, as declared."""
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((role,), (origin.source,), (origin.sampling,), ("; ".join(origin.steps) or figures.NONE,))
        for role, origin in sorted(spec.data.origins.items())
    )
    columns = (
        Column("Data set"),
        Column("Source"),
        Column("How rows were drawn"),
        Column("What was done to them"),
    )
    if rows:
        yield Table("Where the data come from, as declared", columns, rows)
    else:
        yield Paragraph(("Where the data come from is not declared.",))
    yield from _lineage(spec)


def _lineage(spec: Specification) -> Iterator[Block]:
    """The sources from which chains of digests may begin, and the steps that they may pass; data.lineage says whether they do."""
    declared = spec.data.lineage
    if declared is None:
        return
    sources: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (name,),
            (one.about,),
            (one.path or figures.NONE,),
            (Code(one.digest) if one.digest else figures.NONE,),
        )
        for name, one in sorted(declared.sources.items())
    )
    yield Table(
        "Declared sources of the data",
        (Column("Source"), Column("What it is"), Column("File"), Column("Digest as declared")),
        sources,
    )
    steps: tuple[tuple[Rich, ...], ...] = tuple(((n,), (does,)) for n, does in sorted(declared.steps.items()))
    if steps:
        yield Table("Declared steps from source to file", (Column("Step"), Column("What it does")), steps)


def provenance(lookup: Lookup) -> Section:
    """Everything that could change a number, by digest."""
    record = lookup.record
    sources: tuple[tuple[Rich, ...], ...] = tuple(
        ((s.role,), (s.path,), (figures.count(s.rows) if s.rows else figures.NONE,), (Code(s.digest),))
        for s in record.sources
    )
    columns = (Column("Role"), Column("As written"), Column("Rows", numeric=True), Column("SHA-256"))
    run: list[tuple[str, Rich]] = [
        ("specification", (Code(record.specification_digest),)),
        ("evidence", (Code(record.evidence_digest),)),
        ("seed of every random choice", (Code(record.seed),)),
        (
            "rows used",
            (
                f"{figures.count(record.rows_used)} of {figures.count(record.rows)} {wording.data_set(record.data)} rows",
            ),
        ),
    ]
    e = record.environment
    run += [("assay", (e.assay,)), ("python", (e.python,)), ("platform", (e.platform,))]
    run += [(name, (version,)) for name, version in e.packages]
    run += [(f"in the model's environment: {name}", (version,)) for name, version in e.model]
    run += [
        (f"what the model runs or reads besides its file: {name}", (Code(digest),))
        for name, digest in e.modules
    ]
    run += [("isolation of model and data", (wording.isolation(e.isolation),))]
    run += [(f"missing fence: {name}", (why,)) for name, why in e.isolation.missing]
    blocks: list[Block] = []
    if sources:
        blocks.append(Table("What was read, by digest", columns, sources))
    blocks += _origins(record.specification)
    blocks.append(
        Table("The run", (Column("What"), Column("Value")), tuple(((name,), value) for name, value in run))
    )
    blocks += [Paragraph((Strong("Bypass used: "), text)) for text in record.bypasses]
    return Section("provenance", "Provenance", tuple(blocks))
