"""What a run stands on besides its documents: the fences of its children, the versions that can change a number, and what the model's child tells."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from assay._version import __version__
from assay.checks.catalogue import source_digest
from assay.checks.check import Check
from assay.domain.errors import NOT_MEASURING, PACKAGES, AssayError
from assay.domain.isolation import NO_CHILD, Fence, Isolation, isolation, required
from assay.domain.record import Environment, PluginRecord
from assay.domain.scope import INTERPRETER
from assay.domain.specification import Specification
from assay.sandbox.probe import probe
from assay.subject.code import Code
from assay.subject.installed import installed_version
from assay.subject.model import Model, ModelReference, interpreter_digest

MEASURING = tuple(
    (module, package) for module, (package, _) in PACKAGES.items() if module not in NOT_MEASURING
)
"""Modules and packages whose version can change a number; absent ones are left out."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run would judge and under which fences, known before a file of data is opened.

    Attributes:
        root, digest: of the specification. dictionary: its digest. isolation: of every child that this run would start.
        plugins: the packages of others whose checks it asks.
    """

    root: Path
    specification: Specification
    digest: str
    dictionary: str
    isolation: Isolation
    plugins: tuple[PluginRecord, ...]


def isolation_of(specification: Specification, *, live: bool) -> Isolation:
    """The fences that this machine has for the children of this run; each of them must have the same."""
    if live:
        return NO_CHILD
    found = probe()
    own = specification.subject.python
    if own is not None and specification.subject.has_model:
        try:
            found = found.both(probe(own))
        except AssayError:  # told when the model is asked, as a verdict
            found = isolation((), ((fence, f"no child of {own!r} could be started") for fence in Fence))
    return found


def environment_of(
    told: Told, fenced: Isolation, plugins: tuple[PluginRecord, ...], code: Code
) -> Environment:
    """The versions that can change a number, and that of the code."""
    found = []
    for module, package in MEASURING:
        for name in (package, module):
            if version := installed_version(name):
                found.append((name, version))
                break  # the second name is slow to look up: a module that every distribution may bring
    return Environment(
        assay=__version__,
        python=platform.python_version(),
        packages=tuple(found),
        platform=f"{platform.system()} {platform.machine()}",
        model=told.versions,
        modules=told.modules,
        isolation=fenced,
        plugins=plugins,
        commit=code.commit,
        dirty=code.dirty,
    )


class Told(NamedTuple):
    """What a model's child tells: the versions in an environment of its own, and digests of what it runs besides its file."""

    versions: tuple[tuple[str, str], ...] = ()
    modules: tuple[tuple[str, str], ...] = ()


def bound_model(model: ModelReference | None, fenced: Isolation) -> tuple[ModelReference | None, Told]:
    """The model bound to the modules that it runs, and what its child tells; nothing when it cannot be started there."""
    if model is None:
        return None, Told()
    model = replace(model, fences=required(fenced))
    if not model.runs_code:
        return model, Told()
    try:
        opened = Model(model)
    except AssayError as wrong:
        if wrong.code == "model_not_found":  # a name that is wrong, and no model
            raise
        return model, Told()  # told when the model is asked, as a verdict
    with opened:
        own = {INTERPRETER: interpreter_digest(model.python)} if model.python else {}
        found = sorted({**own, **dict(opened.modules)}.items())
        versions = sorted(opened.packages.items()) if model.python else ()
        return replace(model, modules=opened.modules), Told(tuple(versions), tuple(found))


def code_digest(environment: Environment, used: Iterable[Check]) -> str:
    """Digest of the versions and of the source of the checks and of Assay: whatever else a kept count depends on."""
    facts = [asdict(replace(environment, commit="", dirty=False)), [source_digest(check) for check in used]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
