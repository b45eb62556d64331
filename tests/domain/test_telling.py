"""What is put into a sentence is never taken for a part of the sentence."""

from dataclasses import replace

import pytest

from assay.checks.catalogue import metrics
from assay.domain.telling import fault_in_reading, names_in, tell

READING = "{value} of the cases[ for {group}] are {kind:good=right,bad=wrong}"


def test_what_is_empty_is_left_out_with_its_words() -> None:
    assert tell(READING, {"value": "3 %", "group": "women", "kind": "good"}) == (
        "3 % of the cases for women are right"
    )
    assert tell(READING, {"value": "3 %", "group": "", "kind": "bad"}) == "3 % of the cases are wrong"


def test_a_word_is_no_placeholder() -> None:
    said = tell(READING, {"value": "{group}", "group": "[{kind}]", "kind": "{value}"})
    assert said == "{group} of the cases for [{kind}] are {value}"


def test_each_placeholder_is_named_once_in_its_order() -> None:
    assert names_in(READING + " {value}") == ("value", "group", "kind")


@pytest.mark.parametrize("placeholder", ["{part}", "{first}", "{second}"])
def test_parts_are_of_checks_that_compare_no_groups(placeholder: str) -> None:
    said = f"{{value}} of the rows[ in {placeholder}]"
    assert "compares groups" in fault_in_reading(replace(metrics()["performance.accuracy"], reading=said))
    assert fault_in_reading(replace(metrics()["data.missing_values"], reading=said)) == ""


def test_what_is_less_than_nothing_above_is_told_as_below():
    reading = "accuracy is {value} above that of the same decision for everybody"
    assert tell(reading, {"value": "-0.150 points"}).startswith("accuracy is 0.150 points below that of")
    assert tell(reading, {"value": "0.150 points"}).startswith("accuracy is 0.150 points above that of")
