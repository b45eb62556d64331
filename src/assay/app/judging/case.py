"""A case: everything that is bound before the first row is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.app.judging.conditions import (
    Conditions,
    bound_model,
    code_digest,
    environment_of,
    isolation_of,
)
from assay.app.judging.looked import UNSEEN, Looked
from assay.app.judging.sources import sources_of, told_at, with_search
from assay.app.judging.unfit_data import (
    refuse_numbers_as_text,
    refuse_other_types,
    refuse_text_for_numbers,
    refuse_texts_for_booleans,
    refuse_the_same_rows,
)
from assay.checks.check import Check
from assay.domain.dictionary import Dictionary
from assay.domain.digests import bare
from assay.domain.errors import (
    SubjectError,
)
from assay.domain.isolation import required
from assay.domain.record import Environment, SourceRecord
from assay.domain.specification import Criterion, Specification
from assay.engine.asking import Predict
from assay.engine.frame import Frame
from assay.plan.passes import Wanted, declared_data
from assay.plugins.catalogue import catalogue, plugins_of
from assay.reading.specification import SpecificationFile, read_specification
from assay.subject.code import code_of
from assay.subject.datasets import Dataset, iter_batches, open_dataset
from assay.subject.model import ModelReference, in_process


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
        drawn: the seed of a judged run, hexadecimal. attempt: which judged run on its rows this is.
        overlaps: a sentence for each earlier judged run that shares test rows with it. blind: hides what a judged run finds
            behind the digests that the log tells. looked: what the judged rows are, once they were looked at.
        search: the text of the record of the search for a fairer model; empty where none is declared.
        code_digest: of the versions and the source that a count depends on besides the rows.
    """

    root: Path
    specification: Specification
    specification_digest: str
    dictionary: Dictionary
    dictionary_digest: str
    checks: Mapping[str, Check]
    wanted: tuple[Wanted, ...]
    judged_on: str
    datasets: Mapping[str, Dataset]
    model: ModelReference | None
    sources: tuple[SourceRecord, ...]
    environment: Environment
    code_digest: str
    live: Predict | None = None
    drawn: str = ""
    attempt: int = 1
    overlaps: tuple[str, ...] = ()
    blind: str = ""
    looked: Looked = UNSEEN
    search: str = ""

    @property
    def subject(self) -> dict[str, str]:
        """The digest of each file, by role."""
        return {source.role: source.digest for source in self.sources}

    @property
    def seed(self) -> str:
        """The seed of every random choice: of a judged run that of the lock.

        Nobody knows it while the specification can still be changed. A rehearsal takes the document's own digest.
        """
        return self.drawn or bare(self.specification_digest)

    def seed_of(self, stream: str) -> int:
        """The seed of the random choices of one thing, by its name."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}\0{stream}".encode()).digest()[:8], "big")

    @property
    def used(self) -> tuple[Check, ...]:
        """The checks that the criteria name."""
        return tuple(self.checks[m] for m in sorted({w.criterion.metric for w in self.wanted}))

    def frame(self, spreads: tuple[tuple[str, float], ...] = (), known: str = "") -> Frame:
        """What every batch is read against; ``known`` is the key of some rows of the reference data."""
        specification = self.specification
        return Frame(
            inputs=specification.subject.inputs,
            label=specification.prediction.label,
            attributes=tuple(specification.attributes().items()),
            decide_at=specification.prediction.cut,
            dictionary=self.dictionary.columns,
            unit=specification.data.unit,
            seed=self.seed,
            score_column=None if specification.subject.has_model else specification.subject.model,
            spreads=spreads,
            favourable=specification.prediction.favourable,
            time=specification.data.time,
            strata=tuple(specification.strata.items()),
            answers=specification.prediction.answers,
            known=known,
            graph=specification.causal_graph,
        )

    def rows(self, role: str, columns: Iterable[str]) -> Iterator[pa.RecordBatch]:
        """The rows of a data set, the named columns in that order, each once; each file is parsed in a child."""
        fences, named = required(self.environment.isolation), tuple(dict.fromkeys(columns))
        for partition in self.datasets[role].partitions:
            with closing(iter_batches(partition, named, fences=fences)) as batches:
                yield from batches


def open_case(
    path: Path,
    *,
    rehearse: bool = False,
    data: Mapping[str, Any] | None = None,
    model: Callable[[Any], Any] | None = None,
    scratch: Path | None = None,
    checks: Mapping[str, Check] | None = None,
    admit: Callable[[Conditions], None] | None = None,
    searching: bool = False,
) -> Case:
    """Read a specification and bind what it names: dictionary, data sets and model, each by digest.

    A rehearsal never opens the test rows: what would be asked of them is asked of the development rows.

    Args:
        path: the specification. rehearse: whether this is a rehearsal.
        data: tables that stand in for declared files, by role. scratch: where they are written for the workers.
        model: a function from a record batch to scores that stands in for the model file.
        checks: what can be measured, by id; all that are installed when it is not given.
        admit: refuses conditions under which no file of data may be opened.
        searching: whether a fairer model is searched for: the record that is declared of an earlier search is not looked at.

    Raises:
        InvalidDocument: when the specification or the dictionary has problems, all of which are listed, or the declared record of
            a search is not one of this model and these rows.
        SubjectError: when data or model cannot be opened.
    """
    known = catalogue() if checks is None else checks
    read = read_specification(path, {id_: check.metric for id_, check in known.items()})
    specification, root = read.specification, path.resolve().parent
    used = sorted({criterion.metric for criterion in specification.criteria})
    fenced, plugins = isolation_of(specification, live=model is not None), plugins_of(used)
    if admit is not None:
        admit(Conditions(root, specification, read.digest, read.dictionary.digest, fenced, plugins))
    datasets = _open_data(
        read, root, data or {}, scratch=scratch or root, rehearse=rehearse, fences=required(fenced)
    )
    with told_at(read, root, "subject", "model"):
        named = _model(root, specification, live=model is not None, rehearse=rehearse)
        reference, told = bound_model(named, fenced)
    environment = environment_of(told, fenced, plugins, code_of(root))
    sources, search = sources_of(path, read, datasets, reference), ""
    if not searching:
        sources, search = with_search(sources, read, root)
    return Case(
        root=root,
        specification=specification,
        specification_digest=read.digest,
        dictionary=read.dictionary.dictionary,
        dictionary_digest=read.dictionary.digest,
        checks=known,
        wanted=tuple(_wanted(criterion, known, rehearse=rehearse) for criterion in specification.criteria),
        judged_on="develop" if rehearse else "test",
        datasets=datasets,
        model=reference,
        sources=sources,
        environment=environment,
        code_digest=code_digest(environment, (known[id_] for id_ in used)),
        live=in_process(model, specification.subject.inputs, specification.prediction.answers)
        if model is not None
        else None,
        search=search,
    )


def _open_data(
    read: SpecificationFile,
    root: Path,
    given: Mapping[str, Any],
    *,
    scratch: Path,
    rehearse: bool,
    fences: tuple[str, ...],
) -> dict[str, Dataset]:
    """The data sets of the run, held against the specification and the dictionary before a row is read."""
    specification, dictionary = read.specification, read.dictionary.dictionary
    declared = _declared(specification, rehearse=rehearse)
    _refuse_unknown_roles(given, declared)
    datasets = {}
    for role, written in declared.items():
        if role in given:
            datasets[role] = open_dataset(given[role], scratch=scratch, fences=fences)
            continue
        with told_at(read, root, "data", role):
            datasets[role] = open_dataset(root / written, scratch=scratch, fences=fences)
    refuse_the_same_rows(datasets)
    refuse_other_types(datasets)
    read.hold_against({role: frozenset(dataset.names) for role, dataset in datasets.items()})
    refuse_text_for_numbers(specification, dictionary, datasets)
    refuse_numbers_as_text(specification, dictionary, datasets)
    refuse_texts_for_booleans(specification, dictionary, datasets)
    return datasets


def _refuse_unknown_roles(given: Mapping[str, Any], declared: Mapping[str, str]) -> None:
    unknown = [role for role in given if role not in declared]
    if unknown:
        raise SubjectError(
            f"A table was given for {unknown[0]!r}, which is no data set of this run; there are "
            f"{', '.join(declared)}.",
            code="unknown_data_role",
        )


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
    if live or not subject.has_model:
        return None
    # A module is found by its name, a file from the specification's folder.
    module = subject.format == "callable" and not subject.model.rpartition(":")[0].endswith(".py")
    where = subject.model if module else str(root / subject.model)
    answers = specification.prediction.answers
    return ModelReference.of(where, subject.format, subject.inputs, python=subject.python, answers=answers)
