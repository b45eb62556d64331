"""``assay show``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option
from assay.domain.digests import short


@click.command("show", epilog=example("assay show", "assay show 3f2a91c07d5e"))
@click.argument("run", required=False, default="")
@folder_option
@json_option
def command(run: str, folder: Path, *, as_json: bool) -> None:
    """Show the decision and the tables of RUN, or list all runs.

    RUN is how its digest begins (four characters or more), or the folder or the digest of its certificate.

    A run whose schedule of attempts has not ended is refused as sealed; see assay unseal.
    """
    from assay.app.organisation.report import runs

    if run:
        from assay.app.organisation.seal import load_record
        from assay.app.organisation.standing import standing_of

        digest, record = load_record(folder, run)
        standing = standing_of(folder, digest)
        if as_json:
            from assay.domain.record_document import to_document
            from assay.domain.standing import to_document as standing_document

            said = standing_document(standing) if standing else None
            print_json({"record": digest, "standing": said, **to_document(record)})
        else:
            from assay.cli.render import print_record

            print_record(record, standing)
        return
    made = runs(folder)
    if as_json:
        print_json([asdict(r) for r in made])
        return
    if not made:
        say(
            f"No run was made in this folder ({folder.absolute()}). "
            "Start with: assay certify SPECIFICATION --rehearse"
        )
    for r in made:
        kind = "rehearsal" if r.rehearsal else "judged"
        say(f"{r.ended}  {short(r.record)}  {kind:9}  {r.outcome:11}  {r.name}")
