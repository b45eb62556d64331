"""Chains of digests, held against what DVC itself wrote and published; and breaks that are planted into them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assay.checks.data.lineage import lineage
from assay.domain.evidence import Census
from assay.domain.lineage import Artifact, Chains, Found, Source, Step
from assay.reading.lineage.records import Records
from assay.subject.fingerprints import fingerprints, manifest_digest
from assay.tally.views import LineageView

LOCK = """\
schema: '2.0'
stages:
  prepare:
    cmd: python src/prepare.py data/data.xml
    deps:
    - path: data/data.xml
      md5: a304afb96060aad90176268345e10355
      size: 37891850
    - path: src/prepare.py
      md5: 51549a1c87b182ebdd785704f56ffaf1
      size: 1581
    params:
      params.yaml:
        prepare.seed: 20170428
        prepare.split: 0.2
    outs:
    - path: data/prepared
      md5: 20b786b6e6f80e2b3fcf17827ad18597.dir
      size: 23861319
      nfiles: 2
  featurize:
    cmd: python src/featurization.py data/prepared data/features
    deps:
    - path: data/prepared
      md5: 20b786b6e6f80e2b3fcf17827ad18597.dir
    - path: src/featurization.py
      md5: 61c592707fd1b33e27819c87cf93f80a
    outs:
    - path: data/features
      md5: 52c1fddf9b7b11dff75bffbeff7958d3.dir
  train:
    cmd: python src/train.py data/features model.pkl
    deps:
    - path: data/features
      md5: 52c1fddf9b7b11dff75bffbeff7958d3.dir
    - path: src/train.py
      md5: 9ab95496b29b6ea3418bbf20b9fe3473
    outs:
    - path: model.pkl
      md5: 484fab565aec49c5f704a3783235d237
