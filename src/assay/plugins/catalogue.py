"""Every check that is installed: Assay's own, and those of other packages, of which only the entries are here."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from assay.checks.catalogue import GROUP, PluginRefused, collect, is_own, malformed, offers, unique
from assay.checks.check import Check
from assay.domain.errors import SubjectError
from assay.domain.metric import Catalogue
from assay.domain.record import PluginRecord
from assay.plugins.entry import MOST_CHECKS, NoEntry, check_of, id_of, line
from assay.plugins.package import Package, package_of


def catalogue() -> Mapping[str, Check]:
    """Every installed check by id, sorted. Those of other packages ask a fenced child whenever they are used.

    Raises:
        PluginRefused: ``plugin_malformed`` or ``plugin_duplicate``, with the culprit named; ``no_checks`` when
            nothing is installed at all.
        MissingExtra: what measures is not installed.
    """
    return _installed().checks


def metrics() -> Catalogue:
    """What a specification may name: the catalogue entry of every installed check."""
    return MappingProxyType({id_: check.metric for id_, check in catalogue().items()})


def plugins_of(checks: Iterable[str]) -> tuple[PluginRecord, ...]:
    """The packages that bring these checks, each once, as a record names them; none for Assay's own."""
    brought = _installed().brought
    found = {record.digest: record for id_ in checks if (record := brought.get(id_)) is not None}
    return tuple(sorted(found.values(), key=lambda record: (record.name, record.digest)))


class _Installed:
    """The checks by id, and which package brought each that is not Assay's own."""

    def __init__(self, entries: Iterable[EntryPoint]) -> None:
        found = tuple(entries)
        own = tuple(entry for entry in found if is_own(entry))
        others: dict[str, list[EntryPoint]] = {}
        for entry in found:
            if not is_own(entry):
                others.setdefault(entry.dist.name if entry.dist is not None else "", []).append(entry)
        self.brought: dict[str, PluginRecord] = {}
        if not others:
            self.checks = collect(own)
            return
        offered = list(offers(own))
        for name in sorted(others):
            offered += self._brought_by(package_of(others[name]), others[name])
        self.checks = unique(offered)

    def _brought_by(self, package: Package, entries: list[EntryPoint]) -> Iterator[tuple[Check, EntryPoint]]:
        from assay.plugins.host import host_of  # here: without other packages nothing heavy is imported

        host = host_of(package)
        try:
            told, modules = host.describe(), host.modules()
        except SubjectError as wrong:
            raise malformed(entries[0], wrong.message) from wrong
        finally:
            host.close()
        record = PluginRecord(package.name, package.version, package.digest, tuple(sorted(modules.items())))
        made: list[tuple[Check, EntryPoint]] = []
        for entry in sorted(entries, key=lambda e: (e.name, e.value)):
            try:
                made += [(check, entry) for check in _checks_told(told, entry, package)]
            except NoEntry as wrong:
                raise malformed(entry, str(wrong)) from wrong
        self.brought |= {check.id: record for check, _ in made}
        yield from made


def _checks_told(told: Any, entry: EntryPoint, package: Package) -> list[Check]:
    from assay.plugins.host import Elsewhere, host_of, measure_of

    try:
        refused = [(line(name, "a name"), line(why, "a reason")) for name, why in told["refused"]]
        listed = list(told["checks"][entry.name])
    except (KeyError, TypeError, ValueError) as wrong:
        raise NoEntry("it told of no checks") from wrong
    if entry.name in dict(refused):
        raise NoEntry(dict(refused)[entry.name])
    if not 0 < len(listed) <= MOST_CHECKS:
        raise NoEntry(f"it told of {len(listed):,} checks")
    made = []
    for one in listed:
        id_ = id_of(one)
        made.append(
            check_of(
                one,
                module=entry.module,
                measure=functools.partial(measure_of, package),
                change=Elsewhere(package, id_),
                view=functools.partial(host_of(package).example, id_),
            )
        )
    return made


@functools.cache
def _installed() -> _Installed:
    return _Installed(entry_points(group=GROUP))


__all__ = ["PluginRefused", "catalogue", "metrics", "plugins_of"]
