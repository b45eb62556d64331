"""A model by reference: which file, bound by which digest, asked in which environment; and the child that answers."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.errors import Crash, MissingExtra, SubjectError, raised
from assay.domain.model_formats import LOADED
from assay.domain.vocabulary import Reason
from assay.sandbox.failures import ModuleAbsent
from assay.sandbox.launch import Child
from assay.sandbox.roles import ALLOWED, DEFAULT_LIMITS, Limits, Role
from assay.sandbox.scores import checked_scores
from assay.subject.digest import digest_of, file_changed, held, stamped_digest
from assay.subject.likely_causes import naming_likely_causes
from assay.subject.models import callable as functions
from assay.subject.models.inputs import is_numeric, not_numeric

MODEL = Role(
    "The model",
    Reason.MODEL_CRASHED.value,
    Reason.MODEL_TIMED_OUT.value,
    Reason.MODEL_OUTPUT_INVALID.value,
    Reason.MODEL_STOPPED.value,
    {
        Reason.MODEL_CRASHED.value: "Ask it for the same inputs in its own environment, outside of Assay, and mend what goes "
        "wrong there.",
        Reason.MODEL_TIMED_OUT.value: f"Make it answer faster: loading it, and each batch of rows, may take {ALLOWED:.0f} seconds.",
        Reason.MODEL_OUTPUT_INVALID.value: "Mend the model or its adapter; a certificate needs a probability for every row.",
    },
    {
        "model_input_not_numeric": (
            "takes numbers only, and one of its inputs is none",
            "Encode the column in the model itself (a pipeline), or leave it out of the inputs.",
        ),
        "model_unsupported": (
            "cannot be certified as it is: it takes a type that cannot say that a value is missing, and values are missing",
            "A binary classifier that returns the probability of label 1 is needed.",
        ),
        "model_inputs_differ": (
            "was fitted on another number of columns of categories than its inputs have columns of text",
            "Write the columns as text that the model was fitted on as categories, and only these.",
        ),
        "missing_extra": (
            "selects columns by name, which needs pandas or polars in its environment",
            "Install it there with: pip install pandas",
        ),
        Reason.MODEL_OUTPUT_INVALID.value: (
            "gave an answer that is not usable: it is made of complex numbers, or of no numbers",
            "Mend the model; a certificate needs a probability for every row.",
        ),
    },
)
"""A child that holds a model."""
BY_NAME = frozenset({"joblib", "callable"})
"""Formats whose files name modules that are imported."""


@dataclass(frozen=True, slots=True)
class ModelReference:
    """What to load. Hashable, small, and safe to send to a worker.

    Attributes:
        path: of the file or folder, absolute; ``module:function`` for a callable. format: one of ``LOADED``.
        inputs: the columns in the declared order. digest: of the file; empty for a callable, which has none.
        python: the interpreter of the model's own environment; None for ours.
        timeout: seconds that one batch may take.
        modules: digests of the modules that the model runs besides known packages; None when not yet known.
        fences: those without which it must not be loaded.
        when_asked: the same when it has answered, for some are loaded only then. answers: what it must answer for a row.
    """

    path: str
    format: str
    inputs: tuple[str, ...]
    digest: str
    python: str | None = None
    limits: Limits = field(default=DEFAULT_LIMITS)
    timeout: float = ALLOWED
    modules: tuple[tuple[str, str], ...] | None = None
    fences: tuple[str, ...] = ()
    when_asked: tuple[tuple[str, str], ...] | None = None
    answers: Answers = BINARY

    @property
    def runs_code(self) -> bool:
        """Whether what it does depends on modules of its environment, besides the library of its format."""
        return self.format in BY_NAME or self.python is not None

    @classmethod
    def of(
        cls,
        path: str | Path,
        format: str,  # noqa: A002 - the specification's word
        inputs: tuple[str, ...],
        *,
        python: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        timeout: float = ALLOWED,
        answers: Answers = BINARY,
    ) -> Self:
        """Bind a model by its digest.

        Raises:
            SubjectError: when there is no such file, or no such format; ``not_a_file`` of a folder, which no adapter reads.
        """
        if format not in LOADED:
            raise SubjectError(
                f"No adapter reads the format {format!r}.",
                code="model_unknown_format",
                remedy=f"Use one of {', '.join(LOADED)}.",
            )
        if format == "callable":
            return cls(str(path), format, inputs, "", python, limits, timeout, answers=answers)
        place = Path(path).absolute()
        digest = stamped_digest(place)[0]
        return cls(str(place), format, inputs, digest, python, limits, timeout, answers=answers)


class Model:
    """A model that answers from a child process."""

    def __init__(self, reference: ModelReference) -> None:
        """Start the child and load the very bytes that have the digest, whatever happens to the file meanwhile.

        Raises:
            SubjectError: ``file_changed``, or what the adapter found wrong. MissingExtra: the library is not
                installed here. Crash: the file killed its reader.
        """
        self.reference = reference
        self._load()
        self._check(reference.modules, self.modules)

    def _load(self) -> None:
        reference = self.reference
        if not reference.digest:
            file = reference.path.rpartition(":")[0]
            self._child = self._started(reference.path, (), [file] if file.endswith(".py") else [])
            return
        digest, descriptor = held(Path(reference.path))
        try:
            if digest != reference.digest:
                raise file_changed(reference.path)
            self._child = self._started(f"/proc/self/fd/{descriptor}", (descriptor,))
        finally:
            os.close(descriptor)

    def _started(self, path: str, descriptors: Sequence[int], readable: Sequence[str] = ()) -> Child:
        reference = self.reference
        try:
            return Child.start(
                f"assay.subject.models.{reference.format}:load",
                {
                    "path": path,
                    "inputs": list(reference.inputs),
                    "task": reference.answers.task.value,
                    "classes": list(reference.answers.classes),
                },
                role=MODEL,
                python=reference.python,
                limits=reference.limits,
                timeout=reference.timeout,
                descriptors=descriptors,
                readable=readable,
                fences=reference.fences,
                modules=reference.runs_code,
                answers=reference.answers,
            )
        except ModuleAbsent as absent:
            # In an environment of its own the model's owner installs what is absent.
            extra = MissingExtra.of(absent.module) if reference.python is None else None
            raise extra or absent from absent
        except SubjectError as wrong:
            # The child knows its copy only; a person knows the file.
            message = wrong.message.replace(path, reference.path)
            raise type(wrong)(message, code=wrong.code, remedy=wrong.remedy) from wrong

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._child.alive

    @property
    def packages(self) -> Mapping[str, str]:
        """Versions in the model's environment that can change a score."""
        return {"python": self._child.python, **self._child.packages}

    @property
    def modules(self) -> tuple[tuple[str, str], ...]:
        """Digests of the modules that it runs besides known packages."""
        return tuple(sorted(self._child.modules.items()))

    @property
    def modules_now(self) -> tuple[tuple[str, str], ...]:
        """Digests of the modules that it has loaded by now."""
        return tuple(sorted(self._child.modules_now().items()))

    def check_modules(self) -> None:
        """Check that it has loaded, and that on disk are, the modules that were bound when it had been asked.

        Raises:
            SubjectError: ``file_changed``.
        """
        if self.reference.when_asked is not None:
            self._check(self.reference.when_asked, self.modules_now)

    def _check(self, bound: tuple[tuple[str, str], ...] | None, found: tuple[tuple[str, str], ...]) -> None:
        if bound is None or bound == found:
            return
        self.close()
        changed = ", ".join(changed_modules(bound, found))
        raise SubjectError(
            f"The model's environment is not the one that was bound; changed since: {changed}.",
            code="file_changed",
            remedy="Start again when nobody changes it; let the model import what it runs when it is loaded.",
        )

    def predict(self, batch: pa.RecordBatch) -> NDArray[np.float64]:
        """float64[rows], or a row of several: what it answers for each row; errors as ``Child.ask``."""
        return self.ask(batch)()

    def ask(self, batch: pa.RecordBatch) -> Callable[[], NDArray[np.float64]]:
        """As ``predict``, in two steps: it answers meanwhile, and what is returned waits for that; see ``Child.ask``."""
        with self._naming_inputs(batch):
            answer = self._child.ask(batch)
        return functools.partial(self._answered, batch, answer)

    def _answered(
        self, batch: pa.RecordBatch, answer: Callable[[], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        with self._naming_inputs(batch):
            return answer()

    @contextlib.contextmanager
    def _naming_inputs(self, batch: pa.RecordBatch) -> Iterator[None]:
        """Name the column that an error is about: with missing values, or of text."""
        try:
            with naming_likely_causes(batch):
                yield
        except SubjectError as wrong:
            # The child's word for which column it is would be its own; the types of what it was fed are known here.
            texts = [column for column in batch.schema if not is_numeric(column.type)]
            if wrong.code != "model_input_not_numeric" or not texts:
                raise
            raise not_numeric(texts[0].name, texts[0].type) from wrong

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def changed_modules(
    bound: tuple[tuple[str, str], ...], found: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    """Which modules are not those that were bound, by name: at most five; of those that came newly no name is told.

    Args:
        bound, found: digests by name. Empty when they are the same.
    """
    different = {name for name, _ in set(bound) ^ set(found)}
    known = sorted(different & dict(bound).keys())[:5]
    return tuple(known) or (("other modules",) if different else ())


def interpreter_digest(named: str) -> str:
    """The digest of the program that is started, which may be a script that sets paths before it starts another."""
    return digest_of(shutil.which(named) or named)


def in_process(
    function: Callable[[pa.RecordBatch], Any], inputs: tuple[str, ...], answers: Answers = BINARY
) -> Callable[[pa.RecordBatch], NDArray[np.float64]]:
    """A live function, asked in this process and held to the same answers. For rehearsals only.

    The function that is returned raises Crash: ``model_crashed`` for whatever the live one raises, and as
    ``checked_scores``.
    """
    predict = functions.live(function, inputs)

    def ask(batch: pa.RecordBatch) -> NDArray[np.float64]:
        with naming_likely_causes(batch):
            try:
                said = np.asarray(predict(batch))
            except (Exception, SystemExit) as wrong:
                raise Crash(f"The model raised {raised(wrong)}.", code=Reason.MODEL_CRASHED.value) from wrong
        return checked_scores(said, batch.num_rows, answers)

    return ask
