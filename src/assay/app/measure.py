"""From a case to counts: plan the passes, run them over partitions, merge what they counted."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assay.app.case import Case
from assay.domain.errors import AssayError, MissingExtra, SubjectError, Unwritable, writing
from assay.domain.specification import Specification
from assay.engine.executor import execute
from assay.engine.partials import PartialStore
from assay.engine.progress import Progress, Silence
from assay.engine.scan import Frame
from assay.engine.task import ScanTask, run_scan
from assay.plan.passes import Pass, fuse, reference_data
from assay.subject.datasets import Dataset, Partition
from assay.subject.model import ModelReference
from assay.tally.groups import Layout
from assay.tally.partial import Partial, from_bytes, merged


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted.

    Attributes:
        judged_on: the data set that the model was judged on.
        tallies: by data set. failure: why there are no outcomes, when the model or the data gave none.
        change_failure: why there are no paired outcomes, when only the perturbed rows failed.
        small: per grouping, the groups that the small-group rule sets aside.
    """

    judged_on: str
    tallies: Mapping[str, Partial]
    failure: AssayError | None
    change_failure: AssayError | None
    small: Mapping[str, frozenset[str]]

    @property
    def judged(self) -> Partial:
        """The tally of the data set that the model was judged on."""
        return self.tallies[self.judged_on]


@contextmanager
def silent(title: str, rows: int) -> Iterator[Progress]:  # noqa: ARG001 - says nothing of them
    """Progress that nobody watches."""
    yield Silence()


@dataclass(frozen=True, slots=True)
class Engine:
    """How to run: processes, where partial counts are kept, whether earlier ones may be used, who is told."""

    workers: int
    partials: PartialStore
    reuse: bool = True
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent


def measure(case: Case, engine: Engine) -> Measured:
    """Run all passes that the criteria need.

    The reference data is read first: group shares and the spread of columns come from it. A model or data set
    that fails leaves the other data sets counted and is reported as a failure, never as a traceback.
    """
    passes = fuse(case.specification, case.wanted, case.judged_on, tuple(case.datasets))
    reference, judged_on = reference_data(case.specification), case.judged_on
    tallies: dict[str, Partial] = {}
    spreads: tuple[tuple[str, float], ...] = ()
    failure: AssayError | None = None
    change_failure: AssayError | None = None
    for wanted in sorted(passes, key=lambda p: p.data != reference):
        if wanted.spreads and wanted.outcomes:
            tallies[wanted.data] = run_pass(
                case, case.frame(), replace(wanted, outcomes=False, changes=()), engine
            )
            spreads = _deviations(tallies[wanted.data])
        tallies[wanted.data], failed = _as_much_as_can_be(case, case.frame(spreads), wanted, engine)
        failure, change_failure = failed if wanted.outcomes else (failure, change_failure)
        if wanted.spreads:
            spreads = _deviations(tallies[wanted.data])
    if failure is None and _units_repeat(tallies[judged_on]):
        wanted = next(p for p in passes if p.data == judged_on)
        tallies[judged_on], (failure, change_failure) = _one_row_per_unit(
            case, wanted, tallies[judged_on], spreads, engine
        )
    if failure is None and tallies[judged_on].bad_labels:
        failure = SubjectError(
            f"{tallies[judged_on].bad_labels:,} rows of the {judged_on} data have a label that is neither 0 nor 1 "
            f"in the column {case.specification.prediction.label!r}.",
            code="data_invalid",
        )
    return Measured(
        judged_on=judged_on,
        tallies=tallies,
        failure=failure,
        change_failure=failure or change_failure,
        small=_still_small(
            case.specification, small_groups(case.specification, tallies[reference]), tallies[judged_on]
        ),
    )


Failures = tuple[AssayError | None, AssayError | None]


def _as_much_as_can_be(
    case: Case, frame: Frame, wanted: Pass, engine: Engine, selection: str | None = None
) -> tuple[Partial, Failures]:
    """Run a pass; when the model fails, what can be counted without it, and why the rest is lacking.

    A failure of the perturbed rows alone leaves the outcomes standing.
    """
    failures: list[AssayError] = []
    without_changes = replace(wanted, changes=())
    without_model = replace(without_changes, outcomes=False, scores=False)
    for attempt in dict.fromkeys((wanted, without_changes, without_model)):
        try:
            counted = run_pass(case, frame, attempt, engine, selection)
        except (MissingExtra, Unwritable):
            raise  # not the model's fault: nothing was tested, so there is nothing to say of it
        except AssayError as error:
            if attempt == without_model:
                raise
            failures.append(error)
            continue
        failed = failures[-1] if failures else None
        return counted, (failed if not attempt.outcomes else None, failed)
    raise failures[-1]


