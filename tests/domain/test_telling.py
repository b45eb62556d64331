"""What is put into a sentence is never taken for a part of the sentence."""

from assay.domain.telling import names_in, tell

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
