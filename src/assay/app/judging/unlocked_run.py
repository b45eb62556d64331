"""A run without a lock uses its rows too: they go into the log where there is one, else into the workspace until there is.

Whoever sees what such a run found can fit criteria to it. So its rows are known again like those of a judged run, and a judged
run on them is refused as one on spent rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.app.judging.case import Case
from assay.app.judging.used_rows import salt_of, used_rows
from assay.app.organisation.ledger import Ledger, open_ledger
from assay.domain.entry import Action
from assay.domain.errors import writing
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import State
from assay.domain.used_rows import UsedRows
from assay.engine.engine import Engine
from assay.proof.leaf import Draft
from assay.proof.salted import SALT_BYTES, Salted
from assay.store.blobs import CorruptBlob
from assay.store.durable import alone
from assay.store.lines import append_line, whole_lines
from assay.store.log import salted
from assay.store.parents import make_parent
from assay.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Unlocked:
    """A run without a lock: what it was of, its rows, and the salt that they are under."""

    specification: str
    subject: dict[str, str]
    used: UsedRows
    salt: Salted

    def draft(self) -> Draft:
        """The entry that tells of it."""
        return _entry(self.specification, self.subject, self.used, self.salt.digest)

    def line(self) -> bytes:
        """As one line of JSON."""
        plain = {
            "specification": self.specification,
            "subject": self.subject,
            "rows": self.used.body(),
            "salt": [self.salt.salt.hex(), self.salt.value.hex()],
        }
        return json.dumps(plain, sort_keys=True).encode()

    @classmethod
    def read(cls, plain: dict[str, Any]) -> _Unlocked:
        """What :meth:`line` wrote. Raises KeyError, TypeError or ValueError when it is none."""
        salt, value = (bytes.fromhex(text) for text in plain["salt"])
        return cls(
            plain["specification"], dict(plain["subject"]), UsedRows.read(plain["rows"]), Salted(salt, value)
        )


def earlier_uses(case: Case) -> tuple[UsedRows, ...]:
    """The rows of earlier runs that a run without a lock is noted beside: those of the log where it has any, else of the workspace."""
    workspace = Workspace.of(case.root)
    if workspace.has_log:
        with open_ledger(case.root) as ledger:
            if used := ledger.state().used:
                return used
    return tuple(one.used for one in _kept(workspace.unlocked))


def keep_use(case: Case, engine: Engine) -> None:
    """Note which rows a run without a lock is about to judge, before it measures anything; one reading more than the look at them at most.

    One run at a time does so in a folder: another waits.

    Raises:
        Refused: ``test_set_spent`` when the salt of the log's runs was erased.
    """
    workspace = Workspace.of(case.root)
    with writing(workspace.root):
        make_parent(workspace.unlocked)
    # Two at once would each begin with a salt of its own, and the rows of one could be held against nothing.
    with alone(workspace.unlocked.with_name(f"{workspace.unlocked.name}.lock")):
        if workspace.has_log:
            with open_ledger(case.root) as ledger:
                if ledger.state().policy is not None:
                    take_in(ledger, case.root)
                    _log(case, engine, ledger)
                    return
        _note(case, engine, workspace.unlocked)


def _note(case: Case, engine: Engine, path: Path) -> None:
    kept, subject = _kept(path), case.subject
    if any(one.subject == subject for one in kept):
        return
    salt = kept[0].salt if kept else salted(os.urandom(SALT_BYTES))
    used = used_rows(case, engine, salt.value, [one.used for one in kept])
    append_line(path, _Unlocked(case.specification_digest, subject, used, salt).line(), mode=0o600)


def take_in(ledger: Ledger, folder: Path) -> None:
    """Log the runs without a lock that were made in this folder before it had a log; those that are logged stay so.

    Raises:
        Refused: ``test_set_spent`` when their rows cannot be held against those of the log.
    """
    path, unlike = Workspace.of(folder).unlocked, 0
    for one in _kept(path):
        state = ledger.state()
        if _is_known(state, one.subject):
            continue
        first = next((run.salt for run in state.runs.values()), one.salt.digest)
        if first == one.salt.digest:
            ledger.decide(_unless_known(one), pairs=(one.salt,))
        else:
            unlike += 1
    if unlike:
        raise Refused(
            Refusal(
                Because.TEST_SET_SPENT,
                f"{path} tells of {unlike} run{'s' * (unlike > 1)} without a lock under another salt than that of this log: "
                "what rows they saw cannot be held against those of the log.",
            ),
            remedy=f"First rename the file, for example to {path.name}.before. Then make a run without a lock on the same test rows, so "
            "that the log knows them: assay certify SPECIFICATION --certify-without-a-lock; where the specification is locked, of a "
            "copy of it under another name.",
        )


def _log(case: Case, engine: Engine, ledger: Ledger) -> None:
    subject = case.subject
    if _is_known(ledger.state(), subject):
        return
    salt = salt_of(ledger)
    used = used_rows(case, engine, salt.value, ledger.state().used)
    ledger.decide(
        lambda _: (_entry(case.specification_digest, subject, used, salt.digest),),
        pairs=salt.pairs,
    )


def _entry(specification: str, subject: Mapping[str, str], used: UsedRows, salt: str) -> Draft:
    body = {"subject": dict(subject), **used.body(), "salt": salt}
    return Draft(Action.RUN_UNLOCKED, specification, body)


def _unless_known(one: _Unlocked) -> Callable[[State], Sequence[Draft]]:
    return lambda state: () if _is_known(state, one.subject) else (one.draft(),)


def _is_known(state: State, subject: Mapping[str, str]) -> bool:
    """Whether the log has a run without a lock of the very same files: its rows are the same."""
    return any(not run.lock and dict(run.subject) == subject for run in state.runs.values())


def _kept(path: Path) -> tuple[_Unlocked, ...]:
    """The runs that were kept; of a last line that was cut off nothing was measured, so it is none."""
    try:
        return tuple(_Unlocked.read(json.loads(line)) for line in whole_lines(path))
    except (ValueError, KeyError, TypeError) as wrong:
        raise CorruptBlob(
            f"{path} holds a line that is no run without a lock.",
            code="runs_corrupt",
            remedy="Restore it from a copy: it knows which test rows were seen before anything was locked.",
        ) from wrong
