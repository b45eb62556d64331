"""Proxies adjusted: of the declared proxies, and of these alone, is taken what the groups explain of them linearly."""

from __future__ import annotations

from assay.mitigation.correlation_removal import without_correlation
from assay.mitigation.training import Fitted, Training


def train(training: Training) -> Fitted:
    """A candidate that keeps what a proxy says beside the group."""
    proxies = tuple(place for place in training.proxies if place not in training.protected)
    return without_correlation(training, training.unprotected, proxies)
