"""Rules about protected attributes and strata: groups by code that have every value once, and what may be crossed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from decimal import Decimal

from assay.domain.coherence.dictionary import LARGEST_CODE
from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.dictionary import BOOLEANS, Column
from assay.domain.nearest import listed, nearest
from assay.domain.specification.protected import CROSS, MOST_CELLS, Attribute

LARGEST_SMALL_SHARE = Decimal("0.10")
"""A group of a tenth of the rows is not small: setting it aside would hide it."""


def fewer_than_two(draft: Draft, _: World) -> Iterator[Finding]:
    """A single group, with which nothing can be compared."""
    for block, name, attribute in draft.attributes():
        if len(attribute.labels()) < 2:
            yield Finding(
                (block, name, _form(attribute)),
                "fewer_than_two_groups",
                f"At least two groups are expected of {name!r}; found {len(attribute.labels())}.",
                remedy="Add a group, or delete the attribute.",
            )


def names_that_cross(draft: Draft, _: World) -> Iterator[Finding]:
    """A group whose name holds the sign that joins the names of crossed groups."""
    for block, name, attribute in draft.attributes():
        for label in attribute.labels():
            sign = next((sign for sign in (CROSS.strip(), "*") if sign in label), None)
            if sign is not None:
                yield Finding(
                    (block, name, _form(attribute), label),
                    "group_name_reserved",
                    f"The name of a group is expected without {sign!r}, which joins the names of crossed groups; found "
                    f"{label!r}.",
                    remedy="Write 'and' or a comma instead.",
                    key=True,
                )


def too_many_cells(draft: Draft, _: World) -> Iterator[Finding]:
    """Attributes of so many groups that their crossing cannot be counted."""
    # Each attribute has one place more than it has groups: for the rows that are in none of them.
    narrowed = {name for criterion in draft.criteria.values() for name in criterion.where}
    counted = [attribute for name, attribute in draft.strata.items() if name in narrowed]
    cells = math.prod(len(attribute.labels()) + 1 for attribute in (*draft.protected.values(), *counted))
    if cells > MOST_CELLS:
        yield Finding(
            ("protected",),
            "too_many_cells",
            f"The groups of all attributes cross to {cells:,} cells; at most {MOST_CELLS:,} can be counted.",
            remedy="Join codes into fewer groups, or judge some of the attributes in a specification of their own.",
            key=True,
        )


def codes_too_large(draft: Draft, _: World) -> Iterator[Finding]:
    """A number so large that a column of floats cannot tell it from the next one."""
    for block, name, attribute in draft.attributes():
        for label, codes in attribute.codes():
            for code in codes:
                if not isinstance(code, str) and abs(code) > LARGEST_CODE:
                    yield Finding(
                        (block, name, "groups", label),
                        "code_too_large",
                        f"A code of at most {LARGEST_CODE} is expected; beyond it a float cannot tell {code} from its "
                        "neighbours.",
                        remedy="Write the column and its codes as text.",
                    )


def codes_overlap(draft: Draft, _: World) -> Iterator[Finding]:
    """A code that belongs to two groups, or to none because a group has no code."""
    for block, name, attribute in draft.attributes():
        owner: dict[int | str, str] = {}
        for label, codes in attribute.codes():
            trail: Trail = (block, name, "groups", label)
            if not codes:
                yield Finding(
                    trail,
                    "group_without_code",
                    f"The group {label!r} has no code.",
                    remedy="Write its codes, or delete the group.",
                )
            for code in codes:
                if code in owner:
                    twice = "twice" if owner[code] == label else f"and to {owner[code]!r}"
                    yield Finding(
                        trail,
                        "codes_overlap",
                        f"The code {code!r} belongs to the group {label!r} {twice}.",
                        remedy="Leave it in one group.",
                    )
                owner[code] = label


def codes_undocumented(draft: Draft, world: World) -> Iterator[Finding]:
    """A code that the dictionary does not have, and one of the dictionary's that is in no group."""
    for block, name, attribute, column in _documented(draft, world):
        documented = column.codes_of_its_values
        if documented is None or attribute.groups is None:
            continue
        given = [(label, code) for label, codes in attribute.codes() for code in codes]
        written = {str(code): code for code in documented}
        swapped = [(label, code) for label, code in given if label in written and code not in documented]
        for label, code in swapped:
            yield Finding(
                (block, name, "groups", label),
                "code_before_name",
                f"The name of a group is expected before its code; {label!r} is a code of {column.name!r}, and {code!r} is none.",
                remedy=f"Write it the other way round: {code}: {label}",
                key=True,
            )
        given = [pair for pair in given if pair not in swapped]
        for label, code in given:
            if code not in documented:
                yield Finding(
                    (block, name, "groups", label),
                    "unknown_code",
                    f"The dictionary has no code {code!r} for {column.name!r}; it has {column.spelt(documented)}."
                    f"{_quoted(code, column, documented)}",
                    nearest="" if _quoted(code, column, documented) else nearest(code, documented),
                    remedy="Write one of these codes, or describe this one in the dictionary.",
                )
        grouped = {str(code) for _, code in given} | {label for label, _ in swapped}
        left = [code for code in documented if str(code) not in grouped]
        if left:
            yield Finding(
                (block, name, "groups"),
                "codes_uncovered",
                f"Each documented code of {column.name!r} is expected in one of the groups of {name!r}; "
                f"in none: {column.spelt(left)}.",
                remedy="Add them to a group, so that nobody is left out unseen.",
            )


