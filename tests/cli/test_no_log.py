"""Where there is no log, no policy or no key, every command says so, and ends as for any other wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from tests.app.conftest import Folder

from assay.cli.main import COMMANDS, assay, main
from assay.store.keys import new_key
from assay.store.log import Log
from assay.store.workspace import Workspace

KEY = ("--key", "demo:validator")
ROLE = ("--as", "validator", *KEY)
ROOT = ("--root", "demo:root")
NEED_THE_LOG = {
    "lock": ("specification.yaml", *ROLE),
    "certify": ("specification.yaml",),
    "unseal": ("0123", *ROLE, "--reason", "now"),
    "sign": ROLE,
    "waive": ("specification.yaml", "accuracy", *ROLE, "--until", "2027-01-01", "--reason", "seen"),
    "issue": KEY,
    "revoke": (*ROLE, "--reason", "drift", "--code", "drift"),
    "suspend": (*ROLE, "--reason", "drift", "--code", "drift"),
    "reinstate": (*ROLE, "--reason", "mended"),
    "status": (*KEY, "--output", "out"),
    "export decision": ("pack.zip",),
    "export review": ("pack.zip",),
    "export public": ("pack.zip", *KEY),
    "log show": (),
    "log verify": (),
    "log checkpoint": (),
    "log prove": ("0", "proof"),
    "log export": ("log.jsonl",),
    "log erase": ("sha256:00", "--yes"),
    "trust edit": ("policy.yaml", *ROOT),
    "trust show": (),
    "keys rotate": ("ria", "--to", "demo:validator", *ROOT),
}
NEED_A_RUN = {"export tables": ("tables.json", "--epsilon", "1"), "report": (), "show": ("0123",), "replay": ("0123",), "diff": ("0123", "4567")}  # fmt: skip
NEED_NONE = {"take",  # which reads its file first
             "init", "schema", "plan", "mitigate", "verify", "gate", "sandbox", "checks", "audit", "trust init", "keys new", "keys show",
             "witness serve", "witness cosign"}  # fmt: skip
NEED_THE_POLICY = set(NEED_THE_LOG) - {
    "log show",
    "log verify",
    "log prove",
    "log export",
    "log erase",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    Folder(tmp_path).write()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("ASSAY_STORE", raising=False)
    return tmp_path


def ended(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    return int(left.value.code or 0), " ".join((said.out + said.err).split())


def test_the_list_of_commands_below_is_whole() -> None:
    context, found = click.Context(assay), set()
    for name in COMMANDS:
        command = assay.get_command(context, name)
        found |= {f"{name} {sub}" for sub in command.commands} if isinstance(command, click.Group) else {name}
    assert found == {*NEED_THE_LOG, *NEED_A_RUN, *NEED_NONE}


@pytest.mark.parametrize("command", sorted(set(NEED_THE_LOG) - {"trust edit"}))
def test_without_a_log_each_command_ends_with_2(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ended(capsys, *command.split(), *NEED_THE_LOG[command])
    assert (code, f"There is no log in {place}" in said) == (2, True), said
    assert not (place / ".assay" / "log.db").exists()
    code, said = ended(capsys, *command.split(), *NEED_THE_LOG[command], "--json")
    assert (code, json.loads(said)["error"]["code"]) == (2, "no_log")


@pytest.mark.parametrize("command", sorted(NEED_A_RUN))
def test_without_runs_each_command_that_reads_one_ends_with_2(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ended(capsys, *command.split(), *NEED_A_RUN[command])
    assert code == 2
    assert "assay" in said.partition("Error")[2]  # what to do is named


@pytest.mark.parametrize("command", sorted(NEED_THE_POLICY - {"trust edit"}))
def test_a_log_without_a_policy_ends_each_command_with_2(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Workspace.of(place).database
    assert isinstance(database, Path)
    database.parent.mkdir()
    with Log.open(database):
        pass
    code, said = ended(capsys, *command.split(), *NEED_THE_LOG[command])
    assert code == 2, said


@pytest.mark.parametrize(
    "command", sorted(c for c, words in NEED_THE_LOG.items() if KEY[1] in words or ROOT[1] in words)
)
def test_without_a_log_no_passphrase_is_asked_for_and_a_key_that_is_not_there_is_2_too(
    command: str, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    new_key("ria", lambda _: "correct horse")
    monkeypatch.setattr(
        "assay.cli.signing._asked", lambda *_, **__: pytest.fail("a passphrase was asked for")
    )
    for key in ("ria", "nobody"):
        words = [key if word.startswith("demo:") else word for word in NEED_THE_LOG[command]]
        assert ended(capsys, *command.split(), *words)[0] == 2


@pytest.mark.parametrize("command", ["verify", "gate"])
def test_a_policy_that_is_not_there_ends_with_2(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("out", "--model", "test.parquet") if command == "verify" else ("test.parquet",)
    code, said = ended(capsys, command, *more, "--use-case", "small-loans", "--policy", "policy.yaml")
    assert (code, "policy.yaml" in said) == (2, True)
