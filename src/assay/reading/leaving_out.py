"""Criteria left out of the text of a specification, so that every other byte is the team's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from ruamel.yaml import YAML

_AFTER = re.compile(r"(?:\n[ \t]*(?:#.*)?)+\Z")
"""What follows the last line of an item: blank lines, and comments on what comes next."""


def without_criteria(text: str, ids: Collection[str]) -> str:
    """The text of a valid specification without the criteria of these ids; all the rest is as it was.

    Failure modes lose them too, and one that names no other criterion is left out with them.
    """
    for start, end in sorted(set(_spans(text, frozenset(ids))), reverse=True):
        text = text[:start] + text[end:]
    return text


def _spans(text: str, ids: frozenset[str]) -> Iterator[tuple[int, int]]:
    if not ids:
        return
    document = YAML(typ="safe", pure=True).compose(text)
    criteria = _of(document, "criteria")
    yield from _items(text, criteria, [_of(one, "id").value in ids for one in criteria.value])
    modes = _of(document, "failure_modes")
    named = [[name.value in ids for name in _of(mode, "criteria").value] for mode in modes.value]
    yield from _items(text, modes, [bool(gone) and all(gone) for gone in named])
    for mode, gone in zip(modes.value, named, strict=True):
        if not all(gone):
            yield from _items(text, _of(mode, "criteria"), gone)


def _of(mapping: Any, name: str) -> Any:
    return next(value for key, value in mapping.value if key.value == name)


def _items(text: str, sequence: Any, gone: list[bool]) -> Iterator[tuple[int, int]]:
    """Where the items that go are written, each with what separates it from the next."""
    for i, item in enumerate(sequence.value):
        if not gone[i]:
            continue
        start, end = item.start_mark.index, item.end_mark.index
        if sequence.flow_style:
            rest = sequence.value[i + 1 :]
            yield start, rest[0].start_mark.index if rest else end
        else:
            dash = text.rfind("-", 0, start)
            own = _AFTER.sub("", text[start:end])
            over = text.find("\n", start + len(own))
            yield text.rfind("\n", 0, dash) + 1, over + 1
