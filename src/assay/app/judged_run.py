"""A judged run in the log: it is admitted, and needs rows that are not spent; then it ends with a decision."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from assay.app.case import Case
from assay.app.ledger import Ledger, policy_of
from assay.domain.demands import unsatisfied
from assay.domain.entry import Action
from assay.domain.record import Record
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.domain.sketch import SPENT_FROM, Sketch
from assay.domain.state import Lock, RunState, State
from assay.domain.state.people import TEST_SET_SPENT
from assay.domain.state.runs import spent_by
from assay.engine.engine import Engine
from assay.engine.sketching import SketchTask, run_sketch
from assay.proof.leaf import Draft
from assay.proof.salted import SALT_BYTES, Salted
from assay.store.log import salted
from assay.tally.sketch import SketchTally


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run that the log has let begin.

    Attributes:
        entry: its place in the log. lock: digest of the locking entry, the source of every seed. attempt: from 1.
    """

    entry: int
    lock: str
    attempt: int


def refuse_dirty_code(case: Case) -> None:
    """Refuse a judged run, for a high-risk use, of code that no commit names.

    Raises:
        Refused: ``code_changed``.
    """
    if case.specification.use_case.risk == "high" and case.environment.dirty:
        raise Refused(
            Refusal(
                Because.CODE_CHANGED,
                f"Files of this folder differ from the commit {case.environment.commit[:12]}: what is judged could not be "
                "found again.",
            ),
            remedy="Commit them; a rehearsal needs no commit.",
        )


def begin(case: Case, lock: Lock, ledger: Ledger, engine: Engine) -> JudgedRun:
    """Log that a run starts, or go on with one that was broken off.

    Raises:
        Refused: ``test_set_spent`` when the rows were judged on before; the refusal is logged.
    """
    salt = _salt(ledger)
    sketch = sketch_of(case, engine).salted(salt.value)
    try:
        return _begun(case, lock, ledger, salt, sketch)
    except Distrusted:
        raise
    except Refused as refused:
        ledger.log_refusal(Action.RUN_REFUSED, case.specification_digest, refused)
        raise Refused(
            refused.refusal,
            remedy="Judge on rows that nobody used, or have an independent role waive it: assay waive "
            f"SPECIFICATION {TEST_SET_SPENT}"
            if refused.refusal.because is Because.TEST_SET_SPENT
            else "",
        ) from None


def _begun(case: Case, lock: Lock, ledger: Ledger, salt: Salt, sketch: Sketch) -> JudgedRun:
    subject = {source.role: source.digest for source in case.sources}
    resumed: list[RunState] = []
    attempts: list[int] = []

    def draft(state: State) -> Sequence[Draft]:
        lacking = unsatisfied(policy_of(state), case.specification)
        if lacking:
            raise Refused(
                Refusal(Because.POLICY_NOT_SATISFIED, " ".join(one.sentence for one in lacking)),
                remedy="The policy has changed since the lock: change the specification and lock it again.",
            )
        if any(run.salt != salt.digest for run in state.runs.values()):
            raise Refused(
                Refusal(Because.TEST_SET_SPENT, "Another run began at this very moment; run again.")
            )
        open_run = _broken_off(state, lock, sketch, subject)
        if open_run is not None:
            resumed.append(open_run)
            return ()
        attempts.append(len(state.overlapping(sketch, SPENT_FROM)) + 1)
        body = {
            "lock": lock.digest,
            "subject": subject,
            "rows": sketch.rows,
            "sketch": sketch.text(),
            "bound": sketch.bound,
            "salt": salt.digest,
            "attempt": attempts[-1],
        }
        return (Draft(Action.RUN_STARTED, case.specification_digest, body),)

    ledger.decide(draft, pairs=() if salt.pair is None else (salt.pair,))
    if resumed:
        return JudgedRun(resumed[-1].entry, lock.digest, resumed[-1].attempt)
    return JudgedRun(max(ledger.state().runs), lock.digest, attempts[-1])


def _broken_off(state: State, lock: Lock, sketch: Sketch, subject: dict[str, str]) -> RunState | None:
    """The run of exactly this that began and never told anybody anything: going on with it is no further attempt."""
    for run in reversed(state.runs.values()):
        same = run.lock == lock.digest and run.rows == sketch and dict(run.subject) == subject
        if same and not run.outcome:
            return run
    return None


def finish(run: JudgedRun, record: Record, digest: str, ledger: Ledger) -> None:
    """Log what the run decided."""
    body = {
        "run": run.entry,
        "evidence": record.evidence_digest,
        "outcome": record.decision.outcome.value,
        "bypasses": list(record.bypasses),
    }
    ledger.add(Draft(Action.DECIDED, digest, body))


def seeded(case: Case, run: JudgedRun) -> Case:
    """The case with the seed that nobody could shop for: the digest of the locking entry."""
    return replace(case, drawn=run.lock.removeprefix("sha256:"), attempt=run.attempt)


def spent(case: Case, lock: Lock, ledger: Ledger, engine: Engine) -> Refusal | None:
    """Whether the rows are spent, without beginning a run."""
    return spent_by(ledger.state(), sketch_of(case, engine).salted(_salt(ledger).value), lock)


def sketch_of(case: Case, engine: Engine) -> SketchTally:
    """The smallest hashes of the test rows, over what the model is fed and the truth."""
    frame, dataset = case.frame(), case.datasets[case.judged_on]
    columns = (*(frame.inputs or frame.content), frame.label)
    tasks = [
        SketchTask(
            key=_key(case, columns, dataset.digest, partition.file_digest, partition.first_row),
            rows=partition.rows,
            partition=partition,
            columns=columns,
        )
        for partition in dataset.partitions
    ]
    with engine.progress("test rows", dataset.rows) as told:
        parts = (SketchTally.from_bytes(data) for data in engine.results(tasks, run_sketch, told=told))
        return reduce(lambda a, b: a + b, parts, SketchTally.empty())


def _key(case: Case, *facts: object) -> str:
    text = json.dumps(["sketch", case.code_digest, *map(str, facts)])
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Salt:
    """The salt of a log's sketches; ``pair`` is to be kept when it is new."""

    digest: str
    value: bytes
    pair: Salted | None = None


def _salt(ledger: Ledger) -> Salt:
    """The salt of this log's sketches: that of its first run, or a new one.

    Raises:
        Refused: ``test_set_spent`` when it was erased: then nobody can tell which rows were used.
    """
    for run in ledger.state().runs.values():
        value = ledger.log.value(run.salt)
        if value is None:
            raise Refused(
                Refusal(
                    Because.TEST_SET_SPENT,
                    "The salt of the earlier runs was erased: which rows they used cannot be told.",
                )
            )
        return Salt(run.salt, value)
    pair = salted(os.urandom(SALT_BYTES))
    return Salt(pair.digest, pair.value, pair)
