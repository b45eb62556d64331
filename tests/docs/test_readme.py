"""The figures in the README are those that were measured."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from scipy.stats import binom

from assay.domain.specification import Subject
from assay.stats.simulated_sizes import SIMULATED_SIZES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "guarantee.md").read_text(encoding="utf-8")
ON_THE_PAGE = {
    "one rate": "One rate",
    "difference of two rates": "Two rates, difference",
    "ratio of two rates": "Two rates, ratio",
    "decisions before and after a change": "Paired decisions",
    "a certificate, 15 tiny worlds": "P(certified, a criterion violated)",
    "a certificate, grade A": "End to end at the threshold, grade A",
    "a certificate, grade B": "End to end at the threshold, grade B",
    "grade-B rules": "Grade-B rules at the threshold",
}
"""How the README calls a claim, and how its line begins on the measured page."""


def rows_of(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    after = text.split(f"\n## {heading}\n")[1]
    lines = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert lines is not None
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines[0].splitlines()[2:]]


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


MEASURED = rows_of(PAGE, "The worst figures")


def measured(beginning: str) -> list[str]:
    (found,) = [row for row in MEASURED if row[0].startswith(beginning)]
    return found


def test_every_claim_of_the_readme_is_on_the_measured_page():
    shown = rows_of(README, "The guarantee, measured")
    assert len(shown) == len(ON_THE_PAGE)
    for (claim, allowed, worst, point), (here, there) in zip(shown, ON_THE_PAGE.items(), strict=True):
        assert claim.startswith(here)
        told, bar, found, usual, _ = measured(there)
        assert worst == numbers(found)[0]
        assert point == usual
        assert (
            allowed == (numbers(found) if bar == "≤ alpha" else numbers(bar))[-1 if bar == "≤ alpha" else 0]
        )
        assert set(numbers(claim)) <= {*numbers(told), *numbers(found)}, "the extent of the measurement"


def test_what_the_readme_says_of_the_portfolios_is_on_the_measured_page():
    _, _, worst, point, _ = measured("Bad models of two random portfolios")
    assert f"certified {worst} at worst, point estimates {point}." in README


def test_the_worst_simulated_rate_of_grade_b_is_told():
    largest = max(size for sizes in SIMULATED_SIZES.values() for _, size in sizes)
    assert f"largest simulated rate is {largest:.4f}" in README
    assert f"is {math.ceil(largest * 1000) / 10} % at most" in README
    _, _, worst, _, _ = measured("Grade-B rules")
    assert float(numbers(worst)[0]) <= largest


@pytest.mark.parametrize(
    "row", rows_of(README, "Why a point estimate is not enough"), ids=lambda r: f"{r[0]}, {r[1][:8]}"
)
def test_the_table_of_one_recall_is_enumerated(row):
    n, rule, *told = int(row[0].replace(",", "")), row[1], *row[2:]
    passing = [
        x
        for x in range(n + 1)
        if (10 * x >= 8 * n if rule.startswith("estimate") else binom.sf(x - 1, n, 0.80) <= 0.05)
    ]
    assert told == [f"{binom.sf(passing[0] - 1, n, p):.3f}" for p in (0.80, 0.79, 0.85)]


def test_every_model_format_is_named():
    formats = Subject.model_fields["format"].annotation
    called = {"callable": "Python function", "predictions": "column of scores"}
    for name in formats.__args__:
        assert called.get(name, name).casefold() in README.casefold()
