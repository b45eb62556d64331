"""What a run says nothing about, as far as it follows from the specification and counts of rows: a sentence each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from assay.domain import figures
from assay.domain.dictionary import Dictionary
from assay.domain.specification import Specification
from assay.domain.vocabulary import Stage

UNTESTED = {
    Stage.DATA: "Whether the data is fit for the purpose",
    Stage.PERFORMANCE: "How well the model predicts",
    Stage.ROBUSTNESS: "How the model behaves on perturbed inputs",
    Stage.FAIRNESS: "How the model treats groups",
    Stage.PRIVACY: "Whether the model gives away who was in its training data",
    Stage.SAFETY: "What happens when the model must not decide",
    Stage.OPERATIONS: "Latency, availability and monitoring in production",
    Stage.DOCUMENTATION: "Whether the documents are complete",
}

OVERLAP = "data.split_overlap"
MISSING = "data.missing_values"
OF_INPUTS = frozenset(
    {"data.complete_rows", "data.missing_by_group", "data.missing_by_period", "data.missing_by_source"}
)
"""The checks that look for missing values in the column that is named, else in all that the model is fed."""


def never_tested(specification: Specification) -> tuple[str, ...]:
    """What no criterion of a specification asks: the last that a run says of what it says nothing about."""
    tested = {c.stage for c in specification.criteria}
    absent = tuple(
        f"{what} ({stage.value}): no criterion asks."
        for stage, what in UNTESTED.items()
        if stage not in tested
    )
    return _learned_from(specification) + absent + _other_groups(specification)


def missing(
    specification: Specification,
    dictionary: Dictionary,
    lacking: Iterable[tuple[str, int, int]],
    judged_on: str,
    of_inputs: Collection[str] = OF_INPUTS,
) -> tuple[str, ...]:
    """Columns that lack values about which no criterion asks, most of them because the dictionary allows it.

    Args:
        lacking: of each documented column of the judged rows: its name, how many values are missing, of how many rows.
        judged_on: the data set that is judged; a rehearsal asks of it what is asked of the test rows. of_inputs: the checks that ask about the columns that the model is fed.
    """
    looks_at = dict.fromkeys(of_inputs, specification.subject.inputs)
    looks_at[MISSING] = tuple(c.name for c in dictionary.columns if c.missing == "never")
    asked = {
        name
        for c in specification.criteria
        if c.metric in looks_at and c.data in (judged_on, "test") and not c.where
        for name in ([str(c.parameters["column"])] if c.parameters.get("column") else looks_at[c.metric])
    }
    said = ", ".join(
        f"{name} ({number:,} of {rows:,} rows)"
        for name, number, rows in lacking
        if number and name not in asked
    )
    return (f"Missing values in {said}: no criterion asks about them.",) if said else ()


def left_out(specification: Specification, rows: int, of: int) -> str:
    """How the sentence begins that tells how many rows do not count, because one row of each unit does."""
    return f"{rows:,} of {of:,} rows were left out so that each {specification.data.unit!r} counts once;"


def in_no_group(specification: Specification, outside: Mapping[str, int], of: int) -> tuple[str, ...]:
    """How many of the labelled rows are in none of an attribute's groups; ``outside`` has their number by attribute."""
    of_the_file = " of the file" if specification.data.unit is not None else ""  # and not one of each unit
    return tuple(
        f"{name}: {outside[name]:,} of {of:,} rows{of_the_file} ({figures.percent_against(outside[name] / of, Decimal(1))}) whose "
        f"{attribute.column} {IN_NO_GROUP}"
        for name, attribute in specification.protected.items()
        if outside[name]
    )


IN_NO_GROUP = "is in none of the declared groups."
"""How the sentence of :func:`in_no_group` ends."""


def _other_groups(specification: Specification) -> tuple[str, ...]:
    """Which groups of people are looked at, each with its column: the name of an attribute alone could stand for any."""
    if not specification.protected:
        return ("Any group of people: no protected attribute is declared.",)
    declared = "; ".join(
        f"{name} is " + ", ".join(f"{label} ({attribute.definition(label)})" for label in attribute.labels())
        for name, attribute in specification.protected.items()
    )
    return (f"Any group of people but those declared: {declared}.",)


def _learned_from(specification: Specification) -> tuple[str, ...]:
    """That nobody asks whether test rows were learned: a model that remembers rows looks good on them."""
    declared = {name for name in ("train", "develop") if getattr(specification.data, name)}
    asked: set[str] = set()
    for one in specification.criteria:
        if one.metric == OVERLAP:
            other = one.parameters.get("other", "any")
            others = {"test", "train", "develop"} if other == "any" else {str(other)}
            asked |= others if one.data == "test" else {one.data} if "test" in others else set()
    left = sorted(declared - asked)
    if not asked & {"train", "develop"}:
        return ("Whether test rows were among those learned from: no criterion asks.",)
    return tuple(f"Whether test rows were among those of {name}: no criterion asks." for name in left)
