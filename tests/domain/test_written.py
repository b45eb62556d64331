"""Numbers by name in the text of a setting: read as they are written, and anything else is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assay.domain.written import Written, unread, written_counts, written_fractions


def test_numbers_are_read_by_name_whatever_the_name_holds() -> None:
    assert written_counts("women × a=b=5, men = 12,", "population") == {"women × a=b": 5, "men": 12}
    assert written_fractions("north=0.5, south=1", "fractions") == {
        "north": Decimal("0.5"),
        "south": Decimal(1),
    }


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
    ],
)
def test_another_text_is_told(text: str, written: Written, said: str) -> None:
    assert said in unread(text, "population", written)
