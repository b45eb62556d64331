"""Options that contradict each other: a call with both is refused, and none of the two is dropped without a word."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

Command = Callable[..., Any]


def at_most_one(*options: str, why: str) -> Callable[[Command], Command]:
    """Of these options and arguments a call gives one at most; with two it ends as a wrong use that names both.

    Args:
        options: as they are written in a call; an argument by its name in capitals. why: what speaks against two, for a reader.
    """

    def clashing(given: list[str]) -> tuple[str, ...]:
        return tuple(option for option in options if option in given)[:2]

    return _seen(options, clashing, why)


def goes_alone(option: str, *, besides: tuple[str, ...], why: str) -> Callable[[Command], Command]:
    """An option that no other goes with, except those ``besides``. Otherwise as :func:`at_most_one`."""

    def clashing(given: list[str]) -> tuple[str, ...]:
        others = [other for other in given if other not in (option, *besides)]
        return (option, others[0]) if option in given and others else ()

    return _seen((option, *besides), clashing, why)


def _seen(
    named: tuple[str, ...], clashing: Callable[[list[str]], tuple[str, ...]], why: str
) -> Callable[[Command], Command]:
    def around(command: Command) -> Command:
        @functools.wraps(command)
        def seen(*args: Any, **options: Any) -> Any:
            context = click.get_current_context()
            known = {_written(parameter) for parameter in context.command.params}
            if unknown := [name for name in named if name not in known]:
                raise TypeError(f"{context.command_path} has no {', '.join(unknown)}")
            two = clashing(_given(context))
            if len(two) == 2:
                raise click.UsageError(f"{two[0]} and {two[1]} exclude each other: {why}.")
            return command(*args, **options)

        return seen

    return around


def _given(context: click.Context) -> list[str]:
    """What the call gives, in the order of the help; what has its default is not given."""
    return [
        _written(parameter)
        for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "")
        in {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
    ]


def _written(parameter: click.Parameter) -> str:
    """How a reader writes it: ``--json``, or ``PACK``."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
