"""Constrained training: the exponentiated gradient of A. Agarwal et al., A reductions approach to fair classification,
ICML 2018, as fairlearn has it.

Its answer is a lottery over classifiers. A decision about a person is not drawn here: the scores of the classifiers are
averaged with the weights of the lottery, and what that does is seen on the development rows.

An error is as dear as the declared threshold says: refusing to decide 1 below a score of t means that a false 1 costs t where
a false 0 costs 1 - t (Elkan 2001). The classifiers so trained decide at 0.5, and the rising map s t / (s t + (1 - s)(1 - t))
carries that to the declared threshold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from fairlearn import reductions
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from assay.domain.mitigation import Parity
from assay.mitigation.deployed import Floats, MappedScore
from assay.mitigation.training import Fitted, Training, encoder, learner, one_class

ROUNDS = 30
"""Classifiers that are trained at most."""
LEAST_WEIGHT = 1e-4
"""A classifier with less is left out of the vote."""
_MOMENTS = {
    Parity.DEMOGRAPHIC: reductions.DemographicParity,
    Parity.TRUE_POSITIVE: reductions.TruePositiveRateParity,
    Parity.FALSE_POSITIVE: reductions.FalsePositiveRateParity,
    Parity.ODDS: reductions.EqualizedOdds,
}


def train(training: Training) -> Fitted:
    """A candidate that is a weighted vote."""
    at = training.decide_at
    inside = training.grouped
    if len(np.unique(training.label[inside])) < 2:
        raise one_class()
    made = encoder(training, training.declared)
    encoded = np.asarray(made.fit_transform(training.taken(training.declared)), dtype=np.float64)[inside]
    label, group = training.label[inside], training.group[inside]
    if training.parity is None:
        raise ValueError("the metric names no equality that can be a constraint")
    search = reductions.ExponentiatedGradient(
        learner(training),
        _MOMENTS[training.parity](difference_bound=training.bound),
        objective=reductions.ErrorRate(costs={"fp": at, "fn": 1.0 - at}),
        max_iter=ROUNDS,
    )
    search.fit(encoded, label, sensitive_features=group)
    vote, voters = voting(search, encoded, label)
    model = Pipeline([("inputs", made), ("classifier", vote)])
    declared = training.declared
    return Fitted(
        MappedScore(model, declared, len(declared), None, [carried(at)], numeric=training.numeric(declared)),
        declared,
        {
            "bound": training.bound,
            "classifiers": voters,
            "rounds": int(search.last_iter_) + 1,
            "best_gap": float(search.best_gap_),
        },
    )


def voting(search: Any, encoded: Floats, label: Any) -> tuple[VotingClassifier, int]:
    """The classifiers of the lottery with their weights, and how many there are."""
    weights = search.weights_.sort_index()
    chosen = [i for i in weights.index if weights[i] > LEAST_WEIGHT]
    # A constant answer is a classifier of one class: it says 0 or 1 of everybody.
    named = [(f"m{i}", FrozenEstimator(_two_classes(search.predictors_[i], encoded))) for i in chosen]
    vote = VotingClassifier(named, voting="soft", weights=[float(weights[i]) for i in chosen])
    return vote.fit(encoded, label), len(chosen)


def _two_classes(model: Any, encoded: Floats) -> Any:
    from sklearn.dummy import DummyClassifier

    if len(model.classes_) == 2:
        return model
    prior = DummyClassifier(strategy="constant", constant=int(model.classes_[0]))
    return prior.fit(encoded[:2], [0, 1])


def carried(at: float) -> tuple[Floats, Floats]:
    """The map of scores that carries a decision at 0.5 to one at ``at``; both ends stay."""
    x = np.linspace(0.0, 1.0, 2_001)
    if not 0.0 < at < 1.0:
        return x, x
    return x, x * at / (x * at + (1.0 - x) * (1.0 - at))
