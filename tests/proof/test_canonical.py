"""Canonical bytes are those of an independent implementation of RFC 8785, whichever way they are written."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from assay.proof.canonical import canonical

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(PLAIN)
def test_any_document_has_the_bytes_of_the_other_implementation(plain: object) -> None:
    assert canonical(plain) == rfc8785.dumps(plain)


@pytest.mark.parametrize("character", [*map(chr, range(0x20)), '"', "\\", "/", "\x7f", "\u2028", "é", "😀"])
def test_a_character_is_written_alike_in_a_text_and_in_a_key(character: str) -> None:
    for plain in (character, [character], {character: 1, "a": 2}, {"b": character}):
        assert canonical(plain) == rfc8785.dumps(plain)


@pytest.mark.parametrize(
    "plain",
    [
        2**53,
        -(2**53),
        [1, 2**53],
        {"a": [-(2**53)]},
        float("nan"),
        [float("inf")],
        "\ud800",
        ["\udfff"],
        {1: 2},
    ],
)
def test_what_has_no_canonical_bytes_is_refused(plain: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each tells something else
        canonical(plain)
