"""``assay init``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.domain.nearest import listed


def _roles(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The columns by role."""
    found: dict[str, str] = {}
    for written in given:
        role, sign, column = written.partition("=")
        if not (role and sign and column):
            raise click.BadParameter(
                f"ROLE=COLUMN is expected, for example race=ETHNICITY; found {written!r}.", context, parameter
            )
        if role in found:
            raise click.BadParameter(
                f"The role {role!r} is given to {found[role]!r} and to {column!r}: name one column.",
                context,
                parameter,
            )
        found[role] = column
    return found


def _list_templates(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """One line for each template and one for the columns it asks for; then nothing else is done."""
    if not asked or context.resilient_parsing:
        return
    from assay.app.starting.choose import templates

    for template in templates():
        say(f"{template.name:12}{template.title}")
        say(f"{'':12}asks for: label, {', '.join(template.protected)}")
    context.exit()


@click.command("init", epilog=example("assay init --data develop.parquet --model model.txt --label bad"))
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Development rows, whose columns are looked at: a file, or a folder of Parquet files without folders below it. Never the test rows.",
)
@click.option("--model", required=True, help="The model file, or the column of scores made elsewhere.")
@click.option(
    "--label",
    help="The column of true labels: 0 or 1, a number to be predicted, or classes; guessed when left out.",
)
@click.option(
    "--from",
    "copy_from",
    type=click.Path(path_type=Path),
    help="Copy what is judgement from another specification.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="this folder",
    help="The folder to write to.",
)
@click.option(
    "--template",
    help="Start from what a domain asks of a model: credit, hiring, mortgage, recidivism, triage, or a template file of your own.",
)
@click.option(
    "--column",
    "columns",
    metavar="ROLE=COLUMN",
    multiple=True,
    callback=_roles,
    help="The column with a role that the template asks for, for example race=ETHNICITY or unit=client_id; found by its name when left out.",
)
@click.option(
    "--list-templates",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_templates,
    help="Show the templates, and the columns that each asks for.",
)
@json_option
def command(
    *,
    data: Path,
    model: str,
    label: str | None,
    copy_from: Path | None,
    folder: Path,
    template: str | None,
    columns: dict[str, str],
    as_json: bool,
) -> None:
    """Write a commented specification and a dictionary from the real columns of your data.

    Guesses are marked as guesses. Empty rationales are refused by every later command until a person fills them; those of a
    template are proposals, to which the roles agree or not. Nothing that exists is overwritten.
    """
    from assay.app.starting.init import start
    from assay.app.starting.scaffold import SPECIFICATION

    made = start(data, model, folder, label=label, copy_from=copy_from, template=template, roles=columns)
    for warning in made.warnings:
        say(f"Warning: {warning}", err=True)
    if as_json:
        print_json([str(path) for path in made.written])
        return
    say(f"Looked at {listed(made.read)}")
    for path in made.written:
        say(f"Wrote {path}")
    say(f"Fill in what is empty, check each line marked 'guess', then: assay plan {folder / SPECIFICATION}")
