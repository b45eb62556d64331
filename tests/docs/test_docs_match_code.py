"""The documentation cannot lie: pages are compared with the program."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assay import checks
from assay.cli.main import COMMANDS, assay
from assay.domain.errors import ExitCode
from assay.domain.vocabulary import Reason

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
WRITTEN = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *DOCS.glob("*.md"),
    *DOCS.glob("how-to/*.md"),
    *DOCS.glob("explanation/*.md"),
]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _blocks(text: str) -> list[str]:
    """The lines of fenced blocks, where commands are shown."""
    return [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}


def test_the_first_block_of_the_how_to_imports_what_it_uses():
    block = re.search(r"```python\n(.*?)```", _text(DOCS / "how-to" / "add-a-check.md"), re.DOTALL)
    assert block is not None
    first = ast.parse(block[1])
    imported = {
        alias.name for node in ast.walk(first) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    named = {node.id for node in ast.walk(first) if isinstance(node, ast.Name)}
    assert imported == named & set(checks.__all__)


def test_the_pages_are_what_the_program_generates():
    """In a process of its own, as `make docs` has it: click keeps the help of a command that a test called in another way."""
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_docs.py", "--check"], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_on_the_page(name):
    page = _text(REFERENCE / "commands.md")
    assert f"## assay {name}\n" in page
    command = assay.get_command(click.Context(assay), name)
    assert command is not None
    assert [o for o in _options(command) if o.startswith("--") and o not in page] == []


def test_every_reason_and_exit_code_is_on_a_page():
    reasons, codes = _text(REFERENCE / "reasons.md"), _text(REFERENCE / "exit-codes.md")
    assert [r.value for r in Reason if f"| `{r.value}` |" not in reasons] == []
    assert [c.value for c in ExitCode if f"| {c.value} | `{c.name.lower()}` |" not in codes] == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_shown_exists_with_its_options(path):
    for line in _blocks(_text(path)):
        shown = re.match(r"(?:\$ )?assay ([a-z]+)([^#]*)", line)
        if shown is None:
            continue
        command = assay.get_command(click.Context(assay), shown[1])
        assert command is not None, line
        words = shown[2]
        if isinstance(command, click.Group):
            inner = re.match(r"\s+([a-z]+)(.*)", words)
            assert inner is not None, line
            command, words = command.get_command(click.Context(command), inner[1]), inner[2]
            assert command is not None, line
        unknown = set(re.findall(r"(?<=\s)--[a-z-]+", words)) - _options(command)
        assert not unknown, line


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_is_shown_exists(path):
    targets = set(re.findall(r"^([a-z]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    shown = {m[1] for line in _blocks(_text(path)) if (m := re.match(r"(?:\$ )?make ([a-z]+)", line))}
    assert shown <= targets


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_linked_exists(path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(path))
    assert [link for link in links if not (path.parent / link).exists()] == []
