"""Have the recipe train what criteria ask for: on training rows alone, one child a model, each kept as soon as it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.app.judging.case import Case
from assay.domain.errors import AssayError, Crash, MissingExtra, SubjectError, Unwritable
from assay.domain.isolation import required
from assay.domain.needs import Refits
from assay.domain.vocabulary import ERROR_REASONS, Reason
from assay.engine.engine import Engine
from assay.engine.progress import Silence
from assay.engine.refitting import FitTask, Question, RowsTask, rows_from, run_fit, run_rows, scores_from
from assay.plan.passes import Wanted
from assay.subject.training import RecipeReference
from assay.tally.refits import Fit, Fitted, Integers, RefitView, TrainingRows

Refitted = Mapping[str, RefitView | AssayError]
"""By what a criterion asks: the models that were trained for it, or why there are none."""


def refitted(case: Case, engine: Engine) -> Refitted:
    """Train for every criterion what its check designs; equal ones once. A recipe that fails leaves the other criteria standing.

    Raises:
        MissingExtra, Unwritable: nothing was tested.
    """
    found: dict[str, RefitView | AssayError] = {}
    for wanted in case.wanted:
        if isinstance(wanted.need, Refits) and wanted.refit_key not in found:
            try:
                found[wanted.refit_key] = trained(case, wanted, wanted.need, engine)
            except (MissingExtra, Unwritable):
                raise
            except AssayError as wrong:
                found[wanted.refit_key] = _blamed(wrong)
    return found


def _blamed(wrong: AssayError) -> AssayError:
    """The error with a code that a verdict may carry; what is none of these is wrong with what the recipe returned."""
    if wrong.code in {reason.value for reason in ERROR_REASONS}:
        return wrong
    return SubjectError(wrong.message, code=Reason.RECIPE_OUTPUT_INVALID.value, remedy=wrong.remedy)


@dataclass(frozen=True, slots=True)
class _Work:
    """What all models of a criterion have in common."""

    case: Case
    engine: Engine
    recipe: RecipeReference
    columns: tuple[str, ...]

    def task(self, fit: Fit) -> FitTask:
        """The task of one model; its rows are kept where a worker finds them."""
        return FitTask(
            code_digest=self.case.code_digest,
            recipe=self.recipe,
            partitions=self.case.datasets["train"].partitions,
            columns=self.columns,
            seed=fit.seed,
            trained=self._kept(fit.trained),
            asked=tuple(Question(self._kept(a.rows), a.column, a.like) for a in fit.asked),
            size=len(fit.trained),
            held=fit.held,
            like=fit.like,
        )

    def _kept(self, rows: Integers) -> str:
        return self.engine.keep(rows.astype("<i8").tobytes())


def trained(case: Case, wanted: Wanted, need: Refits, engine: Engine) -> RefitView:
    """The models that a need asks for, with the seed of a criterion. Raises AssayError: the recipe, or what it is given, is at fault."""
    rows = _rows(case, engine, case.specification.subject.inputs if need.coded else ())
    seed = case.seed_of(wanted.refit_key)
    fits: Sequence[Fit] = need.design(rows, seed, dict(wanted.told))
    work = _Work(case, engine, _recipe(case), _columns(case))
    tasks = [work.task(fit) for fit in fits]
    title = f"{wanted.criterion.metric}: {len(tasks)} models"
    with engine.progress(title, sum(task.size for task in tasks)) as told:
        answers = engine.results(tasks, run_fit, told=told)
        made = tuple(
            Fitted(fit.trained, fit.asked, scores_from(answer, fit.asked, rows.answers.width))
            for fit, answer in zip(fits, answers, strict=True)
        )
    return RefitView(rows, made, case.specification.prediction.cut, seed)


def _rows(case: Case, engine: Engine, coded: tuple[str, ...]) -> TrainingRows:
    specification = case.specification
    task = RowsTask(
        code_digest=case.code_digest,
        partitions=case.datasets["train"].partitions,
        answers=specification.prediction.answers,
        label=specification.prediction.label,
        unit=specification.data.unit,
        coded=coded,
        fences=required(case.environment.isolation),
    )
    (answer,) = engine.results([task], run_rows, told=Silence())
    return rows_from(answer, coded, task.answers)


def _recipe(case: Case) -> RecipeReference:
    """The recipe by the digest with which the run is bound to it."""
    subject = case.specification.subject
    (source,) = (source for source in case.sources if source.role == "recipe")
    return RecipeReference(
        path=str(case.root / source.path),
        digest=source.digest,
        function=(subject.recipe or "").rpartition(":")[2],
        inputs=subject.inputs,
        python=subject.python,
        fences=required(case.environment.isolation),
        answers=case.specification.prediction.answers,
    )


def _columns(case: Case) -> tuple[str, ...]:
    """What the recipe is given: every documented column, in the order of the file."""
    documented = {column.name for column in case.dictionary.columns}
    return tuple(name for name in case.datasets["train"].names if name in documented)


def view_of(made: RefitView | AssayError | None) -> RefitView:
    """The models. Raises what went wrong instead."""
    if made is None:
        raise Crash("The recipe was not asked for a model.", code=Reason.NOT_MEASURED.value)
    if isinstance(made, AssayError):
        raise made
    return made
