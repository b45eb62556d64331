"""``assay report``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("report")
@click.argument("run", required=False, default="")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path), default=Path(), help="The specification's folder."
)
@click.option(
    "--format", "form", type=click.Choice(["html", "json", "junit"]), default="html", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="The file; standard output when left out.")
def command(run: str, folder: Path, form: str, output: Path | None) -> None:
    """Write a document of RUN (the beginning of its digest, four characters or more; the latest run when left out)."""
    from assay.app.report import document, write_document
    from assay.app.seal import load_record

    _, record = load_record(folder, run)
    if output is None:
        click.echo(document(record, form), nl=False)
    else:
        write_document(record, form, output)
        click.echo(f"Wrote {output}", err=True)