def wrong_kind_of_column(draft: Draft, world: World) -> Iterator[Finding]:
    """Bands of a column that holds neither numbers nor dates, and groups by code of one that holds measured numbers."""
    for block, name, attribute, column in _documented(draft, world):
        if attribute.bands is not None and column.type != "date" and not column.is_numeric:
            yield Finding(
                (block, name, "bands"),
                "bands_of_no_number",
                f"Bands need a number; the dictionary calls {column.name!r} {column.type!r}.",
                remedy="Use 'groups' with its codes.",
                key=True,
            )
        if attribute.groups is not None and column.type in {"number", "date", "identifier"}:
            yield Finding(
                (block, name, "groups"),
                "groups_of_no_code",
                f"Groups need codes; the dictionary calls {column.name!r} {column.type!r}.",
                remedy="Use 'bands' with cut points.",
                key=True,
            )


def intersections(draft: Draft, _: World) -> Iterator[Finding]:
    """Crossings of attributes that were not declared, of one attribute, or written twice."""
    known, seen = draft.names("protected"), set()
    illegible = draft.illegible("protected")
    for i, names in draft.intersections.items():
        trail: Trail = ("intersections", i)
        for k, name in enumerate(names):
            if name not in known and not illegible:
                yield Finding(
                    (*trail, k),
                    "unknown_attribute",
                    f"{name!r} is no protected attribute; declared are {listed(known)}.",
                    nearest=nearest(name, known),
                    remedy="Declare it under 'protected'.",
                )
        if len(set(names)) < len(names) or len(names) < 2:
            yield Finding(
                trail,
                "intersection_of_one",
                "An intersection crosses at least two different attributes.",
                remedy="Name two attributes, or delete it.",
            )
        if frozenset(names) in seen:
            yield Finding(
                trail,
                "intersection_twice",
                "These attributes are crossed already.",
                remedy="Delete one of the two.",
            )
        seen.add(frozenset(names))


def small_groups(draft: Draft, _: World) -> Iterator[Finding]:
    """A share so large that it would hide a group worth looking at."""
    rule = draft.small_groups
    if rule is not None and rule.below_share > LARGEST_SMALL_SHARE:
        yield Finding(
            ("small_groups", "below_share"),
            "small_groups_too_large",
            f"A share of at most {LARGEST_SMALL_SHARE} is expected; a group of under {rule.below_share} of the rows "
            "would be set aside.",
            remedy="A small group is one about which the rows cannot say much, for example 0.02.",
        )


RULES: tuple[Rule, ...] = (
    fewer_than_two,
    names_that_cross,
    too_many_cells,
    codes_too_large,
    codes_overlap,
    codes_undocumented,
    wrong_kind_of_column,
    intersections,
    small_groups,
)


def _documented(draft: Draft, world: World) -> Iterator[tuple[str, str, Attribute, Column]]:
    for block, name, attribute in draft.attributes():
        column = world.column(attribute.column)
        if column is not None:
            yield block, name, attribute, column


def _form(attribute: Attribute) -> str:
    return "groups" if attribute.groups is not None else "bands"


def _quoted(code: int | str, column: Column, documented: Collection[int | str]) -> str:
    """A hint when a code differs only in being a number, true or false, or a text."""
    if column.type == "boolean" and code in BOOLEANS:
        return f" Write {code} without quotes."
    twin = next(
        (known for known in documented if str(known) == str(code) or BOOLEANS.get(str(known)) == code), None
    )
    if twin is None:
        return ""
    return f" Write {twin} without quotes." if isinstance(twin, int) else f" Write '{twin}' with quotes."
