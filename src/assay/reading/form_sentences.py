"""What each of pydantic's errors is called in our own words, with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assay.domain.nearest import listed, nearest
from assay.reading.where import Where, fields_at, short, subject_of

Said = tuple[str, str, str, str]
"""Reason code, message, nearest valid name, remedy."""


def said(detail: Mapping[str, Any], where: Where) -> Said:
    """What is wrong with a value, by the type of pydantic's error; a type that is not known is told in its own words."""
    return _SENTENCES.get(detail["type"], _otherwise)(detail, where)


def _missing(_: Mapping[str, Any], where: Where) -> Said:
    if isinstance(where.trail[-1], int):
        parent = where.document.text(where.trail[:-1])
        return (
            "pair_expected",
            f"A pair of values is expected; found {short(parent)}.",
            "",
            "Use null for no limit.",
        )
    return (
        "missing_key",
        f"{where.subject} needs {where.name}{where.described}",
        "",
        "Add it, indented like its neighbours.",
    )


def _foreign(detail: Mapping[str, Any], where: Where) -> Said:
    task = detail["ctx"]["task"]
    return (
        "foreign_to_task",
        f"{where.name} has no meaning for a task that is {task}; {where.shown}.",
        "",
        "Delete it, or correct 'task'.",
    )


def _unknown(_: Mapping[str, Any], where: Where) -> Said:
    near = nearest(where.trail[-1], where.fields)
    remedy = "" if near else f"Expected are {listed(where.fields, most=20)}."
    return "unknown_key", f"{where.name} is not known in {where.subject}.", near, remedy


def _empty(_: Mapping[str, Any], where: Where) -> Said:
    return (
        "empty_text",
        f"{where.name} must not be empty{where.described}",
        "",
        "Fill it in: in words of your own, or with the name that is meant.",
    )


def _too_few(detail: Mapping[str, Any], where: Where) -> Said:
    if isinstance(detail["input"], str):
        return _empty(detail, where)
    return (
        "empty_list",
        f"{where.name} must not be empty{where.described}",
        "",
        "Name at least one, or delete the block that asks for it.",
    )


def _text(detail: Mapping[str, Any], where: Where) -> Said:
    if not where.found:
        return _empty(detail, where)
    remedy = "Put it in quotes."
    if isinstance(detail["input"], list):
        remedy = "Write one text, without square brackets and dashes."
        if where.trail[0] == "data":
            remedy = (
                "A data set is one file, or one folder of Parquet files: name the folder that holds them."
            )
    return "text_expected", f"A text is expected for {where.name}; {where.shown}.", "", remedy


def _number(_: Mapping[str, Any], where: Where) -> Said:
    plain = where.found.strip("'\"").replace("_", "").replace(",", ".").rstrip("% ")
    remedy = "Write it in plain digits with a point, without quotes."
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", plain):
        share = where.found.strip("'\"").endswith("%")
        remedy = (
            "Write a share such as 0.80, not a percentage." if share else f"Write {plain}, without quotes."
        )
    return "number_expected", f"A number is expected for {where.name}; {where.shown}.", "", remedy


def _whole(_: Mapping[str, Any], where: Where) -> Said:
    message = f"A whole number is expected for {where.name}; {where.shown}."
    return (
        "whole_number_expected",
        message,
        "",
        "Write it in plain digits, without a point and without quotes.",
    )


def _one_of(detail: Mapping[str, Any], where: Where) -> Said:
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


def _limit(detail: Mapping[str, Any], where: Where) -> Said:
    (kind, limit), *_ = detail["ctx"].items()
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}[kind]
    remedy = "Choose a value within these limits."
    if kind in {"lt", "le"} and limit == 1 and re.fullmatch(r"[0-9]+", where.found):
        remedy = "Write a share such as 0.95, not a percentage."
    return "out_of_range", f"{where.name} is expected to be {words} {limit}; {where.shown}.", "", remedy


