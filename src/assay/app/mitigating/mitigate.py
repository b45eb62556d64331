"""Mitigate: look for a fairer model that decides as well, and keep the record of the search. The test rows are never opened."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from assay._version import __version__
from assay.app.judging.case import Case, open_case
from assay.app.judging.looking import look
from assay.app.judging.open_engine import open_engine
from assay.app.judging.sealed_rows import refuse_sealed_rows, sealed_beside
from assay.app.mitigating import copies
from assay.app.mitigating.asked import Try, criterion_of, inputs_of, learner_of, see_proxies, tries
from assay.app.mitigating.compare import Decisions, Rehearsed, paired, rehearsed, share
from assay.app.mitigating.report import RECORD, write_record
from assay.app.mitigating.rows import grouping_of, training_batch
from assay.app.mitigating.train import Asked, Trained, trained
from assay.app.verifying.search import p_alike
from assay.domain.digests import sha256_of
from assay.domain.errors import AssayError, MissingExtra, Unwritable
from assay.domain.isolation import required
from assay.domain.mitigation_record import (
    ORIGINAL,
    Candidate,
    NotTried,
    Search,
    Sought,
    Source,
    on_frontier,
)
from assay.domain.specification import Criterion, Subject
from assay.domain.vocabulary import Comparator
from assay.engine.engine import Engine, silent
from assay.engine.progress import Progress
from assay.reading.specification import SpecificationFile, read_specification
from assay.store.blobs import see_writable, write_whole
from assay.store.workspace import Workspace
from assay.subject.installed import installed_version
from assay.subject.model import ModelReference

PACKAGES = ("numpy", "scikit-learn", "skops", "fairlearn", "imbalanced-learn")
"""Of which the record of a search tells the version."""
MARGIN = 0.01
"""The share of right decisions that a candidate may lose, unless another one is asked for."""
BOUNDS = (0.02, 0.05)
"""Of the gap on the training rows, for constrained training, unless others are asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever searches asks for; what is empty is chosen.

    Attributes:
        criterion: whose gap is to shrink. methods: those to try. proxies: inputs that stand for a group. learner: ``logistic``
            or ``boosting``. margin: the share of right decisions that may be lost. bounds: of constrained training. seed: of all
            that is drawn.
    """

    criterion: str = ""
    methods: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    learner: str = ""
    margin: float = MARGIN
    bounds: tuple[float, ...] = BOUNDS
    seed: int | None = None


def mitigate(
    specification: Path | str,
    *,
    wish: Wish | None = None,
    out: Path | None = None,
    workers: int = 1,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Search:
    """Train candidates on the training rows, hold each against the original on the development rows, and write all of it down.

    A candidate is a model file in ``out``, and beside the specification a copy of it that names the file. Everything that was
    tried is in the record, whatever it was worth.

    Args:
        specification: the YAML file. wish: what is asked for. out: the folder of the models; ``mitigation`` beside it by default.
        workers: processes that read and count. progress: opens a bar for each pass.

    Raises:
        InvalidDocument: the specification or dictionary has problems. SubjectError, Crash: data or the original model cannot be
            read, or answer. MissingExtra: the library of a method is not installed.
        Refused: ``sealed``: the development rows are test rows of a schedule of attempts that goes on.
        AssayError: what is asked for does not apply; ``no_candidate`` when none could be made.
    """
    asked = wish or Wish()
    path = Path(specification)
    case = open_case(path, rehearse=True, scratch=Workspace.beside(path).tables, searching=True)
    folder = (out or path.resolve().parent / "mitigation").resolve()
    see_writable(folder / RECORD)
    catalogue = {id_: check.metric for id_, check in case.checks.items()}
    read = read_specification(path, catalogue)
    criterion = criterion_of(case.specification, asked.criterion)
    inputs_of(case.specification)
    see_proxies(case.specification, asked.proxies, asked.methods)
    wanted, left = tries(
        case.specification, criterion, methods=asked.methods, bounds=asked.bounds, proxies=asked.proxies
    )
    copies.see_free(path, (one.name for one in wanted), folder / RECORD)
    inputs = case.specification.subject.inputs
    planned = copies.copy_of(
        read, path, wanted[0].name, model=f"{wanted[0].name}.skops", inputs=inputs, search=RECORD
    )
    copies.checked(planned, case.specification, catalogue)
    with open_engine(path, workers=workers, progress=progress) as engine:
        if (beside := sealed_beside(case)) is not None:
            refuse_sealed_rows(look(case, engine, beside=beside), engine, rehearsal=True)
        search = _Search(path, read, case, criterion, asked, folder, engine).run(wanted, left)
    write_record(search, folder)
    return search


class _Search:
    """One search: what is the same for all candidates."""

    def __init__(
        self,
        path: Path,
        read: SpecificationFile,
        case: Case,
        criterion: Criterion,
        wish: Wish,
        folder: Path,
        engine: Engine,
    ) -> None:
        self._path, self._read, self._case = path, read, case
        self._criterion, self._wish, self._folder, self._engine = criterion, wish, folder, engine
        self._alpha = criterion.alpha
        self._learner = learner_of(case.specification, wish.learner)
        self._seed = wish.seed if wish.seed is not None else _seed_of(case.seed)

    def run(self, wanted: Sequence[Try], left: Sequence[NotTried]) -> Search:
        """Rehearse the original, then make and rehearse each candidate, and write the record."""
        original = rehearsed(self._case, self._criterion, self._engine)
        small = original.measured.small[self._criterion.across or ""]
        grouping = grouping_of(self._case, self._criterion, small)
        rows = training_batch(self._case, grouping)
        asked = Asked(self._case, self._criterion, grouping, self._learner, self._wish.proxies, self._seed)
        made, failed = self._train(asked, wanted, rows)
        level = self._alpha / len(made)
        models = [self._told_of_original(original)]
        for one, candidate in made:
            models.append(self._candidate(one, candidate, original, level))
        return self._written(models, [*left, *failed], grouping.labels, level, original.right)

    def _train(
        self, asked: Asked, wanted: Sequence[Try], rows: pa.RecordBatch
    ) -> tuple[list[tuple[Try, Trained]], list[NotTried]]:
        made, failed = [], []
        with self._engine.progress("training of candidates", len(wanted)) as told:
            for one in wanted:
                try:
                    made.append((one, trained(asked, one, rows)))
                except (MissingExtra, Unwritable):
                    raise
                except AssayError as wrong:
                    failed.append(NotTried(one.name, str(wrong)))
                told.advance(1)
        if not made:
            raise AssayError(
                f"No candidate could be made; of the first: {failed[0].reason}",
                code="no_candidate",
                remedy="Mend what is said of each method, or ask for others.",
            )
        return made, failed

    def _told_of_original(self, found: Rehearsed) -> Candidate:
        subject = self._case.specification.subject
        before = self._protected(subject.inputs)
        return Candidate(
            name=ORIGINAL,
            title="Original",
            method="",
            says="The model that the specification names.",
            source="",
            settings={},
            model=subject.model,
            digest=self._case.model.digest if self._case.model is not None else "",
            format=subject.format,
            specification=self._path.name,
            specification_digest=self._case.specification_digest,
            inputs=subject.inputs,
            attribute_at_decision=bool(before),
            facts={},
            gap=found.gap,
            performance=share(found.right, self._alpha),
            paired=None,
            protected_before=before,
        )

    def _protected(self, fed: Sequence[str]) -> tuple[str, ...]:
        columns = {a.column for a in self._case.specification.protected.values()}
        return tuple(name for name in fed if name in columns)

    def _candidate(self, wanted: Try, made: Trained, original: Rehearsed, level: float) -> Candidate:
        """Write a candidate, rehearse it, and tell what came of it."""
        method, file = wanted.method, self._folder / f"{wanted.name}.skops"
        write_whole(file, made.content)
        root = self._case.root
        named = os.path.relpath(file, root)
        copy = copies.write(
            copies.copy_of(
                self._read,
                self._path,
                wanted.name,
                model=named,
                inputs=made.fed,
                search=os.path.relpath(self._folder / RECORD, root),
            ),
            self._case.specification,
            {id_: check.metric for id_, check in self._case.checks.items()},
        )
        found = rehearsed(self._case_of(copy, file, named, made.fed), self._criterion, self._engine)
        protected, inputs = self._protected(made.fed), self._case.specification.subject.inputs
        return Candidate(
            name=wanted.name,
            title=f"{method.title} ({wanted.bound:g})" if wanted.bound else method.title,
            method=method.name,
            says=method.says,
            source=method.source,
            settings={"bound": wanted.bound} if wanted.bound else {},
            model=named,
            digest=sha256_of(made.content),
            format="skops",
            specification=copies.place_of(self._path, wanted.name).name,
            specification_digest=copy.digest,
            inputs=made.fed,
            attribute_at_decision=bool(protected),
            facts=made.facts,
            gap=found.gap,
            performance=share(found.right, self._alpha),
            paired=paired(original.right, found.right, margin=self._wish.margin, level=level),
            protected_added=tuple(name for name in protected if name not in inputs),
            protected_before=tuple(name for name in protected if name in inputs),
        )

    def _case_of(self, copy: SpecificationFile, file: Path, named: str, fed: tuple[str, ...]) -> Case:
        """The same case with a candidate in place of the original."""
        reference = ModelReference.of(file, "skops", fed)
        subject = Subject(model=named, format="skops", inputs=fed)
        return replace(
            self._case,
            specification=copy.specification.model_copy(update={"subject": subject}),
            model=replace(reference, fences=required(self._case.environment.isolation)),
        )

    def _written(
        self,
        models: Sequence[Candidate],
        left: Sequence[NotTried],
        labels: tuple[str, ...],
        level: float,
        right: Decisions,
    ) -> Search:
        case, criterion = self._case, self._criterion
        at_least = criterion.comparator is Comparator.AT_LEAST
        marked = zip(models, on_frontier(models, at_least=at_least), strict=True)
        sought = Sought(
            criterion=criterion.id,
            metric=criterion.metric,
            title=case.checks[criterion.metric].metric.title,
            across=criterion.across or "",
            groups=labels,
            comparator=criterion.comparator,
            threshold=str(criterion.threshold),
            confidence=1.0 - self._alpha,
            margin=self._wish.margin,
            level=level,
        )
        return Search(
            name=case.specification.name,
            specification=self._path.name,
            specification_digest=case.specification_digest,
            made=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            assay=__version__,
            packages={name: version for name in PACKAGES if (version := installed_version(name))},
            learner=self._learner,
            seed=self._seed,
            sought=sought,
            sources=tuple(Source(role, d.digest, d.rows) for role, d in case.datasets.items()),
            models=tuple(replace(model, frontier=frontier) for model, frontier in marked),
            not_tried=tuple(left),
            not_asked=copies.of_the_recipe(self._read.specification, self._read.world.catalogue),
            p_alike=p_alike(len(right), self._wish.margin),
        )


def _seed_of(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\0mitigate".encode()).digest()[:4], "big")
