"""Statements: what is signed, in the form of in-toto Statement v1. https://github.com/in-toto/attestation (spec v1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay.domain.digests import named
from assay.domain.entry import Kind
from assay.proof.bundle import Bundle
from assay.proof.canonical import canonical, hexadecimal

STATEMENT = "https://in-toto.io/Statement/v1"


class BrokenStatement(ValueError):
    """A payload that is no statement of the kind that is expected."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said about things that are named by digest.

    Attributes:
        kind: the predicate type. subjects: name and digest (``sha256:...``) of what it is about. predicate: what it says.
    """

    kind: Kind
    subjects: tuple[tuple[str, str], ...]
    predicate: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """The statement as JSON values."""
        return {
            "_type": STATEMENT,
            "subject": [{"name": name, "digest": {"sha256": hexadecimal(d)}} for name, d in self.subjects],
            "predicateType": self.kind.value,
            "predicate": dict(self.predicate),
        }

    def digests(self) -> frozenset[str]:
        """The digests of what it is about."""
        return frozenset(digest for _, digest in self.subjects)


def statement_of(bundle: Bundle) -> Statement:
    """The statement inside a bundle; says nothing about who signed.

    Raises:
        BrokenStatement: when the payload is not canonical, has unknown keys, or is of no kind that we know.
    """
    try:
        plain = json.loads(bundle.payload)
        subjects = tuple((s["name"], named(s["digest"]["sha256"])) for s in plain["subject"])
        made = Statement(Kind(plain["predicateType"]), subjects, dict(plain["predicate"]))
        again = canonical(plain) if made.plain() == plain else b""
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BrokenStatement("expected an in-toto Statement v1 of a kind that Assay writes") from None
    if again != bundle.payload:
        raise BrokenStatement("the statement is not in canonical form, or has keys that no statement has")
    return made
