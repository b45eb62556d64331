"""From pydantic's errors to problems in our own words, each at its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from assay.domain.errors import Problem
from assay.domain.nearest import listed, nearest
from assay.reading.located import Located, Trail

Said = tuple[str, str, str, str]
"""Reason code, message, nearest valid name, remedy."""


def form_problems(document: Located, model: type[BaseModel], error: ValidationError) -> tuple[Problem, ...]:
    """One problem for each value that is not of the form that the model asks for.

    Values that were refused while reading have their problem already and are left out.
    """
    problems: dict[Trail, Problem] = {}
    for detail in error.errors(include_url=False):
        trail, key = _trail(document.value, detail)
        if trail not in problems and not _refused_already(document, trail):
            problems[trail] = _problem(document, model, detail, trail, key=key)
    return tuple(problems.values())


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
        elif not (last and detail["type"] == "missing"):
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
    where = _Where(document, model, trail, key=key)
    code, message, near, remedy = _SENTENCES.get(detail["type"], _otherwise)(detail, where)
    if detail["type"] == "missing" and isinstance(trail[-1], int):
        trail = trail[:-1]
    message = f"{message[0].upper()}{message[1:]}"
    return Problem(code, document.place(trail, key=key), message, where.found, near, remedy)


class _Where:
    """A value's surroundings, for sentences about it."""

    def __init__(self, document: Located, model: type[BaseModel], trail: Trail, *, key: bool) -> None:
        self.document, self.model, self.trail = document, model, trail
        self.found = str(trail[-1]) if key and trail else document.text(trail)
        self.fields = _fields_at(model, trail[:-1])
        self.field: FieldInfo | None = self.fields.get(str(trail[-1])) if trail else None

    @property
    def name(self) -> str:
        """The value as its key is written, for example 'at_least'; an item of a list by its list."""
        keys = [element for element in self.trail if isinstance(element, str)]
        if not keys:
            return "The document"
        if isinstance(self.trail[-1], int):
            return f"item {self.trail[-1] + 1} of {keys[-1]!r}"
        return repr(keys[-1])

    @property
    def subject(self) -> str:
        """What the value belongs to, for example: the criterion 'accuracy'."""
        return subject_of(self.document, self.trail[:-1])

    @property
    def described(self) -> str:
        text = self.field.description if self.field else None
        return f": {text[0].lower()}{text[1:]}" if text else "."

    @property
    def shown(self) -> str:
        return f"found {_short(self.found)}" if self.found else "found nothing"


_NOUNS = {
    "criteria": "the criterion",
    "failure_modes": "the failure mode",
    "protected": "the attribute",
    "columns": "the column",
}


def subject_of(document: Located, trail: Trail) -> str:
    """What stands at a trail, in words: the criterion 'accuracy', the attribute 'sex', the block 'data'."""
    if not trail:
        return "the document"
    if len(trail) >= 2 and trail[0] in _NOUNS:
        item = document.value[trail[0]][trail[1]] if document.has(trail[:2]) else None
        given = item.get("id") or item.get("name") if isinstance(item, dict) else None
        name = trail[1] if isinstance(trail[1], str) else given
        noun = _NOUNS[str(trail[0])]
        whose = f"{noun} {name!r}" if isinstance(name, str) else f"{noun} number {int(trail[1]) + 1}"
        return whose if len(trail) == 2 else f"{trail[-1]!r} of {whose}"
    return f"the block {trail[-1]!r}"


def _fields_at(annotation: Any, trail: Trail) -> dict[str, FieldInfo]:
    """The fields, by the name under which they are written, of the block at a trail; empty if it is none."""
    for element in trail:
        annotation = _inner(annotation, element)
    return {
        field.alias or name: field
        for block in _blocks(annotation)
        for name, field in block.model_fields.items()
    }


