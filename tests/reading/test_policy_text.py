"""A policy is written as a file that is read back to the same policy: whoever asks for its text can propose the next one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.world import policy

from assay.domain.plain import to_plain
from assay.domain.policy import Least, Policy, Requires
from assay.domain.specification.base import LARGEST, SMALLEST
from assay.reading.policy import policy_text, read_policy

NUMBERS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.sampled_from((0, 1)),
    st.integers(0, 10**18),
    st.integers(-20, 20),
).filter(lambda n: SMALLEST <= n.adjusted() <= LARGEST if n else str(n) != "-0")
"""Every number that a document can hold; a whole "-0" is read as 0."""


@given(bound=NUMBERS, most=st.booleans())
@example(bound=Decimal(0), most=True)
@example(bound=Decimal("0.0"), most=True)
@example(bound=Decimal(300), most=False)
@example(bound=Decimal("1E+3"), most=False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_number_of_a_bound(tmp_path: Path, bound: Decimal, most: bool) -> None:
    asked = Least(metric="data.missing_values", **{"at_most" if most else "at_least": bound})
    made = policy(requires=Requires(bounds=(asked,)))
    file = tmp_path / "policy.yaml"
    file.write_text(policy_text(made), encoding="utf-8")
    assert read_policy(file).plain == to_plain(made, Policy)


@pytest.mark.parametrize("number", ["0", "1", "-2", "300", "0.80", "1e-7"])
def test_a_number_is_written_as_by_hand(number: str) -> None:
    text = policy_text(policy(requires=Requires(bounds=(Least(metric="m", at_most=Decimal(number)),))))
    assert f"at_most: {Decimal(number)}\n" in text
