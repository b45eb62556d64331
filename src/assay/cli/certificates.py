"""``assay revoke``, ``assay suspend``, ``assay reinstate`` and ``assay status``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import folder_option, key_option, role_option, short, signer

if TYPE_CHECKING:
    from assay.domain.state import Status


def _command(name: str, becomes: str, told: str) -> click.Command:
    @click.command(name, help=told)
    @click.argument("certificate", default="")
    @role_option
    @key_option
    @click.option("--reason", required=True, help="Why; it stands in the log and in the status.")
    @folder_option
    @json_option
    def changed(certificate: str, *, role: str, key: str, reason: str, folder: Path, as_json: bool) -> None:
        from assay.app.status import change
        from assay.domain.state import Status

        status: Status = Status(becomes)
        found = change(folder, certificate, becomes=status, role=role, signer=signer(key), reason=reason)
        if as_json:
            print_json({"certificate": found.digest, "status": found.status.value, "reason": found.why})
            return
        click.echo(f"Certificate {short(found.digest)} is {found.status.value}: {found.why}")
        click.echo("Verifiers learn it from a new status: assay status --key VERIFIER_KEY --output FOLDER")

    return changed


revoke = _command(
    "revoke", "revoked", "End a certificate (the beginning of its digest; by default the latest) for good."
)
suspend = _command(
    "suspend", "suspended", "Say that a certificate is not to be relied upon for now; reinstate ends it."
)
reinstate = _command("reinstate", "good", "End the suspension of a certificate.")


@click.command("status")
@key_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The certificate's folder, where the status lies.",
)
@folder_option
@json_option
def status(*, key: str, output: Path, folder: Path, as_json: bool) -> None:
    """Sign and write what every certificate of the log is worth now; a gate needs it fresh."""
    from assay.app.gate import STATUS
    from assay.app.status import refresh

    made = refresh(folder, signer=signer(key), target=output / STATUS)
    if as_json:
        print_json(
            {
                "issued": made.issued.isoformat(),
                "expires": made.expires.isoformat(),
                "certificates": {digest: s.value for digest, s in made.certificates.items()},
            }
        )
        return
    for digest, found in made.certificates.items():
        click.echo(f"{short(digest)}  {found.value}")
    click.echo(f"This status may be relied upon until {made.expires:%Y-%m-%d %H:%M} UTC; it lies in {output}")
