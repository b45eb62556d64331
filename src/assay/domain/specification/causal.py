"""The declared causal graph: an assumption, which no data of this run can show."""

from __future__ import annotations

from pydantic import Field

from assay.domain.specification.base import Block, Identifier, Text


class CausalGraph(Block):
    """Who acts on whom. Only with it is anything said of causes, and only under it."""

    rationale: Text
    """Why it is taken to be so, and who says it."""
    arrows: dict[Identifier, tuple[Identifier, ...]] = Field(min_length=1)
    """Each protected attribute, stratum or hidden cause with what it acts on directly; the model's decision is called `decision`."""
    unobserved: tuple[Identifier, ...] = ()
    """The causes that are in no column."""
