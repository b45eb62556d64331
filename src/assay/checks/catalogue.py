"""Assay's own checks, found through the entry-point group ``assay.checks``.

Checks of other packages use the same door, and are found by :mod:`assay.plugins`: none of them is imported here. What cannot
be read, or claims an id which is taken, is refused by name; it is never skipped, because a check that is silently absent
looks like one that was not wanted.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType

from assay.checks.check import Check
from assay.domain.errors import AssayError, MissingExtra
from assay.domain.metric import Catalogue

DISTRIBUTION = "assay-ml"
GROUP = "assay.checks"
"""The entry-point group: each value is a module whose checks are collected, or one check (``module:name``)."""


class PluginRefused(AssayError):
    """An entry point of the group cannot be used; the message names it and its distribution."""


class Unusable(ValueError):
    """What an entry point names offers no check; the message is the end of a sentence about it."""


def catalogue() -> Mapping[str, Check]:
    """Every check of Assay's own by id, sorted.

    Raises:
        PluginRefused: ``no_checks`` when none is installed.
        MissingExtra: what measures is not installed.
    """
    return _installed()


def metrics() -> Catalogue:
    """The catalogue entry of every check of Assay's own."""
    return MappingProxyType({id_: check.metric for id_, check in catalogue().items()})


@functools.cache
def _installed() -> Mapping[str, Check]:
    return collect(entry for entry in entry_points(group=GROUP) if is_own(entry))


def is_own(entry: EntryPoint) -> bool:
    """Whether an entry point is Assay's own: a module of this package, which this distribution names."""
    ours = entry.dist is None or _name_of(entry.dist) == DISTRIBUTION
    return ours and entry.module.startswith("assay.")


@functools.cache
def _name_of(dist: Distribution) -> str:
    """Read once for all entry points of a distribution: it is parsed from a file each time it is asked."""
    return dist.name


def collect(entries: Iterable[EntryPoint]) -> Mapping[str, Check]:
    """The checks behind some entry points, which are imported, by id, sorted.

    Raises:
        PluginRefused: as :func:`unique`, and ``plugin_malformed`` for one that offers no check.
    """
    return unique(offers(entries))


def offers(entries: Iterable[EntryPoint]) -> Iterator[tuple[Check, EntryPoint]]:
    """Each check that some entry points offer, imported. Raises PluginRefused ``plugin_malformed``."""
    for entry in sorted(entries, key=lambda e: (e.name, e.value, _distribution(e))):
        try:
            yield from ((check, entry) for check in checks_at(entry))
        except Unusable as wrong:
            raise malformed(entry, str(wrong)) from wrong


def unique(offered: Iterable[tuple[Check, EntryPoint]]) -> Mapping[str, Check]:
    """Checks by id, sorted.

    Raises:
        PluginRefused: ``plugin_duplicate`` with both culprits named; ``no_checks`` when there is none.
    """
    found: dict[str, Check] = {}
    origin: dict[str, EntryPoint] = {}
    for check, entry in offered:
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


def checks_at(entry: EntryPoint) -> tuple[Check, ...]:
    """The checks that an entry point names, imported into this process.

    Raises:
        Unusable: with the reason. MissingExtra: what it needs is not installed.
    """
    loaded = _load(entry)
    if isinstance(loaded, Check):
        return (loaded,)
    if not isinstance(loaded, ModuleType):
        raise Unusable(f"expected a module or a Check, found {type(loaded).__name__}")
    checks = tuple(v for v in vars(loaded).values() if isinstance(v, Check) and v.module == loaded.__name__)
    if not checks:
        raise Unusable("the module defines no check")
    return checks


def _load(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except ModuleNotFoundError as absent:
        missing = MissingExtra.of(absent.name or "")
        raise missing or Unusable(f"ModuleNotFoundError: {absent}") from absent
    except SystemExit as left:  # else the exit code would be the plug-in's, and 0 would mean certified
        raise Unusable("it ends the program when it is imported") from left
    except Exception as error:
        raise Unusable(f"{type(error).__name__}: {error}") from error


def malformed(entry: EntryPoint, why: str) -> PluginRefused:
    """The refusal of an entry point that cannot be used."""
    return PluginRefused(
        f"The plug-in {_name(entry)} cannot be used: {why}.".replace("..", "."),
        code="plugin_malformed",
        remedy="Mend or uninstall it.",
    )


def _name(entry: EntryPoint) -> str:
    return f"{entry.name!r} ({entry.value}) of {_distribution(entry)}"


def _distribution(entry: EntryPoint) -> str:
    return _name_of(entry.dist) if entry.dist is not None else "an unknown distribution"


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
