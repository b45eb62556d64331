"""What a command asks a person for at a terminal, and what it says where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from assay.cli.output import say
from assay.domain.errors import AssayError


class NoTerminal(AssayError):
    """A command would ask a person, and nobody can be asked."""


def need_a_terminal(what: str, instead: str) -> None:
    """See that somebody can be asked.

    Args:
        what: is asked for, after "asks". instead: the options that give the answer.

    Raises:
        NoTerminal: standard input is no terminal.
    """
    if not sys.stdin.isatty():
        raise NoTerminal(
            f"This asks {what} at a terminal, and there is none: give {instead}.", code="no_terminal"
        )


def asked(question: str, told: str, fits: Callable[[str], object], *, empty: bool = False) -> str:
    """The answer to a question, after a line that explains it; asked again, with what is wrong, until it fits.

    Args:
        fits: raises AssayError for an answer that does not fit. empty: whether no answer is one.
    """
    for line in told.splitlines():
        say(line)
    while True:
        answer = str(click.prompt(question, default="", show_default=False)).strip()
        if not answer and empty:
            return ""
        if not answer:
            say("An answer is expected.")
            continue
        try:
            fits(answer)
        except AssayError as wrong:
            say(str(wrong))
            continue
        return answer


def several(question: str, told: str, fits: Callable[[str, Sequence[str]], object]) -> tuple[str, ...]:
    """Answers to a question, at least one; an empty line ends them. ``fits`` is handed those before, too."""
    given: list[str] = []
    while True:
        answer = asked(question, told if not given else "", lambda one: fits(one, given), empty=bool(given))
        if not answer:
            return tuple(given)
        given.append(answer)
