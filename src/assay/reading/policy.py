"""Read a policy, or say everything that is wrong with it, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assay.domain.errors import InvalidDocument
from assay.domain.plain import Plain, to_plain
from assay.domain.policy import Policy
from assay.reading.form import form_problems
from assay.reading.located import locate
from assay.reading.source import read_source


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
    document = locate(read_source(path))
    problems = list(document.problems)
    try:
        policy = Policy.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidDocument((*problems, *form_problems(document, Policy, error))) from None
    if problems:
        raise InvalidDocument(tuple(problems))
    return PolicyFile(policy, to_plain(policy, Policy))
