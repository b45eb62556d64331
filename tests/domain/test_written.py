"""Numbers by name in the text of a setting: read as they are written, and anything else is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assay.domain.written import (
    Written,
    unread,
    written_counts,
    written_fractions,
    written_grades,
    written_increasing,
    written_numbers,
    written_scores,
)


def test_numbers_are_read_by_name_whatever_the_name_holds() -> None:
    assert written_counts("women × a=b=5, men = 12,", "population") == {"women × a=b": 5, "men": 12}
    assert written_fractions("north=0.5, south=1", "fractions") == {
        "north": Decimal("0.5"),
        "south": Decimal(1),
    }


def test_numbers_without_names_are_read_as_they_are_written() -> None:
    assert written_grades("A: 0.005, B+ : 1", "grades") == (("A", Decimal("0.005")), ("B+", Decimal(1)))
    assert written_numbers("20, -1, 20", "points") == (Decimal(20), Decimal(-1), Decimal(20))
    assert written_increasing("0.5, 1e3", "edges") == (Decimal("0.5"), Decimal(1000))
    assert written_scores("0.5,0.2", "at") == (Decimal("0.5"), Decimal("0.2"))


@pytest.mark.parametrize(
    ("text", "written", "said"),
    [
        ("young half", Written.COUNTS, "is written as name=count, name=count; found 'young half'"),
        ("women=51%", Written.COUNTS, "found 'women=51%'"),
        ("women=0.5", Written.COUNTS, "found 'women=0.5'"),
        ("women=5, women=6", Written.COUNTS, "names 'women' twice"),
        ("north=0", Written.SHARES, "each above 0; found 'north=0'"),
        ("north=nan", Written.SHARES, "found 'north=nan'"),
        ("north=1.5", Written.SHARES, "found 'north=1.5'"),
        ("A 0.005", Written.GRADES, "such as A: 0.005, B: 0.02; found 'A 0.005'"),
        ("A: 0.5 %", Written.GRADES, "found 'A: 0.5 %'"),
        ("A: 0.02, B: 0.01", Written.GRADES, "must increase"),
        ("A: 0.01, A: 0.02", Written.GRADES, "a name of its own"),
        ("ten, 20", Written.NUMBERS, "such as 10, 20, 50; found 'ten, 20'"),
        ("10; 20", Written.NUMBERS, "found '10; 20'"),
        ("10, inf", Written.NUMBERS, "found '10, inf'"),
        ("", Written.NUMBERS, "found ''"),
        ("10, 10", Written.INCREASING, "must increase"),
        ("20, 10", Written.INCREASING, "must increase"),
        (", ".join(map(str, range(21))), Written.CUTS, "has up to 20 numbers; found 21"),
        (
            ", ".join(f"{i / 50}" for i in range(1, 22)),
            Written.SCORES,
            "has up to 20 numbers; found 21",
        ),
        ("20, 50", Written.SCORES, "between 0 and 1, such as 0.2, 0.5; found '20, 50'"),
        ("0.2, 0.20", Written.SCORES, "different scores"),
    ],
)
def test_another_text_is_told(text: str, written: Written, said: str) -> None:
    assert said in unread(text, "population", written)
