"""Rules about the causal graph: names that exist, no circle, and effects that follow from what is observed."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain import causal_graph
from assay.domain.causal_graph import OUTCOME
from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import Claim
from assay.domain.nearest import listed, nearest

_ARROWS = ("causal_graph", "arrows")


def unknown_nodes(draft: Draft, _: World) -> Iterator[Finding]:
    """A name in the graph that nobody declared."""
    graph = draft.causal_graph
    if graph is None or draft.illegible("protected", "strata"):
        return
    known = (*draft.names("protected"), *draft.names("strata"), *graph.unobserved, OUTCOME)
    for tail, heads in graph.arrows.items():
        for name in (tail, *heads):
            if name not in known:
                yield Finding(
                    (*_ARROWS, tail),
                    "unknown_cause",
                    f"{name!r} is no protected attribute, no stratum, no unobserved cause and not {OUTCOME!r}; declared are {listed(known)}.",
                    nearest=nearest(name, known),
                    remedy="Declare its bins under 'strata', or name it under 'unobserved'.",
                    key=name == tail,
                )


def observed_after_all(draft: Draft, _: World) -> Iterator[Finding]:
    """A cause that is called unobserved and stands in a column."""
    graph = draft.causal_graph
    for i, name in enumerate(graph.unobserved if graph else ()):
        if name in (*draft.names("protected"), *draft.names("strata"), OUTCOME):
            yield Finding(
                ("causal_graph", "unobserved", i),
                "observed_cause",
                f"{name!r} is called unobserved, and it is declared as what is observed.",
                remedy="Delete it here, or give the unobserved cause another name.",
            )


def own_scores_as_cause(draft: Draft, _: World) -> Iterator[Finding]:
    """A cause that is the model's own score: beside it nothing acts on the decision, whatever acts on the score."""
    arrows = draft.causal_graph.arrows if draft.causal_graph else {}
    for name in dict.fromkeys((*arrows, *(head for heads in arrows.values() for head in heads))):
        stratum = draft.strata.get(name)
        if stratum is not None and stratum.column == draft.own_scores:
            yield Finding(
                _ARROWS,
                "own_scores_as_cause",
                f"{name!r} parts the rows by {stratum.column}, which is what the model itself answered: beside it nothing else would act on the decision.",
                remedy=f"Let what the score is made of act on {OUTCOME!r}, and leave the score out.",
                key=True,
            )


def circles(draft: Draft, _: World) -> Iterator[Finding]:
    """Causes that act on themselves, and a decision that acts on what it is made of."""
    arrows = draft.causal_graph.arrows if draft.causal_graph else {}
    if around := causal_graph.cycle(arrows):
        yield Finding(
            _ARROWS,
            "causes_in_a_circle",
            f"A graph without circles is expected; found {' -> '.join(around)}.",
            remedy="Delete one of these arrows: what is later does not act on what is earlier.",
            key=True,
        )
    elif arrows.get(OUTCOME):
        yield Finding(
            (*_ARROWS, OUTCOME),
            "decision_acts",
            f"The decision is the outcome and acts on nothing; found an arrow to {arrows[OUTCOME][0]!r}.",
            remedy="Delete the arrows that start at the decision.",
            key=True,
        )


def causes_without_graph(draft: Draft, world: World) -> Iterator[Finding]:
    """A causal claim that no graph supports, and one that the graph does not allow."""
    graph = draft.causal_graph
    for i, criterion, metric in draft.known(world):
        if metric.claim is not Claim.CAUSAL:
            continue
        if graph is None:
            yield Finding(
                ("criteria", i, "metric"),
                "no_causal_graph",
                f"{metric.title} is a statement about causes, and no causal graph is declared.",
                remedy="Declare who acts on whom under 'causal_graph', or ask for an association such as fairness.treatment_gap.",
            )
        elif criterion.across is not None and not causal_graph.cycle(graph.arrows):
            if criterion.across not in graph.arrows:
                why = f"no arrow of the causal graph starts at {criterion.across!r}"
            else:
                why = causal_graph.not_identified(graph.arrows, graph.unobserved, criterion.across)
            if why:
                yield Finding(
                    ("criteria", i, "across"),
                    "effect_not_identified",
                    f"{metric.title} does not follow from these columns: {why}.",
                    remedy="Observe what is hidden, or ask for an association such as fairness.treatment_gap.",
                )


RULES: tuple[Rule, ...] = (
    unknown_nodes,
    observed_after_all,
    own_scores_as_cause,
    circles,
    causes_without_graph,
)
