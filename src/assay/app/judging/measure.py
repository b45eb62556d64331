"""From a case to counts: plan the passes, run them over partitions, merge what they counted."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assay.app.judging.case import Case
from assay.app.judging.looked import UNSEEN
from assay.app.judging.refits import Refitted, refitted
from assay.app.judging.wrong_labels import wrong_labels
from assay.domain import gating
from assay.domain.errors import AssayError, MissingExtra, Unwritable
from assay.domain.isolation import required
from assay.domain.needs import Part
from assay.domain.specification import Specification
from assay.engine.engine import Engine
from assay.engine.frame import Frame
from assay.engine.in_process import InProcess
from assay.engine.task import ScanTask, close_models, run_scan
from assay.plan.passes import Pass, fuse, reference_data
from assay.tally.partial import Partial, Tables, merged
from assay.tally.partial_bytes import from_bytes


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted.

    Attributes:
        judged_on: the data set that the model was judged on.
        tallies: by data set. failure: why there are no outcomes, when the model or the data gave none.
        change_failures: by perturbation, why there are no paired outcomes of it.
        small: per grouping, the groups that the small-group rule sets aside.
        refitted: by what a criterion asks of the recipe, the models that it trained, or why there are none.
    """

    judged_on: str
    tallies: Mapping[str, Partial]
    failure: AssayError | None
    change_failures: Mapping[str, AssayError]
    small: Mapping[str, frozenset[str]]
    refitted: Refitted = field(default_factory=dict)

    @property
    def judged(self) -> Partial:
        """The tally of the data set that the model was judged on."""
        return self.tallies[self.judged_on]

    def spreads(self, data: str) -> tuple[tuple[str, float], ...]:
        """How widely each numeric input lies in a data set; those that a perturbation was told are of the reference data."""
        return _deviations(self.tallies[data])


Others = Mapping[str, Partial]
"""What was counted of the data sets that the model is not judged on, by data set."""


def measure_others(case: Case, engine: Engine) -> Others:
    """Run the passes over all data sets but the one that the model is judged on.

    Of that one nothing is read and the model is not asked, so whoever spends its rows does this before: a damaged file of
    training rows is then told while nothing is spent.

    Raises:
        SubjectError, Crash: a data set cannot be read.
    """
    try:
        return {
            reading.data: _other(case, reading, engine)
            for reading in _passes(case)
            if reading.data != case.judged_on
        }
    except BaseException:
        close_models()  # else :func:`measure` asks the same children of this process, and ends them
        raise


def _other(case: Case, reading: Pass, engine: Engine) -> Partial:
    """What is counted of a data set that the model is not judged on; where it is asked about its rows, they are read before for their units."""
    if reading.asks:
        return run_pass(case, case.frame(), reading, engine, _chosen_before(case, reading, engine))
    counted = run_pass(case, case.frame(), reading, engine)
    again, chosen = reading.of_units, one_of_each_unit(counted, engine)
    if again is None or chosen is None:
        return counted
    return _with_units(counted, run_pass(case, case.frame(), again, engine, chosen), again)


def _chosen_before(case: Case, reading: Pass, engine: Engine) -> str | None:
    """The choice of one row of each unit, of rows of which the model is to be asked once."""
    if Part.UNITS not in reading.parts:
        return None
    units = Pass(reading.data, frozenset({Part.UNITS}))
    return one_of_each_unit(run_pass(case, case.frame(), units, engine), engine)


def _with_units(all_rows: Partial, once: Partial, again: Pass) -> Partial:
    """What was counted of all rows, with the tables of which one row of each unit counts as they were counted so, if they were."""
    instead = {table.key for table in again.tables}
    kept = tuple((key, made) for key, made in all_rows.tables if key not in instead)
    return replace(all_rows, tables=_with_tables(kept, once.tables))


def _with_tables(tables: Tables, instead: Tables) -> Tables:
    return tuple(sorted((dict(tables) | dict(instead)).items(), key=lambda pair: pair[0]))


def measure(case: Case, engine: Engine, others: Others) -> Measured:
    """Run the pass over the rows that the model is judged on, after they were looked at and :func:`measure_others`, under the same seed.

    Group shares and the spread of columns come from the reference data. A model that fails leaves counted what it is not
    asked for, and is reported as a failure.

    Raises:
        SubjectError, Crash: the rows themselves cannot be read: the run can be gone on with when the file is put back.
        MissingExtra, Unwritable: nothing was tested.
    """
    try:
        return replace(_measured(case, engine, others), refitted=refitted(case, engine))
    finally:
        close_models()  # of this process; workers end with theirs


def judged_pass(case: Case) -> Pass:
    """The pass over the rows that the model is judged on."""
    (reading,) = (p for p in _passes(case) if p.data == case.judged_on)
    return reading


def _passes(case: Case) -> tuple[Pass, ...]:
    """The passes of the run, the reference data first."""
    reference = reference_data(case.specification)
    passes = fuse(case.specification, case.wanted, case.judged_on, tuple(case.datasets))
    return tuple(sorted(passes, key=lambda reading: reading.data != reference))


