"""What was not tested, and what none of it proves."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.attempts import beyond
from assay.domain.evidence import ABOUT_CAUSES
from assay.domain.search_held import absent
from assay.domain.specification import CausalGraph
from assay.domain.vocabulary import Stage
from assay.dossier import wording
from assay.dossier.blocks import (
    Block,
    Bullets,
    Paragraph,
    Rich,
    Section,
    Strong,
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
