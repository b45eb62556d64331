"""What a method is handed, what it hands back, and the learners that it may fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from assay.domain.errors import SubjectError
from assay.domain.mitigation import Parity
from assay.mitigation.deployed import Floats, Groups, Integers, taken

FOLDS = 5
"""Scores of rows that a model did not learn from come from so many folds of the training rows."""
MOST_CATEGORIES = 100
"""Of a column with more categories the rarest share one column."""


@dataclass(frozen=True, slots=True)
class Training:
    """The training rows as arrays, and what is asked of the candidate.

    Attributes:
        rows: float64[n, columns] where all are numbers, else object[n, columns]. columns: their names; the declared inputs first.
        inputs: how many of the columns are declared inputs. categories: the places of those that hold codes. texts: of those that
            are no numbers.
        protected: the places of the columns of protected attributes. proxies: the places of declared proxies.
        label: int64[n] of 0 and 1. group: int64[n], -1 where a row is in none. labels: the names of the groups.
        parity: what is to be equal; None where the metric has no such name. bound: of the gap, for constrained training.
    """

    rows: NDArray[Any]
    columns: tuple[str, ...]
    inputs: int
    categories: tuple[int, ...]
    texts: tuple[int, ...]
    protected: tuple[int, ...]
    proxies: tuple[int, ...]
    label: Integers
    group: Integers
    labels: tuple[str, ...]
    groups: Groups
    learner: str
    parity: Parity | None
    decide_at: float
    bound: float
    seed: int

    @property
    def declared(self) -> tuple[int, ...]:
        """The places of the declared inputs."""
        return tuple(range(self.inputs))

    @property
    def unprotected(self) -> tuple[int, ...]:
        """The places of the declared inputs that hold no protected attribute."""
        return tuple(place for place in self.declared if place not in self.protected)

    def numeric(self, places: Sequence[int]) -> bool:
        """Whether all of these columns are numbers."""
        return not set(places) & set(self.texts)

    def taken(self, places: Sequence[int]) -> NDArray[Any]:
        """The columns at these places, as a model that is fed them alone is handed them."""
        return taken(self.rows, places, numeric=self.numeric(places))

    @property
    def grouped(self) -> NDArray[np.bool_]:
        """bool[n]: the rows that are in a group."""
        return self.group >= 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A candidate: a classifier, the places of the columns that it is fed in their order, and what was found on the way."""

    model: Any
    fed: tuple[int, ...]
    facts: dict[str, Any] = field(default_factory=dict)


def encoder(training: Training, places: Sequence[int]) -> ColumnTransformer:
    """Makes numbers of the columns at these places, by position: numbers scaled, codes one column each."""
    categories = [i for i, place in enumerate(places) if place in training.categories]
    numbers = [i for i in range(len(places)) if i not in categories]
    scaled = Pipeline(
        [("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())]
    )
    coded = OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=MOST_CATEGORIES)
    return ColumnTransformer([("numbers", scaled, numbers), ("codes", coded, categories)])


def learner(training: Training) -> Any:
    """The classifier that is fitted to encoded inputs; both kinds are deterministic.

    Logistic regression with scikit-learn's own penalty, or gradient boosting of small trees.
    """
    if training.learner == "boosting":
        return HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=150,
            max_leaf_nodes=8,
            min_samples_leaf=50,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=training.seed,
        )
    return LogisticRegression(max_iter=2_000)


def fitted(
    training: Training,
    places: Sequence[int],
    *,
    at: NDArray[Any] | None = None,
    weight: Floats | None = None,
) -> Pipeline:
    """The encoder and the learner, fitted to the columns at ``places``.

    Args:
        at: int64[k], the training rows that are learned from, all when None. weight: float64[k] or float64[n], of these rows.
    """
    chosen = slice(None) if at is None else at
    model = Pipeline([("inputs", encoder(training, places)), ("classifier", learner(training))])
    rows, label = training.taken(places)[chosen], training.label[chosen]
    if len(np.unique(label)) < 2:
        raise one_class()
    model.fit(rows, label, **({} if weight is None else {"classifier__sample_weight": weight}))
    return model


def out_of_fold(training: Training, places: Sequence[int]) -> Floats:
    """float64[n]: the score of each training row by a model that did not learn from it."""
    score = np.empty(len(training.label))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=training.seed)
    if np.bincount(training.label, minlength=2).min() < FOLDS:
        raise one_class()
    for learned, held in folds.split(training.label, training.label):
        model = fitted(training, places, at=learned)
        score[held] = model.predict_proba(training.taken(places)[held])[:, 1]
    return score


def one_class() -> SubjectError:
    """The error for rows from which nothing can be learned."""
    return SubjectError(
        "The training of a candidate found too few rows of one label to learn from.",
        code="training_one_class",
        remedy="Name training rows of both labels, at least five of each.",
    )


def cells(training: Training) -> Integers:
    """int64[groups, 2]: training rows by group and label."""
    inside = training.grouped
    key = training.group[inside] * 2 + training.label[inside]
    return np.bincount(key, minlength=2 * len(training.labels)).reshape(-1, 2)
