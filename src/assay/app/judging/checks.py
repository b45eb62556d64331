"""What can be measured and asked: the installed checks, and the schema of a specification that names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay.checks.pages import page
from assay.checks.verifying import grades
from assay.domain.errors import AssayError
from assay.domain.metric import Metric
from assay.domain.nearest import alike, either
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A check as it is listed. grade: of its bounds; ``counted`` where nothing is inferred. oracle: what its figures were held against."""

    metric: Metric
    grade: str
    oracle: str


def listed(stage: str = "") -> tuple[Listed, ...]:
    """Every installed check, or those of a stage, with grade and oracle, in the order of the stages.

    Raises:
        PluginRefused: a check of another package cannot be used.
    """
    known = catalogue()
    wanted = [metric for metric in installed() if stage in ("", metric.stage.value)]
    return tuple(Listed(m, grades(known[m.id]), known[m.id].oracle) for m in wanted)


def explained(check: str) -> str:
    """The page of a check in Markdown: purpose, method, limits, remedy.

    Raises:
        UnknownCheck: there is no such check.
    """
    known = catalogue()
    if check not in known:
        meant = alike(check, known)
        raise UnknownCheck(
            f"There is no check {check!r}.{f' Did you mean {either(meant)}?' if meant else ''}",
            code="unknown_check",
            remedy="List them with: assay checks",
        )
    return page(known[check])


def specification_schema() -> dict[str, Any]:
    """The JSON Schema of a specification whose metrics are those that are installed."""
    return json_schema(metrics())
