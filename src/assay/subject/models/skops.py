"""scikit-learn models stored by skops: read without running code; only types of known packages, and a few of Assay's own, are trusted."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from assay.domain.errors import SubjectError
from assay.subject.models.answers import BINARY, Asked
from assay.subject.models.estimator import estimator
from assay.subject.models.inputs import Predictor, not_a_model

TRUSTED_PACKAGES = frozenset({"sklearn", "numpy", "scipy"})
TRUSTED_TYPES = frozenset(
    f"assay.mitigation.deployed.{name}" for name in ("AdjustedInputs", "Groups", "MappedScore")
)
"""Assay's own, of which `assay mitigate` makes candidates: classes of numpy arrays without code of the file's."""


def load(path: str, inputs: tuple[str, ...], task: str = BINARY, classes: Sequence[str] = ()) -> Predictor:
    """Load a ``.skops`` file.

    Raises:
        SubjectError: ``model_untrusted_types`` listing the types that are not of scikit-learn, numpy or scipy;
            ``model_unreadable``.
    """
    try:
        unknown = skops.io.get_untrusted_types(file=path)
        foreign = sorted(
            t for t in unknown if t.partition(".")[0] not in TRUSTED_PACKAGES and t not in TRUSTED_TYPES
        )
        if foreign:
            raise _untrusted(path, foreign)
        model = skops.io.load(path, trusted=unknown)
    except UntrustedTypesFoundException:
        raise _untrusted(path, []) from None
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError, OSError) as wrong:
        raise not_a_model(path, "skops", wrong) from wrong
    return estimator(model, tuple(inputs), Asked.of(task, classes))


def _untrusted(path: str, types: list[str]) -> SubjectError:
    listed = ", ".join(types[:10]) + (f" and {len(types) - 10} more" if len(types) > 10 else "")
    return SubjectError(
        f"{path} holds types that are not of scikit-learn, numpy or scipy: {listed or 'unnamed'}.",
        code="model_untrusted_types",
        remedy="Store it with joblib, if you accept that loading it runs code in the sandbox.",
    )
