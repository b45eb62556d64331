"""Frozen documents as plain JSON values and back, exactly, driven by their declared types alone.

- A decimal and a float are texts: ``"0.80"`` keeps its zero, and a float is the shortest text that reads back to
  the same double (``"inf"`` included). So no reader, and no canonical form, can change a number that was judged.
- A time is a text in UTC to the second; it is read by the block that holds it.
- Where a decimal may stand beside a text it is ``{"decimal": "0.80"}``.
- A dictionary whose keys may be numbers is a list of pairs.
- Where several kinds of object may stand, ``kind`` says which.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import re
import types
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel

Plain = Any
"""What JSON can say: None, bool, int, str, list, dict with text keys."""


class NotPlain(ValueError):
    """A plain value that is not what the declared type says; ``path`` tells where."""

    def __init__(self, path: str, expected: str, found: object) -> None:
        super().__init__(f"{path or 'the document'}: expected {expected}, found {type(found).__name__}")
        self.path = path


def bare(declared: Any) -> Any:
    """The type without its annotations: ``Annotated[str, ...]`` is ``str``."""
    return bare(get_args(declared)[0]) if get_origin(declared) is Annotated else declared


def members(declared: Any) -> tuple[Any, ...]:
    """The members of a union, flattened and bare; one for any other type."""
    kept = _MEMBERS.get(id(declared))
    if kept is None:
        kept = _MEMBERS[id(declared)] = declared, _members(declared)
    return kept[1]


_MEMBERS: dict[int, tuple[Any, tuple[Any, ...]]] = {}
"""By the type itself, which is kept so that no other one has its id: unions are equal whatever the order, which matters here."""


def _members(declared: Any) -> tuple[Any, ...]:
    declared = bare(declared)
    if get_origin(declared) in {Union, types.UnionType}:
        return tuple(m for arg in get_args(declared) for m in members(arg))
    return (declared,)


@functools.cache
def fields(owner: type) -> dict[str, tuple[str, Any]]:
    """Per name in the document: the attribute and its declared type."""
    if issubclass(owner, BaseModel):
        return {f.alias or name: (name, f.annotation) for name, f in owner.model_fields.items()}
    hints = get_type_hints(owner, include_extras=True)
    return {f.name: (f.name, hints[f.name]) for f in dataclasses.fields(cast("Any", owner))}


def is_object(declared: Any) -> bool:
    """Whether the type is one of our documents: a dataclass or a block."""
    return isinstance(declared, type) and _is_document(declared)


@functools.cache
def _is_document(owner: type) -> bool:
    return dataclasses.is_dataclass(owner) or issubclass(owner, BaseModel)


def kind(owner: type) -> str:
    """The name of a class in a document: ``ScoreCell`` is ``score_cell``."""
    return _in_words(owner.__name__)


@functools.cache
def _in_words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def tagged(options: tuple[Any, ...]) -> bool:
    """Whether ``kind`` must say which object stands here."""
    return sum(is_object(o) for o in options) > 1


def pairs(declared: Any) -> bool:
    """Whether a dictionary's keys can be other than text."""
    return any(m is not str for m in members(get_args(declared)[0]))


def to_plain(value: Any, declared: Any) -> Plain:
    """A value as JSON can say it."""
    of = type(value)
    if of is str or of is bool or value is None:  # most are
        return value
    if of is float:
        return repr(value)
    options = members(declared)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, int) and not isinstance(value, bool) and float in options and int not in options:
        value = float(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | float | dt.timedelta | dt.datetime):
        return _scalar_to_plain(value, options)
    if is_object(type(value)):
        return _object_to_plain(value, tag=tagged(options))
    return _container_to_plain(value, options)


def _scalar_to_plain(value: Decimal | float | dt.timedelta | dt.datetime, options: tuple[Any, ...]) -> Plain:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.timedelta):
        return f"{value.days} days"
    if isinstance(value, Decimal) and str in options:
        return {"decimal": str(value)}
    return str(value) if isinstance(value, Decimal) else repr(float(value))


def _object_to_plain(value: Any, *, tag: bool) -> Plain:
    owner: Any = type(value)
    block = isinstance(value, BaseModel)
    plain: dict[str, Plain] = {"kind": kind(owner)} if tag else {}
    for name, (attribute, declared) in fields(owner).items():
        said = getattr(value, attribute)
        if said is not None or not block:
            plain[name] = to_plain(said, declared)
    return plain


def _container_to_plain(value: Any, options: tuple[Any, ...]) -> Plain:
    if isinstance(value, tuple):
        inner, number = _held(options)
        if number and _all_are(number, value, inner):
            return list(value) if number is int else list(map(repr, value))
        return [to_plain(v, t) for v, t in zip(value, _spread(inner, len(value)), strict=True)]
    declared = next(o for o in options if get_origin(o) in {dict, Mapping})
    of = get_args(declared)[1]
    if pairs(declared):
        return [[k, to_plain(v, of)] for k, v in value.items()]
    return {str(k): to_plain(v, of) for k, v in value.items()}


