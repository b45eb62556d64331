"""Rules about numbers at which rows are parted by what is predicted."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.specification.criteria import Criterion
from assay.domain.written import Written, unread, written_numbers


def outside_of_range(draft: Draft, world: World) -> Iterator[Finding]:
    """A number at which rows are to be parted by what is predicted, and which all of them reach, or none can."""
    if draft.prediction is None:
        return
    answers = draft.prediction.answers
    for i, criterion, name in _asked(draft, world):
        text = criterion.parameters.get(name, "")
        # Another rule tells a text that holds no numbers.
        cuts = written_numbers(text, name) if isinstance(text, str) and _is_read(text, name) else ()
        outside = [cut for cut in cuts if not answers.low < cut <= answers.high]
        if outside:
            said = "every number reaches" if outside[0] <= answers.low else "no number can reach"
            yield Finding(
                ("criteria", i, "with", name),
                "outside_of_range",
                f"{name!r} of {criterion.metric!r} parts the rows at {outside[0]}, which {said}: what is predicted lies between "
                f"{answers.low:.15g} and {answers.high:.15g}.",
                remedy="Name a number within the range, above its least.",
            )


def cuts_of_own_rows(draft: Draft, world: World) -> Iterator[Finding]:
    """Numbers at which rows are to be parted, taken from the labels of the very rows that are counted: no bound knows of that choice."""
    if draft.data is None:
        return
    reference = draft.data.reference
    for i, criterion, name in _asked(draft, world):
        if criterion.data == reference and not criterion.parameters.get(name):
            yield Finding(
                ("criteria", i, "data"),
                "cuts_of_own_rows",
                f"{criterion.id!r} is judged on {reference!r}, whose labels would also say at which numbers its rows are parted.",
                remedy=f"Name numbers, as '{name}: 10, 20' under its 'with:', or judge other rows.",
            )


def _asked(draft: Draft, world: World) -> Iterator[tuple[int, Criterion, str]]:
    """The criteria that part rows by what is predicted, each with the name of the setting that says where."""
    for i, criterion, metric in draft.known(world):
        for name, parameter in metric.parameters.items():
            if parameter.of_answers:
                yield i, criterion, name


def _is_read(text: str, name: str) -> bool:
    return not unread(text, name, Written.NUMBERS)


RULES: tuple[Rule, ...] = (outside_of_range, cuts_of_own_rows)
