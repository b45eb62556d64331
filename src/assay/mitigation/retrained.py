"""The control of the search: the same learner on the same rows, and no mitigation."""

from __future__ import annotations

from assay.mitigation.training import Fitted, Training, fitted


def train(training: Training) -> Fitted:
    """A candidate that differs from the original by its learner alone."""
    return Fitted(fitted(training, training.declared), training.declared)
