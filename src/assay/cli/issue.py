"""``assay issue``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import folder_option, key_option, short, signer


@click.command("issue")
@click.argument("decision", default="")
@key_option
@click.option(
    "--output", type=click.Path(path_type=Path), help="Folder of the certificate; by default MODEL.assay."
)
@folder_option
@json_option
def command(decision: str, *, key: str, output: Path | None, folder: Path, as_json: bool) -> None:
    """Issue the certificate of DECISION (the beginning of its record's digest; by default the latest).

    Refused while signatures are missing, somebody rejects, or the model is no longer the one that was judged. A withheld
    decision is issued too, as FAILED: a refusal can be shown as well as an approval.
    """
    from assay.app.issue import issue

    made = issue(folder, decision, signer=signer(key), output=output)
    scope = made.certificate.scope
    if as_json:
        print_json(
            {
                "certificate": made.digest,
                "folder": str(made.folder),
                "result": made.certificate.result,
                "outcome": scope.outcome,
                "valid_until": scope.valid_until,
                "supersedes": list(scope.supersedes),
            }
        )
        return
    click.echo(
        f"Certificate {short(made.digest)}: {made.certificate.result} ({scope.outcome}) for {scope.name}"
    )
    click.echo(f"Valid until {scope.valid_until[:10]}, in {made.folder}")
    for old in scope.supersedes:
        click.echo(f"It takes the place of certificate {short(old)}, which is superseded from now on.")
    if scope.demo:
        click.echo("DEMO: signed with keys that anyone can make.")
