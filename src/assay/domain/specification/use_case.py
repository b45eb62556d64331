"""What the model is for, on whom, and what it must not be used for."""

from __future__ import annotations

from typing import Literal

from assay.domain.specification.base import Block, Identifier, Text


class UseCase(Block):
    """The declared use. ``test_population`` says how the test rows were drawn and how that differs from use."""

    domain: Text
    purpose: Text
    population: Text
    test_population: Text
    misuse: tuple[Text, ...] = ()
    out_of_scope: tuple[Text, ...] = ()
    risk: Literal["high", "limited", "minimal"] = "high"
    jurisdictions: tuple[Identifier, ...] = ()
