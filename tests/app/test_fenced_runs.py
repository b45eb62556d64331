"""What a run says of its fences, and of a model that ran into one."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people
from tests.app.team import Team
from tests.app.test_certify import behaving

import assay
from assay.app.judging.case import open_case
from assay.cli.main import main
from assay.cli.render import print_record
from assay.domain.errors import Crash
from assay.domain.isolation import HIGHEST, required
from assay.domain.record_document import from_document, to_document
from assay.domain.vocabulary import Outcome, Reason, Verdict
from assay.dossier.html import render_html
from assay.sandbox.launch import Child
from assay.sandbox.probe import probe
from assay.sandbox.spawn import WITHOUT_FENCES

APART = """\
  - {id: apart, metric: data.split_overlap, at_most: 0, tier: critical, rationale: fresh rows, owner: data_steward}
"""
far = pytest.mark.far
fenced = pytest.mark.skipif(probe().level < HIGHEST, reason="this machine lacks fences: see assay sandbox")


class Source:
    """Pickled, it is a call that runs the source when it is loaded."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"(lambda d: (exec({self.source!r}, d), d['M']())[1])({{}})",)


def attacking(folder: Folder, attack: str) -> Path:
    source = (
        "import numpy as np, os, socket\nclass M:\n classes_ = np.array([0, 1])\n n_features_in_ = 2\n"
        f" def predict_proba(self, X):\n  {attack}\n  s = np.clip(X[:, 0] / 100, 0, 1)\n"
        "  return np.stack([1 - s, s], 1)\n"
    )
    (folder.root / "model.joblib").write_bytes(pickle.dumps(Source(source)))
    folder.edit(
        "{model: score, format: predictions}", "{model: model.joblib, format: joblib, inputs: [age, income]}"
    )
    return folder.write()


@far
@fenced
@pytest.mark.parametrize(
    ("attack", "fence", "workers"),
    [
        ("open({labels!r}, 'rb').read()", "file system", 1),
        ("socket.socket()", "network", 0),
    ],
)
def test_a_model_that_runs_into_a_fence_is_an_error_that_names_it(
    folder: Folder, attack: str, fence: str, workers: int
):
    """Whoever asks it: a worker, or the process of the run."""
    labels = str(folder.root / "test.parquet")
    path = attacking(folder, attack.format(labels=labels))
    done = assay.certify(path, workers=workers, rehearse=True)
    assert done.decision.outcome is Outcome.WITHHELD
    asked = {j.assessment.criterion: j for j in done.record.judged}
    for name in ("accuracy", "ranking", "approval-sex", "refusals-age"):
        assert (asked[name].verdict, asked[name].reason) == (Verdict.ERROR, Reason.MODEL_STOPPED)
        assert f"the fence that stopped it: {fence}." in asked[name].sentence
    assert asked["complete"].verdict is Verdict.PASS
    if not workers:
        with pytest.raises(Crash, match=f"the fence that stopped it: {fence}"):  # before a test row is read
            assay.certify(path, workers=workers, certify_without_a_lock=True)


@far
def test_no_child_of_a_judged_run_is_given_anything_without_every_fence_that_the_probe_found(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    """The files' structure, the sketches, the repeated rows, the plan, the passes and the model: all that is started."""
    asked: dict[str, set[tuple[str, ...]]] = {}
    start = Child.start.__func__

    def recorded(cls: type[Child], target: str, *arguments: object, **how: object) -> Child:
        asked.setdefault(target.rpartition(":")[2], set()).add(tuple(how.get("fences", ())))
        return start(cls, target, *arguments, **how)

    found = required(probe())  # that child reads nothing
    behaving(folder, "return x / 40")
    folder.edit("develop: develop.parquet,", "develop: develop.parquet, train: train.parquet,")
    folder.edit("ranking]}", "ranking, apart]}")
    folder.text += APART
    pq.write_table(people(3000, 3), folder.root / "train.parquet")
    team = Team(folder)
    monkeypatch.setattr(Child, "start", classmethod(recorded))
    team.lock()
    team.certify()
    assert {"inspect", "open_rows"} < asked.keys()
    assert asked == {target: {found} for target in asked}


@far
@fenced
def test_the_record_tells_which_fences_held(folder: Folder, capsys: pytest.CaptureFixture[str]):
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    found = record.environment.isolation
    assert found.level == HIGHEST
    assert from_document(json.loads(json.dumps(to_document(record)))) == record
    said = "level 3 of 3: limits, file system, system calls, network and rights"
    assert said in render_html(record)
    print_record(record)
    assert f"Isolation: {said}." in " ".join(capsys.readouterr().out.replace("│", " ").split())


@far
def test_a_machine_without_a_fence_is_degraded_and_says_so(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    before = open_case(folder.write()).code_digest
    monkeypatch.setenv(WITHOUT_FENCES, "file system,network")
    assert open_case(folder.write()).code_digest != before, "counts of a fenced run do not stand for another"
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    assert record.environment.isolation.level == 1
    page = render_html(record)
    assert "degraded, missing: file system, network" in page
    assert "switched off by whoever started this run" in page


def test_a_function_of_this_process_has_no_fence(folder: Folder):
    path = folder.edit(
        "model: score, format: predictions", "model: m:f, format: callable, inputs: [age]"
    ).write()
    done = assay.certify(path, rehearse=True, model=lambda batch: batch.column(0).to_numpy() / 120.0)
    assert done.record.environment.isolation.level == 0
    assert "process" in dict(done.record.environment.isolation.missing)


@far
@pytest.mark.parametrize("damage", ["cut", "not parquet", "flipped"])
def test_a_malformed_file_ends_with_code_2_and_a_sentence(
    folder: Folder, capsys: pytest.CaptureFixture[str], damage: str
):
    path = folder.write()
    place = folder.root / "test.parquet"
    data = bytearray(place.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "not parquet":
        data = bytearray(b"=cmd|'/C calc'!A0\n" * 100)
    else:
        for at in range(200, len(data) - 20, 37):
            data[at] ^= 0x55
    place.write_bytes(data)
    with pytest.raises(SystemExit) as ended:
        main(["certify", "--certify-without-a-lock", str(path), "--workers", "1"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert said.err.strip()


@far
def test_the_command_lists_what_is_up_and_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(WITHOUT_FENCES, "limits")
    with pytest.raises(SystemExit) as ended:
        main(["sandbox", "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["level"] == 0
    with pytest.raises(SystemExit):
        main(["sandbox"])
    assert "missing  limits: switched off" in capsys.readouterr().out
