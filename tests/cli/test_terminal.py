"""Whatever others wrote into logs, packs, certificates and data, a terminal is shown it and never obeys it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from tests.cli.ledgers import issued, keep

from assay.app.organisation.export import export_public
from assay.cli.main import main
from assay.cli.render import console
from assay.domain.state import Status

ERASE = "\x1b[2A\x1b[J"
REORDER = "\N{RIGHT-TO-LEFT OVERRIDE}"
FORGED = f"{ERASE}leaked{REORDER}\x9b2J\nThe log of 99 entries holds."


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def steering(text: str) -> set[str]:
    """The characters of a text that a terminal would obey."""
    return {c for c in text if c != "\n" and not c.isprintable()}


@pytest.fixture
def suspended(tmp_path: Path) -> Path:
    """A folder whose certificate was suspended for a reason that would erase the line about it; its public pack beside it."""
    made = issued()
    made.world.becomes(made.bundle.digest, Status.SUSPENDED, reason=FORGED)
    folder = keep(made, tmp_path / "bank")
    export_public(folder, folder / "public.zip")
    return folder


def test_a_reason_in_a_pack_is_spelt_out(suspended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("log", "verify", suspended / "public.zip", "--policy", suspended / "policy.yaml")
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert "[U+001B][2A[U+001B][Jleaked[U+202E][U+009B]2J[U+000A]The log of 99 entries holds." in said
    assert "The log of 99 entries holds." not in said.splitlines()
    assert not steering(said)


def test_json_loses_nothing_and_steers_nothing(suspended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("log", "verify", suspended / "public.zip", "--policy", suspended / "policy.yaml", "--json")
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["certificates"][0]["reason"] == FORGED
    assert not steering(said)


def test_no_certificate_of_a_pack_with_findings_is_called_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = keep(issued(), tmp_path / "bank")
    export_public(folder, folder / "public.zip")
    with zipfile.ZipFile(folder / "public.zip") as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    members["log.jsonl"] = b"".join(line + b"\n" for line in members["log.jsonl"].splitlines()[:-1])
    with zipfile.ZipFile(folder / "shorter.zip", "w") as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    words = ("log", "verify", folder / "shorter.zip", "--policy", folder / "policy.yaml")
    assert run(*words) == 3
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("log_shortened: ")
    assert not any("good" in line or "PASSED" in line for line in said)
    assert run(*words, "--json") == 3
    assert json.loads(capsys.readouterr().out)["certificates"] == []


@pytest.mark.parametrize("character", ["\x1b", "\n", "\t", "\x9b", "\x7f", REORDER])
@pytest.mark.parametrize("command", ["suspend", "revoke", "reinstate"])
def test_a_reason_that_could_steer_a_terminal_is_refused(
    command: str, character: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ("--as", "risk_officer", "--key", "demo:ria", "--in", tmp_path)
    assert run(command, *who, "--reason", f"no{character}w") == 2
    said = capsys.readouterr().err
    assert f"the character U+{ord(character):04X} at place 3" in said
    assert not steering(said)


def test_an_error_that_quotes_a_file_is_spelt_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", tmp_path / f"no{ERASE}ne.yaml") == 2
    said = capsys.readouterr().err
    assert "no[U+001B][2A[U+001B][Jne.yaml" in said
    assert not steering(said)


def test_what_a_table_shows_is_spelt_out_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("group", title=f"Groups {ERASE}")
    table.add_row(f"[red]young{ERASE}[/red]")
    table.add_row(Text(f"old{REORDER}"))
    console().print(table)
    said = capsys.readouterr().out
    assert "[red]young[U+001B][2A[U+001B][J[/red]" in said
    assert "old[U+202E]" in said
    assert not steering(said)
