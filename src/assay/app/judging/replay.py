"""Run again from a record: the same bytes, the same seed; and say whether the same comes out."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assay.app.judging.bind import bound_when_asked
from assay.app.judging.case import Case, open_case
from assay.app.judging.looking import look
from assay.app.judging.measure import measure, measure_others
from assay.app.judging.open_engine import open_engine
from assay.app.judging.recording import record_of
from assay.app.judging.used_rows import used_rows
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.seal import load_record
from assay.app.verifying.agreement import log_contradicts
from assay.domain.errors import AssayError, ExitCode, InvalidDocument, SubjectError
from assay.domain.isolation import NO_CHILD
from assay.domain.record import Record, SourceRecord
from assay.domain.refusal import Because, Distrusted, Refusal
from assay.domain.used_rows import UsedRows
from assay.engine.engine import Engine, silent
from assay.engine.progress import Progress
from assay.store.workspace import Workspace
from assay.subject.datasets import digest_of_dataset

TOLERANCE = 1e-9
"""How far an estimate or a bound may be from the recorded one in another environment."""


_NO_TABLE = ". A table that was given from Python is not kept: rehearse again with it, and compare the two: assay diff RUN RUN"


class Alike(enum.StrEnum):
    """How a replay compares with its record."""

    IDENTICAL = "bit-identical"
    CLOSE = "within tolerance"
    DIFFERENT = "different"


class SomethingElse(AssayError):
    """What is to be run again is not what was run."""

    exit_code = ExitCode.TRUST_FAILURE


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out, and every difference in a reader's words: versions first, then numbers."""

    record: str
    alike: Alike
    differences: tuple[str, ...]


