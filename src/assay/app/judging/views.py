"""What a check is handed: the view of the tallies that its need names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assay.app.judging.case import Case
from assay.app.judging.lineage import lineage_of
from assay.app.judging.measure import Measured
from assay.app.judging.refits import view_of as models_of
from assay.domain.needs import (
    Lineage,
    Need,
    Outcomes,
    Perturbed,
    Profiles,
    Reads,
    Refits,
    RowSets,
    Sections,
    Stated,
    Tabulated,
    TabulatedBeside,
    TabulatedChanges,
    TabulatedEverywhere,
    TabulatedOutcomes,
)
from assay.domain.specification import Specification
from assay.engine.tables import context_of
from assay.plan.passes import Wanted, tables_of
from assay.tally.groups import Layout
from assay.tally.refits import RefitView
from assay.tally.table import TableView
from assay.tally.views import (
    ColumnProfile,
    DataProfile,
    LineageView,
    OutcomeView,
    PairedView,
    ProfileView,
    RowSetView,
    SectionView,
    StatedView,
)


@dataclass(frozen=True, slots=True)
class Request:
    """For which criterion a view is made; ``aside``: of the groups that the small-group rule set aside."""

    case: Case
    measured: Measured
    wanted: Wanted
    aside: bool

    @property
    def across(self) -> str | None:
        """The grouping that the criterion names."""
        return self.wanted.criterion.across

    @property
    def data(self) -> str:
        """The data set that it is about."""
        return self.wanted.data(self.measured.judged_on)

    def attributes(self) -> tuple[str, ...]:
        """The attributes of the grouping; none when the criterion names no grouping."""
        return self.case.specification.groupings()[self.across] if self.across is not None else ()

    def small(self) -> frozenset[str]:
        """Its groups that were set aside."""
        return self.measured.small[self.across] if self.across is not None else frozenset()

    def among(self, layout: Layout) -> tuple[str, ...]:
        """The groups of the grouping that gate, or those that were set aside."""
        small = self.small()
        return tuple(label for label in layout.labels(self.attributes()) if (label in small) == self.aside)


def view_of(case: Case, measured: Measured, wanted: Wanted, *, aside: bool) -> Any:
    """The view for a criterion; ``aside``: of the groups that the small-group rule set aside."""
    return VIEWS[type(wanted.need)](Request(case, measured, wanted, aside))


def _outcomes(asked: Request) -> OutcomeView:
    tally = asked.measured.judged.outcomes
    assert tally is not None  # noqa: S101 - a failure is reported before a view is asked for
    favourable, where = asked.case.specification.prediction.good, asked.wanted.criterion.where
    if asked.across is None:
        return tally.view((), favourable, where=where)
    names = asked.attributes()
    if asked.aside and asked.case.checks[asked.wanted.criterion.metric].metric.pairwise:
        return replace(tally.view(names, favourable, where=where), focus=tuple(sorted(asked.small())))
    return tally.view(names, favourable, among=asked.among(tally.layout), where=where)


def _paired(asked: Request) -> PairedView:
    tally = dict(asked.measured.judged.paired)[asked.wanted.change_key]
    where = asked.wanted.criterion.where
    if asked.across is None:
        return tally.view((), where=where)
    return tally.view(asked.attributes(), among=asked.among(tally.layout), where=where)


def _profile(asked: Request) -> ProfileView:
    case, tally = asked.case, asked.measured.tallies[asked.data]
    names = case.datasets[asked.data].names
    columns = {column.name: column for column in case.dictionary.columns}
    profile = DataProfile(
        data=asked.data,
        rows=tally.rows,
        columns=tuple(p.view(columns[p.name]) for p in tally.profiles if p.name in names),
        absent=tuple(name for name in columns if name not in names),
        undeclared=tuple(name for name in names if name not in columns),
    )
    groups = {
        name: tuple(tally.group_rows(attributes).items())
        for name, attributes in case.specification.groupings().items()
    }
    return ProfileView(profile=profile, groups=groups)


def _row_sets(asked: Request) -> RowSetView:
    tallies = asked.measured.tallies
    sets = {name: tally.row_set for name, tally in tallies.items() if tally.row_set is not None}
    by_inputs = {name: t.by_inputs for name, t in tallies.items() if t.by_inputs is not None}
    others = {name: rows for name, rows in sets.items() if name != asked.data}
    view = sets[asked.data].view(asked.data, others, by_inputs)
    units = {name: of.units for name, of in tallies.items() if name in sets and of.units is not None}
    if asked.data not in units:
        return view
    shared = ((name, units[asked.data].shared(units[name])) for name in others if name in units)
    nobodys = ((name, of.missing, of.rows) for name, of in units.items() if of.missing)
    return replace(view, by_unit=tuple(shared), no_unit=tuple(nobodys))


def _tables(asked: Request) -> TableView:
    wanted, tallies = asked.wanted, asked.measured.tallies
    (table,) = tables_of(asked.case.specification, [wanted])
    mine = wanted.about(asked.measured.judged_on)
    read = tallies if wanted.need.reads is Reads.EVERY else {d: of for d, of in tallies.items() if d in mine}
    found = {name: dict(tally.tables) for name, tally in read.items()}
    pairwise = asked.case.checks[wanted.criterion.metric].metric.pairwise
    context = context_of(asked.case.frame(), table)
    focused = asked.aside and pairwise
    every = focused or not wanted.need.cuts_small_groups
    return TableView.of(
        asked.data,
        {name: tables[table.key] for name, tables in found.items() if table.key in tables},
        context,
        groups=context.groups if every else asked.among(context.layout) if table.across else (),
        focus=tuple(sorted(asked.small())) if focused else (),
    )


def _refits(asked: Request) -> RefitView:
    return models_of(asked.measured.refitted.get(asked.wanted.refit_key))


def _stated(asked: Request) -> StatedView:
    return _stated_of(asked.case)


def _stated_of(case: Case) -> StatedView:
    return StatedView(max((dataset.rows for dataset in case.datasets.values()), default=0))


def _lineage(asked: Request) -> LineageView:
    return lineage_of(asked.case)


def _sections(asked: Request) -> SectionView:
    return _sections_of(asked.case)


def _sections_of(case: Case) -> SectionView:
    specification = case.specification
    required = specification.documentation.required if specification.documentation is not None else ()
    return SectionView(tuple((name, _filled(specification, name)) for name in required))


def _filled(specification: Specification, name: str) -> bool:
    """Whether anything stands in a section, ``block`` or ``block.field``."""
    value: Any = specification
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value not in (None, "", (), {})


def known_view(case: Case, wanted: Wanted) -> Any | None:
    """The view of what is known before any row is read; None where nothing is.

    The sections as they stand, and a data set whose columns are those in its file, with every value as documented.
    """
    made = KNOWN.get(type(wanted.need))
    return made(case, wanted) if made is not None else None


def _as_documented(case: Case, wanted: Wanted) -> ProfileView | None:
    dataset = case.datasets.get(wanted.criterion.data)
    if dataset is None:
        return None
    documented = tuple(column.name for column in case.dictionary.columns)
    profile = DataProfile(
        data=wanted.criterion.data,
        rows=dataset.rows,
        columns=tuple(ColumnProfile(name, dataset.rows, 0) for name in documented if name in dataset.names),
        absent=tuple(name for name in documented if name not in dataset.names),
        undeclared=tuple(name for name in dataset.names if name not in documented),
    )
    return ProfileView(profile=profile, groups={})


KNOWN: Mapping[type[Need], Callable[[Case, Wanted], Any]] = {
    Lineage: lambda case, _: lineage_of(case),
    Profiles: _as_documented,
    Sections: lambda case, _: _sections_of(case),
    Stated: lambda case, _: _stated_of(case),
}
"""How the view of each kind of need is made of what is known without a row."""
VIEWS: Mapping[type[Need], Callable[[Request], Any]] = {
    Lineage: _lineage,
    Outcomes: _outcomes,
    Perturbed: _paired,
    Profiles: _profile,
    Refits: _refits,
    RowSets: _row_sets,
    Sections: _sections,
    Stated: _stated,
    Tabulated: _tables,
    TabulatedBeside: _tables,
    TabulatedChanges: _tables,
    TabulatedEverywhere: _tables,
    TabulatedOutcomes: _tables,
}
"""How the view of each kind of need is made."""