def _blocks(annotation: Any) -> Iterator[type[BaseModel]]:
    for kind in _branches(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind


def _inner(annotation: Any, element: str | int) -> Any:
    """The annotation of what stands under a key or index."""
    for kind in _branches(annotation):
        arguments = get_args(kind)
        if get_origin(kind) is dict:
            return arguments[1]
        if get_origin(kind) is tuple and isinstance(element, int):
            return arguments[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            return fields[str(element)].annotation if str(element) in fields else None
    return None


def _branches(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in {Union, UnionType}:
        for branch in get_args(annotation):
            yield from _branches(branch)
    elif get_origin(annotation) is Annotated:
        yield from _branches(get_args(annotation)[0])
    else:
        yield annotation


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _missing(_: Mapping[str, Any], where: _Where) -> Said:
    if isinstance(where.trail[-1], int):
        parent = where.document.text(where.trail[:-1])
        return (
            "pair_expected",
            f"A pair of values is expected; found {_short(parent)}.",
            "",
            "Use null for no limit.",
        )
    return (
        "missing_key",
        f"{where.subject} needs {where.name}{where.described}",
        "",
        "Add it, indented like its neighbours.",
    )


def _unknown(_: Mapping[str, Any], where: _Where) -> Said:
    near = nearest(where.trail[-1], where.fields)
    remedy = "" if near else f"Expected are {listed(where.fields, most=20)}."
    return "unknown_key", f"{where.name} is not known in {where.subject}.", near, remedy


def _empty(_: Mapping[str, Any], where: _Where) -> Said:
    return (
        "empty_text",
        f"{where.name} must not be empty{where.described}",
        "",
        "Fill it in: in words of your own, or with the name that is meant.",
    )


def _text(detail: Mapping[str, Any], where: _Where) -> Said:
    if not where.found:
        return _empty(detail, where)
    return "text_expected", f"A text is expected for {where.name}; {where.shown}.", "", "Put it in quotes."


def _number(_: Mapping[str, Any], where: _Where) -> Said:
    plain = where.found.strip("'\"").replace("_", "").replace(",", ".").rstrip("% ")
    remedy = "Write it in plain digits with a point, without quotes."
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", plain):
        share = where.found.strip("'\"").endswith("%")
        remedy = (
            "Write a share such as 0.80, not a percentage." if share else f"Write {plain}, without quotes."
        )
    return "number_expected", f"A number is expected for {where.name}; {where.shown}.", "", remedy


def _whole(_: Mapping[str, Any], where: _Where) -> Said:
    message = f"A whole number is expected for {where.name}; {where.shown}."
    return (
        "whole_number_expected",
        message,
        "",
        "Write it in plain digits, without a point and without quotes.",
    )


def _one_of(detail: Mapping[str, Any], where: _Where) -> Said:
    expected = str(detail["ctx"]["expected"])
    choices = re.findall(r"'([^']*)'", expected)
    return (
        "not_one_of",
        f"{expected} is expected for {where.name}; {where.shown}.",
        nearest(where.found.strip("'\""), choices) if where.found else "",
        _REMEDY_OF_CHOICE.get(str(where.trail[-1]), f"Write {_or(choices) or expected}, as it stands here."),
    )


_REMEDY_OF_CHOICE = {
    "format": "For a .pkl write joblib, which reads pickles; a model saved with skops is safer, because reading it runs "
    "no code of whoever wrote it.",
    "assay": "Write 1: it is the version of the form, not of your document.",
    "assay_dictionary": "Write 1: it is the version of the form, not of your document.",
}


def _or(choices: Sequence[str]) -> str:
    return " or ".join((", ".join(choices[:-1]), choices[-1])) if len(choices) > 1 else "".join(choices)


def _limit(detail: Mapping[str, Any], where: _Where) -> Said:
    (kind, limit), *_ = detail["ctx"].items()
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}[kind]
    remedy = "Choose a value within these limits."
    if kind in {"lt", "le"} and limit == 1 and re.fullmatch(r"[0-9]+", where.found):
        remedy = "Write a share such as 0.95, not a percentage."
    return "out_of_range", f"{where.name} is expected to be {words} {limit}; {where.shown}.", "", remedy


def _name(_: Mapping[str, Any], where: _Where) -> Said:
    message = f"A name is expected for {where.name}; {where.shown}."
    if where.found == str(where.trail[-1]):
        message = f"A name is expected as a key; {where.shown}."
    return (
        "name_expected",
        message,
        "",
        "A name has letters, digits, '-', '_' and '.', and begins with a letter or a digit.",
    )


def _long_name(detail: Mapping[str, Any], where: _Where) -> Said:
    message = f"A name of at most {detail['ctx']['max_length']} characters is expected for {where.name}; {where.shown}."
    return "name_too_long", message, "", "Shorten it; what it stands for can be told in a text."


def _block(_: Mapping[str, Any], where: _Where) -> Said:
    remedy = f"Its keys are {listed(_fields_at(where.model, where.trail), most=20)}." if where.trail else ""
    if "none" in remedy:
        remedy = "Write 'key: value' lines below it, indented."
    return "block_expected", f"A block of keys is expected for {where.name}; {where.shown}.", "", remedy


def _list(_: Mapping[str, Any], where: _Where) -> Said:
    return (
        "list_expected",
        f"A list is expected for {where.name}; {where.shown}.",
        "",
        "Write it in square brackets, or one item a line, each after '- '.",
    )


def _too_many(detail: Mapping[str, Any], where: _Where) -> Said:
    if isinstance(detail["input"], str):
        return _long_name(detail, where)
    return (
        "pair_expected",
        f"A pair of values is expected for {where.name}; {where.shown}.",
        "",
        "Use null for no limit.",
    )


def _comparator_missing(_: Mapping[str, Any], where: _Where) -> Said:
    subject = subject_of(where.document, where.trail)
    return (
        "comparator_missing",
        f"'at_least' or 'at_most' is expected in {subject}.",
        "",
        "Write the threshold.",
    )


def _comparator_twice(_: Mapping[str, Any], where: _Where) -> Said:
    subject = subject_of(where.document, where.trail)
    return (
        "comparator_twice",
        f"Only one of 'at_least' and 'at_most' is expected in {subject}.",
        "",
        "Write two criteria, each with its own rationale.",
    )


def _grouping(detail: Mapping[str, Any], where: _Where) -> Said:
    subject = subject_of(where.document, where.trail)
    remedy = "Use 'groups' for codes and 'bands' for numbers."
    return detail["type"], f"In {subject}, {detail['msg']}.", "", remedy


def _in_its_words(detail: Mapping[str, Any], where: _Where) -> Said:
    """For types of our own, whose message says what is expected."""
    return detail["type"], f"For {where.name} {detail['msg']}; {where.shown}.", "", _REMEDIES[detail["type"]]


_REMEDIES = {
    "days_expected": "Write how long it holds, not until when: '180 days'.",
    "code_expected": "Write the code as it stands in the data: 2, or 'A' in quotes.",
    "number_out_of_reach": "Round it to what a sample can show.",
    "setting_expected": "Write one number without quotes, or one text.",
    "bands_expected": "Write the cut points in square brackets.",
}


def _otherwise(detail: Mapping[str, Any], where: _Where) -> Said:
    return "not_valid", f"{where.name} is not valid: {detail['msg']}.", "", "Compare it with: assay schema"


_SENTENCES: dict[str, Callable[[Mapping[str, Any], _Where], Said]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_too_short": _empty,
    "too_short": _empty,
    "text_expected": _text,
    "string_type": _text,
    "number_expected": _number,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "literal_error": _one_of,
    "enum": _one_of,
    "greater_than": _limit,
    "greater_than_equal": _limit,
    "less_than": _limit,
    "less_than_equal": _limit,
    "string_pattern_mismatch": _name,
    "model_type": _block,
    "model_attributes_type": _block,
    "dict_type": _block,
    "tuple_type": _list,
    "too_long": _too_many,
    "comparator_missing": _comparator_missing,
    "comparator_twice": _comparator_twice,
    "grouping_missing": _grouping,
    "grouping_twice": _grouping,
    "code_expected": _in_its_words,
    "days_expected": _in_its_words,
    "number_out_of_reach": _in_its_words,
    "setting_expected": _in_its_words,
    "bands_expected": _in_its_words,
}
