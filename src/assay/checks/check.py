"""What a check is: an identity, a need, a function from a tally to counts, and its own examples.

To add a check is to add one file with a function under :func:`check` and to name the file in the entry-point
group ``assay.checks``. Built-in checks use the same door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assay.domain.evidence import Counts
from assay.domain.metric import Across, Metric, Parameter
from assay.domain.needs import Need
from assay.domain.vocabulary import Comparator, Stage, Verdict

Measure = Callable[..., Counts]
Comparators = tuple[Comparator, ...]

AT_LEAST: Comparators = (Comparator.AT_LEAST,)
AT_MOST: Comparators = (Comparator.AT_MOST,)
EITHER: Comparators = (Comparator.AT_LEAST, Comparator.AT_MOST)
ZERO, ONE = Decimal(0), Decimal(1)


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
    arguments: Mapping[str, Decimal | int | str] | None = None
    reference: str | None = None


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


def check(
    *,
    id: str,  # noqa: A002 - the word of the vocabulary
    title: str,
    estimand: str,
    need: Need,
    comparators: Comparators,
    examples: tuple[Example, ...],
    low: Decimal | None = ZERO,
    high: Decimal | None = ONE,
    across: Across = Across.NEVER,
    reference: bool = False,
    census: bool = False,
    needs_model: bool = True,
    parameters: Mapping[str, Parameter] | None = None,
) -> Callable[[Measure], Check]:
    """Make a check of a function ``measure(view, **parameters) -> Counts``.

    The function's docstring is the check's catalogue page and must have the headings Purpose, Method, Limits and
    Remedy. It is handed the view that its need names and returns counts; whether they pass is not its business.

    Raises:
        ValueError: when the id has no known stage, the docstring lacks a heading, or there is not at least one
            passing and one other example.
    """
    metric = Metric(
        id=id,
        stage=Stage(id.partition(".")[0]),
        title=title,
        estimand=estimand,
        low=low,
        high=high,
        comparators=comparators,
        across=across,
        reference=reference,
        census=census,
        needs_model=needs_model,
        parameters=dict(parameters or {}),
    )

    def register(measure: Measure) -> Check:
        made = Check(metric=metric, need=need, measure=measure, examples=examples)
        _validate(made)
        return made

    return register


HEADINGS = ("Purpose:", "Method:", "Limits:", "Remedy:")


def _validate(made: Check) -> None:
    lacking = [h for h in HEADINGS if h not in (made.measure.__doc__ or "")]
    if lacking:
        raise ValueError(f"The check {made.id!r} has no {' and no '.join(lacking)} in its docstring.")
    verdicts = {example.verdict for example in made.examples}
    if Verdict.PASS not in verdicts or len(verdicts) < 2:
        raise ValueError(f"The check {made.id!r} needs a passing example and one that does not pass.")
