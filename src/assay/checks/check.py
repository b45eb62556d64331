"""What a check is: an identity, a need, a function from a tally to counts, and its own examples.

To add a check is to add one file with a function under :func:`check` and to name the file in the entry-point
group ``assay.checks``. Built-in checks use the same door.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Across, Claim, Declared, Metric, Parameter, Unit
from assay.domain.needs import Need
from assay.domain.settled import Settled
from assay.domain.telling import fault_in_reading
from assay.domain.vocabulary import Comparator, Reason, Stage, Task, Verdict

Measure = Callable[..., Counts]
Arguments = Mapping[str, Decimal | int | str]
Comparators = tuple[Comparator, ...]

AT_LEAST: Comparators = (Comparator.AT_LEAST,)
AT_MOST: Comparators = (Comparator.AT_MOST,)
EITHER: Comparators = (Comparator.AT_LEAST, Comparator.AT_MOST)
ZERO, ONE = Decimal(0), Decimal(1)

SECTIONS = ("Purpose", "Method", "Limits", "Remedy")
"""The headings that a check's docstring must have, in this order."""

ORACLE = "Oracle"
"""The heading under which it says what its figures were held against, and in which test: not itself. Assay's own checks have it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A tally and a threshold with the verdict that follows; tests and the catalogue page are made of these.

    ``view`` builds what the check is handed. ``arguments`` are the check's parameters.
    """

    says: str
    view: Callable[[], Any]
    comparator: Comparator
    threshold: str
    verdict: Verdict
    arguments: Arguments | None = None
    reference: str | None = None
    across: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check: its catalogue entry, its need, its function and its examples."""

    metric: Metric
    need: Need
    measure: Measure
    examples: tuple[Example, ...]

    @property
    def id(self) -> str:
        """``stage.name``."""
        return self.metric.id

    @property
    def module(self) -> str:
        """The module that defines it, whose source is part of every cache key."""
        return self.measure.__module__

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return inspect.cleandoc(self.measure.__doc__ or "").partition("\n\n")[0].replace("\n", " ")

    @property
    def sections(self) -> dict[str, str]:
        """The text under each heading of the docstring: purpose, method, limits, remedy."""
        return _sections(inspect.cleandoc(self.measure.__doc__ or ""))

    @property
    def oracle(self) -> str:
        """What its figures were held against, and in which test; empty where it does not say."""
        return self.sections.get(ORACLE, "")

    def bind(self, arguments: Arguments | None = None) -> dict[str, Decimal | int | str]:
        """Every parameter with its value: the one given, else the default.

        Raises:
            ValueError: for an argument that the check does not know, or a required one that is not given.
        """
        given = dict(arguments or {})
        unknown = sorted(given.keys() - self.metric.parameters.keys())
        if unknown:
            raise ValueError(f"The check {self.id!r} has no parameter {', '.join(map(repr, unknown))}.")
        bound: dict[str, Decimal | int | str] = {}
        for name, parameter in self.metric.parameters.items():
            value = given.get(name, parameter.default)
            if value is None:
                raise ValueError(f"The check {self.id!r} needs a value for its parameter {name!r}.")
            bound[name] = value
        return bound

    def count(
        self,
        view: Any,
        *,
        across: str | None = None,
        reference: str | None = None,
        arguments: Arguments | None = None,
    ) -> Counts:
        """Measure: hand ``view`` to the function, with those of the other arguments that it asks for by name.

        A grouping that was asked for and of which the view holds no group is undefined; it is never answered by
        the figure for all rows.

        Raises:
            ValueError: when the arguments are not those of the check.
        """
        bound = self.bind(arguments)
        self._refuse_what_the_metric_lacks(across=across, reference=reference)
        if across is not None and not getattr(view, "groups", True):
            return Undefined(Reason.EMPTY_GROUP, f"No group of {across!r} is in this data.")
        offered = {"across": across, "reference": reference, **bound}
        wanted = keywords(self.measure)
        return self.measure(view, **{name: offered[name] for name in wanted})

    def _refuse_what_the_metric_lacks(self, *, across: str | None, reference: str | None) -> None:
        if across is None and self.metric.across is Across.REQUIRED:
            raise ValueError(f"The check {self.id!r} compares groups and needs 'across'.")
        if across is not None and self.metric.across is Across.NEVER:
            raise ValueError(
                f"The check {self.id!r} does not compare groups; 'across' has no meaning for it."
            )
        if reference is not None and not self.metric.reference:
            raise ValueError(f"The check {self.id!r} compares with no reference group.")


def check(
    *,
    id: str,  # noqa: A002 - the word of the vocabulary
    title: str,
    estimand: str,
    unit: Unit,
    reading: str,
    need: Need,
    comparators: Comparators,
    examples: tuple[Example, ...],
    low: Decimal | None = ZERO,
    high: Decimal | None = ONE,
    ideal: Decimal | None = None,
    across: Across = Across.NEVER,
    pairwise: bool = False,
    reference: bool = False,
    census: bool = False,
    parameters: Mapping[str, Parameter] | None = None,
    tasks: tuple[Task, ...] | None = None,
    claim: Claim = Claim.ASSOCIATION,
    declared: tuple[Declared, ...] = (),
    settled: Settled | None = None,
    evidence_only: bool = False,
) -> Callable[[Measure], Check]:
    """Make a check of a function ``measure(view, *, across, reference, **parameters) -> Counts``.

    The function's docstring is the check's catalogue page and must have the headings Purpose, Method, Limits and
    Remedy. It is handed the view that its need names and returns counts; whether they pass is not its business.
    ``unit`` and ``reading`` say how a person is told the value (:mod:`assay.domain.telling`).
    It names, as keywords, only what it uses: ``across``, ``reference`` and the parameters. These go to the ``change`` of a check that
    needs :class:`~assay.domain.needs.Perturbed`, and to the ``tabulate`` of one that brings a table, as well, through the context.
    ``pairwise`` says that it compares groups with each other: small groups are then judged against every group,
    the view's ``focus`` naming them. Whether it asks the model, and with changed inputs, follows from its need, and so does
    whether the recipe trains models for it, whose ``design`` is told the parameters too: a criterion of it can only be advisory.

    ``tasks``: the kinds of prediction that it is for, where that is not what its need says. ``claim``: that it is about causes; a
    specification must then declare a causal graph. ``declared``: what else it must then declare. ``settled``: how what a specification declares narrows the range between ``low``
    and ``high``. ``evidence_only``: that a criterion of it can only be advisory, as one of a check whose need has models trained.

    Raises:
        ValueError: when the id is not ``stage.name`` with a known stage, the docstring lacks a heading, the reading
            names what it cannot be told, the function asks for something it cannot get, or there is not at least
            one passing and one other example.
    """
    metric = Metric(
        id=id,
        stage=stage_of(id),
        title=title,
        estimand=estimand,
        unit=unit,
        reading=reading,
        low=low,
        high=high,
        ideal=ideal,
        comparators=comparators,
        across=across,
        pairwise=pairwise,
        reference=reference,
        census=census,
        needs_model=need.asks_model,
        changes_inputs=need.changes_inputs,
        by_row=need.by_row,
        refits=need.refits,
        evidence_only=evidence_only or need.refits,
        parameters=dict(parameters or {}),
        tasks=need.tasks if tasks is None else tasks,
        claim=claim,
        declared=declared,
        settled=settled,
    )

    def register(measure: Measure) -> Check:
        made = Check(metric=metric, need=need, measure=measure, examples=examples)
        validate(made)
        return made

    return register


_ID = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*")


def stage_of(id_: str) -> Stage:
    """The stage that an id begins with. Raises ValueError when it is not ``stage.name``."""
    stage = id_.partition(".")[0]
    if not _ID.fullmatch(id_) or stage not in set(Stage):
        raise ValueError(f"A check's id is 'stage.name' with a stage of {', '.join(Stage)}; found {id_!r}.")
    return Stage(stage)


def validate(made: Check) -> None:
    """Refuse a check that :func:`check` would not make.

    Raises:
        ValueError: see there.
    """
    lacking = [heading for heading in SECTIONS if not made.sections.get(heading)]
    if lacking:
        raise ValueError(f"The check {made.id!r} has no {' and no '.join(lacking)} in its docstring.")
    if fault := fault_in_reading(made.metric):
        raise ValueError(f"The reading of the check {made.id!r} {fault}.")
    verdicts = {example.verdict for example in made.examples}
    if Verdict.PASS not in verdicts or len(verdicts) < 2:
        raise ValueError(f"The check {made.id!r} needs a passing example and one that does not pass.")
    if made.metric.reference and not made.metric.pairwise:
        raise ValueError(
            f"The check {made.id!r} declares a reference group and does not say that it is pairwise."
        )
    if made.metric.pairwise and made.metric.across is Across.NEVER:
        raise ValueError(f"The check {made.id!r} is pairwise and never compares groups.")
    _validate_keywords(made)


def _validate_keywords(made: Check) -> None:
    wanted, parameters = set(keywords(made.measure)), set(made.metric.parameters)
    unknown = wanted - parameters - {"across", "reference"}
    if unknown:
        raise ValueError(f"The check {made.id!r} asks for {', '.join(sorted(unknown))}, which it never gets.")
    if made.metric.settled and (strange := set(made.metric.settled.settings) - parameters):
        raise ValueError(
            f"The range of {made.id!r} follows from {', '.join(sorted(strange))}, which it does not declare."
        )
    unused = parameters - wanted
    if unused and not made.need.tells_settings:
        raise ValueError(f"The check {made.id!r} declares {', '.join(sorted(unused))} and does not use it.")
    if made.metric.reference and "reference" not in wanted:
        raise ValueError(f"The check {made.id!r} declares a reference group and does not use it.")


def keywords(measure: Measure) -> tuple[str, ...]:
    """What a check's function asks for by name."""
    parameters = inspect.signature(measure).parameters.values()
    return tuple(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY)


def _sections(docstring: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in docstring.splitlines():
        heading, colon, rest = line.partition(":")
        if colon and heading in (*SECTIONS, ORACLE):
            current = found.setdefault(heading, [])
            line = rest
        current.append(line.strip())
    return {heading: " ".join(line for line in lines if line) for heading, lines in found.items()}