def replay(
    folder: Path,
    beginning: str = "",
    *,
    workers: int = 1,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Replayed:
    """Measure, judge and decide again what a stored record is about, with nothing reused.

    It is no further attempt: the same bytes under the same seed tell nobody anything new.

    Args:
        folder: of the specification. beginning: of the record's digest; empty for the latest run.

    Raises:
        AssayError: ``callable_not_replayable``: a function was asked. SomethingElse: a file is not the one that was judged. NoSuchRun: there is no such record.
        Refused: ``sealed`` while attempts on its test rows remain.
        Distrusted: what the log keeps of the test rows is not what they give, or what it says of the run not what the record says.
    """
    digest, record = load_record(folder, beginning)
    _require_a_digest(record)
    path = folder / next(s.path for s in record.sources if s.role == "specification")
    try:
        case = open_case(path, rehearse=record.decision.rehearsal)
    except (InvalidDocument, SubjectError):
        _same_data(path.parent, record)
        raise
    _same_subject(case, record)
    if not record.decision.rehearsal:
        case = replace(case, **{as_named: getattr(record, name) for name, as_named in HANDED_ON.items()})
    with open_engine(path, workers=workers, reuse=False, progress=progress) as engine:
        case = look(bound_when_asked(case, engine), engine, beside=None if record.decision.rehearsal else ())
        _same_rows(folder, digest, record, case, engine)
        measured = measure(case, engine, measure_others(case, engine))
    again = record_of(case, measured, record.bypasses, rehearse=record.decision.rehearsal)
    return compared(digest, record, again)


HANDED_ON = {"seed": "drawn", "attempt": "attempt", "overlaps": "overlaps", "blind": "blind"}
"""Parts of the record of a judged run that its rows do not give, and what they are called in a case. They and the bypasses are taken as
recorded, once they were held against the log; where the folder has no log, nothing holds them."""
NOT_COMPARED = MappingProxyType(
    {
        "environment": "It is that of the machine and the time of a run, and may be another one; what of it is, is told as a difference.",
    }
)
"""Parts of a record that may be others when it is made again, and why. Each other part is compared."""
FROM_SCORES = ("statistics", "evidence_digest", "judged", "set_aside", "decision", "curves")
"""Parts that follow from scores, which may differ in their last digits in another environment."""
OUTPUTS = ("judged", "set_aside", "decision", "curves")
"""Those of them that follow from the statistics alone."""


def compared(digest: str, record: Record, again: Record) -> Replayed:
    """How a record compares with the one that comes out when the same is run again.

    Bit-identical: every part is the same but :data:`NOT_COMPARED`. Within tolerance: only parts of :data:`FROM_SCORES` differ, with the same
    verdicts, and no estimate or bound by more than :data:`TOLERANCE`.
    """
    versions = tuple(_versions(record, again))
    other = [name for name in _parts() if getattr(record, name) != getattr(again, name)]
    if not other:
        return Replayed(digest, Alike.IDENTICAL, versions)
    told = [name for name in other if name not in FROM_SCORES]
    if "statistics" in other:
        of_others = [s.answers for s in record.statistics] != [s.answers for s in again.statistics]
        told += ["statistics"] * of_others
    else:
        told += ["evidence_digest"] * ("evidence_digest" in other and not told)
        told += [
            name
            for name in OUTPUTS
            if name in other and not _within(getattr(record, name), getattr(again, name))
        ]
    numbers = (
        *_numbers(record, again),
        *(f"what the record says under {name!r} is not what comes out" for name in told),
    )
    return Replayed(digest, Alike.DIFFERENT if numbers else Alike.CLOSE, (*versions, *numbers))


def _parts() -> Iterable[str]:
    return (field.name for field in fields(Record) if field.name not in NOT_COMPARED)


def _within(one: Any, two: Any) -> bool:
    """Whether two values are the same, but for numbers that are as near as :data:`TOLERANCE`."""
    if isinstance(one, float) and isinstance(two, float):
        return _close(one, two)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return len(one) == len(two) and all(map(_within, one, two))
    if is_dataclass(one) and type(one) is type(two):
        return all(_within(getattr(one, field.name), getattr(two, field.name)) for field in fields(one))
    return bool(one == two)


def _require_a_digest(record: Record) -> None:
    """Raise for a rehearsal of a function: what another run would ask may be another one, and nothing would say so."""
    subject = record.specification.subject
    live = record.environment.isolation == NO_CHILD
    if not live and subject.format != "callable":
        return
    which = "A function that was handed over from Python" if live else f"The function {subject.model}"
    raise AssayError(
        f"{which} was asked in this rehearsal, and a function has no digest: there is nothing to hold another run against.",
        code="callable_not_replayable",
        remedy="Rehearse the function again and compare the two: assay diff RUN RUN. Or save the model to a file, name its format, and "
        "rehearse that, which can be replayed.",
    )


def _same_subject(case: Case, record: Record) -> None:
    now = {source.role: source for source in case.sources}
    for source in record.sources:
        found = now.get(source.role)
        if found is None or found.digest != source.digest:
            raise _changed(source, record)


def _same_data(root: Path, record: Record) -> None:
    """Raise for a data set that lies there and was exchanged: why it is refused beside the others tells less."""
    for source in record.sources:
        place = root / source.path
        if source.rows and place.exists() and digest_of_dataset(place) != source.digest:
            raise _changed(source, record)


def _changed(source: SourceRecord, record: Record) -> SomethingElse:
    return SomethingElse(
        f"The {source.role} {source.path} is not the one that was judged.",
        code="subject_changed",
        remedy="Put back the file with the digest that the record names: assay show --json"
        + (_NO_TABLE if record.decision.rehearsal and source.rows else ""),
    )


def _same_rows(folder: Path, digest: str, record: Record, case: Case, engine: Engine) -> None:
    """Make the sketches again that the log keeps of a judged run's rows: until then they are its writer's word.

    Nothing to compare has a run in no log, or one whose salt was erased. What the log says of the run must be what its record says.
    """
    if not Workspace.of(folder).has_log:
        return
    with open_ledger(folder) as ledger:
        state = ledger.state()
        decision = state.decisions.get(digest)
        run = state.runs[decision.run] if decision is not None else None
        salt = ledger.log.value(run.salt) if run is not None else None
    if decision is not None and (wrong := log_contradicts(record, decision, state)) is not None:
        raise Distrusted(wrong, remedy="Somebody wrote the record or the log by hand. See: assay log show")
    if run is None or salt is None:
        return
    earlier = tuple(one.rows for one in state.runs.values() if one.entry < run.entry)
    if _named_as_in(run.rows, used_rows(case, engine, salt, earlier)) == run.rows:
        return
    now = case.environment.assay
    version = record.environment.assay
    other = (
        "" if version == now else f" Assay {version} wrote it and this is {now}, which may keep other ones."
    )
    raise Distrusted(
        Refusal(
            Because.CONTRADICTS_LOG,
            f"The sketches of test rows in entry {run.entry} are not those that the test rows give: other rows would "
            f"pass for used, and these for new.{other}",
        ),
        remedy=(f"Replay it with Assay {version}. If that tells the same: find" if other else "Find")
        + " out who wrote the entry; revoke what stands on it: assay revoke",
    )


def _named_as_in(entry: UsedRows, made: UsedRows) -> UsedRows:
    """What was made without the sketches under names that the entry lacks, as those of versions that kept none: they only ever tell
    fresh rows from used ones, so that who leaves one out makes no used row pass for new.
    """
    unnamed = {one.columns for one in entry.sketches if one.named is None}
    kept = (replace(one, named=None) if one.columns in unnamed else one for one in made.sketches)
    return replace(made, sketches=tuple(kept))


def _versions(record: Record, again: Record) -> Iterable[str]:
    was, now = (
        {
            **dict(e.packages),
            **{f"{name} of the model's environment": version for name, version in e.model},
            **{name: digest[:19] for name, digest in e.modules},
            **{f"the plug-in {one.name}": f"{one.version} ({one.digest[:19]})" for one in e.plugins},
            "python": e.python,
            "assay": e.assay,
            "the platform": e.platform,
            "the isolation level": str(e.isolation.level),
            "the commit": (e.commit[:12] or "none") + (", with changed files" if e.dirty else ""),
        }
        for e in (record.environment, again.environment)
    )
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} was {was.get(name, 'absent')} and is {now.get(name, 'absent')}"


def _numbers(record: Record, again: Record) -> Iterable[str]:
    for was, now in zip((*record.judged, *record.set_aside), (*again.judged, *again.set_aside), strict=False):
        name = was.assessment.criterion
        if was.verdict is not now.verdict:
            yield f"{name} was {was.verdict.value} and is {now.verdict.value}"
        pieces = zip(was.assessment.pieces, now.assessment.pieces, strict=False)
        for a, b in pieces:
            values = ((a.estimate, b.estimate), (a.lower, b.lower), (a.upper, b.upper))
            if a.label != b.label or not all(_close(x, y) for x, y in values):
                yield f"{name}: {a.label or 'the estimate'} was {a.estimate} and is {b.estimate}"
                break
    if record.decision.outcome is not again.decision.outcome:
        yield f"the decision was {record.decision.outcome.value} and is {again.decision.outcome.value}"


def _close(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return one == two or math.isclose(one, two, rel_tol=0, abs_tol=TOLERANCE)