def _held(options: tuple[Any, ...]) -> tuple[tuple[Any, ...], type | None]:
    """What the tuple among these holds; where that is whole numbers alone, or floats, which: counts, scores and sketches have thousands."""
    kept = _HELD.get(id(options))
    if kept is None:
        inner = next(get_args(o) for o in options if get_origin(o) is tuple)
        number = next(
            (n for n in (int, float) if inner and set(map(id, inner)) <= {id(n), id(Ellipsis)}), None
        )
        kept = _HELD[id(options)] = options, inner, number
    return kept[1:]


_HELD: dict[int, tuple[tuple[Any, ...], tuple[Any, ...], type | None]] = {}
"""By the members themselves, as ``_MEMBERS`` has them."""


def _all_are(kind: type, values: Sequence[Any], inner: tuple[Any, ...]) -> bool:
    """Whether all are of one kind, and as many as are meant to be."""
    return (inner[-1] is Ellipsis or len(inner) == len(values)) and set(map(type, values)) <= {kind}


def _spread(inner: tuple[Any, ...], length: int) -> tuple[Any, ...]:
    return (inner[0],) * length if len(inner) == 2 and inner[1] is Ellipsis else inner


def from_plain(plain: Plain, declared: Any, path: str = "") -> Any:
    """The value that a plain value stands for.

    Raises:
        NotPlain: when it does not fit the declared type: a missing or unknown key, a number for a text.
        pydantic.ValidationError: when a block refuses its values.
    """
    options = members(declared)
    if plain is None and type(None) in options:
        return None
    if isinstance(plain, dict):
        return _from_dict(plain, options, path)
    if isinstance(plain, list):
        return _from_list(plain, options, path)
    return _scalar(plain, options, path)


def _from_dict(plain: dict[str, Plain], options: tuple[Any, ...], path: str) -> Any:
    if Decimal in options and str in options and set(plain) == {"decimal"}:
        return _number(Decimal, plain["decimal"], path)
    objects = [o for o in options if is_object(o)]
    if objects:
        return _from_object(plain, objects, path)
    for option in options:
        if get_origin(option) in {dict, Mapping} and not pairs(option):
            return {k: from_plain(v, get_args(option)[1], f"{path}.{k}") for k, v in plain.items()}
    raise NotPlain(path, _names(options), plain)


def _from_object(plain: dict[str, Plain], objects: list[Any], path: str) -> Any:
    if len(objects) > 1:
        plain = dict(plain)
        wanted = plain.pop("kind", None)
        objects = [o for o in objects if kind(o) == wanted]
    if len(objects) != 1:
        raise NotPlain(path, "an object of a known kind", plain)
    owner = objects[0]
    known = fields(owner)
    unknown = sorted(set(plain) - set(known))
    if unknown:
        raise NotPlain(f"{path}.{unknown[0]}", "no such key", plain[unknown[0]])
    values = {n: from_plain(v, known[n][1], f"{path}.{n}") for n, v in plain.items()}
    if issubclass(owner, BaseModel):
        return owner.model_validate(values)
    missing = [n for n in known if n not in values]
    if missing:
        raise NotPlain(f"{path}.{missing[0]}", "a value", None)
    return owner(**values)


def _from_list(plain: list[Plain], options: tuple[Any, ...], path: str) -> Any:
    for option in options:
        if get_origin(option) is tuple:
            inner, number = _held(options)
            if number is int and _all_are(int, plain, inner):
                return tuple(plain)
            if number is float and _all_are(str, plain, inner):
                return _floats(plain, path)
            spread = _spread(inner, len(plain))
            if len(spread) != len(plain):
                break
            return tuple(
                from_plain(v, t, f"{path}[{i}]") for i, (v, t) in enumerate(zip(plain, spread, strict=True))
            )
        if get_origin(option) in {dict, Mapping} and pairs(option):
            of_key, of_value = get_args(option)
            return {
                from_plain(k, of_key, f"{path}[{i}]"): from_plain(v, of_value, f"{path}[{i}]")
                for i, (k, v) in enumerate(plain)
            }
    raise NotPlain(path, _names(options), plain)


def _floats(texts: list[str], path: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, texts))
    except ValueError:
        return tuple(_number(float, text, f"{path}[{i}]") for i, text in enumerate(texts))  # type: ignore[misc]


def _scalar(plain: Plain, options: tuple[Any, ...], path: str) -> Any:
    if isinstance(plain, str) and str not in options:
        return _from_text(plain, options, path)
    if isinstance(plain, float):
        raise NotPlain(path, "a number as text", plain)
    for option in options:
        if get_origin(option) is Literal and plain in get_args(option):
            return plain
        if option is type(plain):
            return plain
    raise NotPlain(path, _names(options), plain)


def _from_text(plain: str, options: tuple[Any, ...], path: str) -> Any:
    for option in options:
        if option in {Decimal, float}:
            return _number(option, plain, path)
        if option in {dt.timedelta, dt.datetime} or (
            get_origin(option) is Literal and plain in get_args(option)
        ):
            return plain
        if isinstance(option, type) and issubclass(option, enum.Enum) and plain in {m.value for m in option}:
            return option(plain)
    raise NotPlain(path, _names(options), plain)


def _number(of: Any, plain: Plain, path: str) -> Decimal | float:
    try:
        return cast("Decimal | float", of(plain))
    except (InvalidOperation, ValueError, TypeError):
        raise NotPlain(path, "a number as text", plain) from None


def _names(options: tuple[Any, ...]) -> str:
    return " or ".join(getattr(o, "__name__", str(o)) for o in options)