def _one_row_per_unit(
    case: Case, wanted: Pass, first: Partial, spreads: tuple[tuple[str, float], ...], engine: Engine
) -> tuple[Partial, Failures]:
    """Count outcomes again on the chosen row of each unit; everything else keeps all rows."""
    assert first.units is not None  # noqa: S101 - asked for by the pass
    chosen = first.units.selection()
    path = engine.partials.folder / f"{hashlib.sha256(chosen.tobytes()).hexdigest()}.rows"
    with writing(path):
        engine.partials.folder.mkdir(parents=True, exist_ok=True)
        chosen.tofile(path)
    again = replace(wanted, units=False, profiles=False, row_set=False, spreads=False)
    counted, failed = _as_much_as_can_be(case, case.frame(spreads), again, engine, selection=str(path))
    return replace(first, outcomes=counted.outcomes, paired=counted.paired), failed


def _units_repeat(tally: Partial) -> bool:
    return tally.units is not None and tally.units.repeated


def _deviations(tally: Partial) -> tuple[tuple[str, float], ...]:
    return tuple((name, spread.deviation) for name, spread in tally.spreads)


def run_pass(case: Case, frame: Frame, wanted: Pass, engine: Engine, selection: str | None = None) -> Partial:
    """Count one data set: a task per partition, merged in the order of the rows."""
    dataset = case.datasets[wanted.data]
    model = case.model if wanted.outcomes else None
    seeded = replace(
        wanted,
        changes=tuple(replace(change, seed=_seed(case.seed, change.key)) for change in wanted.changes),
    )
    described = _described(case, frame, seeded, model, selection)
    tasks = [
        ScanTask(
            key=_key(described, dataset, partition),
            rows=partition.rows,
            frame=frame,
            wanted=seeded,
            partition=partition,
            model=model,
            selection=selection,
        )
        for partition in dataset.partitions
    ]
    live = case.live if wanted.outcomes else None
    # A function has no digest: what it said before may not be what it says now.
    bound = live is None and (model is None or bool(model.digest))
    with engine.progress(f"{wanted.data} data", dataset.rows) as told:
        done = execute(
            tasks,
            run_scan if live is None else functools.partial(run_scan, live=live),
            workers=engine.workers if live is None else 0,
            partials=engine.partials,
            progress=told,
            reuse=engine.reuse and bound,
        )
        return merged(from_bytes(data) for data in done)


def _key(described: str, dataset: Dataset, partition: Partition) -> str:
    """Names what the task will count: neither where the files lie nor when they were written."""
    rows = [partition.first_row_group, partition.row_groups, partition.first_row, partition.rows]
    facts = json.dumps([described, dataset.digest, partition.file_digest, rows])
    return hashlib.sha256(facts.encode()).hexdigest()


def _described(
    case: Case, frame: Frame, wanted: Pass, model: ModelReference | None, selection: str | None
) -> str:
    """Everything that a count depends on besides the rows: meanings, needs, model, seed, code."""
    facts = [repr(frame), repr(wanted), model.digest if model else "", model.python if model else ""]
    chosen = Path(selection).name if selection else ""
    return json.dumps([*facts, chosen, case.code_digest])


def _seed(seed: str, stream: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\0{stream}".encode()).digest()[:8], "big")


def small_groups(specification: Specification, reference: Partial) -> dict[str, frozenset[str]]:
    """Per grouping, the groups whose share of the reference data is below the declared share."""
    rule = specification.small_groups
    if rule is None:
        return {name: frozenset() for name in specification.groupings()}
    found = {}
    for name, attributes in specification.groupings().items():
        rows = group_rows(reference.layout, reference, attributes)
        total = max(reference.rows, 1)
        found[name] = frozenset(label for label, count in rows.items() if count < rule.below_share * total)
    return found


STILL_SMALL = 2


def _still_small(
    specification: Specification, small: dict[str, frozenset[str]], judged: Partial
) -> dict[str, frozenset[str]]:
    """Those that are small on the judged rows too: under twice the share, since the reference rows may be chosen.

    Which rows are in which group is known before any outcome, so this looks at nothing that is judged.
    """
    rule = specification.small_groups
    if rule is None:
        return small
    most = STILL_SMALL * rule.below_share * judged.rows
    kept = {}
    for name, labels in small.items():
        rows = group_rows(judged.layout, judged, specification.groupings()[name])
        kept[name] = frozenset(label for label in labels if rows[label] < most)
    return kept


def group_rows(layout: Layout, tally: Partial, attributes: tuple[str, ...]) -> dict[str, int]:
    """Labelled rows of each group of a grouping."""
    counts = layout.collapse(tally.population, attributes).sum(axis=1)
    return dict(zip(layout.labels(attributes), (int(c) for c in np.asarray(counts)), strict=True))
