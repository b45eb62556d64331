"""``assay report``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("report")
@click.argument("run", required=False, default="")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path), default=Path(), help="The specification's folder."
)
@click.option(
    "--format", "kind", type=click.Choice(["html", "json", "junit"]), default="html", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="The file; standard output when left out.")
def command(run: str, folder: Path, kind: str, output: Path | None) -> None:
    """Write a document of RUN (the beginning of its digest, four characters or more; the latest run when left out)."""
    from assay.app.report import load_record

    _, record = load_record(folder, run)
    if kind == "html":
        from assay.dossier.html import render_html

        text = render_html(record)
    elif kind == "junit":
        from assay.dossier.exports.junit import render_junit

        text = render_junit(record)
    else:
        from assay.domain.record_document import to_document

        text = json.dumps(to_document(record), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        from assay.store.blobs import write_whole

        write_whole(output, text.encode())
        click.echo(f"Wrote {output}", err=True)
