"""What a search is asked for: the criterion whose gap is to shrink, the methods that apply, the learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assay.domain.errors import AssayError
from assay.domain.mitigation import METHODS, Method, Needs, Parity, parity_of
from assay.domain.mitigation_record import NotTried
from assay.domain.nearest import listed, nearest
from assay.domain.specification import Criterion, Specification
from assay.domain.vocabulary import Task, Tier

BOOSTED = frozenset({"lightgbm", "xgboost"})
"""Formats whose models are trees: their family is known without opening them."""


@dataclass(frozen=True, slots=True)
class Try:
    """One candidate that is to be made: its name, its method, and the bound of constrained training."""

    name: str
    method: Method
    bound: float = 0.0


def criterion_of(specification: Specification, named: str) -> Criterion:
    """The criterion that is named; without a name the first critical one that compares groups by a metric of fairness.

    Raises:
        AssayError: ``no_fairness_criterion``; ``task_not_mitigated`` of a task that decides nothing between two values.
    """
    if specification.prediction.task is not Task.BINARY:
        raise AssayError(
            f"The decisions of a binary model can be made fairer here; 'prediction.task' is {specification.prediction.task}.",
            code="task_not_mitigated",
            remedy="Train the model on more rows of the group that it is worse for, or with weights for them, and rehearse it.",
        )
    comparing = [c for c in specification.criteria if c.across and c.metric.startswith("fairness.")]
    if named:
        found = next((c for c in comparing if c.id == named), None)
        if found is None:
            near = nearest(named, [c.id for c in comparing])
            raise AssayError(
                f"No criterion {named!r} compares groups by a metric of fairness"
                + (f" (nearest: {near!r})." if near else "."),
                code="no_fairness_criterion",
                remedy=f"Name one of {listed([c.id for c in comparing])}." if comparing else _NONE,
            )
        return found
    if not comparing:
        raise AssayError(
            "No criterion of the specification compares groups by a metric of fairness, so there is no gap to make smaller.",
            code="no_fairness_criterion",
            remedy=_NONE,
        )
    favourable = specification.prediction.good
    return min(
        comparing, key=lambda c: (c.tier is not Tier.CRITICAL, parity_of(c.metric, favourable) is None)
    )


_NONE = "Add one with 'across', for example fairness.impact_ratio: what is unfair is for the specification to say."


def learner_of(specification: Specification, named: str) -> str:
    """The learner that is named; without a name the family of the declared model where its format tells it."""
    if named:
        return named
    return "boosting" if specification.subject.format in BOOSTED else "logistic"


def inputs_of(specification: Specification) -> tuple[str, ...]:
    """The declared inputs.

    Raises:
        AssayError: ``no_inputs``: of scores in a column nobody says from what they were made.
    """
    if specification.subject.inputs:
        return specification.subject.inputs
    raise AssayError(
        "The specification declares no inputs, so there is nothing that a candidate could learn from.",
        code="no_inputs",
        remedy="Name under subject.inputs the columns that a model may be fed; for scores in a column this is allowed too.",
    )


def see_proxies(specification: Specification, proxies: Sequence[str], methods: Sequence[str]) -> None:
    """Every declared proxy is an input, and is of use to a method: of those asked for by name, or of all.

    Raises:
        AssayError: ``proxy_not_an_input``, ``proxy_not_used``.
    """
    using = sorted(method.name for method in METHODS.values() if method.looks_at_proxies)
    if proxies and methods and set(using).isdisjoint(methods):
        raise AssayError(
            f"None of the methods asked for looks at a proxy ({', '.join(methods)}), so {listed(proxies)} would change nothing.",
            code="proxy_not_used",
            remedy=f"Add --method {' or --method '.join(using)}, or leave --proxy away.",
        )
    inputs = specification.subject.inputs
    for proxy in proxies:
        if proxy not in inputs:
            near = nearest(proxy, inputs)
            raise AssayError(
                f"The proxy {proxy!r} is no input of the model" + (f" (nearest: {near!r})." if near else "."),
                code="proxy_not_an_input",
                remedy="Name columns of subject.inputs.",
            )


def tries(
    specification: Specification,
    criterion: Criterion,
    *,
    methods: Sequence[str],
    bounds: Sequence[float],
    proxies: Sequence[str],
) -> tuple[tuple[Try, ...], tuple[NotTried, ...]]:
    """The candidates that are to be made, and the methods that do not apply, each with why.

    Raises:
        AssayError: ``method_does_not_apply``: of a method that was asked for by name.
    """
    parity = parity_of(criterion.metric, specification.prediction.good)
    found, left = [], []
    for method in METHODS.values():
        if methods and method.name not in methods and not method.control:
            continue
        why = _why_not(method, criterion, parity, _protected_inputs(specification, criterion), proxies)
        if not why:
            found += _each(method, bounds)
        elif methods:
            raise AssayError(
                f"The method {method.name!r} does not apply: {why}",
                code="method_does_not_apply",
                remedy="Leave it away, or declare what it needs.",
            )
        else:
            left.append(NotTried(method.name, why))
    return tuple(found), tuple(left)


def _each(method: Method, bounds: Sequence[float]) -> list[Try]:
    if not method.bounded:
        return [Try(method.name, method)]
    return [Try(f"{method.name}-{bound:g}", method, bound) for bound in bounds]


def _why_not(
    method: Method,
    criterion: Criterion,
    parity: Parity | None,
    protected: tuple[str, ...],
    proxies: Sequence[str],
) -> str:
    if method.needs is Needs.PARITY and parity is None:
        return f"{criterion.metric} is not the lack of an equality of rates, which is what it works on."
    if method.needs is Needs.PROXIES and not proxies:
        return "No proxy is declared (--proxy COLUMN)."
    if method.needs is Needs.LEFT_OUT and not proxies and not protected:
        return "No protected attribute is an input, and no proxy is declared (--proxy COLUMN)."
    return ""


def _protected_inputs(specification: Specification, criterion: Criterion) -> tuple[str, ...]:
    columns = {
        specification.protected[name].column for name in specification.groupings()[criterion.across or ""]
    }
    return tuple(name for name in specification.subject.inputs if name in columns)
