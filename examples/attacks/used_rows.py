"""The same rows are judged again, or a rehearsal is called a judged run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import assay
from assay.app.organisation.ledger import open_ledger
from assay.domain.entry import Action
from assay.domain.sketch import Sketch
from assay.domain.used_rows import Over, UsedRows
from assay.proof.leaf import Draft, read_leaf
from assay.store.workspace import Workspace

from .scene import Said, Scene


def second_run(scene: Scene) -> Said:
    # The copy of the folder is outside version control, which is a reason of its own to refuse.
    return scene.run("certify", scene.specification, "--certify-code-without-a-commit")


def one_input_less(scene: Scene) -> Said:
    """Everyone agrees to a version whose model is trained without one column, so that the rows look new."""
    rewrite(scene.folder / scene.specification, ", PAY_AMT6]", "]")
    rewrite(
        scene.folder / "candidate_b.py",
        'PAY_AMT{month}" for month in MONTHS)',
        'PAY_AMT{month}" for month in MONTHS[:-1])',
    )
    subprocess.run([sys.executable, "train.py"], cwd=scene.folder, check=True, capture_output=True)
    for role in ("validator", "risk_officer", "legal"):
        scene.run(
            "lock", scene.specification, "--as", role, "--key", f"demo:{role.replace('_', '-')}",
            "--reason", "one input less", "--certify-a-hopeless-specification",
        )  # fmt: skip
    return second_run(scene)


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise SystemExit(f"The demo stops: {old!r} should stand once in {path.name}.")
    path.write_text(text.replace(old, new), encoding="utf-8")


def rehearsal_as_decision(scene: Scene) -> Said:
    """Who can append enters the record of the rehearsal, where every number was shown, as a run that certified."""
    found = next(run.record for run in Workspace.of(scene.folder).runs.all() if run.rehearsal)
    digest, record = assay.load_record(scene.folder, found)
    with open_ledger(scene.folder) as ledger:
        (lock,) = ledger.state().locks.values()
        salt = next((run.salt for run in ledger.state().runs.values()), digest)
        made_up = Sketch(1, (1,), 1 << 32)
        rows = UsedRows(1, digest, (Over(("made", "up"), made_up),), ())
        body = {
            "lock": lock.digest, "attempt": 1, "salt": salt, "conditions": digest, **rows.body(),
            "subject": {source.role: source.digest for source in record.sources} | {"test": rows.file},
        }  # fmt: skip
        (leaf,) = ledger.add(Draft(Action.RUN_STARTED, lock.specification, body))
        said = {
            "run": read_leaf(leaf).seq, "evidence": record.evidence_digest, "outcome": "certified", "bypasses": [],
        }  # fmt: skip
        ledger.add(Draft(Action.DECIDED, digest, said))
    return scene.run("sign", "--as", "validator", "--key", "demo:validator")
