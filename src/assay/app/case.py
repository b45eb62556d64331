"""A case: everything that is bound before the first row is read."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assay._version import __version__
from assay.app.unfit_data import (
    refuse_numbers_as_text,
    refuse_other_types,
    refuse_text_for_numbers,
    refuse_the_same_rows,
)
from assay.checks.catalogue import catalogue, metrics, source_digest
from assay.checks.check import Check
from assay.domain.dictionary import Dictionary
from assay.domain.errors import AssayError, SubjectError
from assay.domain.record import Environment, SourceRecord
from assay.domain.specification import Criterion, Specification
from assay.engine.asking import Predict
from assay.engine.scan import Frame
from assay.plan.passes import Wanted, declared_data
from assay.reading.specification import read_specification
from assay.subject.datasets import Dataset, open_dataset
from assay.subject.digest import digest_of
from assay.subject.model import Model, ModelReference, in_process

MEASURING = (
    "numpy",
    "scipy",
    "pyarrow",
    "scikit-learn",
    "joblib",
    "skops",
    "pandas",
    "polars",
    "lightgbm",
    "xgboost-cpu",
    "onnxruntime",
)
"""Packages whose version can change a number; absent ones are left out."""


@dataclass(frozen=True, slots=True)
class Case:
    """A specification and the subject that it names, each part with its digest.

    Attributes:
        root: the folder that paths in the specification are relative to.
        datasets: the declared data sets by role, inspected but not read.
        model: what to ask; None when scores stand in a column of the data, or a live function is asked.
        live: a function of this process that is asked instead of a model file; rehearsals only.
        wanted: the criteria with the needs of their checks, in the specification's order.
        environment: the versions that can change a number.
        code_digest: of the versions and the source that a count depends on besides the rows.
    """

    root: Path
    specification: Specification
    specification_digest: str
    dictionary: Dictionary
    checks: Mapping[str, Check]
    wanted: tuple[Wanted, ...]
    judged_on: str
    datasets: Mapping[str, Dataset]
    model: ModelReference | None
    sources: tuple[SourceRecord, ...]
    environment: Environment
    code_digest: str
    live: Predict | None = None

    @property
    def seed(self) -> str:
        """The seed of every random choice: the digest of what was agreed before any result existed."""
        return self.specification_digest.removeprefix("sha256:")

    @property
    def used(self) -> tuple[Check, ...]:
        """The checks that the criteria name."""
        return tuple(self.checks[m] for m in sorted({w.criterion.metric for w in self.wanted}))

    def frame(self, spreads: tuple[tuple[str, float], ...] = ()) -> Frame:
        """What every batch is read against."""
        specification = self.specification
        return Frame(
            inputs=specification.subject.inputs,
            label=specification.prediction.label,
            attributes=tuple(specification.protected.items()),
            decide_at=float(specification.prediction.decide_at),
            dictionary=self.dictionary.columns,
            unit=specification.data.unit,
            seed=self.seed,
            score_column=specification.subject.model
            if specification.subject.format == "predictions"
            else None,
            spreads=spreads,
        )


def open_case(
    path: Path,
    *,
    rehearse: bool = False,
    data: Mapping[str, Any] | None = None,
    model: Callable[[Any], Any] | None = None,
    scratch: Path | None = None,
) -> Case:
    """Read a specification and bind what it names: dictionary, data sets and model, each by digest.

    A rehearsal never opens the test rows: what would be asked of them is asked of the development rows.

    Args:
        path: the specification. rehearse: whether this is a rehearsal.
        data: tables that stand in for declared files, by role. scratch: where they are written for the workers.
        model: a function from a record batch to scores that stands in for the model file.

    Raises:
        InvalidDocument: when the specification or the dictionary has problems; all of them are listed.
        SubjectError: when data or model cannot be opened.
    """
    checks = catalogue()
    read = read_specification(path, metrics())
    specification = read.specification
    root = path.resolve().parent
    declared = _declared(specification, rehearse=rehearse)
    given = _given_tables(data or {}, declared)
    folder = scratch if scratch is not None else root
    datasets = {
        role: open_dataset(given.get(role, root / written), scratch=folder)
        for role, written in declared.items()
    }
    refuse_the_same_rows(datasets)
    refuse_other_types(datasets)
    # Again, now that the files' columns are known: a name that no file has is told with its place.
    columns = {role: frozenset(dataset.names) for role, dataset in datasets.items()}
    dictionary = read_specification(path, metrics(), columns=columns).dictionary
    refuse_text_for_numbers(specification, dictionary.dictionary, datasets)
    refuse_numbers_as_text(specification, dictionary.dictionary, datasets)
    reference = _model(root, specification, live=model is not None, rehearse=rehearse)
    sources = [
        SourceRecord("specification", path.name, read.digest),
        SourceRecord("dictionary", specification.data.dictionary, dictionary.digest),
        *(
            SourceRecord(role, declared[role], dataset.digest, dataset.rows)
            for role, dataset in datasets.items()
        ),
    ]
    if specification.subject.environment is not None:
        lock = specification.subject.environment
        sources.append(SourceRecord("environment", lock, digest_of(root / lock)))
    reference, own = _bound(reference)
    versions = _environment(own)
    if reference is not None:
        sources.append(SourceRecord("model", specification.subject.model, reference.digest))
    return Case(
        root=root,
        specification=specification,
        specification_digest=read.digest,
        dictionary=dictionary.dictionary,
        checks=checks,
        wanted=tuple(_wanted(criterion, checks, rehearse=rehearse) for criterion in specification.criteria),
        judged_on="develop" if rehearse else "test",
        datasets=datasets,
        model=reference,
        sources=tuple(sources),
        environment=versions,
        code_digest=code_digest(
            versions, (checks[m] for m in sorted({c.metric for c in specification.criteria}))
        ),
        live=in_process(model, specification.subject.inputs) if model is not None else None,
    )


def _given_tables(data: Mapping[str, Any], declared: Mapping[str, str]) -> Mapping[str, Any]:
    unknown = [role for role in data if role not in declared]
    if unknown:
        raise SubjectError(
            f"A table was given for {unknown[0]!r}, which is no data set of this run; there are "
            f"{', '.join(declared)}.",
            code="unknown_data_role",
        )
    return data


def _declared(specification: Specification, *, rehearse: bool) -> dict[str, str]:
    declared = declared_data(specification)
    if not rehearse:
        return declared
    if "develop" not in declared:
        raise SubjectError(
            "A rehearsal needs development rows, and the specification declares none.",
            code="no_development_data",
            remedy="Add data.develop; the test rows are for the one judged run.",
        )
    return {role: path for role, path in declared.items() if role != "test"}


def _wanted(criterion: Criterion, checks: Mapping[str, Check], *, rehearse: bool) -> Wanted:
    if rehearse and criterion.data == "test":
        criterion = criterion.model_copy(update={"data": "develop"})
    made = checks[criterion.metric]
    return Wanted(criterion, made.need, tuple(sorted(made.bind(dict(criterion.parameters)).items())))


def _model(root: Path, specification: Specification, *, live: bool, rehearse: bool) -> ModelReference | None:
    subject = specification.subject
    if (live or subject.format == "callable") and not rehearse:
        raise SubjectError(
            "A function has no digest, so nothing could bind a certificate to it.",
            code="callable_not_certifiable",
            remedy="Save the model to a file and name its format, or rehearse.",
        )
    if live or subject.format == "predictions":
        return None
    # A module is found by its name, a file from the specification's folder.
    module = subject.format == "callable" and not subject.model.rpartition(":")[0].endswith(".py")
    where = subject.model if module else str(root / subject.model)
    return ModelReference.of(where, subject.format, subject.inputs, python=subject.python)


def _environment(own: tuple[tuple[str, str], ...]) -> Environment:
    """The versions that can change a number; ``own`` are those that the model's child told."""
    found = []
    for name in MEASURING:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return Environment(
        assay=__version__,
        python=platform.python_version(),
        packages=tuple(found),
        platform=f"{platform.system()} {platform.machine()}",
        model=own,
    )


def _bound(
    model: ModelReference | None,
) -> tuple[ModelReference | None, tuple[tuple[str, str], ...]]:
    """The model bound to the modules that it runs, and what its child tells of its environment.

    Of an environment of its own, the versions too. Nothing when the model cannot be started there.
    """
    if model is None or not model.runs_code:
        return model, ()
    try:
        opened = Model(model)
    except AssayError:  # told when the model is asked, as a verdict
        return model, ()
    with opened:
        own = {**dict(opened.packages), "interpreter": _interpreter(model.python)} if model.python else {}
        return replace(model, modules=opened.modules), tuple(sorted({**own, **dict(opened.modules)}.items()))


def _interpreter(named: str) -> str:
    """The digest of the program that is started, which may be a script that sets paths before it starts another."""
    return digest_of(shutil.which(named) or named)


def code_digest(environment: Environment, used: Iterable[Check]) -> str:
    """Digest of the versions and of the source of the checks and of Assay: whatever else a kept count depends on."""
    facts = [asdict(environment), [source_digest(check) for check in used]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
