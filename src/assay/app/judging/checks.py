"""What can be measured and asked: the installed checks, and the schema of a specification that names them."""

from __future__ import annotations

from typing import Any

from assay.checks.pages import page
from assay.domain.errors import AssayError
from assay.domain.metric import Metric
from assay.domain.nearest import nearest
from assay.domain.specification.schema import json_schema
from assay.domain.vocabulary import Stage
from assay.plugins.catalogue import catalogue, metrics


class UnknownCheck(AssayError):
    """No installed check has this id."""


def installed() -> tuple[Metric, ...]:
    """What every installed check measures, in the order of the stages.

    Raises:
        PluginRefused: a check of another package cannot be used.
    """
    order = list(Stage)
    return tuple(sorted(metrics().values(), key=lambda metric: (order.index(metric.stage), metric.id)))


def explained(check: str) -> str:
    """The page of a check in Markdown: purpose, method, limits, remedy.

    Raises:
        UnknownCheck: there is no such check.
    """
    known = catalogue()
    if check not in known:
        near = nearest(check, known)
        raise UnknownCheck(
            f"There is no check {check!r}.{f' Did you mean {near!r}?' if near else ''}",
            code="unknown_check",
            remedy="List them with: assay checks",
        )
    return page(known[check])


def specification_schema() -> dict[str, Any]:
    """The JSON Schema of a specification whose metrics are those that are installed."""
    return json_schema(metrics())
