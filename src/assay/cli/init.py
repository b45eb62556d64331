"""``assay init``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.domain.nearest import listed


@click.command("init", epilog=example("assay init --data develop.parquet --model model.txt --label bad"))
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Development rows, whose columns are looked at: a file, or a folder of Parquet files without folders below it. Never the test rows.",
)
@click.option("--model", required=True, help="The model file, or the column of scores made elsewhere.")
@click.option("--label", help="The column of true labels, 0 or 1; guessed when left out.")
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
@json_option
def command(
    *, data: Path, model: str, label: str | None, copy_from: Path | None, folder: Path, as_json: bool
) -> None:
    """Write a commented specification and a dictionary from the real columns of your data.

    Guesses are marked as guesses. Empty rationales are refused by every later command until a person fills them.
    Nothing that exists is overwritten.
    """
    from assay.app.starting.init import SPECIFICATION, start

    made = start(data, model, folder, label=label, copy_from=copy_from)
    for warning in made.warnings:
        say(f"Warning: {warning}", err=True)
    if as_json:
        print_json([str(path) for path in made.written])
        return
    say(f"Looked at {listed(made.read)}")
    for path in made.written:
        say(f"Wrote {path}")
    say(f"Fill in what is empty, check each line marked 'guess', then: assay plan {folder / SPECIFICATION}")
