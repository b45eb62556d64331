"""Criteria left out of the text of a specification, so that every other byte is the team's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ruamel.yaml import YAML

_AFTER = re.compile(r"(?:\n[ \t]*(?:#.*)?)+\Z")
"""What follows the last line of a criterion: blank lines, and comments on what comes next."""


def without_criteria(text: str, ids: Iterable[str]) -> str:
    """The text of a valid specification without the criteria of these ids; all the rest is as it was."""
    for start, end in reversed(list(_spans(text, frozenset(ids)))):
        text = text[:start] + text[end:]
    return text


def _spans(text: str, ids: frozenset[str]) -> Iterator[tuple[int, int]]:
    if not ids:
        return
    criteria = next(
        value for key, value in YAML(typ="safe", pure=True).compose(text).value if key.value == "criteria"
    )
    for i, item in enumerate(criteria.value):
        if not any(key.value == "id" and value.value in ids for key, value in item.value):
            continue
        start, end = item.start_mark.index, item.end_mark.index
        if criteria.flow_style:
            rest = criteria.value[i + 1 :]
            yield start, rest[0].start_mark.index if rest else end
        else:
            dash = text.rfind("-", 0, start)
            own = _AFTER.sub("", text[start:end])
            over = text.find("\n", start + len(own))
            yield text.rfind("\n", 0, dash) + 1, over + 1
