"""scikit-learn models stored by joblib or pickle: loading runs whatever the file says, which is why it is in a child."""

from __future__ import annotations

import joblib

from assay.subject.models.estimator import estimator
from assay.subject.models.inputs import Predictor


def load(path: str, inputs: tuple[str, ...]) -> Predictor:
    """Load a ``.joblib`` or ``.pkl`` file; whatever goes wrong is the model's crash."""
    return estimator(joblib.load(path), tuple(inputs))
