"""``assay export``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import folder_option


@click.group("export")
def command() -> None:
    """Write what is handed to an outsider."""


@command.command("review")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--certificate", default="", help="The beginning of its digest; by default the latest.")
@folder_option
@json_option
def review(target: Path, *, certificate: str, folder: Path, as_json: bool) -> None:
    """Write the review pack TARGET (a zip): the whole log and every document that the certificate stands on.

    From it an outsider judges every criterion again, without the model or a row of data: assay verify --review TARGET.
    """
    from assay.app.export import export_review

    count = export_review(folder, target, certificate)
    if as_json:
        print_json({"pack": str(target), "documents": count})
    else:
        click.echo(f"{count} documents and the log, in {target}")
