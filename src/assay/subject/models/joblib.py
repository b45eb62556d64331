"""scikit-learn models stored by joblib or pickle: loading runs whatever the file says, which is why it is in a child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import joblib

from assay.domain.errors import SubjectError
from assay.subject.models.answers import BINARY, Asked
from assay.subject.models.estimator import estimator
from assay.subject.models.inputs import Predictor, not_a_model


def load(path: str, inputs: tuple[str, ...], task: str = BINARY, classes: Sequence[str] = ()) -> Predictor:
    """Load a ``.joblib`` or ``.pkl`` file.

    Raises:
        SubjectError: ``model_module_missing`` and ``model_unreadable``; ``model_weights_elsewhere`` when arrays lie in files beside it, as joblib before 0.10 wrote them.
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
    except ModuleNotFoundError as wrong:
        raise SubjectError(
            f"{path} was made with the module {wrong.name!r}, which is not in this environment.",
            code="model_module_missing",
            remedy="Name under subject.python the interpreter of the environment that the model was made in, or install the "
            "module here. A class of your own must stand in a module that can be imported there, not in a notebook or a script.",
        ) from wrong
    except (PermissionError, MemoryError):
        raise  # what a fence says of it is told with the fence's name
    except Exception as wrong:
        raise not_a_model(path, "a file of joblib or pickle", wrong) from wrong
    return estimator(model, tuple(inputs), Asked.of(task, classes))
