"""How results and errors reach a person or a program."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import click

from assay.domain.errors import AssayError, InvalidDocument, Problem
from assay.dossier.wording import INVISIBLE, visible

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")

hopeless_option = click.option(
    "--certify-a-hopeless-specification",
    is_flag=True,
    help="DANGEROUS: go on although the plan says that a good model could not pass. Recorded.",
)


def one_line(text: str) -> str:
    """The text as a terminal may be sent it within a line: what could move, colour or reorder what is read is spelt out.

    Names, reasons and sentences come from logs, packs and certificates that others wrote: an escape sequence in one could
    erase the line that says it was revoked, and a line break could add one that says the log holds.
    """
    return visible(text).replace("\n", "[U+000A]")


def say(text: str = "", *, title: str = "", color: str | None = None, err: bool = False) -> None:
    """Print one line, the title in bold before it: the one door by which a command's text reaches a terminal."""
    styled = click.style(one_line(title), fg=color, bold=True) if title else ""
    click.echo(styled + one_line(text), err=err)


def print_document(text: str) -> None:
    """Print a document of several lines: to a terminal as a person may read it, into a pipe with exactly its bytes."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


def print_json(value: Any) -> None:
    """Print a JSON document with sorted keys; a character that cannot be seen stands as its JSON escape, which loses nothing."""
    click.echo(_escaped(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)))


def _escaped(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in INVISIBLE else _escape(ord(c)) for c in text
    )


def _escape(point: int) -> str:
    return f"\\u{point:04x}" if point < 1 << 16 else json.dumps(chr(point))[1:-1]


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
        _explain_whole(error)
        return
    files = dict.fromkeys(problem.place.file for problem in problems)
    for file in files:
        _explain_file(file, [problem for problem in problems if problem.place.file == file])


def _explain_whole(error: AssayError) -> None:
    """What is wrong with no single place; of several points each on a line of its own."""
    if len(error.points) < 2:
        say(str(error), title="Error: ", color="red", err=True)
        return
    say(f"{error.lead}:", title="Error: ", color="red", err=True)
    for point in error.points:
        say(f"  - {point}.", err=True)
    if error.remedy:
        say(error.remedy, err=True)


def explain_usage(error: click.ClickException) -> None:
    """Say on standard error what is wrong with the words of a command, as click words it; it quotes what it was given."""
    told = io.StringIO()
    error.show(told)
    click.echo(visible(told.getvalue()), nl=False, err=True)


MANY = 3
"""So many problems of one kind and one remedy are listed together."""


def _explain_file(file: str, problems: Sequence[Problem]) -> None:
    """The problems of one document; those with the same code and the same remedy stand together, at the first place."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    say(title=f"{count} in {file}", color="red", err=True)
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
        say(err=True)
        say(f"  [{code}]", title=title, err=True)
        for line in _blanks(group) if blank else map(_on_one_line, group):
            say(line, err=True)
        if remedy:
            say(f"  remedy:  {remedy}", err=True)


def _explain_one(problem: Problem) -> None:
    say(err=True)
    say(f"  [{problem.code}]", title=str(problem.place), err=True)
    say(f"  {problem.message}", err=True)
    for name, said in (("found", problem.found), ("nearest", problem.nearest), ("remedy", problem.remedy)):
        if said:
            say(f"  {name + ':':<8} {said}", err=True)


def _on_one_line(problem: Problem) -> str:
    near = f" Did you mean {problem.nearest!r}?" if problem.nearest else ""
    place = f"{problem.place.line}:{problem.place.column}  " if problem.place.line else ""
    return f"  {place}{problem.message}{near}"


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
