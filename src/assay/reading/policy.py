"""Read a policy, or say everything that is wrong with it, in one go."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from assay.domain.errors import InvalidDocument, Problem
from assay.domain.metric import Catalogue
from assay.domain.plain import Plain, to_plain
from assay.domain.policy import Policy
from assay.reading.form import form_problems
from assay.reading.kinds import refuse_another_kind
from assay.reading.located import Located, locate
from assay.reading.policy_names import name_problems
from assay.reading.source import read_source

_BEGIN = "A policy is expected: the first is written by assay trust init, the next begins with: assay trust show --next"
_COMPARE = "Compare it with the policy in force: assay trust show --next"
_REMEDIES = {
    "not_valid": _COMPARE,
    "key_unnamed": _COMPARE,
    "one_grouping_expected": "Write them as a specification does: groups: {men: 1, women: 2}; or bands: [25, 40]",
}
"""What to do about a rule of the policy that is broken."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy, valid in form, and its plain values, whose canonical bytes are what root keys sign."""

    policy: Policy
    plain: Plain


def read_policy(path: Path) -> PolicyFile:
    """Read a policy file in YAML or JSON.

    Raises:
        InvalidDocument: with every problem, each with its place.
    """
    return _read(path, lambda _: ())


def read_next_policy(path: Path, metrics: Callable[[], Catalogue], now: dt.datetime) -> PolicyFile:
    """As :func:`read_policy` for one that is to come into force: each name in it must name something.

    Args:
        metrics: gives all that a specification could ask. now: keys that have ended need no role.
    """
    return _read(path, lambda document: name_problems(document, metrics, now))


def _read(path: Path, ask: Callable[[Located], tuple[Problem, ...]]) -> PolicyFile:
    document = locate(read_source(path), _BEGIN)
    refuse_another_kind(document, "assay_policy")
    names = ask(document)
    problems = [*document.problems, *names]
    try:
        policy = Policy.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        found = [_of_a_policy(problem) for problem in form_problems(document, Policy, error)]
        if any(problem.code == "key_unnamed" for problem in names):  # told there, each with its place
            found = [p for p in found if p.code != "key_unnamed"]
        told = {p.place for p in names}
        found = [p for p in found if p.code != "name_expected" or p.place not in told]
        raise InvalidDocument((*problems, *found)) from None
    if problems:
        raise InvalidDocument(tuple(problems))
    return PolicyFile(policy, to_plain(policy, Policy))


def _of_a_policy(problem: Problem) -> Problem:
    """A rule of the policy that is broken, in the rule's own words."""
    remedy = _REMEDIES.get(problem.code)
    return problem if remedy is None else replace(problem, remedy=remedy)


def policy_text(policy: Policy) -> str:
    """A policy as YAML that :func:`read_policy` reads back to the same policy."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 110
    yaml.representer.add_representer(Decimal, _number)
    text = io.StringIO()
    yaml.dump(_written(policy), text)
    return text.getvalue()


def _number(representer: Any, value: Decimal) -> Any:
    """With the kind that its text has in YAML: of another kind, it would be written with a tag, which nobody reads."""
    text = str(value)
    kind = "int" if text.removeprefix("-").isdigit() else "float"
    return representer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _written(value: Any) -> Any:
    """As it is written by hand: numbers as numbers, keys as blocks of text, nothing where nothing is said."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        said = {field.alias or name: getattr(value, name) for name, field in fields.items()}
        return {name: _written(one) for name, one in said.items() if one not in (None, (), {})}
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, Decimal | bool | int):
        return value
    plain = to_plain(value, type(value))
    return LiteralScalarString(plain) if "\n" in plain else plain
