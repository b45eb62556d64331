"""What is wrong with a text that is no YAML, in words of the text."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError

from assay.domain.errors import InvalidDocument, Place, Problem
from assay.reading.source import Source, refuse

_RESERVED = "@`%&*!|>,"


def no_yaml(source: Source, error: MarkedYAMLError) -> InvalidDocument:
    """The refusal of the text, from the character at which the parser gave up."""
    text = source.text
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return refuse(
            source.file,
            "not_yaml",
            f"The text is not valid YAML: {error.problem}.",
            "Compare with an example.",
        )
    rest = text[mark.index :]
    opened = error.context_mark
    if (
        not rest.strip("\0\r\n\t ")
        and opened is not None
        and text[opened.index : opened.index + 1] in tuple("[{'\"")
    ):
        mark, message, remedy = (
            opened,
            "What is opened here is never closed.",
            "Close the bracket or the quote.",
        )
    else:
        message, remedy = _diagnosis(text[max(mark.index - 1, 0) : mark.index + 1], str(error.problem))
    place = Place(source.file, mark.line + 1, mark.column + 1)
    found = text[mark.index :].partition("\n")[0].strip()
    code = "tab_indentation" if rest[:1] == "\t" else "not_yaml"
    return InvalidDocument((Problem(code, place, message, found=found, remedy=remedy),))


def _diagnosis(around: str, problem: str) -> tuple[str, str]:
    before, character = around[:-1], around[-1:]
    if character == "\t":
        return "A tab is used for indentation; spaces are expected.", "Replace tabs by spaces."
    if character == ":":
        return (
            "A colon stands where no key can be: a second one on the line, or a line that is indented wrongly.",
            "Put quotes around a text that contains ': ', and align the line with its neighbours.",
        )
    for reserved in (character, before):
        if reserved and reserved in _RESERVED:
            return f"A key or a value cannot begin with {reserved!r}.", "Put quotes around the text."
    return f"The text is not valid YAML here: {problem}.", "Check indentation, brackets and quotes."
