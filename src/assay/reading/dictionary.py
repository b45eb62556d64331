"""Read a data dictionary, or say everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assay.domain.coherence import Finding, dictionary_findings
from assay.domain.dictionary import Column, Dictionary
from assay.domain.errors import InvalidDocument, Problem
from assay.reading.form import broken_trails, form_problems, in_form
from assay.reading.located import Located, Trail, locate
from assay.reading.source import read_source, source_of


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary that is valid, and the digest of the bytes it was read from."""

    dictionary: Dictionary
    digest: str
    document: Located


def read_dictionary(path: Path) -> DictionaryFile:
    """Read a data dictionary.

    Raises:
        InvalidDocument: with every problem that was found, each with its place.
    """
    document = locate(read_source(path))
    problems, dictionary = list(document.problems), None
    try:
        dictionary = Dictionary.model_validate(document.value, by_alias=True, by_name=False)
        columns = dict(enumerate(dictionary.columns))
    except ValidationError as error:
        problems += form_problems(document, Dictionary, error)
        columns = _valid_columns(document, broken_trails(document, error))
    problems += at_their_places(document, dictionary_findings(columns))
    if dictionary is not None and not dictionary.columns:
        message = "At least one column is expected."
        problems.append(Problem("no_columns", document.place(("columns",)), message, remedy="Describe one."))
    if problems or dictionary is None:
        raise InvalidDocument(tuple(problems))
    return DictionaryFile(dictionary, document.source.digest, document)


def dictionary_in(content: bytes, file: str) -> Dictionary:
    """What the bytes of a dictionary say, in form alone. ``file`` is the name to show.

    Raises:
        InvalidDocument: with every problem of its form, each with its place.
    """
    return in_form(locate(source_of(content, file)), Dictionary)


def at_their_places(document: Located, findings: tuple[Finding, ...]) -> tuple[Problem, ...]:
    """Findings with the place and the text that they are about."""
    return tuple(
        Problem(
            finding.code,
            document.place(finding.trail, key=finding.key),
            finding.message,
            finding.found or _text_at(document, finding),
            finding.nearest,
            finding.remedy,
        )
        for finding in findings
    )


def _text_at(document: Located, finding: Finding) -> str:
    return str(finding.trail[-1]) if finding.key and finding.trail else document.text(finding.trail)


def _valid_columns(document: Located, broken: tuple[Trail, ...]) -> dict[int, Column]:
    written = document.value.get("columns")
    if not isinstance(written, list):
        return {}
    bad = {trail[1] for trail in broken if len(trail) > 1 and trail[0] == "columns"}
    return {
        i: Column.model_validate(item, by_alias=True, by_name=False)
        for i, item in enumerate(written)
        if i not in bad and isinstance(item, dict)
    }
