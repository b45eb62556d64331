"""The passes: what is read and counted of each data set, fused from the needs of all criteria.

A data set is counted in one reading. Training rows are read a second time where units repeat, for which row of a unit counts is known
after the first. The judged rows are looked at before they are spent, and by that it is known of them
(:mod:`assay.app.judging.looking`). The plan before it reads the reference data too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assay.domain.needs import (
    Need,
    Part,
    Perturbed,
    Reads,
    Refits,
    Tabulated,
    TabulatedBeside,
    TabulatedEverywhere,
)

if TYPE_CHECKING:  # a worker has passes to count, and no specification
    from assay.domain.specification import Criterion, Specification


@dataclass(frozen=True, slots=True)
class Change:
    """A perturbation that one pass applies: its key, its function, its parameters and its seed.

    The key names the function; a printed function would hold an address, which is another one in each process.
    """

    key: str
    function: Callable[..., dict[str, Any]] = field(repr=False)
    parameters: tuple[tuple[str, Decimal | int | str], ...]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a check brings: its key, the function that gives each row a key, and what it is made for.

    The key names the function, as that of a change does. ``columns`` names what it reads; None for all that is documented.
    ``asks``: with the scores of the model. per_unit: one row of each unit counts. undeclared: columns that nobody documented are read
    too. where: only rows of these groups. changes: the model is asked again with changed inputs; what is drawn for them follows from
    the seed. known: it is handed some rows of the reference data.
    """

    key: str
    function: Callable[..., Any] = field(repr=False)
    columns: Callable[..., tuple[str, ...]] | None = field(repr=False)
    parameters: tuple[tuple[str, Decimal | int | str], ...]
    across: tuple[str, ...] = ()
    asks: bool = False
    per_unit: bool = False
    where: tuple[tuple[str, str], ...] = ()
    undeclared: bool = False
    changes: bool = False
    seed: int = 0
    known: bool = False


_ASKING = frozenset({Part.OUTCOMES, Part.SCORES})


