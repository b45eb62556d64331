"""The command line as a person and a program meet it: texts, JSON, exit codes; never a traceback."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click
import pytest
from tests.app.conftest import Folder
from tests.cli.warm import run

from assay.cli.main import COMMANDS, assay


@pytest.fixture(scope="module")
def certified(tmp_path_factory) -> Path:
    folder = Folder(tmp_path_factory.mktemp("certified"))
    folder.write()
    done = run("certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1", cwd=folder.root)
    assert done.returncode == 0, done.stderr
    assert "CERTIFIED" in done.stdout
    return folder.root


def test_certify_writes_the_dossier_and_keeps_the_record(certified):
    assert (certified / "out" / "small-loans.dossier.html").read_text().startswith("<!DOCTYPE html>")
    runs = json.loads(run("show", "--json", cwd=certified).stdout)
    assert [(r["outcome"], r["rehearsal"]) for r in runs] == [("certified", False)]
    shown = run("show", runs[0]["record"][:20], cwd=certified)
    assert "approval-sex" in shown.stdout


def test_certify_as_json_is_the_record(certified):
    done = run("certify", "specification.yaml", "--rehearse", "--json", cwd=certified)
    document = json.loads(done.stdout)
    assert document["schema"] == "assay.record/1"
    assert document["decision"]["rehearsal"] is True


def test_report_gives_every_format(certified):
    assert "<html" in run("report", cwd=certified).stdout
    assert "<testsuites" in run("report", "--format", "junit", cwd=certified).stdout
    assert json.loads(run("report", "--format", "json", cwd=certified).stdout)["schema"] == "assay.record/1"


def test_plan_says_how_likely_a_good_model_is_to_pass(certified):
    done = run("plan", "specification.yaml", "--json", cwd=certified)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "assay.plan/1"
    assert document["model_answered_rows"] == 0  # its scores stand in a column
    planned = {c["id"]: c for c in document["attempts"][0]["criteria"]}
    assert planned["accuracy"]["passes"] > 0.9
    assert planned["complete"]["passes"] is None


def test_withheld_ends_with_1(tmp_path):
    folder = Folder(tmp_path)
    folder.edit("at_least: 0.70, expected: 0.8,", "at_least: 0.78, expected: 0.85,").write()
    done = run("certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "WITHHELD" in done.stdout


BROKEN_INPUTS = {
    "no specification": (lambda f: (f.root / "specification.yaml").unlink(), "specification.yaml"),
    "a misspelt metric": (
        lambda f: f.edit("performance.auc", "performance.uac").write(),
        "nearest: performance.auc",
    ),
    "no test data": (lambda f: (f.root / "test.parquet").unlink(), "test.parquet"),
    "an empty data file": (lambda f: (f.root / "test.parquet").write_bytes(b""), "test.parquet"),
    "a data file that is text": (
        lambda f: (f.root / "test.parquet").write_text("a,b\n1,2\n"),
        "test.parquet",
    ),
    "a folder for a specification": (
        lambda f: ((f.root / "specification.yaml").unlink(), (f.root / "specification.yaml").mkdir()),
        "specification.yaml",
    ),
    "a column that no file has": (
        lambda f: f.edit("column: sex,", "column: sexx,").write(),
        "sexx",
    ),
    "a hopeless criterion": (lambda f: f.edit("at_most: 0.15", "at_most: 0.001").write(), "refusals-age"),
}


@pytest.mark.parametrize("name", BROKEN_INPUTS)
def test_wrong_inputs_end_with_2_and_a_sentence(tmp_path, name):
    breaks, said = BROKEN_INPUTS[name]
    folder = Folder(tmp_path)
    folder.write()
    breaks(folder)
    done = run("certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    as_json = run(
        "certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1", "--json", cwd=tmp_path
    )
    assert as_json.returncode == 2
    assert json.loads(as_json.stdout)["error"]["code"]


def test_a_flipped_byte_in_the_store_ends_with_3(certified, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(certified, copy)
    digest = json.loads(run("show", "--json", cwd=copy).stdout)[0]["record"]
    name = digest.removeprefix("sha256:")
    blob = copy / ".assay" / "objects" / name[:2] / name
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(content)
    done = run("show", name[:12], cwd=copy)
    assert done.returncode == 3
    assert "have changed" in done.stderr


def test_every_command_explains_itself(tmp_path):
    listed = run("--help", cwd=tmp_path).stdout
    for name in COMMANDS:
        assert name in listed
        done = run(name, "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert "Usage: assay" in done.stdout


def _every_command():
    for name in COMMANDS:
        command = assay.get_command(click.Context(assay), name)
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        yield from ((f"{name} {below}".strip(), each) for below, each in inner.items())


EVERY_COMMAND = dict(_every_command())


@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_the_help_of_every_command_ends_with_calls_that_it_takes_and_fits_80_columns(name):
    command = EVERY_COMMAND[name]
    context = click.Context(command, info_name=name, terminal_width=80)
    page = command.get_help(context)
    assert max(map(len, page.splitlines())) <= 80
    calls = page.partition("For example:\n")[2].replace("\\\n", " ").splitlines()
    assert any(call.split()[1 : 1 + len(name.split())] == name.split() for call in calls)
    for call in calls:
        program, *words = shlex.split(call.partition(" > ")[0])
        assert program == "assay"
        called, words = assay.get_command(context, words[0]), words[1:]
        if isinstance(called, click.Group):
            called, words = called.commands[words[0]], words[1:]
        found, left, _ = called.make_parser(click.Context(called)).parse_args(words)
        assert left == []
        for param in called.params:
            given = found.get(param.name)
            assert given is not None or not param.required, (call, param.name)
            if isinstance(param.type, click.Choice) and given is not None:
                assert given in param.type.choices


def test_unknown_commands_and_options_are_usage_errors(tmp_path):
    for name, meant in (("certfy", "certify"), ("plann", "plan"), ("Gate", "gate")):
        done = run(name, cwd=tmp_path)
        assert done.returncode == 2
        assert f"No such command '{name}'. Did you mean '{meant}'?" in done.stderr
    assert "Did you mean" not in run("xyzzy", cwd=tmp_path).stderr
    assert run("certify", "--fast", cwd=tmp_path).returncode == 2
    assert run("checks", "fairness.impact_ration", cwd=tmp_path).returncode == 2


def test_checks_are_listed_and_explained(tmp_path):
    listed = run("checks", cwd=tmp_path).stdout.splitlines()
    told = [line.split(maxsplit=2) for line in listed if not line.startswith(" ")]
    assert "fairness.impact_ratio" in {id_ for id_, _, _ in told}
    assert {grade.rstrip(",") for _, grade, _ in told} <= {"A", "B", "C", "counted"}
    assert sum(line.strip().startswith("held against ") for line in listed) == len(told)
    of = "documentation."
    stage = run("checks", of.rstrip("."), cwd=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in stage if not line.startswith(" ")] == [
        id_ for id_, _, _ in told if id_.startswith(of)
    ]
    as_json = json.loads(run("checks", of.rstrip("."), "--json", cwd=tmp_path).stdout)
    assert {c["id"] for c in as_json} == {id_ for id_, _, _ in told if id_.startswith(of)} != set()
    page = run("checks", "fairness.impact_ratio", cwd=tmp_path).stdout
    assert all(word in page for word in ("Purpose", "Method", "Limits", "Remedy"))


def test_schema_is_json(tmp_path):
    assert json.loads(run("schema", cwd=tmp_path).stdout)["type"] == "object"
    assert json.loads(run("schema", "--record", cwd=tmp_path).stdout)
    assert json.loads(run("schema", "--plan", cwd=tmp_path).stdout)["title"] == "assay.plan/1"
    assert run("schema", "--plan", "--record", cwd=tmp_path).returncode == 2


def test_the_dossier_never_overwrites_data(tmp_path):
    folder = Folder(tmp_path)
    folder.write()
    before = (tmp_path / "test.parquet").read_bytes()
    assert (
        run(
            "certify",
            "--certify-without-a-lock",
            "specification.yaml",
            "--output",
            "test.parquet",
            cwd=tmp_path,
        ).returncode
        == 2
    )
    assert (tmp_path / "test.parquet").read_bytes() == before
