"""Rules about columns: what the model is fed, what it predicts, and the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.dictionary import is_index_of_pandas
from assay.domain.nearest import nearest


def unknown_column(draft: Draft, world: World) -> Iterator[Finding]:
    """A column that the dictionary does not describe."""
    if world.dictionary is None:
        return
    names = [column.name for column in world.dictionary.columns]
    for trail, name, what in _columns_named(draft):
        if name not in names:
            yield Finding(
                trail,
                "unknown_column",
                f"{what} is {name!r}, which the dictionary does not describe.",
                nearest=nearest(name, names),
                remedy="Correct the name, or describe the column in the dictionary.",
            )


def column_in_no_data(draft: Draft, world: World) -> Iterator[Finding]:
    """A column that a data set lacks."""
    for trail, name, what in _columns_named(draft):
        for data, columns in world.columns.items():
            if name not in columns and (world.dictionary is None or world.column(name) is not None):
                yield Finding(
                    trail,
                    "column_not_in_data",
                    f"{what} is {name!r}, which the data set {data!r} does not have.",
                    nearest=nearest(name, columns),
                    remedy="Correct the name, or write the column into the data set.",
                )


def inputs_twice(draft: Draft, _: World) -> Iterator[Finding]:
    """A column that is fed twice."""
    inputs = draft.subject.inputs if draft.subject else ()
    for i, name in enumerate(inputs):
        if name in inputs[:i]:
            yield Finding(
                ("subject", "inputs", i),
                "input_twice",
                f"The column {name!r} is fed to the model twice.",
                remedy="Delete one of the two.",
            )


def input_that_knows(draft: Draft, world: World) -> Iterator[Finding]:
    """The truth, or the name of the person, among the inputs."""
    for i, name in enumerate(draft.subject.inputs if draft.subject else ()):
        column = world.column(name)
        trail: Trail = ("subject", "inputs", i)
        if draft.prediction is not None and name == draft.prediction.label:
            yield Finding(
                trail,
                "label_among_inputs",
                f"The model is fed the label {name!r}, which is what it should predict.",
                remedy="Train the model without it, and delete it here.",
            )
        elif (draft.data is not None and name == draft.data.unit) or (column and column.type == "identifier"):
            yield Finding(
                trail,
                "identifier_among_inputs",
                f"The model is fed {name!r}, which only names the person or case.",
                remedy="Train it without this column.",
            )


def score_is_the_label(draft: Draft, _: World) -> Iterator[Finding]:
    """Scores made elsewhere that are the truth itself."""
    if draft.subject is None or draft.prediction is None or draft.subject.has_model:
        return
    if draft.subject.model == draft.prediction.label:
        yield Finding(
            ("subject", "model"),
            "score_is_the_label",
            f"The scores are read from the label {draft.prediction.label!r}, which is what they should predict.",
            remedy="Name the column that holds the model's scores.",
        )


def label_is_protected(draft: Draft, _: World) -> Iterator[Finding]:
    """Groups made from the truth itself."""
    for name, attribute in draft.protected.items():
        if draft.prediction is not None and attribute.column == draft.prediction.label:
            yield Finding(
                ("protected", name, "column"),
                "label_is_protected",
                f"The groups of {name!r} are made from the label, so they cannot be compared on it.",
                remedy="Name the column that holds the attribute.",
            )


def same_file_twice(draft: Draft, _: World) -> Iterator[Finding]:
    """Test rows that are the training rows under another name."""
    if draft.data is None:
        return
    seen: dict[str, str] = {}
    for role in ("test", "train", "develop"):
        file = getattr(draft.data, role)
        if file is not None and file in seen:
            yield Finding(
                ("data", role),
                "same_file_twice",
                f"{role!r} names the same file as {seen[file]!r}; what a model has learned cannot test it.",
                remedy="Name a file with rows of their own.",
            )
        seen.setdefault(file, role)


def index_of_pandas(draft: Draft, world: World) -> Iterator[Finding]:
    """A column that nobody made: the row index that pandas wrote into the file."""
    for role, columns in world.columns.items():
        for name in sorted(filter(is_index_of_pandas, columns)):
            if world.dictionary is not None and draft.data is not None and world.column(name) is None:
                yield Finding(
                    ("data", role),
                    "index_of_pandas",
                    f"The {role} data hold {name!r}, the row index that pandas wrote into the file; it says nothing "
                    "about anybody.",
                    remedy="Write the file again with index=False, or describe the column in the dictionary.",
                )


def repeats_of_no_identifier(draft: Draft, world: World) -> Iterator[Finding]:
    """A word about rows that share an identifier, where the column is none or is the unit."""
    for name in draft.data.repeated_identifiers if draft.data is not None else ():
        column = world.column(name)
        unit = draft.data is not None and name == draft.data.unit
        if unit or (column is not None and column.type != "identifier"):
            yield Finding(
                ("data", "repeated_identifiers", name),
                "repeats_of_no_identifier",
                f"An identifier besides the unit is expected; {name!r} is "
                + (
                    "the unit, of which one row counts."
                    if unit
                    else f"{column.type if column else ''} by the dictionary."
                ),
                remedy="Delete it here, or correct its type in the dictionary.",
                key=True,
            )


def no_reference_rows(draft: Draft, _: World) -> Iterator[Finding]:
    """Test rows alone: what must be known beforehand would have to be taken from them."""
    if draft.data is not None and draft.data.develop is None and draft.data.train is None:
        yield Finding(
            ("data",),
            "no_reference_rows",
            "'develop' or 'train' is expected: the plan, small groups and the spread of columns are taken from rows "
            "that are not the test rows.",
            remedy="Name the rows on which the model was tuned or from which it learned.",
        )


RULES: tuple[Rule, ...] = (
    unknown_column,
    column_in_no_data,
    inputs_twice,
    input_that_knows,
    score_is_the_label,
    label_is_protected,
    same_file_twice,
    no_reference_rows,
    index_of_pandas,
    repeats_of_no_identifier,
)


def _columns_named(draft: Draft) -> Iterator[tuple[Trail, str, str]]:
    """Every mention of a column: where, which, and what it is there."""
    if draft.subject is not None:
        for i, name in enumerate(draft.subject.inputs):
            yield ("subject", "inputs", i), name, "An input of the model"
        if not draft.subject.has_model:
            yield ("subject", "model"), draft.subject.model, "The column of scores"
    if draft.prediction is not None:
        yield ("prediction", "label"), draft.prediction.label, "The label"
    for role in ("unit", "time"):
        column: str | None = getattr(draft.data, role, None)
        if column is not None:
            yield ("data", role), column, f"The column of the {role}"
    for name in draft.data.repeated_identifiers if draft.data is not None else ():
        yield ("data", "repeated_identifiers", name), name, "The identifier"
    for block, attribute, definition in draft.attributes():
        yield (block, attribute, "column"), definition.column, f"The column of {attribute!r}"
