"""Rules about what a criterion sets under ``with``."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.metric import Names, Parameter, several
from assay.domain.nearest import listed, nearest
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
                    remedy="Choose a value that it can take; see: assay checks",
                )
            elif wrong := _unread(metric.parameters[name], name, value):
                yield Finding(
                    (*trail, name),
                    "parameter_unreadable",
                    f"{wrong}.",
                    remedy="Write it like that, with commas between the names; see: assay checks",
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
    """Why a text does not hold the numbers by name that the parameter is made of; empty when it does, or has none."""
    return unread(value, name, parameter.written) if parameter.written and isinstance(value, str) else ""


def parameter_names(draft: Draft, world: World) -> Iterator[Finding]:
    """A setting that names a column or a data set which does not exist."""
    columns = [column.name for column in world.dictionary.columns] if world.dictionary else []
    for i, criterion, metric in draft.known(world):
        for name, value in criterion.parameters.items():
            names = metric.parameters[name].names if name in metric.parameters else None
            named = (
                several(value)
                if names is Names.COLUMNS
                else (value,)
                if names is Names.COLUMN and value
                else ()
            )
            for column in named if columns else ():
                if column not in columns:
                    yield _unknown_column(("criteria", i, "with", name), str(column), columns)
            known = draft.names("strata")
            if names is Names.STRATUM and value and value not in known and not draft.illegible("strata"):
                yield Finding(
                    ("criteria", i, "with", name),
                    "unknown_stratum",
                    f"{value!s} is none of the strata; declared are {listed(known)}.",
                    nearest=nearest(str(value), known),
                    remedy="Declare it under 'strata', as an attribute is under 'protected'.",
                )
            if names is Names.DATA and draft.data is not None and getattr(draft.data, str(value), "") is None:
                yield Finding(
                    ("criteria", i, "with", name),
                    "data_not_declared",
                    f"{criterion.id!r} compares with {value!r}, and 'data' names no such file.",
                    remedy=f"Add '{value}:' under 'data'.",
                )


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


def _nobody_answered(draft: Draft, world: World, column: str) -> str:
    described = world.column(column)
    if draft.prediction is not None and column == draft.prediction.label:
        return "is the label"
    if draft.subject is not None and not draft.subject.has_model and column == draft.subject.model:
        return "is what the model itself answered"
    if (draft.data is not None and column in (draft.data.unit, draft.data.time)) or (
        described is not None and described.type == "identifier"
    ):
        return "says which row it is"
    return ""


def _unknown_column(trail: Trail, column: str, columns: list[str]) -> Finding:
    return Finding(
        trail,
        "unknown_column",
        f"The dictionary does not describe a column {column}.",
        nearest=nearest(column, columns),
        remedy="Name a column that the dictionary describes.",
    )


RULES: tuple[Rule, ...] = (
    parameters,
    parameter_names,
    another_answer,
    codes_listed,
)
