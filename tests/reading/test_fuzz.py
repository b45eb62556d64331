"""Whatever bytes are read, the answer is a document or an InvalidDocument, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from documents import CATALOGUE, DICTIONARY, SPECIFICATION, write
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assay.domain.errors import InvalidDocument, Problem
from assay.reading.dictionary import read_dictionary
from assay.reading.specification import read_specification

PIECES = [
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "!x ",
    "? ",
    "|",
    ">",
    "~",
    "\t",
]
PIECES += [
    "1",
    "0.5",
    "1e400",
    ".inf",
    "0x1",
    "true",
    "null",
    "''",
    "[[]]",
    "{}",
    "criteria:",
    "sex",
    "with:",
    "\x00",
]

SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survives(specification: bytes, dictionary: bytes = DICTIONARY.encode()) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder))
        path.write_bytes(specification)
        (path.parent / "dictionary.yaml").write_bytes(dictionary)
        for problem in problems_of(lambda: read_specification(path, CATALOGUE)):
            assert problem.message
            assert problem.code
        for problem in problems_of(lambda: read_dictionary(path.parent / "dictionary.yaml")):
            assert problem.message
            assert problem.code


def problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        read()
    except InvalidDocument as invalid:
        return invalid.problems
    return ()


@SETTINGS
@given(st.binary(max_size=200))
@example(b"%TAG ! x\n---\na: 1")
@example(b"criteria: {a: 1}\nprotected: [1]\nintersections: {1: 2}\nfailure_modes: x")
@example(b"criteria: [1, [2], {id: [3]}]\nprotected: {1: {}, sex: 3}\nintersections: [[[1]], 2, {}]")
def test_any_bytes(content: bytes) -> None:
    survives(content, content)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> bytes:
    """The valid text with a few pieces cut out, doubled, or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 1, 3, 10, 60]))
        piece = draw(
            st.one_of(st.sampled_from(PIECES), st.text(max_size=3), st.just(text[start : start + length] * 2))
        )
        text = text[:start] + piece + text[start + length :]
    return text.encode("utf-8", "surrogatepass")


@SETTINGS
@given(mutated(SPECIFICATION), mutated(DICTIONARY))
def test_a_mutated_document(specification: bytes, dictionary: bytes) -> None:
    survives(specification, dictionary)
    survives(specification)
    survives(SPECIFICATION.encode(), dictionary)


VALUES = st.recursive(
    st.sampled_from(["~", "1", "0.5", "true", "x", "''", "sex", "1e400", "-3", "'1'", "TODO"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(["id", "a", "1", "sex", "column"]), inner, max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@SETTINGS
@given(st.integers(0, SPECIFICATION.count(":") - 1), VALUES)
def test_any_value_under_any_key(which: int, value: str) -> None:
    """Every key in turn gets a value of every shape."""
    lines = SPECIFICATION.split("\n")
    spots = [
        (n, i) for n, line in enumerate(lines) for i, c in enumerate(line) if line[i : i + 2].strip() == ":"
    ]
    n, i = spots[which % len(spots)]
    flow = lines[n].count("{", 0, i) > lines[n].count("}", 0, i)
    rest = lines[n][i + 1 :]
    cut = min((rest.find(c) for c in ",}" if c in rest), default=len(rest)) if flow else len(rest)
    lines[n] = f"{lines[n][: i + 1]} {value}{rest[cut:]}"
    survives("\n".join(lines).encode())