"""
"""dvc.lock of iterative/example-get-started at 00071e8d, as DVC wrote it; its last stage is left out."""
SOURCES = {
    "data/data.xml": "a304afb96060aad90176268345e10355",
    "src/prepare.py": "51549a1c87b182ebdd785704f56ffaf1",
    "src/featurization.py": "61c592707fd1b33e27819c87cf93f80a",
    "src/train.py": "9ab95496b29b6ea3418bbf20b9fe3473",
}
STAGES = ("prepare", "featurize", "train")
MODEL = Artifact("model.pkl", frozenset({"md5:484fab565aec49c5f704a3783235d237"}))


def records(folder: Path, **texts: str) -> Records:
    """The records with these texts, whose names are written with ``__`` for a slash."""
    written = {name.replace("__", "/"): text for name, text in texts.items()}
    return recorded(folder, written)


def recorded(folder: Path, written: dict[str, str]) -> Records:
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Records(folder, written)


def declared(*left_out: str) -> tuple[Source, ...]:
    return tuple(
        Source(Artifact(name, frozenset({f"md5:{digits}"})), looked_at=False)
        for name, digits in SOURCES.items()
        if name not in left_out
    )


def chains(found: Records, sources: tuple[Source, ...], *steps: str, by_name: bool = False) -> Chains:
    return Chains(sources, frozenset(steps or STAGES), tuple(found.steps), by_name)


def test_the_digest_of_a_folder_is_the_one_that_dvc_publishes():
    # dvc.org, "Structure of the cache directory": the list of two images, and the name that DVC gave it.
    listed = {
        "index.jpeg": "29a6c8271c0c8fbf75d3b97aecee589f",
        "cat.jpeg": "dff70c0392d7d386c39a23c64fcc0376",
    }
    assert manifest_digest(listed) == "md5:196a322c107c2572335158503c64bfba.dir"


def test_a_folder_and_its_files_are_digested_alike(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.csv").write_bytes(b"x,y\r\n1,2\r\n")
    (tmp_path / "sub" / "a.csv").write_bytes(b"\0\r\n")
    plain = {name: hashlib.md5((tmp_path / name).read_bytes()).hexdigest() for name in ("b.csv", "sub/a.csv")}
    unix = {**plain, "b.csv": hashlib.md5(b"x,y\n1,2\n").hexdigest()}  # what holds a zero byte is no text
    assert fingerprints(tmp_path, {"md5"}) == {manifest_digest(plain), manifest_digest(unix)}
    assert fingerprints(tmp_path / "b.csv", {"md5", "sha256"}) == {
        f"md5:{plain['b.csv']}",
        f"md5:{unix['b.csv']}",
        f"sha256:{hashlib.sha256((tmp_path / 'b.csv').read_bytes()).hexdigest()}",
    }


def test_the_example_project_of_dvc_is_reached_through_its_three_stages(tmp_path: Path):
    found = chains(recorded(tmp_path, {"dvc.lock": LOCK}), declared()).reached(MODEL)
    assert not found.breaks
    assert set(found.stated) == set(SOURCES)


@pytest.mark.parametrize("left_out", SOURCES)
def test_every_source_that_is_not_declared_is_named(tmp_path: Path, left_out: str):
    found = chains(recorded(tmp_path, {"dvc.lock": LOCK}), declared(left_out)).reached(MODEL)
    assert found.breaks == (f"no record and no declared source says where {left_out} comes from",)


@pytest.mark.parametrize("stage", STAGES)
def test_every_step_that_is_not_declared_is_named(tmp_path: Path, stage: str):
    others = [name for name in STAGES if name != stage]
    (said,) = chains(recorded(tmp_path, {"dvc.lock": LOCK}), declared(), *others).reached(MODEL).breaks
    assert f"by the step {stage} (dvc.lock), which is not declared" in said


@pytest.mark.parametrize(
    "digits",
    [
        "20b786b6e6f80e2b3fcf17827ad18597.dir",
        "52c1fddf9b7b11dff75bffbeff7958d3.dir",
        "484fab565aec49c5f704a3783235d237",
    ],
)
def test_a_digest_that_differs_where_two_steps_meet_is_named(tmp_path: Path, digits: str):
    # What a stage made is another one than the next stage, or the file, has.
    changed = LOCK.replace(digits, "0" * 12 + digits[12:], 1)
    (said,) = chains(recorded(tmp_path, {"dvc.lock": changed}), declared()).reached(MODEL).breaks
    assert f"md5 {digits[:12]}" in said
    assert said.endswith("by dvc.lock")


def test_a_dvc_file_of_an_extract_only_states_its_digest(tmp_path: Path):
    # data/data.xml.dvc of the same project, at 00f7eff2
    text = "md5: 301598c8348f8ac0c95abc6fc19da952\nwdir: .\nouts:\n- md5: a304afb96060aad90176268345e10355\n  path: data.xml\n  cache: true\n"
    (step,) = records(tmp_path, **{"data__data.xml.dvc": text}).steps
    assert step == Step(
        "",
        "data/data.xml.dvc",
        (),
        (Artifact("data/data.xml", frozenset({f"md5:{SOURCES['data/data.xml']}"})),),
    )


EVENT = {
    "eventType": "COMPLETE",
    "eventTime": "2024-12-09T23:37:31.081Z",
    "run": {"runId": "3b452093-782c-4ef2-9c0c-aafe2aa6f34d"},
    "job": {"namespace": "my-scheduler-namespace", "name": "myjob.mytask"},
    "inputs": [
        {
            "namespace": "file",
            "name": "/lake/raw.csv",
            "facets": {"checksum": {"algorithm": "SHA-256", "value": "ab" * 32}},
        }
    ],
    "outputs": [{"namespace": "file", "name": "data/test.csv", "facets": {"hash": {"md5": "cd" * 16}}}],
    "producer": "https://github.com/OpenLineage/OpenLineage/blob/v1-0-0/client",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
}
"""The example of the specification, with two data sets of files."""


def started(event: dict[str, Any]) -> dict[str, Any]:
    """The event before: its run has begun, and has read what is said here alone."""
    return {**event, "eventType": "START", "outputs": []}


@pytest.mark.parametrize("lines", [True, False])
def test_the_events_of_a_completed_run_are_one_step(tmp_path: Path, lines: bool):
    told = [started(EVENT), {**EVENT, "inputs": []}]
    text = "\n".join(map(json.dumps, told)) if lines else json.dumps(told)
    found = recorded(tmp_path, {"events.json": text})
    file = Artifact("data/test.csv", frozenset({"md5:" + "cd" * 16}))
    raw = Source(Artifact("raw", frozenset({"sha256:" + "ab" * 32})), looked_at=True)
    assert chains(found, (raw,), "myjob.mytask").reached(file) == Found(())


@pytest.mark.parametrize("before", [started(EVENT), EVENT])
@pytest.mark.parametrize("state", ["FAIL", "ABORT"])
def test_a_run_that_failed_made_nothing(tmp_path: Path, before: dict[str, Any], state: str):
    found = recorded(tmp_path, {"events.json": json.dumps([before, {**EVENT, "eventType": state}])})
    assert not found.steps
    assert not found.faults


OTHER = {"namespace": "file", "name": "data/test.csv", "facets": {"other": {"md5": "ef" * 16}}}
CONTRADICTING = {
    "inputs that are no data set": ({"inputs": ["evil.csv", *EVENT["inputs"]]}, "'evil.csv'"),
    "a data set without a name": ({"inputs": [{"namespace": "file"}]}, "has no 'name'"),
    "two digests in two facets": (
        {"outputs": [{**OTHER, "facets": {**OTHER["facets"], "hash": {"md5": "cd" * 16}}}]},
        "two digests of data/test.csv",
    ),
    "two digests in two entries": ({"outputs": [*EVENT["outputs"], OTHER]}, "two digests of data/test.csv"),
    "two jobs": ({"job": {"name": "evil"}}, "one of evil and of myjob.mytask"),
}


@pytest.mark.parametrize("kind", CONTRADICTING)
def test_what_would_be_lost_of_a_run_or_contradicts_it_is_a_fault(tmp_path: Path, kind: str):
    changed, said = CONTRADICTING[kind]
    found = recorded(tmp_path, {"events.json": json.dumps([EVENT, {**EVENT, **changed}])})
    assert not found.steps
    assert said in found.faults["events.json"]


def test_without_digests_records_are_joined_by_name_only_where_that_is_asked(tmp_path: Path):
    bare = {**EVENT, "outputs": [{"namespace": "file", "name": f"{tmp_path}/data/test.csv"}]}
    found = recorded(tmp_path, {"events.json": json.dumps(bare)})
    file = Artifact("data/test.csv", frozenset({"md5:" + "cd" * 16}))
    raw = (Source(Artifact("raw", frozenset({"sha256:" + "ab" * 32})), looked_at=True),)
    (said,) = chains(found, raw, "myjob.mytask").reached(file).breaks
    assert said == "data/test.csv is named by events.json without a digest that can be compared"
    by_name = chains(found, raw, "myjob.mytask", by_name=True).reached(file)
    assert not by_name.breaks
    assert by_name.stated == ("data/test.csv, joined by its name to the step myjob.mytask (events.json)",)


MLFLOW = {
    "mlruns/0/4f1e/meta.yaml": "artifact_uri: file:///m/0/4f1e/artifacts\nend_time: 1700000000000\nexperiment_id: '0'\nlifecycle_stage: active\nrun_id: 4f1e\nrun_name: train-model\nstatus: 3\ntags: []\n",
    "mlruns/0/4f1e/inputs/77/meta.yaml": "destination_id: d5\ndestination_type: RUN\nsource_id: d5\nsource_type: DATASET\ntags:\n  mlflow.data.context: training\n",
    "mlruns/0/datasets/d5/meta.yaml": "digest: 5ef1b3b4\nname: loans\nprofile: '{\"num_rows\": 10}'\nschema: '{}'\nsource: '{\"uri\": \"data/train.csv\"}'\nsource_type: local\n",
    "model/MLmodel": "artifact_path: model\nflavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n  sklearn:\n    pickled_model: model.pkl\nmlflow_version: 2.9.0\nrun_id: 4f1e\nutc_time_created: '2023-11-14 22:13:20.000000'\n",
}
"""As mlflow/store/tracking/file_store.py and mlflow/models/model.py write them; it writes the data set's id for the run's, too."""


def test_a_run_of_mlflow_joins_a_model_to_what_it_was_trained_on_by_name_alone(tmp_path: Path):
    found = recorded(tmp_path, MLFLOW)
    assert found.steps == [
        Step(
            "train-model",
            "mlruns/0/4f1e/meta.yaml",
            (Artifact("data/train.csv", frozenset({"mlflow:5ef1b3b4"})),),
            (Artifact("model/model.pkl"),),
        )
    ]
    model = Artifact("model/model.pkl", frozenset({"md5:" + "ef" * 16}))
    train = (Source(Artifact("data/train.csv", frozenset({"mlflow:5ef1b3b4"})), looked_at=False),)
    assert chains(found, train, "train-model").reached(model).breaks
    assert not chains(found, train, "train-model", by_name=True).reached(model).breaks


def test_an_input_of_mlflow_whose_data_set_is_not_declared_is_named(tmp_path: Path):
    found = recorded(tmp_path, {name: text for name, text in MLFLOW.items() if "datasets" not in name})
    (said,) = chains(found, (), "train-model", by_name=True).reached(Artifact("model/model.pkl")).breaks
    assert "where the data set d5 of MLflow comes from" in said


@pytest.mark.parametrize("status", [1, 4, "FAILED"])
def test_a_run_of_mlflow_that_did_not_finish_made_nothing(tmp_path: Path, status: object):
    unfinished = MLFLOW["mlruns/0/4f1e/meta.yaml"].replace("status: 3", f"status: {status}")
    assert not recorded(tmp_path, {**MLFLOW, "mlruns/0/4f1e/meta.yaml": unfinished}).steps


HOSTILE = {
    "an alias": ("dvc.lock", "stages: &a {x: {outs: []}}\nmore: *a\n", "An anchor"),
    "a key twice": ("dvc.lock", "stages: {}\nstages: {}\n", "stands twice"),
    "no YAML": ("dvc.lock", "stages: [", "not valid YAML"),
    "no mapping": ("x.dvc", "- a\n", "A document of"),
    "no outs": ("x.dvc", "deps: []\n", "a list of 'outs'"),
    "no stages": ("dvc.lock", "schema: '2.0'\n", "under 'stages'"),
    "a tower": ("e.json", "[" * 100_000, "nested"),
    "deep": ("e.json", "[" * 100_000 + "]" * 100_000, "nested"),
    "other JSON": ("e.json", '{"a": 1}', "no event"),
    "another meta.yaml": ("meta.yaml", "name: x\n", "no MLmodel"),
    "a path that is no mapping": (
        "dvc.lock",
        "schema: '2.0'\nstages:\n  a:\n    deps:\n    - hidden.csv\n    outs: []\n",
        "'hidden.csv'",
    ),
    "a pair that is no mapping": (
        "dvc.lock",
        "schema: '2.0'\nstages:\n  a:\n    deps:\n    - [x, y]\n",
        "['x', 'y']",
    ),
    "no list": ("x.dvc", "deps: hidden.csv\nouts: []\n", "'deps' is no list"),
    "no path": ("x.dvc", "outs:\n- md5: x\n", "has no 'path'"),
    "no stage": (
        "dvc.lock",
        "schema: '2.0'\nstages:\n  a: {outs: []}\n  b: 3\n",
        "the stage b is no mapping",
    ),
    "no event": ("e.json", '["x"]', "an event is no mapping"),
    "no job": ("e.json", '{"run": {"runId": "1"}}', "of which job"),
    "a key twice in JSON": ("e.json", '{"inputs": ["evil"], "inputs": []}', "the key 'inputs' stands twice"),
    "a key twice in a line": ("e.ndjson", '{}\n{"a": 1, "a": 2}\n', "the key 'a' stands twice"),
    "too large": ("e.json", " " * ((1 << 20) + 1), "larger than"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_text_that_no_tool_wrote_is_a_fault_and_no_crash(tmp_path: Path, kind: str):
    name, text, said = HOSTILE[kind]
    found = recorded(tmp_path, {name: text})
    assert not found.steps
    assert said in found.faults[name]


def test_what_lies_outside_or_is_absent_is_named_and_not_read(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "dvc.lock").write_text(LOCK)
    (tmp_path / "in" / "linked.dvc").symlink_to(tmp_path / "dvc.lock")
    found = Records(tmp_path / "in", ["../dvc.lock", "linked.dvc", "dvc.lock"])
    assert not found.steps
    assert "outside" in found.faults["../dvc.lock"]
    assert "outside" in found.faults["linked.dvc"]
    assert "no such file" in found.faults["dvc.lock"]


def one(n: object) -> Artifact:
    return Artifact(str(n), frozenset({f"x:{n}"}))


def done(name: str, reads: tuple[object, ...], makes: tuple[object, ...]) -> Step:
    return Step(name, "r", tuple(map(one, reads)), tuple(map(one, makes)))


def told(*steps: Step, sources: tuple[object, ...] = ()) -> Chains:
    """All these steps are declared, but one that is called evil."""
    return Chains(
        tuple(Source(one(s), looked_at=True) for s in sources),
        frozenset({s.name for s in steps} - {"evil"}),
        steps,
    )


def test_circles_and_long_chains_end():
    circle = told(done("s", (1,), (2,)), done("t", (2,), (1,)))
    assert circle.reached(one(1)).breaks == ("1 is made of itself",)
    before = told(done("s", (1, "raw"), (1,)), done("t", (1, "raw"), (2,)), sources=("raw",))
    assert before.reached(one(2)).breaks == ("1 is made of itself",)
    long = [done("s", (n + 1,), (n,)) for n in range(5000)]
    assert told(*long).reached(one(0)).breaks == (
        "no record and no declared source says where 5000 comes from",
    )
    assert told(*long, sources=(5000,)).reached(one(0)) == Found(())


def test_a_step_that_hands_on_what_it_read_is_no_circle():
    same = told(done("make", ("raw",), (1,)), done("hand on", (1,), (1,)), sources=("raw",))
    assert same.reached(one(1)) == Found(())


def woven(steps: int, *, end: object) -> list[Step]:
    """Steps that each read both things that the next one made; the last reads ``end``."""
    last = done(f"s{steps}", (end,), ((steps, "a"), (steps, "b")))
    reads_both = [done(f"s{n}", ((n + 1, "a"), (n + 1, "b")), ((n, "a"), (n, "b"))) for n in range(steps)]
    return [*reads_both, last]


@pytest.mark.parametrize("end", ["raw", "hidden", (0, "b")])
def test_steps_that_each_read_both_things_of_the_next_are_looked_at_once(end: object):
    # There are 2 ** 200 ways from the first thing to the source.
    breaks = told(*woven(200, end=end), sources=("raw",)).reached(one((0, "a"))).breaks
    assert len(breaks) == (end != "raw")
    assert all(
        ("made of itself" if end != "hidden" else "where hidden comes from") in said for said in breaks
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (done("again", ("hidden",), (1,)), "where hidden comes from"),
        (done("evil", ("raw",), (1,)), "the step evil (r), which is not declared"),
        (done("again", (), (1,)), "of which no record says what it read"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_every_story_about_a_digest_must_hold(other: Step, said: str, first: bool):
    clean = done("clean", ("raw",), (1,))
    (found,) = told(*((other, clean) if first else (clean, other)), sources=("raw",)).reached(one(1)).breaks
    assert said in found


def test_each_fault_and_each_file_is_counted_once():
    view = LineageView(
        (("train", Artifact("a")), ("test", Artifact("b")), ("model", Artifact("m"))),
        (Source(Artifact("s"), looked_at=False, fault="there is no file s"),),
        faults=(("dvc.lock", "There is no such file."),),
    )
    for files, total in (("data", 2), ("data and model", 3)):
        counted = lineage.measure(view, files=files, joined_by="digest")
        assert isinstance(counted, Census)
        assert (counted.found, counted.total) == (total + 2, total)
