"""A declared causal graph: who acts on whom, what that makes of each column, and whether effects follow from what is observed.

Arrows are given by their tails. Separation is that of Lauritzen, Dawid, Larsen & Leimer 1990 (Networks 20:491): in the moral graph of
the ancestors, every path runs through what is given; the same as d-separation (Pearl 1988).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

OUTCOME = "decision"
"""What the decision of the model is called in a graph."""

Arrows = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Roles:
    """What a graph makes of the observed columns for one protected attribute.

    mediators: on a directed path from the attribute to the decision. confounders: what acts on them, on the attribute or on the decision,
    and on which the attribute does not act.
    """

    mediators: tuple[str, ...]
    confounders: tuple[str, ...]


def nodes(arrows: Arrows) -> tuple[str, ...]:
    """Every name that stands in it, in its order."""
    return tuple(
        dict.fromkeys(itertools.chain.from_iterable((tail, *heads) for tail, heads in arrows.items()))
    )


def cycle(arrows: Arrows) -> tuple[str, ...]:
    """Names that act on each other in a circle, the first one again at the end; empty when there is none."""
    for start in nodes(arrows):
        before: dict[str, str] = {}
        waiting = [start]
        while waiting:
            name = waiting.pop()
            for head in arrows.get(name, ()):
                if head == start:
                    return (*reversed(_back(before, name)), start)
                if head not in before:
                    before[head] = name
                    waiting.append(head)
    return ()


def _back(before: Mapping[str, str], name: str) -> list[str]:
    """The name, the one that it was come to from, and so on."""
    found = [name]
    while found[-1] in before:
        found.append(before[found[-1]])
    return found


def roles(arrows: Arrows, unobserved: Collection[str], attribute: str) -> Roles:
    """Mediators and confounders of an attribute, in the order in which the graph names them."""
    below, parents = _reached(arrows, (attribute,)), _parents(arrows)
    mediators = below & _reached(parents, (OUTCOME,)) - {attribute, OUTCOME}
    above = _reached(parents, (attribute, OUTCOME, *mediators)) - below
    return Roles(
        tuple(n for n in nodes(arrows) if n in mediators and n not in unobserved),
        tuple(n for n in nodes(arrows) if n in above and n not in unobserved),
    )


def not_identified(arrows: Arrows, unobserved: Collection[str], attribute: str) -> str:
    """Why the effects along the paths of an attribute do not follow from what is observed, as the end of a sentence; empty when they do.

    They do when, given the confounders, nothing else makes the attribute go with mediators or decision; and given these and the attribute
    nothing else makes the mediators go with the decision (Pearl 2001, UAI; Shpitser & VanderWeele 2011, Int J Biostat 7:16).
    """
    found = roles(arrows, unobserved, attribute)
    hidden = _reached(arrows, (attribute,)) & _reached(_parents(arrows), (OUTCOME,)) & set(unobserved)
    if hidden:
        return (
            f"{_listed(sorted(hidden))} lies on a path from {attribute!r} to the decision and is not observed"
        )
    after = (*found.mediators, OUTCOME)
    if not separated(_without(arrows, (attribute,)), (attribute,), after, found.confounders):
        return f"something that is not observed acts on {attribute!r}, and on {_listed(after)}"
    given = (attribute, *found.confounders)
    if not separated(_without(arrows, found.mediators), found.mediators, (OUTCOME,), given):
        return f"something that is not observed acts on {_listed(found.mediators)}, and on the decision"
    return ""


def separated(arrows: Arrows, ones: Collection[str], others: Collection[str], given: Collection[str]) -> bool:
    """Whether the ones are independent of the others given the rest, in every distribution that the graph allows."""
    parents = _parents(arrows)
    kept = _reached(parents, (*ones, *others, *given))
    beside: dict[str, set[str]] = {name: set() for name in kept}
    for child in kept:
        family = (child, *parents.get(child, ()))
        for one, two in itertools.permutations(family, 2):
            beside[one].add(two)
    free = {name: tuple(found - set(given)) for name, found in beside.items() if name not in given}
    return not _reached(free, [name for name in ones if name not in given]) & set(others)


def _parents(arrows: Arrows) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict.fromkeys(nodes(arrows), ())
    for tail, heads in arrows.items():
        for head in heads:
            found[head] += (tail,)
    return found


def _reached(arrows: Arrows, starts: Iterable[str]) -> set[str]:
    """The starts, and all that the arrows lead to from them."""
    found, waiting = set[str](), list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += arrows.get(name, ())
    return found


def _without(arrows: Arrows, tails: Collection[str]) -> Arrows:
    """The graph without the arrows that start there."""
    return {tail: () if tail in tails else heads for tail, heads in arrows.items()}


def _listed(names: Collection[str]) -> str:
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