def _name(_: Mapping[str, Any], where: Where) -> Said:
    message = f"A name is expected for {where.name}; {where.shown}."
    if where.found == str(where.trail[-1]):
        message = f"A name is expected as a key; {where.shown}."
    return (
        "name_expected",
        message,
        "",
        "A name has letters, digits, '-', '_' and '.', and begins with a letter or a digit.",
    )


def _long_name(detail: Mapping[str, Any], where: Where) -> Said:
    message = f"A name of at most {detail['ctx']['max_length']} characters is expected for {where.name}; {where.shown}."
    return "name_too_long", message, "", "Shorten it; what it stands for can be told in a text."


def _block(_: Mapping[str, Any], where: Where) -> Said:
    remedy = f"Its keys are {listed(fields_at(where.model, where.trail), most=20)}." if where.trail else ""
    if "none" in remedy:
        remedy = "Write 'key: value' lines below it, indented."
    return "block_expected", f"A block of keys is expected for {where.name}; {where.shown}.", "", remedy


def _list(_: Mapping[str, Any], where: Where) -> Said:
    return (
        "list_expected",
        f"A list is expected for {where.name}; {where.shown}.",
        "",
        "Write it in square brackets, or one item a line, each after '- '.",
    )


def _too_many(detail: Mapping[str, Any], where: Where) -> Said:
    if isinstance(detail["input"], str):
        return _long_name(detail, where)
    return (
        "pair_expected",
        f"A pair of values is expected for {where.name}; {where.shown}.",
        "",
        "Use null for no limit.",
    )


def _comparator_missing(_: Mapping[str, Any], where: Where) -> Said:
    subject = subject_of(where.document, where.trail)
    return (
        "comparator_missing",
        f"'at_least' or 'at_most' is expected in {subject}.",
        "",
        "Write the threshold.",
    )


def _comparator_twice(_: Mapping[str, Any], where: Where) -> Said:
    subject = subject_of(where.document, where.trail)
    return (
        "comparator_twice",
        f"Only one of 'at_least' and 'at_most' is expected in {subject}.",
        "",
        "Write two criteria, each with its own rationale.",
    )


def _grouping(detail: Mapping[str, Any], where: Where) -> Said:
    subject = subject_of(where.document, where.trail)
    remedy = "Use 'groups' for codes and 'bands' for numbers."
    return detail["type"], f"In {subject}, {detail['msg']}.", "", remedy


def _in_its_words(detail: Mapping[str, Any], where: Where) -> Said:
    """For types of our own, whose message says what is expected."""
    return detail["type"], f"For {where.name} {detail['msg']}; {where.shown}.", "", _REMEDIES[detail["type"]]


_REMEDIES = {
    "days_expected": "Write how long it holds, not until when: '180 days'.",
    "code_expected": "Write the code as it stands in the data: 2, true, or 'A' in quotes.",
    "number_out_of_reach": "Round it to what a sample can show.",
    "setting_expected": "Write one number without quotes, or one text; several stand in one text, with commas between them: '10, 20'.",
    "bands_expected": "Write the cut points in square brackets.",
    "range_expected": "Write the least and the largest number that can be: [0, 500000].",
    "class_twice": "Write the classes as they stand in the label column, each once.",
}


def _otherwise(detail: Mapping[str, Any], where: Where) -> Said:
    told = detail.get("ctx", {}).get(
        "error", detail["msg"]
    )  # a rule's own words, without pydantic's before them
    return "not_valid", f"{where.name} is not valid: {told}.", "", "Compare it with: assay schema"


def _rule(detail: Mapping[str, Any], where: Where) -> Said:
    """A rule of the whole document that another reader tells apart by its type."""
    _, message, near, remedy = _otherwise(detail, where)
    return detail["type"], message, near, remedy


_SENTENCES: dict[str, Callable[[Mapping[str, Any], Where], Said]] = {
    "missing": _missing,
    "lacking_for_task": _missing,
    "foreign_to_task": _foreign,
    "extra_forbidden": _unknown,
    "string_too_short": _empty,
    "too_short": _too_few,
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
    "range_expected": _in_its_words,
    "class_twice": _in_its_words,
    "key_unnamed": _rule,
    "one_grouping_expected": _rule,
}
