"""A catalogue entry that a package told, read in full before it counts as one: it is looked at like a hostile file."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, get_args

from assay.checks.check import Check, Example, Measure, stage_of, validate
from assay.domain.evidence import Counts
from assay.domain.metric import Metric, Parameter
from assay.domain.needs import Need, Outcomes, Perturbed, Profiles, Refits, RowSets, Sections, Stated
from assay.domain.plain import from_plain, kind
from assay.domain.vocabulary import Comparator, Verdict

Arguments = Mapping[str, Decimal | int | str | None]
MOST_CHECKS = 1_000
_MOST_TEXT, _MOST_LINE = 20_000, 1_000
_NEEDS: Mapping[str, type[Need]] = {kind(n): n for n in (Outcomes, Profiles, RowSets, Sections, Stated)}
_PERTURBED = kind(Perturbed)
NEEDS = frozenset({*_NEEDS.values(), Perturbed})
"""What a check of another package may need: tables and models of a recipe are for Assay's own."""
Change = Callable[..., dict[str, Any]]


class NoEntry(ValueError):
    """What was told is no catalogue entry; the message is the end of a sentence about the package."""


def id_of(told: Any) -> str:
    """The id that an entry claims, before anything else of it is read."""
    try:
        return line(told["metric"]["id"], "the id of a check")
    except (KeyError, TypeError) as wrong:
        raise NoEntry("it told of a check without an id") from wrong


def check_of(
    told: Any,
    *,
    module: str,
    measure: Callable[[Metric], Measure],
    change: Change,
    view: Callable[[int], Any],
) -> Check:
    """The check that an entry tells of; ``measure``, ``change`` and ``view`` ask the package's child.

    Args:
        told: what the child told. module: the module of its entry point. view: the view of an example, by its place.

    Raises:
        NoEntry: when anything of it is not as a check in this process would have to have it.
    """
    id_ = id_of(told)
    try:
        metric: Metric = from_plain(told["metric"], Metric)
        need = _need(told["need"], change)
        _look_at(metric, need)
        function = measure(metric)
        function.__doc__ = _text(told["doc"], "the docstring")
        function.__module__ = module
        function.__dict__["__signature__"] = _signature(told["keywords"])
        examples = tuple(_example(one, i, view) for i, one in enumerate(told["examples"]))
        made = Check(metric, need, function, examples)
        validate(made)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as wrong:
        why = (
            line(str(wrong)[:_MOST_LINE].replace("\n", " "), "a reason")
            if isinstance(wrong, ValueError)
            else ""
        )
        raise NoEntry(f"its entry for {id_!r} is none{f': {why}' if why else ''}") from wrong
    return made


def _need(told: Any, change: Change) -> Need:
    if told == _PERTURBED:
        return Perturbed(change)
    if told == kind(Refits):
        raise NoEntry("it has models trained, which is for checks of Assay alone")
    if told not in _NEEDS:
        known = ", ".join((*_NEEDS, _PERTURBED))
        raise ValueError(f"a check of another package needs one of {known}")
    return _NEEDS[told]()


def line(told: Any, what: str, most: int = _MOST_LINE) -> str:
    """A text of one printable line."""
    if not isinstance(told, str) or len(told) > most or not told.isprintable():
        raise NoEntry(f"{what} is no printable line of at most {most:,} characters")
    return told


def _text(told: Any, what: str) -> str:
    if not isinstance(told, str) or len(told) > _MOST_TEXT:
        raise NoEntry(f"{what} is no text of at most {_MOST_TEXT:,} characters")
    for one in inspect.cleandoc(told).split("\n"):
        line(one, f"a line of {what}")
    return told


def _look_at(metric: Metric, need: Need) -> None:
    if stage_of(metric.id) is not metric.stage:
        raise NoEntry("its stage is not the one of its id")
    told = (metric.needs_model, metric.changes_inputs, metric.by_row, metric.refits)
    if told != (need.asks_model, need.changes_inputs, need.by_row, need.refits):
        raise NoEntry("it says otherwise than its need whether the model is asked")
    if not metric.comparators or len(set(metric.comparators)) != len(metric.comparators):
        raise NoEntry("it has no comparator, or one twice")
    for text in (metric.title, metric.estimand, metric.reading):
        if not line(text, "its title, estimand or reading").strip():
            raise NoEntry("its title, estimand or reading is empty")
    _finite(metric.low, metric.high, metric.ideal)
    if metric.low is not None and metric.high is not None and metric.low >= metric.high:
        raise NoEntry("its range is empty")
    for name, parameter in metric.parameters.items():
        _look_at_parameter(name, parameter)


def _look_at_parameter(name: str, parameter: Parameter) -> None:
    if not name.isidentifier() or name in {"across", "reference"}:
        raise NoEntry("a parameter has no name that it can have")
    line(parameter.description, f"the description of {name!r}")
    _finite(parameter.low, parameter.high, parameter.default)
    for choice in parameter.choices:
        line(choice, f"a choice of {name!r}")
    if isinstance(parameter.default, str):
        line(parameter.default, f"the default of {name!r}")
    if parameter.default is not None and (expected := parameter.refuses(parameter.default)):
        raise NoEntry(f"the default of {name!r} is not {expected}")


def _finite(*numbers: object) -> None:
    if any(isinstance(number, Decimal) and not number.is_finite() for number in numbers):
        raise NoEntry("a number is not finite")


def _signature(told: Any) -> inspect.Signature:
    """What the function asks for by name."""
    names = [line(name, "the name of an argument") for name in told]
    kinds = inspect.Parameter
    view = kinds("view", kinds.POSITIONAL_ONLY)
    return inspect.Signature(
        [view, *(kinds(name, kinds.KEYWORD_ONLY) for name in names)], return_annotation=Counts
    )


def _example(told: Any, index: int, view: Callable[[int], Any]) -> Example:
    threshold = line(told["threshold"], "the threshold of an example")
    _finite(Decimal(threshold))
    arguments = from_plain(told["arguments"], Arguments)
    _finite(*arguments.values())
    return Example(
        says=line(told["says"], "an example"),
        view=lambda: view(index),
        comparator=Comparator(told["comparator"]),
        threshold=threshold,
        verdict=Verdict(told["verdict"]),
        arguments=arguments or None,
        reference=None if told["reference"] is None else line(told["reference"], "a group"),
        across=None if told["across"] is None else line(told["across"], "a grouping"),
    )


KINDS = ", ".join(one.__name__ for one in get_args(Counts))
"""What a check may return, for a sentence."""
