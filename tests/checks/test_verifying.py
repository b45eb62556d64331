"""What an author of a check is told when an example does not hold."""

from dataclasses import replace

import pytest

from assay.checks import Check, Comparator, ExampleFails, Verdict, verify
from assay.checks.catalogue import catalogue

ACCURACY = catalogue()["performance.accuracy"]
ECE = catalogue()["performance.ece"]


def with_example(check: Check, **changes: object) -> Check:
    first, *others = check.examples
    return replace(check, examples=(replace(first, **changes), *others))


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda c: c.id)
def test_every_check_is_verified(check: Check):
    verify(check)


@pytest.mark.parametrize(
    ("check", "changes", "said"),
    [
        (ACCURACY, {"verdict": Verdict.FAIL}, "Stated: fail, found: pass"),
        (ACCURACY, {"comparator": Comparator.AT_MOST}, "No specification may ask 'at most"),
        (ACCURACY, {"threshold": "0"}, "No specification may ask 'at least 0' of it"),
        (ECE, {"arguments": {"bins": 0}}, "Its parameter 'bins' must be a number"),
    ],
)
def test_an_example_that_does_not_hold_is_told_with_what_it_says(check: Check, changes: dict, said: str):
    with pytest.raises(ExampleFails) as failed:
        verify(with_example(check, **changes))
    assert failed.value.code == "example_fails"
    assert f"{check.examples[0].says} {said}" in str(failed.value)
    assert check.examples[1].says not in str(failed.value)
