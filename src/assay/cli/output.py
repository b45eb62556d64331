"""How results and errors reach a person or a program."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from assay.domain.errors import AssayError, InvalidDocument, Problem

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")

hopeless_option = click.option(
    "--certify-a-hopeless-specification",
    is_flag=True,
    help="DANGEROUS: go on although the plan says that a good model could not pass. Recorded.",
)


def print_json(value: Any) -> None:
    """Print a JSON document with sorted keys."""
    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def quiet_output() -> None:
    """Send what is still to be printed nowhere: its reader has left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextlib.contextmanager
def reader_may_leave() -> Iterator[None]:
    """Print a result whose exit code must be said even to a reader that closes the pipe."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        quiet_output()


def explain(error: AssayError, *, as_json: bool) -> None:
    """Say on standard error what is wrong, where, and what to do; with ``--json`` as a document on standard output."""
    problems = error.problems if isinstance(error, InvalidDocument) else ()
    if as_json:
        print_json(
            {
                "error": {
                    "code": error.code,
                    "message": error.message,
                    "remedy": error.remedy,
                    "problems": [_problem(p) for p in problems],
                }
            }
        )
        return
    if not problems:
        click.echo(click.style("Error: ", fg="red", bold=True) + str(error), err=True)
        return
    files = dict.fromkeys(problem.place.file for problem in problems)
    for file in files:
        _explain_file(file, [problem for problem in problems if problem.place.file == file])


MANY = 3
"""So many problems of one kind and one remedy are listed together."""


def _explain_file(file: str, problems: Sequence[Problem]) -> None:
    """The problems of one document; those with the same code and the same remedy stand together, at the first place."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    click.echo(click.style(f"{count} in {file}", fg="red", bold=True), err=True)
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.code, problem.remedy), []).append(problem)
    for (code, remedy), group in alike.items():
        if len(group) < MANY:
            for problem in group:
                _explain_one(problem)
            continue
        blank = code == "empty_text"
        title = f"{len(group)} {'blanks to fill' if blank else 'times'}"
        click.echo(f"\n{click.style(title, bold=True)}  [{code}]", err=True)
        click.echo("\n".join(_blanks(group) if blank else map(_on_one_line, group)), err=True)
        if remedy:
            click.echo(f"  remedy:  {remedy}", err=True)


def _explain_one(problem: Problem) -> None:
    click.echo(f"\n{click.style(str(problem.place), bold=True)}  [{problem.code}]", err=True)
    click.echo(f"  {problem.message}", err=True)
    for name, said in (("found", problem.found), ("nearest", problem.nearest), ("remedy", problem.remedy)):
        if said:
            click.echo(f"  {name + ':':<8} {said}", err=True)


def _on_one_line(problem: Problem) -> str:
    near = f" Did you mean {problem.nearest!r}?" if problem.nearest else ""
    return f"  {problem.place.line}:{problem.place.column}  {problem.message}{near}"


def _blanks(problems: Sequence[Problem]) -> list[str]:
    """The blanks of a scaffold in as few lines as they need: each key with the lines on which it stands."""
    lines: dict[str, list[str]] = {}
    for problem in problems:
        lines.setdefault(_key(problem.message), []).append(str(problem.place.line))
    named = [f"{key} ({', '.join(places)})" for key, places in lines.items()]
    whole = f"key (line): {', '.join(named)}"
    return textwrap.wrap(whole, width=100, initial_indent="  ", subsequent_indent="  ")


def _key(message: str) -> str:
    """The key that a sentence about a blank is about: the last name in quotes before what it says of it."""
    quoted = re.findall(r"'([^']*)'", message.partition(" must not be empty")[0])
    return quoted[-1] if quoted else ""


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message,
        "found": problem.found,
        "nearest": problem.nearest,
        "remedy": problem.remedy,
    }
