"""Who stands in a first policy: entries such as ``val:validator=val.pem``, read, and told apart before anything is logged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.domain.errors import AssayError, InvalidDocument, Place, Problem
from assay.domain.nearest import listed, nearest
from assay.domain.roles import USUAL_ROLES, misspelt
from assay.domain.specification.base import LONGEST_NAME, NAME_PATTERN
from assay.proof.keys import DEMO_NAMES, PublicKey
from assay.store.keys import KeyTrouble, kept_keys, public_key


class UnfitEntry(AssayError):
    """An entry of a first policy is not of its form, or two of them cannot stand beside each other.

    ``nearest`` is the name that was probably meant.
    """

    def __init__(self, message: str, *, code: str, remedy: str = "", nearest: str = "") -> None:
        hint = f" Did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"{message}{hint}", code=code, remedy=remedy)
        self.said, self.nearest = message, nearest


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
    threshold: int = 1
    """How many root keys must sign each version of the policy."""
    requires: dict[str, Any] = field(default_factory=dict)

    @property
    def everyone(self) -> tuple[Person, ...]:
        """All whose keys the policy will name."""
        return (*self.roots, self.certifier, *self.persons)


def founding_of(
    *,
    roots: Sequence[str],
    certifier: str,
    persons: Sequence[str],
    organisation: str,
    origin: str,
    verifier: str,
    demo: bool,
    threshold: int,
    requires: dict[str, Any],
) -> Founding:
    """A founding from the texts of its entries.

    Raises:
        InvalidDocument: with everything that is wrong with them.
    """
    read: list[tuple[str, Person]] = []
    problems: list[Problem] = []
    options = (
        *(("--root", text) for text in roots),
        ("--certifier", certifier),
        *(("--person", text) for text in persons),
    )
    for option, text in options:
        try:
            read.append((option, entry(option, text)))
        except AssayError as wrong:
            problems.append(_problem(wrong, f"{option} {text}: "))
    problems += [_problem(wrong) for wrong in _clashes([one for _, one in read])]
    signing = [one for option, one in read if option == "--root"]
    if not problems:
        problems += [_problem(wrong) for wrong in _out_of_reach(threshold, len(signing))]
    if problems:
        raise InvalidDocument(tuple(problems))
    return Founding(
        organisation=organisation,
        origin=origin,
        verifier=verifier,
        roots=tuple(signing),
        certifier=next(one for option, one in read if option == "--certifier"),
        persons=tuple(one for option, one in read if option == "--person"),
        demo=demo,
        threshold=threshold,
        requires=requires,
    )


def _problem(wrong: AssayError, where: str = "") -> Problem:
    near = wrong.nearest if isinstance(wrong, UnfitEntry) else ""
    said = wrong.said if isinstance(wrong, UnfitEntry) else wrong.message
    return Problem(wrong.code, Place("the command line"), f"{where}{said}", nearest=near, remedy=wrong.remedy)


def _out_of_reach(threshold: int, roots: int) -> Iterator[UnfitEntry]:
    if not 1 <= threshold <= roots:
        yield UnfitEntry(
            f"--threshold: {threshold} signatures of root keys are asked for, and there are {roots}: expected is a number from 1 "
            f"to {roots}.",
            code="threshold",
            remedy="Name more root keys with --root, or ask for fewer signatures.",
        )


def _nearest_key(key: str) -> str:
    """The key that a name of none was probably meant to be; of demo keys the name alone is compared."""
    kind, demo, name = key.rpartition("demo:")
    if kind or not demo:
        return nearest(key, kept_keys())
    begun = [known for known in DEMO_NAMES if name and known.startswith(name)]
    near = begun[0] if begun else nearest(name, DEMO_NAMES)
    return f"demo:{near}" if near else ""


def entry(option: str, text: str) -> Person:
    """Read an entry as :func:`person`, where each option needs something else.

    Raises:
        UnfitEntry: ``person_without_role``, ``role_misspelt``, ``key_absent``, or as :func:`person`.
    """
    try:
        read = person(text)
    except KeyTrouble as trouble:
        key = text.partition("=")[2].strip()
        raise UnfitEntry(
            trouble.message, code=trouble.code, remedy=trouble.remedy, nearest=_nearest_key(key)
        ) from None
    if option == "--person" and not read.roles:
        raise UnfitEntry(
            f"{read.name!r} has no role, and could sign nothing; NAME:ROLE[,ROLE...]=KEY is expected.",
            code="person_without_role",
            remedy=f"For example: {read.name}:validator={read.source}",
        )
    for role in read.roles:
        meant = misspelt(role)
        if meant:
            raise UnfitEntry(
                f"The role {role!r} is almost {meant!r}; expected are {listed(USUAL_ROLES)}, or a name that cannot be taken for "
                "one of them.",
                code="role_misspelt",
                nearest=meant,
            )
    return read


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
    for clash in _clashes(people):
        raise clash


def _clashes(people: Sequence[Person]) -> Iterator[UnfitEntry]:
    names: dict[str, Person] = {}
    keys: dict[str, Person] = {}
    for one in people:
        named, held = names.setdefault(one.name, one), keys.setdefault(one.key.key_id, one)
        if named is not one:
            yield _named_twice(named, one)
        elif held is not one:
            other = held
            yield UnfitEntry(
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
