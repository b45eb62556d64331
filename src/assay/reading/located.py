"""YAML 1.2 text to plain values, with the place of every key and value.

Only what is needed to write a document down: no anchors or aliases (a page of them can expand to gigabytes), no
tags, no second document. A number keeps the digits that were written. What looks like a number and is not a plain
decimal one (``0x10``, ``007``, ``.inf``) is refused rather than guessed at.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from assay.domain.errors import Place, Problem
from assay.reading.scalars import Odd, resolve
from assay.reading.source import Source, hidden_in, refuse
from assay.reading.syntax import no_yaml

Key = str | int
Trail = tuple[Key, ...]

MOST_DEPTH = 16


class Unreadable:
    """Stands where a value was refused, so that the rest of the document can still be looked at."""

    def __repr__(self) -> str:
        return "<unreadable>"


UNREADABLE = Unreadable()


@dataclass(frozen=True, slots=True)
class Located:
    """A document's plain values, where each stands, and what was wrong with single ones.

    Attributes:
        source: the text that was read.
        value: the mapping at the top.
        values: the place of each value; the empty trail is the document itself.
        keys: the place of each key of a mapping.
        texts: the source text of each value, its first line.
        problems: what was wrong without hiding the rest: duplicate keys, anchors, odd numbers.
        refused: the trails of values that a problem has already been reported for.
    """

    source: Source
    value: dict[Key, Any]
    values: dict[Trail, Place] = field(default_factory=dict)
    keys: dict[Trail, Place] = field(default_factory=dict)
    texts: dict[Trail, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    refused: frozenset[Trail] = frozenset()

    def place(self, trail: Trail, *, key: bool = False) -> Place:
        """Where a value (or its key) stands; for one that is absent, where its nearest parent's key stands."""
        if not key and trail in self.values:
            return self.values[trail]
        while trail:
            if trail in self.keys:
                return self.keys[trail]
            if trail in self.values:
                return self.values[trail]
            trail = trail[:-1]
        return self.values.get((), Place(self.source.file))

    def text(self, trail: Trail) -> str:
        """What stands in the source at a value."""
        return self.texts.get(trail, "")

    def has(self, trail: Trail) -> bool:
        """Whether the document holds a value at this trail."""
        return trail in self.values


@functools.lru_cache(maxsize=8)
def locate(source: Source, begin: str = "Start one with: assay init") -> Located:
    """Parse a document whose top is a mapping; ``begin`` says how one of its kind is begun.

    The same text is parsed once: a command reads the policy and the specification for each entry that it writes. Nobody
    changes what is returned.

    Raises:
        InvalidDocument: when the text is not YAML, is empty, nests too deep, or is no mapping.
    """
    builder = _Builder(source, begin)
    try:
        return builder.document()
    except MarkedYAMLError as error:
        raise no_yaml(source, error) from None
    except (YAMLError, ValueError, OverflowError) as error:
        # ruamel lets some of Python's own errors through, for example chr() of an escape beyond Unicode
        raise refuse(
            source.file,
            "not_yaml",
            f"The text is not valid YAML: {str(error).splitlines()[0] if str(error) else 'unknown reason'}.",
            "Look for a backslash or a percent sign outside of single quotes.",
        ) from None


_MOST_KEPT, _LARGEST_KEPT = 16, 1 << 16
_kept: dict[str, tuple[Event, ...]] = {}
"""The events of whole texts, none of them large, that were parsed last: the same text stands in a folder, in the log and in what is handed over."""


def _events(text: str) -> Iterator[Event]:
    """Those of the parser, one at a time."""
    if kept := _kept.get(text):
        yield from kept
        return
    seen: list[Event] = []
    for event in YAML(typ="safe", pure=True).parse(text):
        seen.append(event)
        if isinstance(event, StreamEndEvent) and len(text) <= _LARGEST_KEPT:
            _kept[text] = tuple(seen)
            for oldest in list(_kept)[:-_MOST_KEPT]:
                _kept.pop(oldest, None)
        yield event


