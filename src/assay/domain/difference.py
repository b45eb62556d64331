"""What changed between two documents, in a reader's words: which part, from what, to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAMED_BY = ("id", "name", "criterion", "role", "label")
"""What an item of a list is called by, so that an inserted one does not shift the others."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: where it is, and both values as text; an empty one was not there."""

    where: str
    before: str
    after: str

    def sentence(self) -> str:
        """The change as one line."""
        if not self.before:
            return f"{self.where}: added {self.after}"
        if not self.after:
            return f"{self.where}: removed {self.before}"
        return f"{self.where}: {self.before} -> {self.after}"


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Every change between two plain documents, in the order of the first, additions last."""
    return tuple(_walk(before, after, ""))


def _walk(before: Any, after: Any, where: str) -> Iterable[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in (*before, *(n for n in after if n not in before)):
            place = f"{where}.{name}" if where else str(name)
            yield from _member(before, after, name, place)
    elif _is_list(before) and _is_list(after) and (_named(before) or _named(after)):
        yield from _walk(_by_name(before), _by_name(after), where)
    elif before != after:
        yield Difference(where, _text(before), _text(after))


def _member(
    before: Mapping[Any, Any], after: Mapping[Any, Any], name: Any, place: str
) -> Iterable[Difference]:
    if name not in after:
        yield Difference(place, _text(before[name]), "")
    elif name not in before:
        yield Difference(place, "", _text(after[name]))
    else:
        yield from _walk(before[name], after[name], place)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _name(item: Any) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((str(item[key]) for key in NAMED_BY if key in item), None)


def _named(items: Sequence[Any]) -> bool:
    names = [_name(item) for item in items]
    return bool(items) and None not in names and len(set(names)) == len(names)


def _by_name(items: Sequence[Any]) -> dict[str, Any]:
    return {_name(item) or str(place): item for place, item in enumerate(items)}


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) + "}"
    if _is_list(value):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"  # as a document writes it
    return "nothing" if value in (None, "") else str(value)
