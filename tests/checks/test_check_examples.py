"""Every check proves itself by its own examples."""

import re

import pytest

from assay.checks import judged_example
from assay.checks.catalogue import catalogue
from assay.checks.check import ORACLE, SECTIONS, Check, Example
from assay.domain.evidence import Census, Undefined
from assay.domain.metric import Across
from assay.domain.vocabulary import Comparator, Verdict

CHECKS = tuple(catalogue().values())
EXAMPLES = [
    pytest.param(check, example, id=f"{check.id}: {example.says}")
    for check in CHECKS
    for example in check.examples
]
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.id)
each_example = pytest.mark.parametrize(("check", "example"), EXAMPLES)


@each_example
def test_an_example_gives_the_verdict_it_states(check: Check, example: Example):
    found = judged_example(check, example)
    assert found.verdict is example.verdict, found.sentence


@each_example
def test_an_example_asks_what_a_specification_may_ask(check: Check, example: Example):
    assert example.comparator in check.metric.comparators
    assert not check.metric.vacuous(example.comparator, _decimal(example.threshold))
    for name, value in (example.arguments or {}).items():
        assert check.metric.parameters[name].refuses(value) == ""


def _decimal(text: str):
    from decimal import Decimal

    return Decimal(text)


@each_check
def test_examples_pass_fail_and_show_what_is_not_evaluable(check: Check):
    verdicts = {example.verdict for example in check.examples}
    assert {Verdict.PASS, Verdict.FAIL} <= verdicts
    assert verdicts & {Verdict.NOT_EVALUABLE, Verdict.INCONCLUSIVE}


@each_check
def test_a_census_is_counted_and_never_inferred(check: Check):
    for example in check.examples:
        counts = check.count(
            example.view(), across=example.across, reference=example.reference, arguments=example.arguments
        )
        assert isinstance(counts, Undefined) or isinstance(counts, Census) == check.metric.census


@each_check
def test_the_docstring_is_a_page(check: Check):
    sections = check.sections
    assert tuple(sections) == (*SECTIONS, ORACLE)
    assert check.summary.endswith(".")
    assert check.summary.count(".") == 1
    for heading, text in sections.items():
        assert len(text.split()) >= 3, heading
        assert text.endswith((".", ".)")), heading
        assert text[0].isupper() or text[0].isdigit() or heading in {"Method", ORACLE}, heading
    assert len(" ".join(sections.values()).split()) >= 60


@each_check
def test_the_method_names_its_source_with_a_year(check: Check):
    assert re.search(r"\b(1[89]|20)\d\d\b|CFR", check.sections["Method"])


@each_check
def test_a_page_promises_nothing_that_a_test_cannot_show(check: Check):
    text = " ".join([check.summary, *check.sections.values()]).lower()
    for word in ("unbiased", "debiased", "compliant", "guaranteed fair", "safe "):
        assert word not in text


@each_check
def test_the_estimand_is_one_sentence(check: Check):
    assert check.metric.estimand.endswith(".")
    assert check.metric.estimand.startswith("The ")


@each_check
def test_parameters_have_a_default_inside_their_range(check: Check):
    for name, parameter in check.metric.parameters.items():
        assert parameter.description.endswith("."), name
        assert parameter.default is None or parameter.refuses(parameter.default) == "", name


@each_check
def test_the_trivial_threshold_is_vacuous_and_the_strictest_is_not(check: Check):
    metric = check.metric
    if Comparator.AT_MOST in metric.comparators:
        assert not metric.vacuous(Comparator.AT_MOST, metric.low)
        assert metric.high is None or metric.vacuous(Comparator.AT_MOST, metric.high)
    if Comparator.AT_LEAST in metric.comparators:
        assert metric.low is None or metric.vacuous(Comparator.AT_LEAST, metric.low)
        assert metric.high is None or not metric.vacuous(Comparator.AT_LEAST, metric.high)


@each_check
def test_a_fairness_check_compares_groups(check: Check):
    if check.id.startswith("fairness.") and not check.id.endswith(
        "_by_probability"
    ):  # of groups that nobody observed
        assert check.metric.across is Across.REQUIRED


def test_no_log_loss_exceeds_what_the_clip_allows():
    import math

    from assay.stats.means import CLIP

    high = catalogue()["performance.log_loss"].metric.high
    assert high - _decimal("0.01") < -math.log(CLIP) <= high
