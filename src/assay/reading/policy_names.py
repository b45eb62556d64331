"""Names in a policy that name nothing: misspelt roles, metrics that do not exist, keys that are not there, persons without a role, witnesses;
and bounds that no specification could ask, or that ask nothing.

Asked when a policy is to come into force, never of one that is: a log goes on under the policy that it has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from assay.domain.coherence.bounds import bound_findings
from assay.domain.errors import Problem
from assay.domain.metric import Catalogue
from assay.domain.nearest import listed, nearest
from assay.domain.policy import NEVER_APPROVE, Least, Meant
from assay.domain.roles import USUAL_ROLES, misspelt
from assay.domain.specification.base import NAME_PATTERN, Block
from assay.proof.cosignature import CosignerKey
from assay.proof.note import InvalidKey
from assay.reading.dictionary import at_their_places
from assay.reading.located import Located, Trail

_Kind = TypeVar("_Kind", bound=Block)
_Key = TypeVar("_Key", int, str)


def name_problems(
    document: Located, metrics: Callable[[], Catalogue], now: dt.datetime
) -> tuple[Problem, ...]:
    """Every such name, with its place and the nearest valid one; what is of no right form is for others to say.

    Args:
        metrics: gives all that a specification could ask; not called when the policy names none. now: keys that have ended need no role.
    """
    keys = {k: v for k, v in _map(document.value.get("keys")).items() if isinstance(k, str)}
    requires = _map(document.value.get("requires"))
    # Who misspells the one name of a key is told so, and not that the key has nothing to do as well.
    duties = {name if name in keys else nearest(name, keys) for _, name in _named(document)}
    return (
        *_roles_of(document, keys, duties, now),
        *_keys(document, keys),
        *_witnesses(document),
        *_asked_roles(document, keys, requires),
        *_metrics(document, requires, metrics),
    )


def _roles_of(
    document: Located, keys: Mapping[str, Any], duties: set[str], now: dt.datetime
) -> Iterator[Problem]:
    for name, held in keys.items():
        given = _map(held).get("roles")
        roles = [role for role in given if isinstance(role, str)] if isinstance(given, list) else []
        for number, role in enumerate(roles):
            meant = misspelt(role)
            if meant:
                yield _problem(
                    document, ("keys", name, "roles", number), "role_misspelt", role,
                    f"The key {name!r} has a role that is almost {meant!r}; expected are {listed(USUAL_ROLES)}, or a name "
                    "that cannot be taken for one of them.", meant,
                )  # fmt: skip
        if not given and name not in duties and not _ended(held, now):
            yield _problem(
                document, ("keys", name), "person_without_role", "",
                f"The key {name!r} has no role, is no root key and no verifier's: it could sign nothing.",
                remedy="Give it a role, as 'roles: [validator]', or remove it.",
            )  # fmt: skip


def _keys(document: Located, keys: Mapping[str, Any]) -> Iterator[Problem]:
    for trail, name in _named(document):
        if name not in keys:
            yield _problem(
                document, trail, "key_unnamed", name,
                f"{str(trail[0])!r} names a key that is not among the keys, which are {listed(keys)}.", nearest(name, keys),
            )  # fmt: skip


def _named(document: Located) -> Iterator[tuple[Trail, str]]:
    """Where a policy names one of its keys, and which."""
    for block in ("roots", "verifiers"):
        items = document.value.get(block)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            trail: Trail = (block, number) if block == "roots" else (block, number, "key")
            name = item if block == "roots" else _map(item).get("key")
            if isinstance(name, str):
                yield trail, name


def _witnesses(document: Located) -> Iterator[Problem]:
    named = _map(document.value.get("log")).get("witnesses")
    for number, text in enumerate(named if isinstance(named, list) else ()):
        try:
            CosignerKey.parse(str(text))
        except InvalidKey as wrong:
            yield _problem(
                document, ("log", "witnesses", number), "witness_unreadable", str(text),
                f"No witness can have this verifier key: {wrong.message}",
                remedy="Copy the line that the witness prints when it starts: assay witness serve",
            )  # fmt: skip


def _asked_roles(
    document: Located, keys: Mapping[str, Any], requires: Mapping[Any, Any]
) -> Iterator[Problem]:
    lists = [r for held in keys.values() if isinstance(r := _map(held).get("roles"), list)]
    held = sorted({role for roles in lists for role in roles if isinstance(role, str)})
    for block in ("lock", "quorum", "waive", "revoke"):
        asked = requires.get(block)
        for number, role in enumerate(asked if isinstance(asked, dict | list) else ()):
            trail: Trail = ("requires", block, role if isinstance(asked, dict) else number)
            if not isinstance(role, str):
                continue
            if role in NEVER_APPROVE:
                yield _problem(
                    document, trail, "role_never_approves", role,
                    f"'requires.{block}' names {role!r}, who is judged and signs nothing off.",
                    remedy="Name a role that is independent of the model.",
                )  # fmt: skip
            elif role not in held:
                yield _problem(
                    document, trail, "role_not_held", role,
                    f"'requires.{block}' names a role that no key has; they have {listed(held)}.", nearest(role, held),
                )  # fmt: skip


def _metrics(
    document: Located, requires: Mapping[Any, Any], catalogue: Callable[[], Catalogue]
) -> Iterator[Problem]:
    named = requires.get("metrics")
    found: list[tuple[Trail, object]] = [
        (("requires", "metrics", n), metric)
        for n, metric in enumerate(named if isinstance(named, list) else ())
    ]
    written = requires.get("bounds")
    bounds = list(map(_map, written)) if isinstance(written, list) else []
    found += [(("requires", "bounds", n, "metric"), bound.get("metric")) for n, bound in enumerate(bounds)]
    known = catalogue() if found else {}
    for n, bound in enumerate(bounds):
        yield from _columns(document, n, bound.get("across"), _map(requires.get("protected")))
    yield from _thresholds(document, bounds, _map(requires.get("protected")), known)
    for trail, metric in found:
        if isinstance(metric, str) and metric not in known:
            near = nearest(metric, known)
            yield _problem(
                document, trail, "unknown_metric", metric, f"The policy requires {metric!r}, which no installed check measures.",
                near, "Correct the name; all are listed with: assay checks" if near
                else "List them with: assay checks; or install the package that brings it.",
            )  # fmt: skip


def _thresholds(
    document: Located, bounds: list[Mapping[Any, Any]], protected: Mapping[Any, Any], known: Catalogue
) -> tuple[Problem, ...]:
    """Bounds that no criterion could ask just so, or that every model satisfies, as far as they have the right form."""
    named = {name: meant for name, meant in protected.items() if isinstance(name, str)}
    found = bound_findings(_valid(Least, dict(enumerate(bounds))), _valid(Meant, named), known)
    return at_their_places(document, tuple(replace(f, trail=("requires", "bounds", *f.trail)) for f in found))


def _valid(kind: type[_Kind], items: Mapping[_Key, Any]) -> dict[_Key, _Kind]:
    """Those of the right form; of others it is said elsewhere what is wrong."""
    valid = {}
    for key, item in items.items():
        with suppress(ValidationError):
            valid[key] = kind.model_validate(item, by_alias=True, by_name=False)
    return valid


def _columns(document: Located, n: int, across: object, protected: Mapping[Any, Any]) -> Iterator[Problem]:
    """Attributes that the bound in this place compares, and no column is named for: a specification could name any."""
    lacking = [part for part in across.split("*") if part not in protected] if isinstance(across, str) else []
    if lacking and all(re.fullmatch(NAME_PATTERN, part) for part in lacking):
        near = nearest(lacking[0], protected)
        yield _problem(
            document, ("requires", "bounds", n, "across"), "attribute_without_column", lacking[0],
            f"A bound compares the groups of {lacking[0]!r}, and 'requires.protected' does not say which column that is: a "
            "specification could give the name to any.", near,
            "" if near else f"Name it and its groups, as 'protected: {{{lacking[0]}: {{column: SEX, groups: {{men: 1, women: 2}}}}}}' under 'requires'.",
        )  # fmt: skip


def _ended(held: Any, now: dt.datetime) -> bool:
    until = _map(held).get("valid_until")
    try:
        end = dt.datetime.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return False
    if end is None:
        return False
    return (end if end.tzinfo else end.replace(tzinfo=dt.UTC)) <= now


def _map(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}


def _problem(
    document: Located, trail: Trail, code: str, found: str, message: str, near: str = "", remedy: str = ""
) -> Problem:
    key = isinstance(trail[-1], str) and trail[-1] not in {"key", "metric", "across"}
    return Problem(code, document.place(trail, key=key), message, found, near, remedy)
