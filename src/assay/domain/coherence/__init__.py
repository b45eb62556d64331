"""What a specification must satisfy beyond its form: names that exist, groups that cover, gates that can close."""

from assay.domain.coherence import (
    bands,
    causal,
    columns,
    criteria,
    cuts,
    failure_modes,
    groups,
    parts,
    people,
    prediction,
    settings,
    texts,
    thresholds,
)
from assay.domain.coherence.dictionary import dictionary_findings
from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World

RULES: tuple[Rule, ...] = (
    *people.RULES,
    *columns.RULES,
    *prediction.RULES,
    *groups.RULES,
    *bands.RULES,
    *causal.RULES,
    *criteria.RULES,
    *parts.RULES,
    *thresholds.RULES,
    *settings.RULES,
    *cuts.RULES,
    *failure_modes.RULES,
    *texts.RULES,
)
"""Every rule; each looks at one thing and is silent about blocks that are absent."""


def findings(draft: Draft, world: World) -> tuple[Finding, ...]:
    """Everything that is wrong with the valid blocks of a specification, in no particular order."""
    return tuple(finding for rule in RULES for finding in rule(draft, world))


__all__ = ["RULES", "Draft", "Finding", "Rule", "Trail", "World", "dictionary_findings", "findings"]
