"""The checks that are installed, found through the entry-point group ``assay.checks``.

Built-in checks and those of third parties use the same door. A plug-in that cannot be read, or that claims an id
which is taken, is refused by name; it is never skipped, because a check that is silently absent looks like one that
was not wanted.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType

from assay.checks.check import Check
from assay.domain.errors import AssayError, MissingExtra
from assay.domain.metric import Catalogue, Metric

GROUP = "assay.checks"
"""The entry-point group: each value is a module whose checks are collected, or one check (``module:name``)."""


class PluginRefused(AssayError):
    """An entry point of the group cannot be used; the message names it and its distribution."""


def catalogue() -> Mapping[str, Check]:
    """Every installed check by id, sorted.

    Raises:
        PluginRefused: ``plugin_malformed`` or ``plugin_duplicate``, with the culprit named; ``no_checks`` when
            nothing is installed at all.
        MissingExtra: what measures is not installed.
    """
    return _installed()


def metrics() -> Catalogue:
    """What a specification may name: the catalogue entry of every installed check."""
    found: dict[str, Metric] = {id_: check.metric for id_, check in catalogue().items()}
    return MappingProxyType(found)


@functools.cache
def _installed() -> Mapping[str, Check]:
    return collect(entry_points(group=GROUP))


def collect(entries: Iterable[EntryPoint]) -> Mapping[str, Check]:
    """The checks behind some entry points, by id, sorted; refuses what :func:`catalogue` refuses."""
    found: dict[str, Check] = {}
    origin: dict[str, EntryPoint] = {}
    for entry in sorted(entries, key=lambda e: (e.name, e.value, _distribution(e))):
        for check in _checks_of(entry):
            if check.id in found:
                raise PluginRefused(
                    f"Two plug-ins offer the check {check.id!r}: {_name(origin[check.id])} and {_name(entry)}.",
                    code="plugin_duplicate",
                    remedy="Uninstall one of them; ids must be unique.",
                )
            found[check.id] = check
            origin[check.id] = entry
    if not found:
        raise PluginRefused(
            f"No check is installed: no package offers the entry-point group {GROUP!r}.",
            code="no_checks",
            remedy="Install assay-ml itself (a bare source folder on the path has no entry points).",
        )
    return MappingProxyType(dict(sorted(found.items())))


def _checks_of(entry: EntryPoint) -> tuple[Check, ...]:
    loaded = _load(entry)
    if isinstance(loaded, Check):
        return (loaded,)
    if not isinstance(loaded, ModuleType):
        raise _malformed(entry, f"expected a module or a Check, found {type(loaded).__name__}")
    checks = tuple(v for v in vars(loaded).values() if isinstance(v, Check) and v.module == loaded.__name__)
    if not checks:
        raise _malformed(entry, "the module defines no check")
    return checks


def _load(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except ModuleNotFoundError as absent:
        missing = MissingExtra.of(absent.name or "")
        raise missing or _malformed(entry, f"ModuleNotFoundError: {absent}") from absent
    except SystemExit as left:  # else the exit code would be the plug-in's, and 0 would mean certified
        raise _malformed(entry, "it ends the program when it is imported") from left
    except Exception as error:
        raise _malformed(entry, f"{type(error).__name__}: {error}") from error


def _malformed(entry: EntryPoint, why: str) -> PluginRefused:
    return PluginRefused(
        f"The plug-in {_name(entry)} cannot be used: {why}.".replace("..", "."),
        code="plugin_malformed",
        remedy="Mend or uninstall it.",
    )


def _name(entry: EntryPoint) -> str:
    return f"{entry.name!r} ({entry.value}) of {_distribution(entry)}"


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "an unknown distribution"


def source_digest(check: Check) -> str:
    """SHA-256 over the source that a check's counts depend on: its whole package, and Assay's.

    Every ``.py`` file counts with its place and its bytes, so that moving a line between files changes the digest.
    """
    own = check.module.partition(".")[0]
    return _digest_of(tuple(sorted({"assay", own})))


@functools.cache
def _digest_of(packages: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for package in packages:
        for place, file in _sources(package):
            content = file.read_bytes()
            digest.update(f"{package}/{place}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _sources(package: str) -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec(package)
    if spec is None or (spec.origin is None and not spec.submodule_search_locations):
        raise PluginRefused(f"The source of {package!r} cannot be found.", code="plugin_malformed")
    if not spec.submodule_search_locations:
        file = Path(spec.origin or "")
        yield file.name, file
        return
    for folder in sorted(map(Path, spec.submodule_search_locations)):
        for file in sorted(folder.rglob("*.py"), key=lambda f: f.relative_to(folder).as_posix()):
            yield file.relative_to(folder).as_posix(), file
