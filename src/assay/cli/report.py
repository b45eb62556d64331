"""``assay report``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import print_document, say
from assay.cli.signing import folder_option


@click.command(
    "report",
    epilog=example(
        "assay report 3f2a91c07d5e --output dossier.html", "assay report --format junit --output verdicts.xml"
    ),
)
@click.argument("run", required=False, default="")
@folder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "json", "junit", "standing"]),
    default="html",
    show_default=True,
    help="The page; the record of what was found; its verdicts for CI; or, as JSON, what the log says of the decision now: "
    "signatures, waivers, changes after a result, the certificate.",
)
@click.option("--output", type=click.Path(path_type=Path), help="The file; standard output when left out.")
def command(run: str, folder: Path, form: str, output: Path | None) -> None:
    """Write a document of RUN, or of the latest run.

    RUN is how its digest begins (four characters or more), or the folder or the digest of its certificate.

    The page is drawn from the record and from the log as it stands: after a signature, a waiver or a certificate, draw it
    again. The same record and the same log give the same bytes.
    """
    from assay.app.organisation.report import document, write_document
    from assay.app.organisation.seal import load_record
    from assay.app.organisation.standing import standing_of

    digest, record = load_record(folder, run)
    standing = standing_of(folder, digest)
    if output is None:
        print_document(document(record, form, standing=standing))
    else:
        write_document(record, form, output, standing=standing)
        say(f"Wrote {output}", err=True)
