"""Load a model that is certified for a use: exactly the bytes that were verified, and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from assay.app.gate import certificate_of, require
from assay.domain.errors import SubjectError
from assay.domain.policy import Policy
from assay.proof.certificate import Certificate
from assay.proof.verification import Purpose

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from assay.subject.model import Model


@dataclass(slots=True)
class CertifiedModel:
    """A model whose bytes were verified before they were loaded; it answers from a child process. A context manager.

    ``certificate`` says for what, until when and on which conditions it may be used.
    """

    certificate: Certificate
    _model: Model

    def predict(self, rows: pa.RecordBatch) -> NDArray[np.float64]:
        """float64[n]: the score of each row, from the inputs that the certificate names.

        Raises:
            SubjectError: the model broke, or answered with something else than scores.
        """
        return self._model.predict(rows.select(list(self.certificate.scope.inputs)))

    def decide(self, rows: pa.RecordBatch) -> NDArray[np.bool_]:
        """bool[n]: whether each row is decided as 1, at the operating point that was certified."""
        return self.predict(rows) >= float(self.certificate.scope.decide_at)

    def close(self) -> None:
        """End the child."""
        self._model.close()

    def __enter__(self) -> Self:
        """The model itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()


def load_certified(
    path: Path | str,
    *,
    use_case: str,
    policy: Path | str | Policy,
    certificate: Path | str | None = None,
    purpose: Purpose = Purpose.RUNNING,
    now: dt.datetime | None = None,
) -> CertifiedModel:
    """Verify a model file and load exactly the bytes that were verified: there is no time between check and use.

    Args:
        path: the model file. use_case: what it is to be used for. policy: whose keys count.
        certificate: the folder of its certificate; by default ``MODEL.assay`` beside it.
        purpose: a model that runs already has the policy's grace for an old status. now: the time to judge at.

    Raises:
        Refused: it is not certified for this use; Distrusted when bytes, signature or log are not what they must be.
        SubjectError: it cannot be loaded.
    """
    from assay.subject.model import Model, ModelReference

    model = Path(path)
    found = require(
        model,
        use_case=use_case,
        policy=policy if isinstance(policy, Policy) else Path(policy),
        certificate=Path(certificate) if certificate is not None else None,
        purpose=purpose,
        now=now,
    )
    made = certificate_of(found)
    if model.is_dir():
        raise SubjectError(
            f"{model} is certified, and a folder: which of its files is loaded, nothing says.",
            code="not_a_file",
            remedy="Check it with assay.require, and load it with its own library.",
        )
    # The certified digest, not that of the file: the child is handed a sealed copy only if its bytes have this one.
    bound = dict(made.manifest.files)[model.name]
    place = str(model.absolute())
    return CertifiedModel(made, Model(ModelReference(place, made.scope.format, made.scope.inputs, bound)))
