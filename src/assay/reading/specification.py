"""Read a specification, or say everything that is wrong with it, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assay.domain.coherence import Draft, World, findings
from assay.domain.dictionary import Dictionary
from assay.domain.errors import InvalidDocument, Place, Problem
from assay.domain.metric import Catalogue
from assay.domain.nearest import nearest
from assay.domain.specification import Attribute, Criterion, FailureMode, Specification
from assay.reading.dictionary import DictionaryFile, at_their_places, read_dictionary
from assay.reading.form import broken_trails, form_problems, in_form
from assay.reading.kinds import refuse_another_kind
from assay.reading.located import Located, Trail, locate
from assay.reading.source import Source, read_source, source_of


@dataclass(frozen=True, slots=True)
class SpecificationFile:
    """A specification and its dictionary, both valid, and the digest of the bytes it was read from.

    ``document`` has the place of each value, for what is found wrong later; ``world`` is what it was held against.
    """

    specification: Specification
    digest: str
    dictionary: DictionaryFile
    document: Located
    world: World

    def place(self, *trail: str | int) -> Place:
        """Where the value under these keys and indices stands."""
        return self.document.place(trail)

    def hold_against(self, columns: Mapping[str, frozenset[str]]) -> None:
        """Look again, now that the columns of each data set are known, at what was read: no file is read twice.

        Raises:
            InvalidDocument: with every name that no file has, each with its place.
        """
        world = replace(self.world, columns=columns)
        problems = at_their_places(self.document, findings(Draft.of(self.specification), world))
        if problems:
            raise InvalidDocument(problems)


def read_specification(path: Path, catalogue: Catalogue) -> SpecificationFile:
    """Read a specification and the dictionary that it names, relative to its folder.

    Args:
        path: the file.
        catalogue: every metric that can be measured.

    Raises:
        InvalidDocument: with every problem of both documents, each with its place. Blocks that are valid are
            looked at even when others are not.
    """
    return specification_of(read_source(path), path.parent, catalogue)


def specification_of(source: Source, folder: Path, catalogue: Catalogue) -> SpecificationFile:
    """As :func:`read_specification`, of a text that need not be a file yet: what it names is relative to ``folder``."""
    document = locate(source)
    refuse_another_kind(document, "assay")
    problems = list(document.problems)
    specification, draft = None, None
    try:
        specification = Specification.model_validate(document.value, by_alias=True, by_name=False)
        draft = Draft.of(specification)
    except ValidationError as error:
        problems += form_problems(document, Specification, error)
        draft = _draft_of_what_is_valid(document, broken_trails(document, error))
    dictionary = None
    named = _dictionary_named(document)
    if named:
        try:
            dictionary = read_dictionary(folder / named)
        except InvalidDocument as invalid:
            problems += _dictionary_problems(document, named, invalid)
    known: Dictionary | None = dictionary.dictionary if dictionary else None
    world = World(catalogue, known)
    problems += at_their_places(document, findings(draft, world))
    if problems or specification is None or dictionary is None:
        raise InvalidDocument(tuple(problems))
    return SpecificationFile(specification, document.source.digest, dictionary, document, world)


def specification_in(content: bytes, file: str) -> Specification:
    """What the bytes of a specification say, in form alone: what it names is elsewhere. ``file`` is the name to show.

    Raises:
        InvalidDocument: with every problem of its form, each with its place.
    """
    return in_form(locate(source_of(content, file)), Specification)


def _dictionary_named(document: Located) -> str:
    """The dictionary's file as it is written, whatever else of the block is still to be filled in."""
    data = document.value.get("data") if isinstance(document.value, dict) else None
    named = data.get("dictionary") if isinstance(data, dict) else None
    return named.strip() if isinstance(named, str) else ""


def _dictionary_problems(document: Located, written: str, invalid: InvalidDocument) -> tuple[Problem, ...]:
    """The dictionary's problems; one that is about the file as a whole stands where the file is named."""
    if invalid.problems[0].place.line:
        return invalid.problems
    trail: Trail = ("data", "dictionary")
    return tuple(
        Problem(
            p.code, document.place(trail), f"The dictionary {written!r}: {p.message}", written, "", p.remedy
        )
        for p in invalid.problems
    )


_ITEMS: dict[str, TypeAdapter[Any]] = {
    "protected": TypeAdapter(Attribute),
    "strata": TypeAdapter(Attribute),
    "intersections": TypeAdapter(tuple[str, ...]),
    "failure_modes": TypeAdapter(FailureMode),
    "criteria": TypeAdapter(Criterion),
}
"""Blocks of which each item can be valid by itself."""


def _draft_of_what_is_valid(document: Located, broken: tuple[Trail, ...]) -> Draft:
    value, bad = document.value, {trail[0] for trail in broken if trail}
    bad_items = {trail[:2] for trail in broken}
    blocks: dict[str, Any] = {}
    for name in Draft.blocks():
        field = Specification.model_fields.get(name)
        if name in _ITEMS:
            blocks[name] = _valid_items(name, value.get(name), bad_items)
        elif field is not None and name in value and name not in bad:
            kind: Any = field.annotation
            blocks[name] = TypeAdapter(kind).validate_python(value[name], by_alias=True, by_name=False)
    return Draft(**blocks, written={name: _names(name, value) for name in _ITEMS})


def _valid_items(name: str, written: Any, bad_items: set[Trail]) -> dict[Any, Any]:
    return {
        key: _ITEMS[name].validate_python(item, by_alias=True, by_name=False)
        for key, item in _pairs(written)
        if (name, key) not in bad_items and (name,) not in bad_items
    }


def _pairs(written: Any) -> list[tuple[str | int, Any]]:
    if isinstance(written, dict):
        return list(written.items())
    return list(enumerate(written)) if isinstance(written, list) else []


def _names(name: str, document: Mapping[Any, Any]) -> tuple[str, ...] | None:
    """Ids and names as they are written, valid or not; None where it cannot be said what stands in the block."""
    written = document.get(name)
    if name not in document and name in _MAY_BE_ABSENT and not _misspelt(name, document):
        return ()
    if name in _BY_NAME:
        return tuple(str(key) for key in written) if isinstance(written, dict) else None
    if not isinstance(written, list):
        return None
    if name == "intersections":
        return tuple("*".join(map(str, item)) if isinstance(item, list) else "" for item in written)
    return tuple(str(item.get("id", "")) if isinstance(item, dict) else "" for item in written)


_BY_NAME = frozenset({"protected", "strata"})
_MAY_BE_ABSENT = frozenset({"protected", "strata", "intersections"})


def _misspelt(name: str, document: Mapping[Any, Any]) -> bool:
    """Whether a block that is absent stands under a key that nobody knows."""
    blocks = Specification.model_fields
    return any(nearest(str(key), blocks) == name for key in document if key not in blocks)
