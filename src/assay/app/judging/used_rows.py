"""What the log is to keep of the test rows of a run, so that they are known again whatever is done to the file.

Whoever submits chooses what is an input and what the dictionary says, may rename or leave out any column, and may change a
few rows. So a set is sketched over the run's own choice of columns, over each identifier, over every choice that an earlier
run made, and over **marks**: small groups of columns that together tell rows apart. The groups are found in the values
alone: columns stand in the order of their smallest hashed values, and from each on as many as are needed to tell rows apart
make a group. Renaming a column changes no group, and leaving one out only those few that it is in.

Where rows repeat, they are sketched a second time with each value under the name of its column: answers to six questions on one scale are
hardly ever the same six answers to the same questions, but often to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assay.app.judging.case import Case
from assay.app.judging.measure import run_pass
from assay.app.organisation.ledger import Ledger
from assay.app.organisation.salt import Salt, salt_under
from assay.domain.needs import Part
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.used_rows import MARK, TELLING, Over, UsedRows
from assay.engine.engine import Engine
from assay.plan.passes import Pass
from assay.tally.sketch import SketchTally, looks_counted

VARIED = 32
"""A column with fewer different values is in no group: it would say next to nothing of a row."""
STARTS = 24
"""Columns from which a group begins."""
LONGEST = 4
"""Columns of a group at most."""
KEY = 8
"""Of so many smallest hashed values is the place of a column made."""

Choice = tuple[str, ...]


def used_rows(case: Case, engine: Engine, salt: bytes, earlier: Sequence[UsedRows]) -> UsedRows:
    """The sketches and marks of the rows that the case judges, after those of ``earlier`` runs; one reading more than the look at them.

    The first choice is what the model is fed and the truth. Then come the identifiers, and every choice of ``earlier``
    runs of which the file has all columns. An identifier that counts the rows of its file, from 0 or 1, is left out: the next file
    counts others by the same numbers. That opens nothing, for whoever wants to can number rows anew; other columns tell them.
    """
    frame, dataset = case.frame(), case.datasets[case.judged_on]
    if not case.looked.columns:
        raise ValueError("rows are looked at, to be known again, before they are held against others")
    names, columns = set(dataset.names), case.looked.columns
    own = (*(frame.inputs or frame.content), frame.label)
    identifiers = [c.name for c in case.dictionary.columns if c.type == "identifier" or c.name == frame.unit]
    chosen = [own, *((name,) for name in identifiers), *(o.columns for e in earlier for o in e.sketches)]
    choices = tuple(dict.fromkeys(c for c in chosen if set(c) <= names))
    measured = {column.name for column in dataset.schema if column.kind == "number"}
    starts = tuple(_starts(columns, measured))
    again = [o.columns for e in earlier for o in e.marks if set(o.columns) <= names]
    groups = tuple(dict.fromkeys((*(group for start in starts for group in start), *again)))
    several = tuple(choice for choice in choices if len(choice) > 1)
    reading = Pass(case.judged_on, frozenset({Part.SKETCHES}), sketched=(*choices, *groups), named=several)
    found = run_pass(case, frame, reading, engine).sketches
    tallies = dict(zip(groups, found[len(choices) : len(choices) + len(groups)], strict=True))
    named = dict(zip(several, found[len(choices) + len(groups) :], strict=True))
    telling = {group: tally for group, tally in tallies.items() if _tells(tally)}
    shortest = (group for start in starts for group in [g for g in start if g in telling][:1])
    marks = (
        Over(group, telling[group].salted(salt, MARK))
        for group in dict.fromkeys((*shortest, *again))
        if group in telling
    )
    sketches = (
        _over(choice, tally, named.get(choice), salt)
        for choice, tally in zip(choices, found, strict=False)
        if choice == own or len(choice) > 1 or not looks_counted(tally)
    )
    return UsedRows(dataset.rows, dataset.digest, tuple(sketches), tuple(marks))


def _over(choice: Choice, tally: SketchTally, named: SketchTally | None, salt: bytes) -> Over:
    """The sketch over a choice; the one under names only where rows repeat, for else chance explains nothing."""
    sketch = tally.salted(salt)
    return Over(choice, sketch, named.salted(salt) if named is not None and sketch.times else None)


def _starts(columns: Mapping[str, SketchTally], measured: set[str]) -> Iterator[tuple[Choice, ...]]:
    """For each place in the order of the columns: the groups that begin there, the shortest first.

    One column alone may be a group only when it is of measured values: a number that counts rows, or a time of every full
    hour, is the same in sets that share nothing. Those that look like counted rows are in no group.
    """
    able = {
        name: tuple(tally.smallest[:KEY].tolist())
        for name, tally in columns.items()
        if tally.distinct >= VARIED and not looks_counted(tally)
    }
    ordered = sorted(able, key=lambda name: able[name])
    for at, name in enumerate(ordered[:STARTS]):
        around = (*ordered[at:], *ordered[:at])
        lengths = range(1 if name in measured else 2, min(LONGEST, len(ordered)) + 1)
        yield tuple(tuple(sorted(around[:length])) for length in lengths)


def _tells(tally: SketchTally) -> bool:
    """Whether rows differ from each other in these columns, nearly always.

    Two sets of independent rows in both of which they do have at most about ``2 * (1 - TELLING)`` of them in common by
    chance, which is well below :data:`assay.domain.used_rows.ALIKE`.
    """
    return tally.distinct >= TELLING * tally.rows


def salt_of(ledger: Ledger) -> Salt:
    """The salt of this log's sketches: that of its first run, or a new one.

    Raises:
        Refused: ``test_set_spent`` when it was erased: then nobody can tell which rows were used.
    """
    first = next((run.salt for run in ledger.state().runs.values()), None)
    found = salt_under(ledger, first)
    if found is None:
        raise Refused(
            Refusal(
                Because.TEST_SET_SPENT,
                "The salt of the earlier runs was erased: which rows they used cannot be told.",
            )
        )
    return found
