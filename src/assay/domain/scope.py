"""What a certificate is about and how far it reaches; the one extension of the standard statement that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from assay.domain.plain import from_plain, to_plain

EXTENSION = "https://github.com/assay-ml/assay/certificate/v1"
"""The field of the statement that holds the scope."""
INTERPRETER = "interpreter"
"""Under this name stands, among the digests of what a model runs, that of the program of its own environment."""
SELDOM = ("supersedes", "overlaps", "modules", "not_decided_for", "predicts")
"""Fields of the scope that most certificates do not have."""


@dataclass(frozen=True, slots=True)
class Material:
    """A file or folder that the decision stands on: its role, its path from the specification's folder, its digest."""

    role: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a certificate is about, and what it is not about.

    Attributes:
        name: of the specification; the resource of the certificate. domain, purpose, population, jurisdictions: the use.
        format, inputs: how the model is loaded and what it is fed. decide_at, favourable: the operating point of a binary model, else None.
        predicts: of every other one its task, and the range of its numbers or its classes. conditions: what holds only in part, spelled out.
        not_decided_for: groups that are too small by the rule written beforehand.
        says_nothing_about: a sentence for everything that the run did not test. custody: the role that held the test rows.
        attempt: which judged run on these rows it was. waivers, bypasses: rules that were set aside.
        overlaps: a sentence for each earlier judged run that shares test rows with it, however few.
        isolation: level at which the model ran. plugins: digests of the check packages of others that were asked. demo: signed with keys that anyone can make.
        materials: everything that was read for the decision. commit: of the code, empty where none named it. packages: name
            and version of what ran the model, of Python's too. modules: digests, by name, of what it ran or read besides its file.
        valid_from, valid_until: UTC. lock: digest of the locking entry. log: its origin.
        outcome: certified, conditional or withheld. supersedes: certificates whose place this one takes, by digest.
    """

    name: str
    domain: str
    purpose: str
    population: str
    risk: str
    jurisdictions: tuple[str, ...]
    format: str
    inputs: tuple[str, ...]
    decide_at: str | None
    favourable: int | None
    outcome: str
    conditions: tuple[str, ...]
    says_nothing_about: tuple[str, ...]
    custody: str
    attempt: int
    waivers: tuple[str, ...]
    bypasses: tuple[str, ...]
    isolation: int
    plugins: tuple[str, ...]
    materials: tuple[Material, ...]
    commit: str
    packages: tuple[tuple[str, str], ...]
    demo: bool
    valid_from: str
    valid_until: str
    lock: str
    log: str
    supersedes: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    not_decided_for: tuple[str, ...] = ()
    predicts: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As the statement holds it; what seldom is, and is not (no rows shared, no small group), is not said."""
        plain = cast("dict[str, Any]", to_plain(self, Scope))
        return {name: said for name, said in plain.items() if said or name not in SELDOM}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Scope:
        """The scope that a statement holds. Raises NotPlain, or TypeError for what is no mapping."""
        read: Scope = from_plain({**{field: [] for field in SELDOM}, **said}, Scope, "scope")
        return read
