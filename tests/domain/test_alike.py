"""The names that are offered where none was met."""

from assay.domain.nearest import alike, either

NAMES = ("data.label_drift", "data.rows", "fairness.gap", "performance.decision_drift")


def test_the_nearest_and_those_that_hold_the_word_are_offered():
    assert alike("drift", NAMES) == ("data.label_drift", "performance.decision_drift")
    assert alike("data.drift", NAMES) == ("data.label_drift", "performance.decision_drift")
    assert alike("data.row", NAMES) == ("data.rows",)
    assert alike("Label-Drift", NAMES) == ("data.label_drift",)
    assert alike("", NAMES) == alike("zzz", NAMES) == ()


def test_a_question_has_or_before_the_last():
    assert either(["a"]) == "'a'"
    assert either(["a", "b", "c"]) == "'a', 'b' or 'c'"
