"""What the model is for, on whom, and what it must not be used for."""

from __future__ import annotations

from typing import Literal

from assay.domain.specification.base import Block, Identifier, Text


class UseCase(Block):
    """The declared use: what a certificate is about, and what it is not about."""

    domain: Text
    """The field of use, for example credit."""
    purpose: Text
    """The decision that the model supports, and who takes it."""
    population: Text
    """The people on whom it is used."""
    test_population: Text
    """How the test rows were drawn and how that differs from use."""
    outcomes: Text | None = None
    """Whose outcome is known and whose is not, such as that of applicants who were refused, and why; with the number of those left out."""
    misuse: tuple[Text, ...] = ()
    """Uses that are possible and forbidden."""
    out_of_scope: tuple[Text, ...] = ()
    """People or decisions that it was not made for."""
    risk: Literal["high", "limited", "minimal"] = "high"
    """How much harm a wrong decision can do."""
    jurisdictions: tuple[Identifier, ...] = ()
    """Whose law applies, for example eu or us-ny."""
