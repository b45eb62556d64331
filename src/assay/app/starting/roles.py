"""Which columns have the roles that a template asks for: those that its user names, else those that are named like one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from assay.app.starting.errors import CannotStart
from assay.app.starting.guess import AttributeGuess, ColumnGuess, attribute_of, guess_protected
from assay.domain.nearest import listed, nearest
from assay.domain.template import LABEL, TIME, UNIT, AskedColumn, Template

_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns by role; a protected attribute that the template asks for and no column is named like has an empty column.

    ``lacking`` are those.
    """

    label: str | None
    unit: str | None
    time: str | None
    protected: tuple[AttributeGuess, ...]
    lacking: tuple[str, ...]


def find_roles(
    template: Template,
    columns: Sequence[ColumnGuess],
    binary: Collection[str],
    given: Mapping[str, str],
) -> Roles:
    """The columns with the roles of a template.

    Args:
        columns: those that are neither the model's scores nor its file. binary: those that hold 0 and 1 alone.
        given: columns that the user has named, by role.

    Raises:
        CannotStart: a role or a column that is named does not exist.
    """
    by_name = {column.name: column for column in columns}
    _refuse_unknown(template, by_name, given)
    label = given.get(LABEL) or _named_like(template.prediction.names, [n for n in by_name if n in binary])
    free = [name for name in by_name if name != label]
    taken: dict[str, str] = {}
    for attribute, asked in template.protected.items():
        found = given.get(attribute) or _named_like(asked.names, [n for n in free if n not in taken.values()])
        if found:
            taken[attribute] = found
    absent = [name for name in template.protected if name not in taken]
    others = [column for column in columns if column.name not in taken.values()]
    return Roles(
        label=label,
        unit=given.get(UNIT) or _asked(template.unit, free),
        time=given.get(TIME) or _asked(template.time, free),
        protected=(
            *(
                attribute_of(by_name[taken[name]], name, asked.bands)
                if name in taken
                else AttributeGuess(name, "", bands=asked.bands)
                for name, asked in template.protected.items()
                if name in taken or asked.required
            ),
            *(other for other in guess_protected(others, label) if other.name not in template.protected),
        ),
        lacking=tuple(name for name in absent if template.protected[name].required),
    )


def lacking_attributes(template: Template, roles: Roles) -> Iterator[str]:
    """That the template asks for attributes for which no column was found, and what to do."""
    for name in roles.lacking:
        asked = template.protected[name]
        yield (
            f"The template asks for {name!r}, and no column is named like it ({listed(asked.names)}): {asked.why} Name the column "
            f"under 'protected', or start again with --column {name}=COLUMN."
        )


def _asked(asked: AskedColumn | None, names: Sequence[str]) -> str | None:
    return _named_like(asked.names, names) if asked else None


def _named_like(patterns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first column that is called as a pattern says, else the first of which a word is; earlier patterns go before."""
    for words_of in (_whole, _words):
        for pattern in patterns:
            for name in names:
                if any(fnmatchcase(word, pattern) for word in words_of(name)):
                    return name
    return None


def _whole(name: str) -> Sequence[str]:
    return [name.casefold()]


def _words(name: str) -> Sequence[str]:
    return [word.casefold() for word in _WORD.findall(name)]


def _refuse_unknown(template: Template, names: Collection[str], given: Mapping[str, str]) -> None:
    known = (LABEL, UNIT, TIME, *template.protected)
    for role, column in given.items():
        wrong, among = (role, known) if role not in known else (column, names)
        if wrong in among:
            continue
        near = nearest(wrong, among)
        what = "role" if role not in known else "column"
        raise CannotStart(
            f"There is no {what} {wrong!r}.{f' Did you mean {near!r}?' if near else ''}",
            code=f"unknown_{what}",
            remedy=f"Write ROLE=COLUMN; the {what}s are {listed(among)}.",
        )
