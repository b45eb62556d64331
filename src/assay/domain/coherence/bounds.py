"""A policy's bounds, held against the rules for the criterion that asks just what the bound does, and no more.

What no specification may ask, no policy can demand: a threshold that the metric cannot have would stop every specification, and one
that every model satisfies would be met by each and stop nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assay.domain.coherence import parts, settings, thresholds
from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import Catalogue
from assay.domain.policy import Least, Meant
from assay.domain.specification.criteria import Criterion
from assay.domain.vocabulary import Tier

RULES: tuple[Rule, ...] = (
    parts.across_without_meaning,
    parts.reference_unsuited,
    thresholds.comparator_unsuited,
    thresholds.threshold_out_of_range,
    thresholds.part_of_a_count,
    thresholds.vacuous,
    thresholds.too_fine,
    thresholds.unattainable,
    settings.parameters,
)
"""Those of what is asked and how much. That a criterion must name its groups is none: a bound may leave open which."""


def bound_findings(
    bounds: Mapping[int, Least], protected: Mapping[str, Meant], catalogue: Catalogue
) -> tuple[Finding, ...]:
    """Everything that is wrong with the bounds of a policy, in no particular order; trails begin at the bound's number.

    Args:
        bounds: those that are valid by themselves, by their place in the policy. protected: attributes that are, by name.
        catalogue: every metric that can be measured; a bound on another one is for others to say.
    """
    known = {n: bound for n, bound in bounds.items() if bound.metric in catalogue}
    crossed = tuple(bound.across for bound in known.values() if bound.across and "*" in bound.across)
    draft = Draft(
        protected={name: meant.attribute() for name, meant in protected.items()},
        criteria={n: _laxest(bound) for n, bound in known.items()},
        written={"protected": tuple(protected), "intersections": crossed},
    )
    found = (finding for rule in RULES for finding in rule(draft, World(catalogue)))
    return tuple(replace(finding, trail=finding.trail[1:]) for finding in found)


def _laxest(bound: Least) -> Criterion:
    """The criterion that asks just what a bound does."""
    return Criterion(
        id="bound",
        metric=bound.metric,
        across=bound.across,
        reference=bound.reference,
        at_least=bound.at_least,
        at_most=bound.at_most,
        tier=Tier(bound.tier),
        rationale="The policy asks it.",
        owner="policy",
        parameters=bound.parameters,
    )
