"""The examples of the check are its tests: `python -m pytest` in this folder."""

from assay_specificity import specificity

from assay.checks import verify


def test_the_examples_give_the_verdicts_that_they_state():
    verify(specificity)
