"""scikit-learn models stored by joblib or pickle: loading runs whatever the file says, which is why it is in a child."""

from __future__ import annotations

from pathlib import Path

import joblib

from assay.domain.errors import SubjectError
from assay.subject.models.estimator import estimator
from assay.subject.models.inputs import Predictor


def load(path: str, inputs: tuple[str, ...]) -> Predictor:
    """Load a ``.joblib`` or ``.pkl`` file; whatever goes wrong is the model's crash.

    Raises:
        SubjectError: ``model_weights_elsewhere`` when arrays lie in files beside it, as joblib before 0.10 wrote them.
    """
    try:
        model = joblib.load(path)
    except FileNotFoundError as wrong:
        if Path(str(wrong.filename)).parent != Path(path).parent:
            raise
        raise SubjectError(
            f"{path} keeps arrays in other files, which its digest does not bind.",
            code="model_weights_elsewhere",
            remedy="Load it and save it again as one file, with joblib.dump of version 0.10 or newer.",
        ) from wrong
    return estimator(model, tuple(inputs))
