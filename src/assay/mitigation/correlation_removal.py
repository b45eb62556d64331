"""Correlation removal: from each input is taken what a linear regression on the groups explains of it.

The regression is that of fairlearn's CorrelationRemover, on indicators of all groups but the first. No correlation is not
no dependence: a tree can still find the group in what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from fairlearn.preprocessing import CorrelationRemover

from assay.domain.errors import SubjectError
from assay.mitigation.deployed import AdjustedInputs, Floats, adjusted, indicators
from assay.mitigation.training import Fitted, Training, encoder, learner, one_class


def train(training: Training) -> Fitted:
    """A candidate all of whose inputs are adjusted; columns of protected attributes are inputs no more."""
    return without_correlation(training, training.unprotected, training.unprotected)


def without_correlation(training: Training, places: Sequence[int], of: Sequence[int]) -> Fitted:
    """A candidate that is fed the columns at ``places``, of which those at ``of`` are freed of correlation with the groups."""
    if not places:
        raise nothing_left()
    if len(np.unique(training.label)) < 2:
        raise one_class()
    made = encoder(training, places)
    encoded = np.asarray(made.fit_transform(training.taken(places)), dtype=np.float64)
    indicated = indicators(training.group, len(training.labels))
    coefficients, means = removed(encoded[training.grouped], indicated[training.grouped])
    freed = [place in of for place in _origin(made, places)]
    coefficients = np.where(freed, coefficients, 0.0)
    model = learner(training).fit(adjusted(encoded, indicated, coefficients, means), training.label)
    columns = tuple(range(len(training.columns)))
    return Fitted(
        AdjustedInputs(
            made,
            model,
            places,
            len(columns),
            training.groups,
            coefficients,
            means,
            numeric=training.numeric(places),
        ),
        columns,
        {"adjusted": [training.columns[place] for place in of]},
    )


def removed(encoded: Floats, indicated: Floats) -> tuple[Floats, Floats]:
    """The coefficients float64[groups - 1, encoded] and the means float64[groups - 1] that fairlearn finds."""
    width = indicated.shape[1]
    remover = CorrelationRemover(sensitive_feature_ids=list(range(width)))
    remover.fit(np.hstack([indicated, encoded]))
    return np.asarray(remover.beta_), np.asarray(remover.sensitive_mean_)


def _origin(made: object, places: Sequence[int]) -> list[int]:
    """The place of the column that each encoded input comes from."""
    names = [str(place) for place in places]
    told = made.get_feature_names_out(names)  # type: ignore[attr-defined]
    found = []
    for one in told:
        part, _, rest = str(one).partition("__")
        found.append(int(rest if part == "numbers" else rest.partition("_")[0]))
    return found


def nothing_left() -> SubjectError:
    """The error for a model that would be fed nothing."""
    return SubjectError(
        "The training of a candidate has no input left once protected attributes and proxies are taken away.",
        code="training_without_inputs",
        remedy="Declare fewer proxies, or other inputs.",
    )
