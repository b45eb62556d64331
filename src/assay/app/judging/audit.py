"""Audit: the rows whose labels an expert looks at again. A drawn sample, which alone is counted, and a ranking, which only orders further work.

The two are two files: of a row that was ranked, data.label_errors counts nothing, for it draws the sample again by the same hash. Test
rows are drawn and never ranked, as a ranking tells whoever holds it where the model and the labels disagree.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.app.judging.case import Case, open_case
from assay.app.judging.open_engine import open_engine
from assay.app.judging.refits import trained
from assay.checks.catalogue import catalogue
from assay.checks.counting.audited import drawn_rows, shares_drawn
from assay.domain.errors import AssayError, MissingExtra, SubjectError
from assay.domain.needs import Refits
from assay.domain.specification import Criterion
from assay.engine.engine import Engine, silent
from assay.engine.progress import Progress
from assay.plan.passes import Wanted
from assay.reading.specification import read_specification
from assay.store.blobs import write_whole
from assay.subject.arrays import as_numpy, as_words
from assay.subject.model import Model
from assay.tally.hashes import MISSING, Hashes
from assay.tally.labels import codes_of
from assay.tally.refits import Asking, Fit, Parameters, TrainingRows, parts, seed_of

METRIC = "data.label_errors"
SAMPLE, RANKED = "audit-sample.csv", "audit-ranked.csv"
CORRECTED = "corrected_label"
"""The expert's column of the ranked rows, which is not called as the audited one: no merge fills that one by accident."""
FOLDS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Audit:
    """The sheets that were written.

    Attributes:
        sample, drawn: the sheet of the sample, and how many rows of each label it has of how many. ranked, rows: the sheet of the
            ranked rows, and how many; None where nothing was ranked. ranked_by: by what, or why not.
    """

    data: str
    sample: Path
    drawn: tuple[tuple[int, int], tuple[int, int]]
    ranked: Path | None
    rows: int
    ranked_by: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the data set, in order: what names each, the word of it, and its label, -1 where there is none."""

    names: list[Any]
    words: Hashes
    label: NDArray[np.int64]


def audit(
    specification: Path | str,
    *,
    criterion: str = "",
    ranked: int = 100,
    out: Path | None = None,
    workers: int = 1,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Audit:
    """Write the sheets of the audit that a criterion on data.label_errors asks for.

    Args:
        specification: the YAML file. criterion: which one; it may be left out where there is one. ranked: how many rows to rank
            besides the sample. out: the folder of the sheets, by default the specification's.

    Raises:
        InvalidDocument, SubjectError: the specification or the data cannot be read; ``no_audit``, ``audit_not_drawn``.
        MissingExtra: cleanlab is not installed and rows are to be ranked.
    """
    path = Path(specification)
    read = read_specification(path, {id_: check.metric for id_, check in catalogue().items()})
    asked = _criterion(read.specification.criteria, criterion)
    settings = {name: str(value) for name, value in catalogue()[METRIC].bind(dict(asked.parameters)).items()}
    shares = _shares(asked, settings)
    case = open_case(path, rehearse=asked.data != "test", scratch=path.resolve().parent)
    rows = _rows(case, asked.data, settings["by"])
    drawn = drawn_rows(rows.words, rows.label, shares, settings["word"])
    _refuse_no_names(rows, asked, settings["by"])
    left = np.flatnonzero((rows.label >= 0) & ~drawn)
    with open_engine(path, workers=workers, progress=progress) as engine:
        scores, how = _scores(case, asked, engine) if ranked else (None, "No ranking was asked for.")
    folder = path.resolve().parent if out is None else out
    sample = folder / SAMPLE
    written = [(rows.names[i], "") for i in np.flatnonzero(drawn).tolist()]
    write_whole(sample, _sheet((settings["by"], settings["audited"]), written))
    told = tuple((int((drawn & (rows.label == y)).sum()), int((rows.label == y).sum())) for y in (0, 1))
    if scores is None:
        return Audit(asked.data, sample, (told[0], told[1]), None, 0, how)
    order = left[suspicious(rows.label[left], scores[left])[:ranked]]
    listed = [(place, rows.names[i], "") for place, i in enumerate(order.tolist(), 1)]
    write_whole(folder / RANKED, _sheet(("rank", settings["by"], CORRECTED), listed))
    return Audit(asked.data, sample, (told[0], told[1]), folder / RANKED, len(listed), how)


def suspicious(label: NDArray[np.int64], score: Floats) -> NDArray[np.int64]:
    """int64[n]: the places of all rows, the most suspicious label first.

    First those that confident learning takes for errors (Northcutt, Jiang & Chuang 2021, JAIR 70, as cleanlab has it), then all others,
    both by how probable the recorded label is. ``score`` is the probability of label 1, of a model that did not learn from the row.

    Raises:
        MissingExtra: cleanlab is not installed.
        SubjectError: ``one_label``.
    """
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ModuleNotFoundError as absent:
        raise MissingExtra.of(absent.name or "cleanlab") or absent from absent
    if not len(label) or label.min() == label.max():
        raise SubjectError(
            "The rows that are left besides the sample have one label only, so that there is nothing to rank them by.",
            code="one_label",
            remedy="Ask for no ranking: --ranked 0.",
        )
    told = np.stack([1 - score, score], axis=1)
    errors = find_label_issues(label, told, return_indices_ranked_by="self_confidence", n_jobs=1)
    by_quality = np.argsort(get_label_quality_scores(label, told, method="self_confidence"), kind="stable")
    first = np.asarray(errors, dtype=np.int64)
    return np.concatenate([first, by_quality[~np.isin(by_quality, first)]])


def _criterion(criteria: tuple[Criterion, ...], named: str) -> Criterion:
    found = [c for c in criteria if c.metric == METRIC and named in {"", c.id}]
    if len(found) != 1:
        there = ", ".join(c.id for c in criteria if c.metric == METRIC)
        raise AssayError(
            f"One criterion with the metric {METRIC} is expected{f' called {named!r}' if named else ''}; there are: {there or 'none'}.",
            code="no_audit",
            remedy="Name one with --criterion."
            if there
            else f"Add one with the metric {METRIC}; see: assay checks {METRIC}",
        )
    return found[0]


def _shares(asked: Criterion, settings: dict[str, str]) -> Any:
    try:
        if settings["by"] and settings["word"]:
            return shares_drawn(settings["drawn"])
        said = "'by' and 'word' are expected"
    except ValueError as wrong:
        said = str(wrong)
    raise AssayError(
        f"The criterion {asked.id!r} does not say which rows are drawn: {said}.",
        code="audit_not_drawn",
        remedy="Add under its 'with:' by, the column that names a row; drawn, such as '0=0.01, 1=0.1'; and word, chosen after the labels were given.",
    )


def _refuse_no_names(rows: _Rows, asked: Criterion, by: str) -> None:
    """Rows without a name are never drawn, those of one name together or not at all, and whoever fills the sheet in cannot tell them apart: the check counts none of it."""
    words = rows.words[rows.label >= 0]
    without = words == MISSING
    times = np.unique(words[~without], return_counts=True)[1]
    alike, lacking = int(times[times > 1].sum()), int(without.sum())
    if alike or lacking:
        what = f"a value in {by!r} that another of them has" if alike else f"no value in {by!r}"
        raise AssayError(
            f"{alike or lacking:,} of the {len(words):,} rows of which some are drawn for {asked.id!r} have {what}, "
            "so that the criterion would count none.",
            code="audit_not_drawn",
            remedy="Name under 'by' a column that is different in each row.",
        )


def _rows(case: Case, data: str, by: str) -> _Rows:
    label = case.specification.prediction.label
    names: list[Any] = []
    words, labels = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for batch in _batches(case, data, (by, label)):
        names += batch.column(by).to_pylist()
        words.append(as_words(batch.column(by), by))
        labels.append(codes_of(case.specification.prediction.answers, as_numpy(batch.column(label), label)))
    return _Rows(names, np.concatenate(words), np.concatenate(labels))


def _batches(case: Case, data: str, columns: tuple[str, ...]) -> Iterator[Any]:
    """The rows of a data set, if the specification declares it."""
    if data not in case.datasets:
        raise SubjectError(f"The specification declares no {data} data.", code="unknown_data_role")
    yield from case.rows(data, columns)


def _scores(case: Case, asked: Criterion, engine: Engine) -> tuple[Floats | None, str]:
    """The probability of label 1 that somebody gives each row who did not learn from it, and who; None where nobody is."""
    if asked.data == "test":
        return None, "Test rows are not ranked: a ranking tells where the model and the labels disagree."
    if asked.data == "develop":
        return _by_the_model(case), "the scores of the model, which was tuned on these rows"
    if case.specification.subject.recipe is None:
        return (
            None,
            "Training rows are ranked by models that did not learn from them, and no recipe is declared.",
        )
    wanted = Wanted(asked, Refits(_folds))
    made = trained(case, wanted, Refits(_folds), engine)
    scores = np.empty(made.rows.n)
    for fit in made.fits:
        scores[fit.asked[0].rows] = fit.scores[0]
    return scores, f"the scores of {FOLDS} models that the recipe trained on the other rows each"


def _folds(rows: TrainingRows, seed: int, _: Parameters) -> tuple[Fit, ...]:
    """A model for each fold, trained on all others, which is asked all its rows."""
    fold = parts(rows, seed, FOLDS)
    asked = [(np.flatnonzero(fold != k), Asking(np.flatnonzero(fold == k))) for k in range(FOLDS)]
    return tuple(Fit(seed_of(seed, k), seen, (asking,)) for k, (seen, asking) in enumerate(asked))


def _by_the_model(case: Case) -> Floats:
    frame = case.frame()
    if case.model is None:
        column = frame.score_column or ""
        told = [as_numpy(b.column(column), column) for b in _batches(case, "develop", (column,))]
        return np.concatenate([np.empty(0), *told])
    with Model(case.model) as model:
        inputs = list(frame.inputs)
        asked = [model.predict(batch.select(inputs)) for batch in _batches(case, "develop", frame.inputs)]
    return np.concatenate([np.empty(0), *asked])


def _sheet(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *rows])
    return text.getvalue().encode()
