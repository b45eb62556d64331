"""A text that another tool wrote as plain values, and how those are looked at when any of them may be anything."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from assay.domain.errors import InvalidDocument
from assay.reading.located import locate
from assay.reading.source import Source

LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""Hexadecimal digits by function."""
HARMLESS = {"number_not_finite", "number_form", "number_size", "key_expected", "key_blanks"}
"""What may be odd about settings that nobody follows; all else could hide what the text says."""

_MOST_SHOWN = 60
"""Characters of what is wrong in a record."""


class NoRecord(ValueError):
    """The text is none that one of these tools writes; says why."""


def yaml_of(source: Source) -> Mapping[Any, Any]:
    """The mapping that a YAML text holds. Raises NoRecord."""
    try:
        document = locate(source, "Write it again with the tool that made it.")
    except InvalidDocument as wrong:
        raise NoRecord(wrong.problems[0].message) from None
    wrong_ones = [problem for problem in document.problems if problem.code not in HARMLESS]
    if wrong_ones:
        raise NoRecord(f"line {wrong_ones[0].place.line}: {wrong_ones[0].message}")
    return document.value


def json_lines(text: str) -> Iterator[Any]:
    """The values in a JSON text: one, those of a list, or one a line. Raises NoRecord."""
    try:
        found = json.loads(text, object_pairs_hook=_each_key_once)
    except NoRecord:
        raise
    except RecursionError:
        raise NoRecord("it is nested too deeply") from None
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            found = [json.loads(line, object_pairs_hook=_each_key_once) for line in lines]
        except NoRecord:
            raise
        except (ValueError, RecursionError):
            raise NoRecord("it is no JSON, nor one JSON value a line") from None
    yield from found if isinstance(found, list) else [found]


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NoRecord(f"the key {_shown(twice)} stands twice in one object")
    return found


def mapping(value: Any) -> Mapping[Any, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(of: Mapping[Any, Any], key: str) -> list[Mapping[Any, Any]]:
    """The mappings in the list under a key; none where there is no such key. Raises NoRecord for anything else, which would be lost."""
    value = of.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise NoRecord(f"{key!r} is no list: {_shown(value)}")
    for one in value:
        if not isinstance(one, Mapping):
            raise NoRecord(f"an entry of {key!r} is no mapping: {_shown(one)}")
    return value


def called(entry: Mapping[Any, Any], key: str, of: str) -> str:
    """The name of an entry, under this key. Raises NoRecord where it has none."""
    name = text(entry.get(key))
    if not name:
        raise NoRecord(f"an entry of {of!r} has no {key!r}: {_shown(dict(entry))}")
    return name


def _shown(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}..."


def text(value: Any) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def path_beside(record: str, *parts: str) -> str:
    """A path that a record writes from its own folder, from the specification's folder; it is a name and is never opened."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(record), *parts))


def digest(kind: str, value: Any) -> frozenset[str]:
    """A hexadecimal digest as ``kind:digits``; none where it is no digest of that kind."""
    written = text(value).strip().lower()
    if kind in LENGTHS and re.fullmatch(rf"[0-9a-f]{{{LENGTHS[kind]}}}(\.dir)?", written):
        return frozenset({f"{kind}:{written}"})
    return frozenset()
