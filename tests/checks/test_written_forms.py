"""Addresses that are written to be hidden and coordinates in every notation are found; texts that have some of their signs are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.checks.test_direct_identifiers import found

from assay.checks.counting.coordinates import marked, pair
from assay.checks.counting.obfuscated import obfuscated, perhaps_obfuscated
from assay.checks.counting.recognised import Kind, recognised

DOCS = Path(__file__).parents[2] / "docs"


def degrees(value: float, directions: str) -> str:
    """Degrees and whole minutes, by division alone."""
    minutes = round(abs(value) * 60)
    return f"{minutes // 60}°{minutes % 60:02d}'{directions[int(value < 0)]}"


NOTATIONS: dict[str, Callable[[float, float], str]] = {
    "degrees and minutes": lambda a, b: f"{degrees(a, 'NS')} {degrees(b, 'EW')}",
    "degrees, minutes and seconds": lambda a, b: f"{int(abs(a))}° 12′ 30″ N, {int(abs(b))}° 22′ 12.5″ E",
    "directions first": lambda a, b: f"N {abs(a):.4f}° E {abs(b):.4f}°",
    "directions without degrees": lambda a, b: f"{abs(a):.4f}N, {abs(b):.4f}E",
    "words": lambda a, b: f"lat: {a:.3f}, lon: {b:.3f}",
    "JSON": lambda a, b: f'{{"lat": {a:.5f}, "lng": {b:.5f}}}',
    "RFC 5870": lambda a, b: f"geo:{a:.4f},{b:.4f}",
    "well-known text": lambda a, b: f"POINT ({b:.5f} {a:.5f})",
    "ISO 6709": lambda a, b: f"{a:+08.4f}{b:+09.4f}/",
    "a map": lambda a, b: f"https://www.google.com/maps/@{a:.6f},{b:.6f},15z",
}
ADDRESSES = (
    "ann (at) host.org", "ann [at] host dot org", "ann.lee(at)host(dot)co(dot)uk", "ann {at} host {dot} com", "ann AT host.org",
    "ann AT host DOT org", "ann at host dot org", "ann＠host.org", "ann&#64;host.org", "ann%40host.org", "ann7<at>host[.]org",
)  # fmt: skip
ORDINARY = (
    "met at the bank", "ANN AT WORK", "LOOK AT EXAMPLE.ORG", "bought at amazon.com", "so happy to find this @ amazon.com", "2 items @ 3.50",
    "looked at the dot matrix", "look at the dot in the middle", "price (at) retail", "arrived (at 5.30 pm)", "stopped at St. Pancras",
    "12.5, 3.25", "12.50; 3.25", "1.2.3", "v2.10.4", "5-10", "+12.5-3.2", "20°C to 25°C", "36.6°, 37.2°", "20° and 30° N", "5 N 3 E",
    "latency 12.55 longest 13.22", "the point (3.25 4.50)", "https://host.org/a=1.5,2.5", "99.123, 120.456", "1.234, 200.567", "name AT host",
)  # fmt: skip


@pytest.mark.parametrize("notation", NOTATIONS)
def test_coordinates_are_found_in_every_notation_in_a_single_row_and_within_a_text(notation: str) -> None:
    draw = np.random.default_rng(1)
    for a, b in zip(draw.uniform(-89, 89, 100), draw.uniform(-179, 179, 100), strict=True):
        written = NOTATIONS[notation](float(a), float(b))
        for text in (written, f"seen at {written} on Monday", f"{'word ' * 60}{written}"):
            assert recognised(text) == (Kind.MARKED_PLACE, 0), text
    assert found({"note": ["none"] * 999 + [NOTATIONS[notation](48.2082, 16.3738)]}) == {
        "note: coordinates of a place, with directions": 1
    }


@pytest.mark.parametrize(
    "form", ["{a:.4f}, {b:.4f}", "({a:.4f}, {b:.4f})", "{b:.4f}/{a:.4f}", "[{a:.3f}|{b:.3f}]"]
)
def test_a_column_of_plain_pairs_is_found_and_a_single_one_is_not(form: str) -> None:
    draw = np.random.default_rng(2)
    rows = [
        form.format(a=a, b=b)
        for a, b in zip(draw.uniform(-89, 89, 300), draw.uniform(-179, 179, 300), strict=True)
    ]
    assert found({"x": rows}) == {"x: coordinates of a place": 300}
    assert found({"x": rows[:1] + ["none"] * 299}) == {}
    assert found({"x": [row.replace(",", ";").replace(".", ",") for row in rows]}) != {}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_found_however_it_is_hidden(address: str) -> None:
    for text in (
        address,
        f"please write to {address} before noon",
        f"{address}, or call",
        "word " * 60 + address,
    ):
        assert recognised(text) == (Kind.EMAIL, 0), text
    assert found({"note": ["none"] * 999 + [address]}) == {"note: e-mail address": 1}


def test_addresses_with_a_plain_at_are_found_where_they_are_a_column() -> None:
    people = [f"p{i} at mail{i % 7}.example.org" for i in range(300)]
    told = {"x: e-mail address, without its sign": 300}
    assert found({"x": people}) == found({"x": [p.replace(" at ", " @ ") for p in people]}) == told
    assert found({"x": [f"bought at shop{i % 30}.com" for i in range(300)]}) == {}


@pytest.mark.parametrize("text", ORDINARY)
def test_texts_with_some_of_the_signs_are_not_told_in_any_row(text: str) -> None:
    assert not obfuscated(text)
    assert not marked(text)
    assert found({"note": ["none"] * 299 + [text]}, kinds="all") == {}


HARMLESS: dict[str, Callable[[Any], str]] = {
    "two amounts": lambda x: f"{100 * x[0]:.2f}, {100 * x[1]:.2f}",
    "a range": lambda x: f"{x[0]:.1f}-{x[1]:.1f}",
    "a version": lambda x: f"{int(9 * x[0])}.{int(9 * x[1])}",
    "temperatures": lambda x: f"{40 * x[0]:.1f}°C, {40 * x[1]:.1f}°C",
    "measurements of three decimals beyond a latitude": lambda x: f"{100 + x[0]:.3f}, {100 + x[1]:.3f}",
    "a deviation": lambda x: f"{x[0]:+.2f} N {x[1]:.2f} E",
}


@pytest.mark.parametrize("column", HARMLESS)
def test_columns_of_numbers_raise_no_alarm_in_any_seed(column: str) -> None:
    for seed in range(20):
        rows = np.random.default_rng(seed).random((300, 2)).tolist()
        held = found({"x": [HARMLESS[column](row) for row in rows]})
        assert not any("coordinates" in name or "e-mail" in name for name in held), seed


def test_no_line_of_the_documentation_is_taken_for_an_address_or_a_place() -> None:
    """Some thousand sentences that nobody wrote for this; those that show what is found name it."""
    lines = {line for page in DOCS.glob("*/*.md") for line in page.read_text().splitlines()}
    told = [
        x for x in lines if marked(x) or pair(x) or perhaps_obfuscated(x) or (obfuscated(x) and "@" not in x)
    ]
    assert len(lines) > 3000
    assert all("coordinates" in line or "e-mail" in line for line in told), told


def test_no_text_takes_long_to_look_at() -> None:
    """A step more for each character, and not for each pair of them."""
    for text in (
        "a" * 100_000,
        "a." * 50_000,
        "a (at) " * 9_000,
        "a at " * 9_000,
        "1°" * 50_000,
        "lat " * 20_000,
        "12.345" * 20_000,
    ):
        recognised(text)
