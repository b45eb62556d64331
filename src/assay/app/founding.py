"""Who stands in a first policy: entries such as ``val:validator=val.pem``, read, and told apart before anything is logged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.domain.errors import AssayError
from assay.domain.specification.base import LONGEST_NAME, NAME_PATTERN
from assay.proof.keys import PublicKey
from assay.store.keys import public_key


class UnfitEntry(AssayError):
    """An entry of a first policy is not of its form, or two of them cannot stand beside each other."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who will sign: a name, the roles that they hold, their public key."""

    name: str
    roles: tuple[str, ...]
    key: PublicKey
    source: str = ""
    """Where the key was taken from: its name, the path of a file, or ``demo:NAME``."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What a first policy is made of."""

    organisation: str
    origin: str
    verifier: str
    roots: tuple[Person, ...]
    certifier: Person
    persons: tuple[Person, ...]
    demo: bool = False
    requires: dict[str, Any] = field(default_factory=dict)

    @property
    def everyone(self) -> tuple[Person, ...]:
        """All whose keys the policy will name."""
        return (*self.roots, self.certifier, *self.persons)


def person(text: str) -> Person:
    """Read ``NAME=KEY`` or ``NAME:ROLE[,ROLE]=KEY``.

    Raises:
        UnfitEntry: ``entry_form`` or ``entry_name``. KeyTrouble: there is no such key.
    """
    who, _, key = (part.strip() for part in text.partition("="))
    name, colon, said = (part.strip() for part in who.partition(":"))
    roles = tuple(dict.fromkeys(role.strip() for role in said.split(",")))
    if not name or not key or (colon and not all(roles)):
        raise UnfitEntry(
            f"NAME=KEY or NAME:ROLE[,ROLE...]=KEY is expected, found {text!r}.",
            code="entry_form",
            remedy="For example: ria:risk_officer=ria.pem",
        )
    roles = roles if colon else ()
    for what, one in (("name", name), *(("role", role) for role in roles)):
        _fit(what, one, text)
    return Person(name, roles, public_key(key), key)


def told_apart(people: Sequence[Person]) -> None:
    """See that each entry has a name and a key of its own: one key under two names would count as two persons.

    Raises:
        UnfitEntry: ``entry_name_twice`` or ``entry_key_twice``.
    """
    names: dict[str, Person] = {}
    keys: dict[str, Person] = {}
    for one in people:
        other = names.setdefault(one.name, one)
        if other is not one:
            raise _named_twice(other, one)
        other = keys.setdefault(one.key.key_id, one)
        if other is not one:
            raise UnfitEntry(
                f"{other.name!r} and {one.name!r} have the same key, which would count as two.",
                code="entry_key_twice",
                remedy=f"Make {one.name!r} a key of its own: assay keys new {one.name}",
            )


def _named_twice(first: Person, second: Person) -> UnfitEntry:
    roles = tuple(dict.fromkeys((*first.roles, *second.roles)))
    remedy = "Give each key its own name"
    if first.key.key_id == second.key.key_id and not roles:
        remedy = "Name it once"
    elif roles:
        remedy += f", or both roles in one: {first.name}:{','.join(roles)}={second.source or first.source}"
    return UnfitEntry(f"Two entries are called {first.name!r}.", code="entry_name_twice", remedy=f"{remedy}.")


def _fit(what: str, name: str, text: str) -> None:
    if re.fullmatch(NAME_PATTERN, name) and len(name) <= LONGEST_NAME:
        return
    plain = _plain(name)
    meant = f" For example: {plain}" if plain else ""
    raise UnfitEntry(
        f"In {text!r} the {what} {name!r} is not one: expected are at most {LONGEST_NAME} letters from a to z, digits, "
        "'-', '_' and '.', beginning with a letter or a digit.",
        code="entry_name",
        remedy=f"Write it so.{meant}",
    )


_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def _plain(name: str) -> str:
    """The name as it could be written."""
    spelt = re.sub(r"\s+", "_", name.translate(_SPELT))
    return spelt if re.fullmatch(NAME_PATTERN, spelt) and len(spelt) <= LONGEST_NAME else ""
