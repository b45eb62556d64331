"""Rules about words: a text that is there only to be there, and sections that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.nearest import nearest
from assay.domain.specification.specification import Specification

_PLACEHOLDER = re.compile(
    r"(todo|tbd|tba|fixme|xxx+|n/?a|none|null|lorem ipsum|[\W_]+)\b.{0,40}", re.IGNORECASE | re.DOTALL
)
"""Words that promise a text instead of being one."""


def placeholder(draft: Draft, _: World) -> Iterator[Finding]:
    """A text that says that somebody should write it."""
    for trail, text in _texts(draft):
        if _PLACEHOLDER.fullmatch(text) or not any(c.isalnum() for c in text):
            yield Finding(
                trail,
                "placeholder_text",
                f"A text that a reader learns something from is expected; found {text[:40]!r}.",
                remedy="Write it now: it is agreed to before any result exists.",
            )


def unknown_section(draft: Draft, _: World) -> Iterator[Finding]:
    """A section that must be filled and that this kind of document does not have."""
    if draft.documentation is None:
        return
    sections = sections_of_a_specification()
    for i, name in enumerate(draft.documentation.required):
        if name not in sections:
            yield Finding(
                ("documentation", "required", i),
                "unknown_section",
                f"{name!r} is no section of a specification.",
                nearest=nearest(name, sections),
                remedy="Name a block such as 'charter', or a field such as 'use_case.misuse'.",
            )


RULES: tuple[Rule, ...] = (placeholder, unknown_section)


def sections_of_a_specification() -> tuple[str, ...]:
    """Every block, and every field of a block as ``block.field``."""
    names = []
    for name, block in Specification.model_fields.items():
        names.append(name)
        for kind in (block.annotation, *get_args(block.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                names += [f"{name}.{field}" for field in kind.model_fields]
    return tuple(names)


def _texts(draft: Draft) -> Iterator[tuple[Trail, str]]:
    """The texts that somebody is meant to have thought about."""
    for block, fields in (
        ("use_case", ("purpose", "population", "test_population")),
        ("charter", ("sponsor", "risk_appetite", "success", "tradeoffs")),
    ):
        for name in fields if getattr(draft, block) is not None else ():
            yield (block, name), getattr(getattr(draft, block), name)
    for i, mode in draft.failure_modes.items():
        yield ("failure_modes", i, "harm"), mode.harm
    for i, criterion in draft.criteria.items():
        yield ("criteria", i, "rationale"), criterion.rationale
