"""The first screen in plain language: what matters most first, alike reasons together, nothing that a layman must look up."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from typing import Any

import pytest
from tests.dossier import records
from tests.dossier.pages import read

from assay.checks.catalogue import catalogue, metrics
from assay.checks.check import Check
from assay.checks.verifying import judged_example as verdict
from assay.domain.assessment import Judged, Piece, Worst
from assay.domain.evidence import Census, Statistic
from assay.domain.judge import judge
from assay.domain.record import MetricRecord, Record
from assay.domain.vocabulary import Comparator, Outcome, Reason, Tier, Verdict
from assay.dossier.html import render_html
from assay.dossier.lookup import Lookup
from assay.dossier.sections.criteria import rows_needed
from assay.dossier.sections.opening import opening
from assay.dossier.sentences import told

LEAST, MOST = Comparator.AT_LEAST, Comparator.AT_MOST


def judged(
    metric: str, comparator: Comparator, threshold: str, *pieces: Piece, across: str = "", n: int = 1
) -> Judged:
    one = records.certified().judged[0].assessment
    made = dataclasses.replace(
        one,
        criterion="c",
        metric=metric,
        across=across,
        comparator=comparator,
        threshold=Decimal(threshold),
        pieces=pieces,
        pieces_total=max(n, len(pieces)),
        all_pass=all(p.passes for p in pieces),
        undefined=(),
        error=None,
    )
    return judge([made])[0]


def knowing_every_metric(record: Record) -> Lookup:
    told = tuple(MetricRecord(m.id, m.title, m.estimand, m.unit, m.reading) for m in metrics().values())
    return Lookup(dataclasses.replace(record, metrics=told))


def piece(
    label: str, estimate: float, lower: float, upper: float, p_pass: float, p_fail: float, **more: Any
) -> Piece:
    good = p_pass < 0.5
    return Piece(label, estimate, lower, upper, 1_700, p_pass, 0.05, p_fail, point_passes=good, **more)


def compared(one: str, two: str, *found: float, family: str = "") -> Piece:
    label = f"{one} against {two}" + (f" ({family})" if family else "")
    return piece(label, *found, between=(one, two), family=family)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            judged(
                "performance.false_positive_rate",
                MOST,
                "0.12",
                piece("", 0.29047, 0.27846, 0.30271, 1, 1e-9),
            ),
            (
                "29.05 % of the cases with default = 0 are decided unfavourably; at most 12 % was allowed. "
                "With 95 % confidence it is at least 27.84 %."
            ),
        ),
        (
            judged("performance.auc", LEAST, "0.75", piece("", 0.7935, 0.7411, 0.8421, 0.1, 0.9)),
            (
                "The area under the ROC curve (AUC) is 0.7935; at least 0.75 was asked. "
                "Not shown: with 95 % confidence it is at least 0.7411."
            ),
        ),
        (
            judged(
                "fairness.equal_opportunity",
                MOST,
                "0.05",
                compared("female", "male", 0.1037, 0.0783, 0.1292, 1, 1e-9),
                across="sex",
            ),
            (
                "Among cases with default = 0, favourable decisions are 10.37 points more frequent for female than for "
                "male; at most 5 points were allowed. With 95 % confidence it is at least 7.83 points."
            ),
        ),
        (
            judged(
                "fairness.equalized_odds",
                MOST,
                "0.10",
                compared("female", "male", 0.12, 0.09, 0.15, 0.9, 0.2, family="label 1"),
                across="sex",
            ),
            (
                "Among cases with default = 1, favourable decisions are 12.00 points more frequent for female than for "
                "male; at most 10 points were allowed. Not shown either way: with 95 % confidence each it is at "
                "least 9.00 points and at most 15.00 points."
            ),
        ),
        (
            judged(
                "fairness.equalized_odds",
                MOST,
                "0.10",
                compared("y", "x (label 1)", 0.12, 0.09, 0.15, 0.9, 0.2, family="label 0"),
                across="sex",
            ),
            (
                "Among cases with default = 0, favourable decisions are 12.00 points more frequent for y than for "
                "x (label 1); at most 10 points were allowed. Not shown either way: with 95 % confidence each it is at "
                "least 9.00 points and at most 15.00 points."
            ),
        ),
        (
            judged(
                "fairness.equal_opportunity",
                MOST,
                "0.05",
                compared("east", "south against west", 0.1037, 0.0783, 0.1292, 1, 1e-9),
                across="sex",
            ),
            (
                "Among cases with default = 0, favourable decisions are 10.37 points more frequent for east than for "
                "south against west; at most 5 points were allowed. With 95 % confidence it is at least 7.83 points."
            ),
        ),
        (
            judged("performance.auc", LEAST, "0.80", piece("", 0.7831, 0.7302, 0.8314, 0.6, 0.1)),
            (
                "The area under the ROC curve (AUC) is 0.7831; at least 0.80 was asked. Not shown either way: with 95 % "
                "confidence each it is at least 0.7302 and at most 0.8314."
            ),
        ),
        (
            judged("third.party", LEAST, "0.75", piece("north", 0.8, 0.76, 0.9, 0.01, 0.99)),
            "Third.party (north): 0.8000; at least 0.75 was asked. With 95 % confidence it is at least 0.7600.",
        ),
    ],
)
def test_a_verdict_is_told_to_someone_who_knows_no_statistics(found: Judged, said: str) -> None:
    assert told(knowing_every_metric(records.certified()), found).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_count_that_violates_is_told_with_where_it_was_found() -> None:
    lookup, n = knowing_every_metric(records.certified()), records.certified().judged[0].assessment.rows
    found = {"exact": False, "point_passes": False, "counts": (("", "job", 1), ("", "home", 3))}
    lacking = Piece("", 4 / n, 4 / n, 4 / n, n, **found)
    said = told(lookup, judged("data.missing_values", MOST, "0", lacking))
    assert said.endswith(f"Counted in full: home (3 of {n:,} rows); job (1 of {n:,} rows).")
    few = dataclasses.replace(lacking, exact=True, point_passes=True)
    assert told(lookup, judged("data.missing_values", MOST, "0.1", few)).endswith("Counted in full.")


def test_a_parameter_is_told_as_it_was_set() -> None:
    one = compared("male", "female", 0.02, 0.01, 0.03, 1e-9, 0.9)
    parity = judged("fairness.predictive_parity", MOST, "0.05", one, across="sex")
    codes = judged("data.undocumented_codes", MOST, "0.05", piece("", 0.02, 0.01, 0.03, 1e-9, 0.9))
    for found, parameters, said in (
        (parity, (("decision", "negative"),), "Decisions for default = 0 are right 2.00 points more often"),
        (parity, (("decision", "positive"),), "Decisions for default = 1 are right 2.00 points more often"),
        (codes, (("column", "job"),), "2.00 % of the rows have a code in job that the dictionary"),
        (codes, (("column", ""),), "2.00 % of the rows have a code that the dictionary"),
    ):
        metric, across = found.assessment.metric, found.assessment.across
        statistic = Statistic(metric, across, "test", Census(1, 50, share=True), parameters, criterion="c")
        record = dataclasses.replace(records.certified(), statistics=(statistic,))
        text = told(knowing_every_metric(record), found).replace("\N{NO-BREAK SPACE}", " ")
        assert text.startswith(said), text


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.id)
def test_every_check_is_told_in_its_own_words(check: Check) -> None:
    valued = 0
    for example in check.examples:
        bound = tuple((name, str(value)) for name, value in check.bind(example.arguments).items())
        statistic = Statistic(check.id, "", "test", Census(0, 1), bound, criterion="example")
        lookup = knowing_every_metric(dataclasses.replace(records.certified(), statistics=(statistic,)))
        found = verdict(check, example)
        if found.assessment.binding is None or found.verdict is Verdict.NOT_EVALUABLE:
            continue
        text = told(lookup, found)
        valued += 1
        assert not re.match(rf"{re.escape(check.metric.title)}( across .+)?( \(.+\))?: ", text), text
        assert not set("{}[]") & set(text), text
        assert "  " not in text, text
        assert example.across is None or check.metric.census or found.assessment.binding.label[:3] in text
    assert valued


def test_looks_are_counted_without_naming_their_inventor() -> None:
    looks = judged("performance.auc", LEAST, "0.75", piece("", 0.73, 0.71, 0.7445, 0.97, 0.03), n=10)
    assert looks.reason is Reason.VIOLATES_ONLY_BEFORE_CORRECTION
    assert "Holm" in looks.sentence
    assert "Holm" not in told(Lookup(records.certified()), looks)


def broken(record: Record, names: tuple[str, ...]) -> Record:
    def one(j: Judged) -> Judged:
        if j.assessment.criterion not in names:
            return j
        return dataclasses.replace(
            j,
            verdict=Verdict.ERROR,
            reason=Reason.MODEL_CRASHED,
            sentence="9 inputs are declared.",
            assessment=dataclasses.replace(j.assessment, pieces=(), point_passes=None),
        )

    changed = tuple(one(j) for j in record.judged)
    required = records.required(record.specification)
    return dataclasses.replace(record, judged=changed, decision=records.decide(changed, required))


def test_one_reason_for_many_criteria_is_given_once() -> None:
    record = broken(records.withheld(), ("recall", "brier", "noise"))
    reasons = [str(part) for item in opening(Lookup(record)).reasons for part in item]
    assert sum("9 inputs are declared" in r for r in reasons) == 1
    assert any("3 criteria could not be measured: 9 inputs are declared." in r for r in reasons)


def test_violations_come_first_then_what_is_absent_then_what_is_not_shown() -> None:
    record = broken(records.withheld(), ("brier",))
    badges = [item[0].verdict for item in opening(Lookup(record)).reasons if hasattr(item[0], "verdict")]
    order = {Verdict.FAIL: 0, Verdict.NOT_EVALUABLE: 1, Verdict.ERROR: 1, Verdict.INCONCLUSIVE: 2}
    assert [order[b] for b in badges] == sorted(order[b] for b in badges)
    assert badges[0] is Verdict.FAIL


def test_the_point_estimate_is_compared_only_where_there_is_one() -> None:
    record = broken(records.certified(), ("brier", "noise"))
    valued = [j for j in record.judged if j.assessment.point_passes is not None]
    said = "".join(str(part) for part in opening(Lookup(record)).point[2:])
    assert f"of {len(valued)} criteria; {len(record.judged) - len(valued)} could not be measured." in said


def test_advice_that_failed_is_seen_on_a_certified_page() -> None:
    record = records.certified()
    one = next(j for j in record.judged if j.verdict is Verdict.PASS)
    failed = dataclasses.replace(
        one, verdict=Verdict.FAIL, assessment=dataclasses.replace(one.assessment, tier=Tier.ADVISORY)
    )
    record = dataclasses.replace(record, judged=tuple(failed if j is one else j for j in record.judged))
    assert record.decision.outcome is Outcome.CERTIFIED
    words = read(render_html(record)).words
    first = words[: words.index("In this dossier")]
    assert f"({one.assessment.criterion})" in first[first.index("Advice, not required") :]


def test_small_groups_are_undecided_not_unsaid() -> None:
    words = read(render_html(records.certified())).words
    first = words[: words.index("In this dossier")]
    assert "age: 60 and over" in first[first.index("Not decided for") : first.index("Nothing is said about")]
    left_out = words[words.rindex("What was not tested") :]
    assert "age: 60 and over" in left_out[: left_out.index("How to read a verdict")]


@pytest.mark.parametrize(
    ("estimate", "bound", "said"),
    [
        (0.15, 0.16, "more rows than can be had: the estimate lies on the threshold"),
        (
            0.1073,
            0.9,
            "more than 100 times these: the bound lies many times as far from the estimate as the threshold does",
        ),
        (0.1073, None, "not known: these rows give no bound"),
    ],
)
def test_rows_that_nobody_has_are_not_counted_and_the_reason_is_true(
    estimate: float, bound: float | None, said: str
) -> None:
    j = next(j for j in records.conditional().judged if j.verdict is Verdict.INCONCLUSIVE)
    hopeless = dataclasses.replace(
        j.assessment,
        comparator=MOST,
        threshold=Decimal("0.15"),
        estimate=Worst(estimate, ""),
        bound=None if bound is None else Worst(bound, ""),
        point_passes=True,
        rows_needed=1_902_164_602,
        rows=15_000,
    )
    assert rows_needed(dataclasses.replace(j, assessment=hopeless)) == said
    beyond = dataclasses.replace(hopeless, rows_needed=None)  # past what is counted at all
    assert rows_needed(dataclasses.replace(j, assessment=beyond)) == said


def test_an_undecided_verdict_that_gates_nothing_says_how_sure_it_is() -> None:
    record = records.conditional()
    page = " ".join(read(render_html(record)).words.split())
    gate = {g.criterion for g in (*record.decision.grounds, *record.decision.conditions)}
    aside = [
        j for j in record.judged if j.verdict is Verdict.INCONCLUSIVE and j.assessment.criterion not in gate
    ]
    assert aside
    for j in aside:
        sentence = told(Lookup(record), j)
        assert re.search("Not shown|too close to call", sentence)
        assert " ".join(f"{sentence} ({j.assessment.criterion})".split()) in page


def test_the_share_of_a_small_group_is_of_the_rows_that_count() -> None:
    record = dataclasses.replace(records.certified(), rows=40_000, rows_used=1_000)
    small = next(g for g in record.groups if g.small)
    words = read(render_html(record)).words
    said = words[words.index("Not decided for") : words.index("Nothing is said about")]
    assert f"{small.rows / 10:.1f}" in said


def test_rows_that_count_are_told_as_one_of_each_unit() -> None:
    """Beside those of the file, which are more."""
    record = records.conditional()
    unit = record.specification.data.unit
    assert unit
    words = read(render_html(record)).words
    assert f"Rows behind it, one per {unit}" in words
    assert f"Rows still needed, one per {unit}" in words
    assert f"with their definitions; rows, one per {unit}" in words
    data = record.specification.data.model_copy(update={"unit": None})
    alone = dataclasses.replace(record, specification=record.specification.model_copy(update={"data": data}))
    assert f"one per {unit}" not in read(render_html(alone)).words


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("data.value_drift", r"A label of \d+ or more, by time, is \d"),
        ("performance.prediction_drift", r"A prediction of \d+ or more, by time, is \d"),
        ("data.class_drift", r"The class \w+, by time, is \d"),
        ("performance.class_decision_drift", r"The decided class \w+, by time, is \d"),
    ],
)
def test_a_drift_is_told_with_where_it_was_looked_for(metric: str, said: str) -> None:
    check = catalogue()[metric]
    failing = next(example for example in check.examples if example.verdict is Verdict.FAIL)
    text = told(knowing_every_metric(records.certified()), verdict(check, failing))
    assert re.match(said, text), text