class _Builder:
    """Reads parser events, which come one at a time, so that a limit stops a hostile text early."""

    def __init__(self, source: Source, begin: str) -> None:
        self.source = source
        self.begin = begin
        self.events = _events(source.text)
        self.values: dict[Trail, Place] = {}
        self.keys: dict[Trail, Place] = {}
        self.texts: dict[Trail, str] = {}
        self.problems: list[Problem] = []
        self.refused: set[Trail] = set()
        self.end = 0
        """Where the last list or block ended."""

    def document(self) -> Located:
        file = self.source.file
        first = next(event for event in self.events if not isinstance(event, StreamStartEvent))
        if not isinstance(first, DocumentStartEvent):
            raise refuse(file, "empty_file", "The file is empty.", self.begin, Place(file, 1, 1))
        self._directives(first)
        value = self._node(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if not isinstance(after, StreamEndEvent):
            raise refuse(
                file,
                "second_document",
                "One document is expected and '---' begins a second one.",
                "Keep them in two files.",
                self._place(after),
            )
        if not isinstance(value, dict):
            raise refuse(
                file,
                "no_mapping",
                f"A document of 'key: value' lines is expected; found {_kind(value)}.",
                self.begin,
                self.values[()],
            )
        return Located(
            self.source,
            value,
            self.values,
            self.keys,
            self.texts,
            tuple(self.problems),
            frozenset(self.refused),
        )

    def _directives(self, start: DocumentStartEvent) -> None:
        if start.tags or (start.version and tuple(start.version) != (1, 2)):
            self._report(
                "directive",
                Place(self.source.file, 1, 1),
                "A %YAML or %TAG line is not allowed.",
                "",
                "Delete it.",
            )

    def _node(self, event: Event, trail: Trail) -> Any:
        self.values[trail] = self._place(event)
        self.texts[trail] = self._source_text(event)
        if len(trail) > MOST_DEPTH:
            raise refuse(
                self.source.file,
                "too_deep",
                f"The document nests deeper than {MOST_DEPTH} levels.",
                "Look for brackets that are never closed.",
                self._place(event),
            )
        if isinstance(event, AliasEvent):
            return self._refuse_value(
                "alias", trail, "An alias (*name) is not allowed.", "Write the value out where it is needed."
            )
        self._refuse_decoration(event, trail)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, trail)
        value: Any = self._mapping(trail) if isinstance(event, MappingStartEvent) else self._sequence(trail)
        if getattr(event, "flow_style", False):
            self.texts[trail] = self._first_line(event.start_mark.index, self.end)
        return value

    def _refuse_decoration(self, event: Event, trail: Trail) -> None:
        if getattr(event, "anchor", None):
            self._refuse_value(
                "anchor",
                trail,
                "An anchor (&name) is not allowed.",
                "Write the value out where it is needed.",
            )
        if getattr(event, "tag", None):
            self._refuse_value(
                "tag", trail, "A tag (!name) is not allowed.", "Delete it; put quotes around a text."
            )

    def _sequence(self, trail: Trail) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._node(event, (*trail, len(items))))
        self.end = event.end_mark.index
        return items

    def _mapping(self, trail: Trail) -> dict[Key, Any]:
        pairs: dict[Key, Any] = {}
        lost = 0
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self._key(event, trail)
            if key is None or key in pairs:
                self._duplicate(key, event, trail)
                lost += 1
                self._skip(next(self.events), (*trail, f"<refused {lost}>"))
                continue
            self.keys[*trail, key] = self._place(event)
            pairs[key] = self._node(next(self.events), (*trail, key))
        self.end = event.end_mark.index
        return pairs

    def _duplicate(self, key: Key | None, event: Event, trail: Trail) -> None:
        if key is None:
            return
        first = self.keys[*trail, key]
        self._report(
            "duplicate_key",
            self._place(event),
            f"The key {str(key)!r} stands twice in the same block; the first is on line {first.line}.",
            str(key),
            "Keep one of them.",
        )

    def _skip(self, event: Event, trail: Trail) -> None:
        """Read past a value that has no place in the result; only its own problems are kept."""
        kept = self.values, self.keys, self.texts
        self.values, self.keys, self.texts = {}, {}, {}
        self._node(event, trail)
        self.values, self.keys, self.texts = kept

    def _key(self, event: Event, trail: Trail) -> Key | None:
        """The key, or None when it was refused."""
        if not isinstance(event, ScalarEvent):
            self._report(
                "key_expected",
                self._place(event),
                "A name is expected as a key; found a list, a block or an alias.",
                self._source_text(event),
                "Write 'name: value'; put quotes around a text that begins with *, [ or {.",
            )
            self._skip(event, (*trail, "<key>"))
            return None
        if event.anchor or event.tag or hidden_in(event.value):
            self._skip(event, (*trail, "<key>"))
            return None
        value = self._plain(event)
        # A code is taken as it stands in the data; every other key is a name, and names lose their outer blanks.
        if isinstance(value, str) and value != value.strip() and trail[-1:] != ("codes",):
            self._report(
                "key_blanks",
                self._place(event),
                f"The key {value!r} begins or ends with a blank: it looks like {value.strip()!r} and is another one.",
                value,
                "Delete the blanks.",
            )
            return None
        if isinstance(value, bool) and trail[-1:] == ("codes",):
            return int(value)  # one form of each code, as everywhere
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._report(
            "key_expected",
            self._place(event),
            f"A name or a whole number is expected as a key; found {event.value!r}.",
            event.value,
            f"Write the name of the group before its code: 'NAME: {event.value}'."
            if isinstance(value, bool) and trail[-1:] == ("groups",)
            else "Put quotes around it if it is a name.",
        )
        return None

    def _scalar(self, event: Event, trail: Trail) -> Any:
        assert isinstance(event, ScalarEvent)  # noqa: S101 - the only event that is left
        if hidden := hidden_in(event.value):
            code, what, name = hidden
            message = f"{what} ({name}) is not allowed, written as an escape either: what is signed must be what is seen."
            return self._refuse_value(code, trail, message, "Delete the escape.")
        value = self._plain(event)
        if isinstance(value, Odd):
            return self._refuse_value(value.code, trail, value.message, value.remedy)
        return value

    def _plain(self, event: Event) -> Any:
        assert isinstance(event, ScalarEvent)  # noqa: S101 - the only event that is left
        if event.style is not None or event.tag:
            return event.value
        return resolve(event.value)

    def _refuse_value(self, code: str, trail: Trail, message: str, remedy: str) -> Unreadable:
        place = self.values[trail]
        self._report(code, place, message, self.texts.get(trail, ""), remedy)
        self.refused.add(trail)
        return UNREADABLE

    def _report(self, code: str, place: Place, message: str, found: str, remedy: str) -> None:
        self.problems.append(Problem(code, place, message, found=found, remedy=remedy))

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self.source.file, mark.line + 1, mark.column + 1)

    def _source_text(self, event: Event) -> str:
        whole = isinstance(event, MappingStartEvent | SequenceStartEvent)
        end = len(self.source.text) if whole else event.end_mark.index
        return self._first_line(event.start_mark.index, end)

    def _first_line(self, start: int, end: int) -> str:
        line_end = self.source.text.find("\n", start, end)
        return self.source.text[start : end if line_end < 0 else line_end].strip()


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "a single value"
