"""Plain values as they were written, and a refusal for every text that is not a document."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from assay.domain.errors import InvalidDocument
from assay.reading.located import Located, locate
from assay.reading.source import MOST_BYTES, Source, read_source


def read(text: str) -> Located:
    return locate(Source("f.yaml", text, ""))


def test_the_same_text_in_another_file_has_its_places_there() -> None:
    text = "a: [1, {b: 2}]\na: 3\nc: *d\n"
    one, other = (locate(Source(name, text, "")) for name in ("one.yaml", "other.yaml"))
    assert (one.value, one.texts, one.refused) == (other.value, other.texts, other.refused)
    assert {place.file for place in [*other.values.values(), *other.keys.values()]} == {"other.yaml"}
    assert [problem.place.file for problem in other.problems] == ["other.yaml"] * 2


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.80", Decimal("0.80")),
        ("0.1", Decimal("0.1")),
        ("1e400", Decimal("1e400")),
        ("-.5", Decimal("-0.5")),
        ("1.", Decimal("1.")),
        ("0.1234567890123456789012345", Decimal("0.1234567890123456789012345")),
        ("12", 12),
        ("+5", 5),
        ("0", 0),
        ("-1", -1),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("2026-11-24", "2026-11-24"),
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'0.80'", "0.80"),
        ('"a: b"', "a: b"),
        ("0x", "0x"),
        ("1e", "1e"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_value_is_what_was_written(written: str, value: object) -> None:
    found = read(f"a: {written}\n")
    assert not found.problems
    assert found.value["a"] == value
    assert type(found.value["a"]) is type(value)
    assert str(found.value["a"]) == str(value)
    assert found.text(("a",)) == written


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (".inf", "number_not_finite"),
        ("-.INF", "number_not_finite"),
        (".nan", "number_not_finite"),
        ("0x10", "number_form"),
        ("0o17", "number_form"),
        ("007", "number_form"),
        ("-01", "number_form"),
        ("9" * 5000, "number_size"),
        ("0." + "1" * 40, "number_size"),
        ("1e99999999999", "number_size"),
        ("1e1000", "number_size"),
        ("!!str 3", "tag"),
        ("&x 3", "anchor"),
        ("*x", "alias"),
    ],
)
def test_a_value_that_would_have_to_be_guessed_is_refused(written: str, code: str) -> None:
    found = read(f"b: 1\na: {written}\n")
    (problem,) = found.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 2, 4)
    assert found.refused == {("a",)}


@pytest.mark.parametrize(
    ("escape", "code"),
    [
        ("\\u200b", "hidden_character"),
        ("\\u202e", "control_character"),
        ("\\u0000", "control_character"),
        ("\\x1b", "control_character"),
        ("\\u00ad", "hidden_character"),
        ("\\uFEFF", "control_character"),
    ],
)
def test_an_escape_hides_no_character(escape: str, code: str) -> None:
    """Else 'f' and 'f' with something invisible would be two groups on a page that shows one."""
    found = read(f'b: 1\na: "f{escape}"\n')
    (problem,) = found.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 2, 4)
    assert found.refused == {("a",)}
    found = read(f'b: 1\n"f{escape}": 2\n')
    assert [(p.code, p.place.line, p.place.column) for p in found.problems] == [(code, 2, 1)]
    assert found.value == {"b": 1}


def test_an_escape_that_can_be_seen_is_a_value() -> None:
    found = read('a: "x\\ty\\nz \\u00e9"\n')
    assert (found.problems, found.value) == ((), {"a": "x\ty\nz é"})


def test_places_of_keys_and_values() -> None:
    found = read("a:\n  - b: 1\n    c: [x, 'y']\n")
    assert [str(found.place(trail)) for trail in [("a", 0, "c", 1), ("a", 0), ("a", 0, "c", 7), ("z",)]] == [
        "f.yaml:3:12",
        "f.yaml:2:5",
        "f.yaml:3:5",
        "f.yaml:1:1",
    ]
    assert str(found.place(("a", 0, "c"), key=True)) == "f.yaml:3:5"
    assert found.text(("a", 0, "c")) == "[x, 'y']"
    assert found.value == {"a": [{"b": 1, "c": ["x", "y"]}]}


def test_every_duplicate_key_is_reported_and_the_first_value_kept() -> None:
    found = read("a: 1\na: 2\nb: {c: 1, c: 2, c: [3, {d: 1, d: 2}]}\n1: x\n1: y\n'1': z\n")
    assert [(p.code, p.place.line, p.place.column) for p in found.problems] == [
        ("duplicate_key", 2, 1),
        ("duplicate_key", 3, 11),
        ("duplicate_key", 3, 17),
        ("duplicate_key", 3, 31),
        ("duplicate_key", 5, 1),
    ]
    assert found.value == {"a": 1, "b": {"c": 1}, 1: "x", "1": "z"}


@pytest.mark.parametrize("key", ["'a '", '" a"', '"a\\t"', "'a\u00a0'"])
def test_a_key_that_looks_like_another_is_refused(key: str) -> None:
    found = read(f"a: 1\n{key}: 2\n")
    assert found.value == {"a": 1}
    assert len(found.problems) == 1
    assert (found.problems[0].code, found.problems[0].place.line) == ("key_blanks", 2)
    assert read(f"codes: {{a: 1, {key}: 2}}\n").problems == ()


@pytest.mark.parametrize("key", ["[a]", "{a: 1}", "true", "null", "1.5", "0x10", "*a"])
def test_a_key_is_a_name_or_a_whole_number(key: str) -> None:
    found = read(f"? {key}\n: 1\nb: 2\n")
    assert found.problems[0].code == "key_expected"
    assert found.value == {"b": 2}


@pytest.mark.parametrize(
    ("text", "code", "place", "phrase"),
    [
        ("", "empty_file", "1:1", "empty"),
        ("# only a comment\n", "empty_file", "1:1", "empty"),
        ("- a\n- b\n", "no_mapping", "1:1", "found a list"),
        ("just words\n", "no_mapping", "1:1", "found a single value"),
        ("a: 1\n---\nb: 1\n", "second_document", "2:1", "second"),
        ("a:\n\tb: 1\n", "tab_indentation", "2:1", "tab"),
        ("a: [1,\nb: 2\n", "not_yaml", "1:4", "never closed"),
        ("a: 'x\nb: 2\n", "not_yaml", "1:4", "never closed"),
        ("a: b: c\n", "not_yaml", "1:5", "colon"),
        ("a: 1\n  b: 2\n", "not_yaml", "2:4", "indented"),
        ("a: @b\n", "not_yaml", "1:4", "cannot begin with '@'"),
        (">=: 1\n", "not_yaml", "1:2", "cannot begin with '>'"),
        ('a: "\\q"\n', "not_yaml", "1:6", "not valid YAML"),
        ('a: "\\UFFFFFFFF"\n', "not_yaml", "0:0", "not valid YAML"),
        ("[" * 5000, "too_deep", "1:18", "deeper than 16"),
        ("a: " + "{b: " * 100, "too_deep", "1:68", "deeper than 16"),
    ],
)
def test_a_text_that_is_no_document(text: str, code: str, place: str, phrase: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert (problem.code, f"{problem.place.line}:{problem.place.column}") == (code, place)
    assert phrase in problem.message
    assert problem.remedy


def test_a_page_of_aliases_is_refused_before_it_grows() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    assert {problem.code for problem in read(text).problems} == {"anchor", "alias"}


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"a: \xff\n", "not_utf8", "1:4"),
        ("ä: 1\nb: ".encode() + b"\xc3(\n", "not_utf8", "2:4"),
        (b"\xef\xbb\xbfa: 1\n", "byte_order_mark", "1:1"),
        ("a: 1\n".encode("utf-16"), "byte_order_mark", "1:1"),
        (b"a: 1\nb: \x00\n", "control_character", "2:4"),
        (b"a: \x1b[31m\n", "control_character", "1:4"),
        ("a: b\u2028c\n".encode(), "control_character", "1:5"),
        ("a: b\n# \u202ec\n".encode(), "control_character", "2:3"),
        ("owner: val\u200bidator\n".encode(), "hidden_character", "1:11"),
        (b"a: " + b"x" * MOST_BYTES, "too_large", "0:0"),
    ],
)
def test_bytes_that_are_no_plain_text(tmp_path: Path, content: bytes, code: str, place: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(InvalidDocument) as refused:
        read_source(path)
    (problem,) = refused.value.problems
    assert (problem.code, f"{problem.place.line}:{problem.place.column}") == (code, place)
    assert problem.place.file == str(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, code in (
        ("absent.yaml", "no_such_file"),
        ("", "is_a_directory"),
        ("pipe", "not_a_file"),
        ("x" * 5000, "unreadable_file"),
        ("a\0b", "unreadable_file"),
    ):
        with pytest.raises(InvalidDocument) as refused:
            read_source(tmp_path / name)
        assert refused.value.problems[0].code == code
