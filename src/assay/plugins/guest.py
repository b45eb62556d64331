"""What the child of a package runs: it imports the package, tells of its checks, and lets them count and change rows.

Nothing that it answers is believed: the parent looks at all of it (``host.py``).
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any, get_args

import pyarrow as pa

from assay.checks.catalogue import GROUP, Unusable, checks_at
from assay.checks.check import Check, keywords
from assay.domain.errors import MissingExtra
from assay.domain.evidence import Counts
from assay.domain.metric import Metric
from assay.domain.needs import Perturbed
from assay.domain.plain import from_plain, kind, to_plain
from assay.plugins import rows, views
from assay.plugins.entry import Arguments


class Guest:
    """The checks of one package by id; or why there are none."""

    def __init__(self, entries: Sequence[Sequence[str]], tops: Sequence[Sequence[Any]]) -> None:
        """``entries``: name and value of each entry point. ``tops``: name, file and folders of each top-level module."""
        sys.pycache_prefix = "/nonexistent"  # what is cached is in no digest
        sys.meta_path.insert(0, _Only({name: (file, tuple(folders)) for name, file, folders in tops}))
        self._checks: dict[str, list[Check]] = {}
        self._refused: list[tuple[str, str]] = []
        for name, value in entries:
            self._checks[name] = []
            try:
                self._checks[name] += checks_at(EntryPoint(name=name, value=value, group=GROUP))
            except (Unusable, MissingExtra) as wrong:
                self._refused.append((name, " ".join(str(wrong).split())))

    def __call__(self) -> None:
        """Nothing: an answer that is callable stays here."""

    def describe(self) -> dict[str, Any]:
        """The catalogue entry of every check, by entry point; why an entry point cannot be used."""
        return {
            "refused": self._refused,
            "checks": {name: [_told(check) for check in checks] for name, checks in self._checks.items()},
        }

    def example(self, check: str, index: int) -> Any:
        """The view of an example."""
        return views.to_plain(self._named(check).examples[index].view())

    def count(self, check: str, view: Any, arguments: dict[str, Any]) -> Any:
        """The counts of a check; or what it returned that is none."""
        measured = self._named(check).measure(views.from_plain(view), **from_plain(arguments, Arguments))
        if type(measured) not in get_args(Counts):
            return {"returned": type(measured).__name__}
        return {"counts": to_plain(measured, Counts)}

    def change(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The columns that a perturbation changes."""
        asked = json.loads(batch.schema.metadata[rows.ASKED])
        need = self._named(asked["check"]).need
        assert isinstance(need, Perturbed)  # noqa: S101 - nobody else is asked
        columns, context = rows.asked_from(batch)
        return rows.answered(need.change(columns, context), context.rows)

    def _named(self, id_: str) -> Check:
        return next(check for checks in self._checks.values() for check in checks if check.id == id_)


class _Only(importlib.abc.MetaPathFinder):
    """Finds the modules of the package where the parent digested them, and nowhere else."""

    def __init__(self, tops: dict[str, tuple[str, tuple[str, ...]]]) -> None:
        self._tops = tops

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - as importlib calls it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`."""
        if fullname not in self._tops:
            return None
        file, folders = self._tops[fullname]
        if file:
            return importlib.util.spec_from_file_location(
                fullname, file, submodule_search_locations=list(folders) or None
            )
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = list(folders)
        return spec


def _told(check: Check) -> dict[str, Any]:
    return {
        "metric": to_plain(check.metric, Metric),
        "need": kind(type(check.need)),
        "doc": check.measure.__doc__ or "",
        "keywords": list(keywords(check.measure)),
        "examples": [
            {
                "says": example.says,
                "comparator": example.comparator.value,
                "threshold": str(Decimal(example.threshold)),
                "verdict": example.verdict.value,
                "arguments": to_plain(dict(example.arguments or {}), Arguments),
                "reference": example.reference,
                "across": example.across,
            }
            for example in check.examples
        ],
    }
