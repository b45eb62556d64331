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

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

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
SEVERAL = 4
"""So many columns that tell rows apart by themselves are enough to know a set by."""
KEY = 8
"""Of so many smallest hashed values is the place of a column made."""
CERTAIN, DOUBT = 0.99, 1.25
"""A number of different values is known to 2.2 % (one standard error; :class:`assay.tally.sketch.SketchTally`): a column of so large a share of
different values tells rows apart, and so many times the product of four such numbers is above what they make together."""

Choice = tuple[str, ...]


def foreseen(case: Case, earlier: Sequence[UsedRows]) -> tuple[Choice, ...]:
    """What can be sketched when the rows are first looked at: each column alone, the choices, and the groups of ``earlier`` runs.

    Those on the very same file have been looked at as these rows are now: what was read for them is kept, and no other look is made.
    """
    others = [used for used in earlier if used.file != case.datasets[case.judged_on].digest]
    choices = (*_choices(case, others), *_again(case, others))
    return tuple(dict.fromkeys((*((name,) for name in _columns(case)), *choices)))


def _columns(case: Case) -> tuple[str, ...]:
    """What the model is fed and the truth, then all that is documented."""
    names = set(case.datasets[case.judged_on].names)
    documented = (c.name for c in case.dictionary.columns if c.name in names)
    return tuple(dict.fromkeys((*_own(case), *documented)))


def _choices(case: Case, earlier: Sequence[UsedRows]) -> tuple[Choice, ...]:
    """The run's own choice of columns, then the identifiers, then the choices of earlier runs as far as the file has all columns."""
    frame, names = case.frame(), set(case.datasets[case.judged_on].names)
    identifiers = [c.name for c in case.dictionary.columns if c.type == "identifier" or c.name == frame.unit]
    chosen = [
        _own(case),
        *((name,) for name in identifiers),
        *(o.columns for e in earlier for o in e.sketches),
    ]
    return tuple(dict.fromkeys(c for c in chosen if set(c) <= names))


def _own(case: Case) -> Choice:
    frame = case.frame()
    return (*(frame.inputs or frame.content), frame.label)


def _again(case: Case, earlier: Sequence[UsedRows]) -> tuple[Choice, ...]:
    """The groups of columns by which earlier runs know their rows, as far as the file has all columns."""
    names = set(case.datasets[case.judged_on].names)
    return tuple(o.columns for e in earlier for o in e.marks if set(o.columns) <= names)


def used_rows(case: Case, engine: Engine, salt: bytes, earlier: Sequence[UsedRows]) -> UsedRows:
    """The sketches and marks of the rows that the case judges, after those of ``earlier`` runs.

    It takes one reading more than the look at them where single columns do not tell rows apart, or rows repeat. The first choice is what the
    model is fed and the truth. Then come the identifiers, and every choice of ``earlier``
    runs of which the file has all columns. An identifier that counts the rows of its file, from 0 or 1, is left out: the next file
    counts others by the same numbers. That opens nothing, for whoever wants to can number rows anew; other columns tell them.
    """
    dataset, looked = case.datasets[case.judged_on], case.looked.sketched
    if not looked:
        raise ValueError("rows are looked at, to be known again, before they are held against others")
    own, choices, again = _own(case), _choices(case, earlier), _again(case, earlier)
    measured = {column.name for column in dataset.schema if column.kind == "number"}
    alone = {name: looked[(name,)] for name in _columns(case)}
    starts = tuple(_starts(alone, measured))
    groups = dict.fromkeys((*(group for start in starts for group in start), *again))
    several = tuple(c for c in choices if len(c) > 1 and (c not in looked or looked[c].repeated))
    tallies, named = _sketched(case, engine, (*choices, *groups), several)
    telling = {group for group in groups if _tells(tallies[group])}
    shortest = (group for start in starts for group in [g for g in start if g in telling][:1])
    marks = (
        Over(group, tallies[group].salted(salt, MARK))
        for group in dict.fromkeys((*shortest, *again))
        if group in telling
    )
    sketches = (
        _over(choice, tallies[choice], named.get(choice), salt)
        for choice in choices
        if choice == own or len(choice) > 1 or not looks_counted(tallies[choice])
    )
    return UsedRows(dataset.rows, dataset.digest, tuple(sketches), tuple(marks))


Sketched = Mapping[Choice, SketchTally]


def _sketched(
    case: Case, engine: Engine, wanted: Sequence[Choice], named: tuple[Choice, ...]
) -> tuple[Sketched, Sketched]:
    """The smallest hashes over the wanted choices, and over some of them under the names of columns: what the look had not is read now."""
    looked = case.looked.sketched
    lacking = tuple(dict.fromkeys(choice for choice in wanted if choice not in looked))
    if not (lacking or named):
        return looked, {}
    reading = Pass(case.judged_on, frozenset({Part.SKETCHES}), sketched=lacking, named=named)
    found = run_pass(case, case.frame(), reading, engine).sketches
    read = dict(zip(lacking, found[: len(lacking)], strict=True))
    return {**looked, **read}, dict(zip(named, found[len(lacking) :], strict=True))


def _over(choice: Choice, tally: SketchTally, named: SketchTally | None, salt: bytes) -> Over:
    """The sketch over a choice; the one under names only where rows repeat, for else chance explains nothing."""
    sketch = tally.salted(salt)
    return Over(choice, sketch, named.salted(salt) if named is not None and sketch.times else None)


def _starts(columns: Mapping[str, SketchTally], measured: set[str]) -> Iterator[tuple[Choice, ...]]:
    """For each place in the order of the columns: the groups that begin there, the shortest first.

    One column alone may be a group only when it is of measured values: a number that counts rows, or a time of every full
    hour, is the same in sets that share nothing. Those that look like counted rows are in no group.

    Of these groups the shortest that tells rows apart is wanted. Where several columns do so alone, none of them is in another group: whoever
    leaves it out has left out that group too. (Where few do, those beside them count as telling: :meth:`UsedRows.overlap` looks for as many
    that are new.) What else single columns say need not be read: the groups after one that certainly tells rows apart are
    left out, and those that cannot because their values make too few combinations.
    """
    able = {
        name: tuple(tally.smallest[:KEY].tolist())
        for name, tally in columns.items()
        if tally.distinct >= VARIED and not looks_counted(tally)
    }
    ordered = sorted(able, key=lambda name: able[name])
    alone = {name for name in ordered[:STARTS] if name in measured and _tells(columns[name])}
    apart = alone if len(alone) >= SEVERAL else frozenset[str]()
    for at, name in enumerate(ordered[:STARTS]):
        if name in alone:
            yield ((name,),)
            continue
        around = tuple(takewhile(lambda c: c not in apart, (*ordered[at:], *ordered[:at])))[:LONGEST]
        lengths = range(2, len(around) + 1)
        enough = next((n for n in lengths if any(_certain(columns[c]) for c in around[:n])), len(around))
        groups = (around[:length] for length in range(2, enough + 1))
        yield tuple(tuple(sorted(group)) for group in groups if _could_tell([columns[c] for c in group]))


def _certain(tally: SketchTally) -> bool:
    """Whether rows surely differ by this column, whatever stands beside it."""
    return tally.distinct >= CERTAIN * tally.rows


def _could_tell(columns: Sequence[SketchTally]) -> bool:
    """Whether the values of these columns make enough combinations; of a few thousand values their number is an estimate."""
    return DOUBT * math.prod(column.distinct for column in columns) >= TELLING * columns[0].rows


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
