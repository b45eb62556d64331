"""Rules about what a criterion sets under ``with``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.metric import TIME, Names, Parameter, several
from assay.domain.nearest import listed, nearest
from assay.domain.vocabulary import Task
from assay.domain.written import unread


def parameters(draft: Draft, world: World) -> Iterator[Finding]:
    """Settings that the metric lacks, needs, or cannot take."""
    for i, criterion, metric in draft.known(world):
        trail = ("criteria", i, "with")
        for name, value in criterion.parameters.items():
            if name not in metric.parameters:
                yield Finding(
                    (*trail, name),
                    "unknown_parameter",
                    f"{criterion.metric!r} has no setting {name!r}; it has {listed(metric.parameters)}.",
                    nearest=nearest(name, metric.parameters),
                    key=True,
                    remedy="Delete it, or see what can be set with: assay checks",
                )
            elif expected := metric.parameters[name].refuses(value):
                yield Finding(
                    (*trail, name),
                    "parameter_out_of_range",
                    f"{name!r} of {criterion.metric!r} is {expected}; found {value!s}.",
                    remedy=f"Choose a value that it can take. It is: {metric.parameters[name].description}",
                )
            elif wrong := _unread(metric.parameters[name], name, value):
                yield Finding(
                    (*trail, name),
                    "parameter_unreadable",
                    f"{wrong[:1].upper()}{wrong[1:]}.",
                    remedy=f"Write it like that, with commas between them; see: assay checks {criterion.metric}",
                )
        for name, parameter in metric.parameters.items():
            if parameter.default is None and name not in criterion.parameters:
                yield Finding(
                    trail if criterion.parameters else ("criteria", i),
                    "parameter_missing",
                    f"{criterion.metric!r} needs the setting {name!r}: {parameter.description}",
                    remedy="Add it under its 'with:'.",
                )


def _unread(parameter: Parameter, name: str, value: object) -> str:
    """Why a text does not hold the numbers that the parameter is made of; empty when it does, is what is meant where none is given, or has none."""
    if parameter.written is None or not isinstance(value, str) or value == parameter.default:
        return ""
    return unread(value, name, parameter.written)


def parameter_names(draft: Draft, world: World) -> Iterator[Finding]:
    """A setting that names something which does not exist: a column, a stratum, a protected attribute, a data set."""
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            names = metric.parameters[name].names if name in metric.parameters else None
            if names is not None and value:
                trail: Trail = ("criteria", i, "with", name)
                yield from _NAMED[names](_Named(trail, criterion.id, str(value)), draft, world)


@dataclass(frozen=True, slots=True)
class _Named:
    """A setting that names something: where it stands, of which criterion, and what it says."""

    trail: Trail
    criterion: str
    said: str


def _column(named: _Named, _: Draft, world: World) -> Iterator[Finding]:
    columns = [column.name for column in world.dictionary.columns] if world.dictionary else []
    if columns and named.said not in columns:
        yield Finding(
            named.trail,
            "unknown_column",
            f"The dictionary does not describe a column {named.said}.",
            nearest=nearest(named.said, columns),
            remedy="Name a column that the dictionary describes.",
        )


def _columns(named: _Named, draft: Draft, world: World) -> Iterator[Finding]:
    for column in several(named.said):
        yield from _column(replace(named, said=column), draft, world)


def _undeclared(
    named: _Named, said: str, draft: Draft, block: str, code: str, of: str, remedy: str
) -> Iterator[Finding]:
    """That a block declares no such name, if the block can be read; ``of``: what the name is none of."""
    known = draft.names(block)
    if said not in known and not draft.illegible(block):
        yield Finding(
            named.trail,
            code,
            f"{said!r} is {of}; declared are {listed(known)}.",
            nearest=nearest(said, known),
            remedy=remedy,
        )


def _stratum(named: _Named, draft: Draft, _: World) -> Iterator[Finding]:
    remedy = "Declare it under 'strata', as an attribute is under 'protected'."
    yield from _undeclared(
        named, named.said, draft, "strata", "unknown_stratum", "none of the strata", remedy
    )


def _parted(named: _Named, draft: Draft, world: World) -> Iterator[Finding]:
    if named.said != TIME:
        yield from _stratum(named, draft, world)
    elif draft.data is not None and draft.data.time is None:
        yield Finding(
            named.trail,
            "not_declared",
            f"{named.criterion!r} goes by the column that says when, and 'data' names none.",
            remedy="Add 'time:' under 'data', or name a stratum.",
        )


def _attributes(named: _Named, draft: Draft, _: World) -> Iterator[Finding]:
    for attribute in several(named.said):
        remedy = "Declare it under 'protected'."
        yield from _undeclared(
            named, attribute, draft, "protected", "unknown_attribute", "no protected attribute", remedy
        )


def _data(named: _Named, draft: Draft, _: World) -> Iterator[Finding]:
    if draft.data is not None and getattr(draft.data, named.said, "") is None:
        yield Finding(
            named.trail,
            "data_not_declared",
            f"{named.criterion!r} compares with {named.said!r}, and 'data' names no such file.",
            remedy=f"Add '{named.said}:' under 'data'.",
        )


_NAMED: Mapping[Names, Callable[[_Named, Draft, World], Iterator[Finding]]] = {
    Names.COLUMN: _column,
    Names.COLUMNS: _columns,
    Names.STRATUM: _stratum,
    Names.PARTED: _parted,
    Names.ATTRIBUTES: _attributes,
    Names.DATA: _data,
}
"""By what a setting names, what is said where there is none."""


def another_answer(draft: Draft, world: World) -> Iterator[Finding]:
    """A column that is to hold what another answered, and is the label, the model's own scores, or names rows."""
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            if name not in metric.parameters or not metric.parameters[name].anothers:
                continue
            for column in several(value) if metric.parameters[name].names is Names.COLUMNS else (str(value),):
                if why := _nobody_answered(draft, world, column):
                    yield Finding(
                        ("criteria", i, "with", name),
                        "not_another_answer",
                        f"{name!r} of {criterion.metric!r} is what another answered; {column} {why}.",
                        remedy="Name the column in which that stands.",
                    )


