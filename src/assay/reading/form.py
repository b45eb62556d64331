"""From pydantic's errors to problems in our own words, each at its place in the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assay.domain.errors import InvalidDocument, Problem
from assay.reading.form_sentences import said
from assay.reading.located import Located, Trail
from assay.reading.where import Where

Document = TypeVar("Document", bound=BaseModel)


def form_problems(document: Located, model: type[BaseModel], error: ValidationError) -> tuple[Problem, ...]:
    """One problem for each value that is not of the form that the model asks for.

    Values that were refused while reading have their problem already and are left out; so is what is missing because its
    key is misspelt.
    """
    problems: dict[Trail, Problem] = {}
    for detail in error.errors(include_url=False):
        trail, key = _trail(document.value, detail)
        if trail not in problems and not _refused_already(document, trail):
            problems[trail] = _problem(document, model, detail, trail, key=key)
    meant = {(*trail[:-1], p.nearest) for trail, p in problems.items() if p.code == "unknown_key"}
    return tuple(p for trail, p in problems.items() if not (p.code == "missing_key" and trail in meant))


def in_form(document: Located, model: type[Document]) -> Document:
    """What a document says, in form alone.

    Raises:
        InvalidDocument: with every problem of its form, each with its place.
    """
    try:
        found = model.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = (*document.problems, *form_problems(document, model, error))
        raise InvalidDocument(problems) from None
    if document.problems:
        raise InvalidDocument(document.problems)
    return found


def broken_trails(document: Located, error: ValidationError) -> tuple[Trail, ...]:
    """The trail of every value that is not of the right form."""
    return tuple(_trail(document.value, detail)[0] for detail in error.errors(include_url=False))


def _trail(value: Any, detail: Mapping[str, Any]) -> tuple[Trail, bool]:
    """An error's location without the marks that pydantic puts between keys, and whether a key is meant.

    An element that is not in the document is a branch of a union, unless it is the name of what is missing.
    """
    location = detail["loc"]
    trail: list[str | int] = []
    for position, element in enumerate(location):
        last = position == len(location) - 1
        if element == "[key]" and last:
            return tuple(trail), True
        if _holds(value, element):
            value = value[element]
        elif not (last and detail["type"] in {"missing", "lacking_for_task"}):
            continue
        trail.append(element)
    return tuple(trail), detail["type"] == "extra_forbidden"


def _holds(value: Any, element: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(element, int) and element < len(value)
    return isinstance(value, dict) and element in value


def _refused_already(document: Located, trail: Trail) -> bool:
    return any(trail[:n] in document.refused for n in range(len(trail) + 1))


def _problem(
    document: Located, model: type[BaseModel], detail: Mapping[str, Any], trail: Trail, *, key: bool
) -> Problem:
    where = Where(document, model, trail, key=key)
    code, message, near, remedy = said(detail, where)
    if detail["type"] == "missing" and isinstance(trail[-1], int):
        trail = trail[:-1]
    message = f"{message[0].upper()}{message[1:]}"
    return Problem(code, document.place(trail, key=key), message, where.found, near, remedy)