@dataclass(frozen=True, slots=True)
class Pass:
    """What is counted of one data set in one reading.

    Attributes:
        parts: besides the rows of each group and label. changes: the outcomes are counted again after each of them.
        tables: what checks have counted in their own way. imagined: the scores that tables ask for are made up.
        sketched: the choices of columns of which the smallest hashes are kept. named: those of them in which a value counts under the
            name of its column, which come after the others.
    """

    data: str
    parts: frozenset[Part] = frozenset()
    changes: tuple[Change, ...] = ()
    tables: tuple[Table, ...] = ()
    imagined: bool = False
    sketched: tuple[tuple[str, ...], ...] = ()
    named: tuple[tuple[str, ...], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether it needs scores: those of a model, or a column of them."""
        return Part.OUTCOMES in self.parts

    def __post_init__(self) -> None:
        scored = self.changes or Part.SCORES in self.parts or any(t.asks for t in self.tables)
        if scored and not self.asks and not self.imagined:
            raise ValueError("scores and changes are of outcomes, which the pass does not count")

    @property
    def again(self) -> tuple[Change | Table, ...]:
        """What has the model asked again, with changed inputs."""
        return (*self.changes, *(table for table in self.tables if table.changes))

    @property
    def once(self) -> Pass:
        """The same pass in which the model is not asked again."""
        return replace(self, changes=(), tables=tuple(table for table in self.tables if not table.changes))

    def alone(self, one: Change | Table) -> Pass:
        """Of the same pass only the outcomes and what has the model asked again for one of these."""
        parts = frozenset({Part.OUTCOMES})
        if isinstance(one, Change):
            return replace(self, parts=parts, changes=(one,), tables=())
        return replace(self, parts=parts, changes=(), tables=(one,))

    @property
    def knows(self) -> bool:
        """Whether a table of it is handed some rows of the reference data."""
        return any(table.known for table in self.tables)

    @property
    def unasked(self) -> Pass:
        """The same pass without what needs scores."""
        return replace(
            self,
            parts=self.parts - _ASKING,
            changes=(),
            tables=tuple(table for table in self.tables if not table.asks),
        )

    @property
    def of_units(self) -> Pass | None:
        """Of a pass that asks nothing, only the tables that count one row of each unit; None when none does."""
        tables = tuple(table for table in self.tables if table.per_unit)
        return replace(self, parts=frozenset({Part.TABLES}), changes=(), tables=tables) if tables else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One criterion with the need of its check and its bound parameters (defaults filled in); ``whole``: of all rows, whatever its part."""

    criterion: Criterion
    need: Need
    parameters: tuple[tuple[str, Decimal | int | str], ...] = field(default=())
    whole: bool = False

    def data(self, judged_on: str) -> str:
        """The data set that it is about: the one that the criterion names, unless its need says which."""
        settled = {Reads.JUDGED: judged_on, Reads.TRAINED: "train"}
        return settled.get(self.need.reads, self.criterion.data)

    @property
    def asked_beside(self) -> str | None:
        """The data set of whose rows the model is asked besides those that it is judged on."""
        return (
            str(dict(self.parameters)[self.need.beside]) if isinstance(self.need, TabulatedBeside) else None
        )

    def about(self, judged_on: str) -> frozenset[str]:
        """The data sets that it is about: its own, and the one beside it."""
        beside = self.asked_beside
        return frozenset({self.data(judged_on)} if beside is None else {self.data(judged_on), beside})

    @property
    def change_key(self) -> str:
        """The same for two criteria that perturb in the same way."""
        bound = {name: str(value) for name, value in self.parameters}
        return f"{self.criterion.metric}{json.dumps(bound, sort_keys=True)}"

    @property
    def refit_key(self) -> str:
        """The same for two criteria, also of two checks, for which the same models are trained."""
        need = self.need
        assert isinstance(need, Refits)  # noqa: S101 - nobody else is asked
        if need.settings is None:
            return self.change_key
        told = {name: str(value) for name, value in self.told}
        return f"{need.design.__module__}.{need.design.__qualname__}{json.dumps([need.coded, told], sort_keys=True)}"

    @property
    def told(self) -> tuple[tuple[str, Decimal | int | str], ...]:
        """The parameters that a design of models is told."""
        named = self.need.settings if isinstance(self.need, Refits) else None
        return tuple(pair for pair in self.parameters if named is None or pair[0] in named)

    @property
    def _against_all(self) -> bool:
        return isinstance(self.need, TabulatedEverywhere) and self.need.against_all

    @property
    def beside(self) -> Wanted:
        """What is counted for it of a data set that it is held against: of all rows, where its need says so, and else of the same part."""
        return replace(self, whole=True) if self._against_all else self

    @property
    def narrowed(self) -> tuple[tuple[str, str], ...]:
        """The parts to which the rows that are counted for it are narrowed."""
        return () if self.whole else tuple(sorted(self.criterion.where.items()))

    @property
    def again_key(self) -> str:
        """The key of what has the model asked again for it."""
        return self.table_key if isinstance(self.need, Tabulated) else self.change_key

    @property
    def table_key(self) -> str:
        """The same for two criteria whose tables are the same, also of two checks."""
        need = self.need
        assert isinstance(need, Tabulated)  # noqa: S101 - nobody else is asked
        bound = {name: str(value) for name, value in self.parameters}
        function = f"{need.tabulate.__module__}.{need.tabulate.__qualname__}"
        where = dict(sorted(self.criterion.where.items()))
        said = [self.criterion.across, where, need.asks_model, need.per_unit, need.undeclared, bound]
        said += [need.known] if need.known else []
        said += [self.criterion.data] if self._against_all and where else []
        return f"{function}{json.dumps(said, sort_keys=True)}"


def reference_data(specification: Specification) -> str:
    """The data set that fixes group shares, spreads and cuts before the test rows are opened."""
    return specification.data.reference


def declared_data(specification: Specification) -> dict[str, str]:
    """The declared data sets by role, in the order train, develop, test."""
    data = specification.data
    named = {"train": data.train, "develop": data.develop, "test": data.test}
    return {role: path for role, path in named.items() if path is not None}


def fuse(
    specification: Specification, wanted: Sequence[Wanted], judged_on: str, roles: Sequence[str]
) -> tuple[Pass, ...]:
    """One pass per data set in ``roles`` that anything is needed of; the model is judged on ``judged_on``.

    The reference data is always read, for group shares; all data sets are, when rows are compared between them, and then their
    units are compared as well.
    """
    of_all = [w for w in wanted if w.need.reads is Reads.EVERY]
    everywhere = _parts(of_all)
    if Part.ROW_HASHES in everywhere and specification.data.unit is not None:
        everywhere |= {Part.UNITS}
    perturbs = any(w.need.changes_inputs for w in wanted)
    knows = any(isinstance(w.need, Tabulated) and w.need.known for w in wanted)
    reference = reference_data(specification)
    passes = []
    for role in roles:
        mine = [w for w in wanted if role in w.about(judged_on)]
        tables = tables_of(specification, [*mine, *(w.beside for w in of_all if w not in mine)])
        parts = _parts(mine) | everywhere
        if specification.data.unit is not None and any(table.per_unit for table in tables):
            parts |= {Part.UNITS}
        judged = role == judged_on
        if judged:
            parts |= {Part.OUTCOMES, Part.SCORES, Part.PROFILES}
            parts |= {Part.UNITS} if specification.data.unit is not None else set()
        if role == reference:
            parts |= {Part.SPREADS} if perturbs else set()
            parts |= {Part.KNOWN_ROWS} if knows else set()
        if mine or judged or everywhere or role == reference:
            passes.append(Pass(role, parts, _changes(mine) if judged else (), tables))
    return tuple(passes)


def _parts(wanted: Iterable[Wanted]) -> frozenset[Part]:
    return frozenset(part for w in wanted for part in w.need.parts)


def _changes(wanted: Sequence[Wanted]) -> tuple[Change, ...]:
    found: dict[str, Change] = {}
    for w in wanted:
        if isinstance(w.need, Perturbed):
            found.setdefault(w.change_key, Change(w.change_key, w.need.change, w.parameters))
    return tuple(found[key] for key in sorted(found))


def tables_of(specification: Specification, wanted: Iterable[Wanted]) -> tuple[Table, ...]:
    """The tables that some criteria need, each once."""
    groupings = specification.groupings()
    found: dict[str, Table] = {}
    for w in wanted:
        need = w.need
        if isinstance(need, Tabulated):
            across = groupings[w.criterion.across] if w.criterion.across is not None else ()
            asks = need.asks_model
            table = Table(
                w.table_key,
                need.tabulate,
                need.columns,
                w.parameters,
                across,
                asks,
                asks or need.per_unit,
                where=w.narrowed,
                undeclared=need.undeclared,
                changes=need.changes_inputs,
                known=need.known,
            )
            found.setdefault(table.key, table)
    return tuple(found[key] for key in sorted(found))