def parts_of_own_scores(draft: Draft, world: World) -> Iterator[Finding]:
    """Groups that are compared within parts of the model's own scores: rows of one part are decided alike, whatever lies between the parts."""
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            stratum = draft.strata.get(str(value))
            if (
                name not in metric.parameters
                or not metric.parameters[name].before_decision
                or stratum is None
            ):
                continue
            if stratum.column == draft.own_scores:
                yield Finding(
                    ("criteria", i, "with", name),
                    "parts_of_own_scores",
                    f"{value!r} parts the rows by {stratum.column}, which is what the model itself answered: whoever has nearly the same score is decided "
                    "alike, so that hardly anything is compared within its parts.",
                    remedy="Name strata of what is known before the decision.",
                )


def not_zero_or_one(draft: Draft, world: World) -> Iterator[Finding]:
    """A column that is to hold 0 or 1, and which the dictionary describes as something else."""
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            if name not in metric.parameters or not metric.parameters[name].zero_or_one:
                continue
            column = world.column(str(value))
            if column is not None and not column.has_zero_and_one:
                yield Finding(
                    ("criteria", i, "with", name),
                    "not_zero_or_one",
                    f"{name!r} of {criterion.metric!r} is a column of 0 and 1; the dictionary describes {column.name!r} as {column.told}.",
                    remedy="Name the column in which that stands, or document in the dictionary that its codes are 0 and 1.",
                )


def codes_listed(draft: Draft, world: World) -> Iterator[Finding]:
    """A list of a column's codes with one that the dictionary does not document: nobody has it, and nothing is asked by it."""
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            of = metric.parameters[name].codes_of if name in metric.parameters else ""
            column = world.column(str(criterion.parameters.get(of, ""))) if of else None
            if column is None:
                continue
            documented = [str(code) for code in column.codes_of_its_values or ()]
            unknown = [code for code in several(value) if code not in documented]
            if not documented:
                said = (
                    f"The dictionary documents no codes of {column.name!r}, of which {name!r} lists {value}."
                )
            elif unknown:
                said = f"The dictionary has no code {unknown[0]} for {column.name!r}; it has {', '.join(documented)}."
            else:
                continue
            remedy = "List codes as the dictionary has them, each with its meaning there: one that nobody has asks nothing."
            yield Finding(("criteria", i, "with", name), "codes_not_documented", said, remedy=remedy)


def nothing_decided(draft: Draft, world: World) -> Iterator[Finding]:
    """A setting that asks about decisions, of a model of numbers, which makes none; also where it is the one that is meant without a word."""
    if draft.prediction is not None and draft.prediction.task is Task.REGRESSION:
        said = "asks about decisions; the model predicts a number"
        yield from _unfit(draft, world, draft.prediction.task, lambda p: p.decided, "nothing_decided", said)


def no_two_labels(draft: Draft, world: World) -> Iterator[Finding]:
    """A setting that asks about the labels 0 and 1, of a task that has others; also where it is the one that is meant without a word."""
    if draft.prediction is not None and draft.prediction.task is not Task.BINARY:
        task = draft.prediction.task
        said = f"asks about the labels 0 and 1; the task is {task.value}"
        yield from _unfit(
            draft,
            world,
            task,
            lambda p: p.of_two_labels,
            "no_two_labels",
            said,
        )


def _unfit(
    draft: Draft,
    world: World,
    task: Task,
    about: Callable[[Parameter], tuple[str, ...]],
    code: str,
    said: str,
) -> Iterator[Finding]:
    """Choices that a task cannot have, of metrics that are for it."""
    for i, criterion, metric in draft.known(world):
        for name, parameter in metric.parameters.items() if task in metric.tasks else ():
            value = criterion.parameters.get(name, parameter.default)
            if value not in about(parameter):
                continue
            others = " or ".join(
                f"'{name}: {choice}'" for choice in parameter.choices if choice not in parameter.unfit(task)
            )
            yield Finding(
                ("criteria", i, "with", name) if name in criterion.parameters else ("criteria", i),
                code,
                f"{name!r} of {criterion.metric!r} is {value}{'' if name in criterion.parameters else ' where nothing is set'}, which {said} "
                f"({criterion.id!r}).",
                remedy=f"Write {others} under its 'with:'.",
            )


def _nobody_answered(draft: Draft, world: World, column: str) -> str:
    described = world.column(column)
    if draft.prediction is not None and column == draft.prediction.label:
        return "is the label"
    if column == draft.own_scores:
        return "is what the model itself answered"
    if (draft.data is not None and column in (draft.data.unit, draft.data.time)) or (
        described is not None and described.type == "identifier"
    ):
        return "says which row it is"
    return ""


RULES: tuple[Rule, ...] = (
    parameters,
    parameter_names,
    another_answer,
    parts_of_own_scores,
    not_zero_or_one,
    codes_listed,
    nothing_decided,
    no_two_labels,
)
