"""Load a model that is certified for a use: exactly the bytes that were verified, and nothing else."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from assay.app.verifying.environment import changed_code, reference_of, started
from assay.app.verifying.gate import certificate_of, require
from assay.domain.errors import SubjectError
from assay.domain.model_formats import PREDICTIONS
from assay.domain.policy import Policy
from assay.proof.certificate import Certificate
from assay.proof.verification import Purpose

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assay.subject.model import Model


class Rows(Protocol):
    """A table of Arrow, pandas, polars or anything else that hands its rows over as Arrow does (the PyCapsule interface)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A stream of its rows."""


@dataclass(slots=True, repr=False)
class CertifiedModel:
    """A model whose bytes were verified before they were loaded; it answers from a child process. A context manager.

    Any thread may ask it; it answers one after the other. It is closed, too, when nothing refers to it any more.

    ``certificate`` says for what, until when and on which conditions it may be used.
    """

    certificate: Certificate
    _model: Model
    _closed: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __repr__(self) -> str:
        """The model, its use, the outcome and until when, in a line; all of it is in ``certificate``."""
        made = self.certificate
        demo = ", DEMO" if made.scope.demo else ""
        return (
            f"<CertifiedModel {made.manifest.name} for {made.scope.name}: {made.scope.outcome}, valid until "
            f"{made.scope.valid_until[:10]}{demo}>"
        )

    def predict(self, rows: Rows) -> NDArray[np.float64]:
        """float64[n], or float64[n, classes]: the answer for each row, from the inputs that the certificate names; other columns are not read.

        Rows that are refused or that break the model end nothing: for the next ones it is started again from the bytes that
        were verified.

        Raises:
            Refused: code that the model runs besides its file, or a package of a child that is started again, is not that
                which was judged; nothing is answered.
            SubjectError: the rows are no table, or lack an input; or the file holds other bytes when it is started again.
            Crash: the model broke on these rows, or answered with something else than scores.
        """
        import numpy as np

        from assay.app.verifying.handed_rows import batches_of

        batches = batches_of(rows, self.certificate.scope.inputs)
        with self._turn:
            if self._closed:
                raise SubjectError(
                    "The model was closed.",
                    code="model_closed",
                    remedy="Load it again with assay.load_certified.",
                )
            if not self._model.alive:
                self._model.close()
                self._model = started(self._model.reference, self.certificate)
            width = self._model.reference.answers.width
            none = np.empty(0 if width == 1 else (0, width))
            scores = np.concatenate([none, *(self._model.predict(batch) for batch in batches)])
            if len(scores):  # a model that was asked nothing has not yet loaded what it answers with
                self._require_the_judged_code()
        return scores

    def _require_the_judged_code(self) -> None:
        """What a model runs is known when it has answered: code that it loads late is bound, too."""
        if not self._model.reference.runs_code:
            return
        changed = changed_code(self.certificate.scope, self._model.modules_now, answered=True)
        if changed is not None:
            self._model.close()
            raise changed

    def decide(self, rows: Rows) -> NDArray[np.bool_]:
        """bool[n]: whether each row is decided as 1, at the operating point that was certified.

        Raises:
            SubjectError: ``no_decision`` of a model of numbers or of several classes; and as ``predict``.
        """
        cut = self.certificate.scope.decide_at
        if cut is None:
            raise SubjectError(
                "No score was certified from which on 1 is decided: the model predicts a number, or one of several classes.",
                code="no_decision",
                remedy="Take its answers from predict.",
            )
        return self.predict(rows) >= float(cut)

    def close(self) -> None:
        """End the child, for good, when it has answered what it was asked."""
        with self._turn:
            self._closed = True
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
    python: Path | str | None = None,
    purpose: Purpose = Purpose.RUNNING,
    now: dt.datetime | None = None,
) -> CertifiedModel:
    """Verify a model file and load exactly the bytes that were verified: there is no time between check and use.

    Args:
        path: the model file. use_case: what it is to be used for. policy: whose keys count.
        certificate: the folder of its certificate; by default ``MODEL.assay`` beside it.
        python: the interpreter of the model's own environment, for one that was judged in such; by its digest the same.
        purpose: a model that runs already has the policy's grace for an old status. now: the time to judge at.

    Raises:
        Refused: it is not certified for this use, or for this environment, or loading it runs or reads something else than when it was
            judged; Distrusted when bytes, signature or log are not what they must be.
        SubjectError: it cannot be loaded; ``no_model_to_load`` where scores in a column were judged.
    """
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
    if made.scope.format == PREDICTIONS:
        raise SubjectError(
            f"{model} holds scores, which were certified as they stand there: there is no model to load.",
            code="no_model_to_load",
            remedy="Read the scores from the file; assay.require says whether it is the certified one.",
        )
    reference = reference_of(made, model, None if python is None else str(python))
    return CertifiedModel(made, started(reference, made))
