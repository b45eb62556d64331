"""A value that is not of the right form, and what surrounds it: what sentences about it can name."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assay.reading.located import Located, Trail


class Where:
    """A value's surroundings, for sentences about it."""

    def __init__(self, document: Located, model: type[BaseModel], trail: Trail, *, key: bool) -> None:
        self.document, self.model, self.trail = document, model, trail
        self.found = str(trail[-1]) if key and trail else document.text(trail)
        self.fields = fields_at(model, trail[:-1])
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
        """A colon and what its field is for; a full stop where nobody said."""
        text = self.field.description if self.field else None
        return f": {text[0].lower()}{text[1:]}" if text else "."

    @property
    def shown(self) -> str:
        """What was found, for the end of a sentence."""
        return f"found {short(self.found)}" if self.found else "found nothing"


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


def fields_at(annotation: Any, trail: Trail) -> dict[str, FieldInfo]:
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


def short(text: str) -> str:
    """A text in quotes, of 60 characters at most."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