def _measured(case: Case, engine: Engine, others: Others) -> Measured:
    reference, judged_on, looked = reference_data(case.specification), case.judged_on, case.looked
    if looked is UNSEEN:
        raise ValueError("rows are looked at before the model is asked about them")
    reading = judged_pass(case)
    spreads: tuple[tuple[str, float], ...] = ()
    if reference != judged_on:
        spreads = _deviations(others[reference])
    elif Part.SPREADS in reading.parts:  # in a rehearsal, of the same rows
        spreads = _deviations(run_pass(case, case.frame(), reading.unasked, engine))
    frame = replace(case.frame(spreads, _kept_rows(others.get(reference), engine)), copies=looked.copies)
    counted, judged = _as_much_as_can_be(case, frame, reading, engine, looked.chosen)
    tallies = {**others, judged_on: counted}
    labels = (wrong_labels(case, role, tallies[role]) for role in dict.fromkeys((judged_on, reference)))
    return Measured(
        judged_on=judged_on,
        tallies=tallies,
        failure=judged.failure or next((wrong for wrong in labels if wrong is not None), None),
        change_failures=judged.changes,
        small=small_groups(case.specification, tallies[reference], tallies[judged_on]),
    )


@dataclass(frozen=True, slots=True)
class Lacking:
    """Where the model failed on a pass: why there are no outcomes at all, or none of a perturbation."""

    failure: AssayError | None = None
    changes: Mapping[str, AssayError] = field(default_factory=dict)


NOT_THE_MODEL = (MissingExtra, Unwritable)
"""Nothing was tested, so there is nothing to say of the model."""


def _as_much_as_can_be(
    case: Case, frame: Frame, reading: Pass, engine: Engine, selection: str | None = None
) -> tuple[Partial, Lacking]:
    """Run a pass; where the model fails, what can be counted all the same, and why the rest is lacking."""
    try:
        return run_pass(case, frame, reading, engine, selection), Lacking()
    except NOT_THE_MODEL:
        raise
    except AssayError as error:
        if reading.again:
            return _each_change_alone(case, frame, reading, engine, selection, error)
        if not reading.asks:
            raise
        return run_pass(case, frame, reading.unasked, engine, selection), Lacking(error)


def _each_change_alone(
    case: Case, frame: Frame, reading: Pass, engine: Engine, selection: str | None, error: AssayError
) -> tuple[Partial, Lacking]:
    """A perturbation that breaks the model leaves the outcomes, and the other perturbations, standing."""
    counted, lacking = _as_much_as_can_be(case, frame, reading.once, engine, selection)
    if lacking.failure is not None:
        return counted, lacking
    if len(reading.again) == 1:
        return counted, Lacking(changes={reading.again[0].key: error})
    failures = {}
    for one in reading.again:
        try:
            found = run_pass(case, frame, reading.alone(one), engine, selection)
            counted = replace(
                counted,
                paired=counted.paired + found.paired,
                tables=_with_tables(counted.tables, found.tables),
            )
        except NOT_THE_MODEL:
            raise
        except AssayError as failed:
            failures[one.key] = failed
    return counted, Lacking(changes=failures)


def one_of_each_unit(counted: Partial, engine: Engine) -> str | None:
    """Keep the choice of one row of each unit, and return its key; None where no unit repeats, or none was counted."""
    if counted.units is None or not counted.units.repeated:
        return None
    return engine.keep(counted.units.selection().astype("<i8").tobytes())


def _kept_rows(reference: Partial | None, engine: Engine) -> str:
    """Keep some rows of the reference data, and return their key; empty where none were drawn."""
    if reference is None or reference.known is None:
        return ""
    return engine.keep(reference.known.to_bytes())


def _deviations(tally: Partial) -> tuple[tuple[str, float], ...]:
    return tuple((name, spread.deviation) for name, spread in tally.spreads)


def run_pass(
    case: Case, frame: Frame, reading: Pass, engine: Engine, selection: str | None = None
) -> Partial:
    """Count one data set: a task per partition, merged in the order of the rows.

    Rows of the reference data that a table is handed, and that no earlier pass drew, are read before: in a plan, and where the
    reference data itself is counted.
    """
    if reading.knows and not frame.known:
        drawn = Pass(reference_data(case.specification), frozenset({Part.KNOWN_ROWS}))
        frame = replace(frame, known=_kept_rows(run_pass(case, case.frame(), drawn, engine), engine))
    dataset = case.datasets[reading.data]
    model = case.model if reading.asks else None
    seeded = replace(
        reading,
        changes=tuple(replace(change, seed=case.seed_of(change.key)) for change in reading.changes),
        tables=tuple(
            replace(table, seed=case.seed_of(table.key)) if table.changes else table
            for table in reading.tables
        ),
    )
    tasks = [
        ScanTask(
            code_digest=case.code_digest,
            frame=frame,
            wanted=seeded,
            partition=partition,
            model=model,
            selection=selection,
            fences=required(case.environment.isolation),
        )
        for partition in dataset.partitions
    ]
    live = case.live if reading.asks else None
    # A function has no digest: what it said before may not be what it says now.
    bound = live is None and (model is None or bool(model.digest))
    work = run_scan if live is None else functools.partial(run_scan, live=live)
    here = engine if live is None else replace(engine, executor=InProcess())
    with engine.progress(f"{reading.data} data", dataset.rows) as told:
        return merged(from_bytes(data) for data in here.results(tasks, work, told=told, reuse=bound))


def small_groups(
    specification: Specification, reference: Partial, judged: Partial | None = None
) -> dict[str, frozenset[str]]:
    """Per grouping, the groups that do not gate, by :mod:`assay.domain.gating`; a plan has no judged rows to look at."""
    rule = specification.small_groups
    found = {}
    for name, attributes in specification.groupings().items():
        small = gating.small_groups(rule, reference.group_rows(attributes), reference.labelled)
        if judged is not None:
            small = gating.still_small(rule, small, judged.group_rows(attributes), judged.labelled)
        found[name] = small
    return found
