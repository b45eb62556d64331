"""What a check needs measured before it can count; the planner fuses equal needs into one pass.

A kind of need states the facts that others act on: what it reads, what a pass must count for it, whether the model is
asked with changed inputs. Which kind it is is asked by the tables of views alone, and where something is taken that one kind has: the
function of a table, a change, a design.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from assay.domain.vocabulary import Task


class Reads(StrEnum):
    """Which data sets are read: the one that the model is judged on, the one that the criterion names, all, the training rows, none."""

    JUDGED = "judged"
    NAMED = "named"
    EVERY = "every"
    TRAINED = "trained"
    """The training rows, by way of the recipe: whatever a criterion names, and never a row on which the model is judged."""
    NOTHING = "nothing"


class Part(StrEnum):
    """What a pass counts besides rows per group and label."""

    OUTCOMES = "outcomes"
    """Decisions by group and label: the model is asked, or a column of scores is read; and pairs, after each change."""
    SCORES = "scores"
    """The scores of those outcomes too, and not their decisions alone."""
    PROFILES = "profiles"
    """A profile of every column."""
    ROW_HASHES = "row_hashes"
    """A hash of every row, and of what the model is fed of it."""
    UNITS = "units"
    """Which rows are of one unit, and which of them counts."""
    SPREADS = "spreads"
    """How widely the values of each numeric input lie, for perturbations."""
    EQUAL_ROWS = "equal_rows"
    """How often equal rows stand there among those that count, which no check asks for."""
    IDENTIFIERS = "identifiers"
    """How often an identifier stands there among those rows, which no check asks for."""
    COPIES = "copies"
    """Which rows equal an earlier one in all that can be told of them, for draws that fall on rows."""
    KNOWN_ROWS = "known_rows"
    """Some rows, drawn at random, which tables of other data sets are handed."""
    SKETCHES = "sketches"
    """The rows with the smallest hashes over some choices of columns, by which they are known again; no check asks for it."""
    TABLES = "tables"
    """Rows per key of the tables that checks bring with them."""


class Need:
    """The base of every kind of need.

    Attributes:
        reads: which data sets are read. parts: what is counted of them.
        changes_inputs: whether the model is asked again with changed inputs.
        tasks: those whose answers and labels a check of such a need knows how to read, unless the check says otherwise.
        by_row: whether each row is counted by itself, so that a criterion can be narrowed to a part of them.
        refits: whether the recipe trains models for it.
        tells_settings: whether a function that the need names is told the criterion's parameters: then the check need not name all of them.
    """

    __slots__ = ()
    reads: ClassVar[Reads]
    parts: ClassVar[frozenset[Part]]
    changes_inputs: ClassVar[bool] = False
    tasks: ClassVar[tuple[Task, ...]] = tuple(Task)
    by_row: ClassVar[bool] = False
    refits: ClassVar[bool] = False
    tells_settings: ClassVar[bool] = False

    @property
    def asks_model(self) -> bool:
        """Whether scores are needed: those of a model, or a column of them."""
        return Part.OUTCOMES in self.parts

    @property
    def cuts_small_groups(self) -> bool:
        """Whether a check is handed the groups that gate alone, and those that the small-group rule set aside at another time."""
        return False


@dataclass(frozen=True, slots=True)
class Outcomes(Need):
    """Counts per (group, label, decision), and the score histogram per (group, label)."""

    reads = Reads.JUDGED
    parts = frozenset({Part.OUTCOMES})
    tasks = (Task.BINARY,)
    by_row = True

    @property
    def cuts_small_groups(self) -> bool:
        """Groups are compared."""
        return True


@dataclass(frozen=True, slots=True)
class Profiles(Need):
    """A profile of every column of a data set: missing, ill-typed, undocumented, out of range."""

    reads = Reads.NAMED
    parts = frozenset({Part.PROFILES})


@dataclass(frozen=True, slots=True)
class RowSets(Need):
    """The hashes of all rows of every data set: duplicates, conflicting labels, rows shared between splits."""

    reads = Reads.EVERY
    parts = frozenset({Part.ROW_HASHES})


@dataclass(frozen=True, slots=True)
class Perturbed(Need):
    """The same rows predicted twice, as they are and after ``change``.

    ``change(columns, context)`` is a module-level function: columns is a dict of input arrays (copies), the
    context gives the row indices, a seed, each column's spread and role, and the criterion's parameters.
    ``spares(names, context)``, of no rows, names the inputs that the change leaves as they are but for fewer than 1 in 100 of their
    values on average, whatever is drawn; without it a run says which inputs it left as they were. ``moves``: the share of the rows of each
    group of which it must change a value, or nothing is judged; at least one row in any case.
    """

    reads = Reads.JUDGED
    parts = frozenset({Part.OUTCOMES})
    changes_inputs = True
    tasks = (Task.BINARY, Task.MULTICLASS)
    by_row = True
    tells_settings = True

    change: Callable[..., dict[str, Any]]
    spares: Callable[..., tuple[str, ...]] | None = None
    moves: float = 0.0

    @property
    def cuts_small_groups(self) -> bool:
        """Groups are compared."""
        return True


@dataclass(frozen=True, slots=True)
class Tabulated(Need):
    """Rows per key that ``tabulate`` gives each row of the data set that the criterion names.

    ``tabulate(rows, context)`` is a module-level function of :class:`~assay.tally.table.Rows` and
    :class:`~assay.tally.table.TableContext` that returns keys by the name of a table. ``columns(context)`` names the columns that it
    looks at besides the label and the protected attributes; without it all that are documented are read.
    ``per_unit``: one row of each unit counts, and only rows with a label; without it all rows do.
    ``undeclared``: the columns of the file that nobody documented are read as well.
    ``of_labels``: what is counted is a label, so that a row without one has nothing to count; of any other table with ``per_unit`` a data set may have
    few such rows, also of one that compares labels: a drift could be among those without.
    ``every_group``: small groups are among those that it is handed, as where it asks how large the smallest is.
    ``known``: the context has some rows of the reference data with their labels, drawn at random (:class:`~assay.tally.known.KnownRows`).
    """

    reads = Reads.NAMED
    parts = frozenset({Part.TABLES})
    tasks = (
        Task.BINARY,
    )  # a table may look at the label; a check whose table does not says that it is for all
    by_row = True
    tells_settings = True

    tabulate: Callable[..., Any]
    columns: Callable[..., tuple[str, ...]] | None = None
    per_unit: bool = False
    undeclared: bool = False
    known: bool = False
    every_group: bool = False
    of_labels: bool = False

    @property
    def cuts_small_groups(self) -> bool:
        """Groups are compared, unless every one counts."""
        return not self.every_group


@dataclass(frozen=True, slots=True)
class TabulatedEverywhere(Tabulated):
    """The same of every data set, which the check compares.

    ``against_all``: a criterion that is narrowed to a part (``where``) is about that part of its own data set, held against all rows of the
    others: whom a copy, a later day or another spelling stands for does not hang on the part. Without it each data set is narrowed.
    """

    reads = Reads.EVERY

    against_all: bool = False


@dataclass(frozen=True, slots=True)
class TabulatedOutcomes(Tabulated):
    """The same of the rows that the model is judged on, with its scores; one row of each unit counts."""

    reads = Reads.JUDGED
    parts = frozenset({Part.OUTCOMES, Part.TABLES})


@dataclass(frozen=True, slots=True)
class TabulatedBeside(TabulatedOutcomes):
    """The same of two data sets: of the rows that the model is judged on, and of those that the criterion's parameter ``beside`` names,
    about which the model is asked as well.

    What was found on the others can so be confirmed on rows that did not help to find it.
    """

    beside: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class TabulatedChanges(TabulatedOutcomes):
    """The same, and the model is asked again about the rows with changed inputs, as often as ``tabulate`` wants (``rows.after``)."""

    changes_inputs = True


@dataclass(frozen=True, slots=True)
class Refits(Need):
    """Models that the recipe trains on parts of the training rows, and what they answer for others of them.

    ``design(rows, seed, parameters)`` is a module-level function: which models are trained on which rows, and of which rows each
    is asked (:mod:`assay.tally.refits`). ``coded`` says that it, and the check, look at the inputs too.
    ``settings``: the parameters that it is told, if not all: criteria that agree in these, also of two checks, share their models.
    """

    reads = Reads.TRAINED
    parts = frozenset()
    tasks = (Task.BINARY,)
    refits = True
    tells_settings = True

    design: Callable[..., tuple[Any, ...]]
    coded: bool = False
    settings: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stated(Need):
    """What the criterion states in its parameters, of which something follows: no row is read."""

    reads = Reads.NOTHING
    parts = frozenset()


@dataclass(frozen=True, slots=True)
class Sections(Need):
    """Which documentation sections the specification requires, and which are filled."""

    reads = Reads.NOTHING
    parts = frozenset()


@dataclass(frozen=True, slots=True)
class Lineage(Need):
    """Which digests the declared sources, the records of other tools and the files themselves have: files are read as bytes, no row is."""

    reads = Reads.NOTHING
    parts = frozenset()
