"""Who is who: charter, roles, owners and the approvals that are needed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assay.domain.specification.base import Block, Days, Text


class Charter(Block):
    """Why the model exists and what was given up for what."""

    sponsor: Text
    risk_appetite: Text
    success: Text
    tradeoffs: Text


class Owners(Block):
    """The role that answers for each duty."""

    data: Text
    updates: Text
    monitoring: Text
    incidents: Text


class Approval(Block):
    """Who must agree before a result exists (lock) and after (quorum), and for how long it holds."""

    lock: dict[str, Annotated[int, Field(ge=1, strict=True)]]
    quorum: dict[str, Annotated[int, Field(ge=1, strict=True)]]
    valid_for: Days
    review_every: Days | None = None
