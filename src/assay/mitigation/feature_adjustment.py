"""Feature adjustment: protected columns and declared proxies are left out of the inputs.

Which inputs are proxies is a judgement that people declare: an input may stand for a group and be needed for the purpose.
"""

from __future__ import annotations

from assay.mitigation.correlation_removal import nothing_left
from assay.mitigation.training import Fitted, Training, fitted


def train(training: Training) -> Fitted:
    """A candidate that is not fed them."""
    kept = tuple(place for place in training.unprotected if place not in training.proxies)
    if not kept:
        raise nothing_left()
    left_out = [training.columns[place] for place in training.declared if place not in kept]
    return Fitted(fitted(training, kept), kept, {"left_out": left_out})
