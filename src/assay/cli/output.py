"""How results and errors reach a person or a program."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from assay.domain.errors import AssayError, InvalidDocument, Problem

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


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
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    click.echo(click.style(f"{count} in {problems[0].place.file}", fg="red", bold=True), err=True)
    for problem in problems:
        click.echo(f"\n{click.style(str(problem.place), bold=True)}  [{problem.code}]", err=True)
        click.echo(f"  {problem.message}", err=True)
        if problem.found:
            click.echo(f"  found:   {problem.found}", err=True)
        if problem.nearest:
            click.echo(f"  nearest: {problem.nearest}", err=True)
        if problem.remedy:
            click.echo(f"  remedy:  {problem.remedy}", err=True)


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
