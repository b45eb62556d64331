"""Who is who: charter, roles, owners and the approvals that are needed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assay.domain.specification.base import Block, Days, Identifier, Text

Signatures = Annotated[int, Field(ge=1, strict=True)]


class Charter(Block):
    """Why the model exists and what was given up for what."""

    sponsor: Text
    """Who wants the model and pays for it."""
    risk_appetite: Text
    """Which risks the sponsor accepts, and which not."""
    success: Text
    """What is better when the model works."""
    tradeoffs: Text
    """What was given up for what, and who decided."""


class Owners(Block):
    """The role that answers for each duty."""

    data: Text
    """The role that answers for the data."""
    updates: Text
    """The role that answers for changes of the model."""
    monitoring: Text
    """The role that watches the model in use."""
    incidents: Text
    """The role that acts when harm is reported."""


class Approval(Block):
    """Who must agree before a result exists (lock) and after (quorum), and for how long it holds."""

    lock: dict[Identifier, Signatures]
    """How many persons of each role must agree to this document before anything is measured."""
    quorum: dict[Identifier, Signatures]
    """How many persons of each role must sign the decision."""
    valid_for: Days
    """How long a certificate holds, for example 180 days."""
    review_every: Days | None = None
    """How often it is looked at in between."""
