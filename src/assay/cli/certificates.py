"""``assay revoke``, ``assay suspend``, ``assay reinstate`` and ``assay status``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import (
    NOT_HERE,
    REASON,
    away,
    away_options,
    folder_option,
    key_option,
    role_option,
    say_certificate,
    say_written,
    signer,
    written,
)
from assay.domain.digests import short
from assay.domain.state import StatusReason

CODES = tuple(code.value for code in StatusReason if code is not StatusReason.RESOLVED)
"""Why a certificate is revoked or suspended, for programs; a reinstatement is ``resolved``."""


def _command(name: str, becomes: str, told: str, called: str) -> click.Command:
    @click.command(name, help=told, epilog=example(called))
    @click.argument("certificate", default="")
    @role_option
    @key_option
    @click.option("--reason", type=REASON, required=True, help="Why; it stands in the log and in the status.")
    @away_options
    @folder_option
    @json_option
    @at_most_one("--policy", "--in", why=NOT_HERE)
    def changed(
        certificate: str,
        *,
        role: str,
        key: str,
        reason: str,
        policy: Path | None,
        log: Path | None,
        target: Path | None,
        folder: Path,
        as_json: bool,
        code: str = StatusReason.RESOLVED.value,
    ) -> None:
        from assay.app.organisation.status import change
        from assay.domain.state import Status

        elsewhere = away(policy, log, target)
        found = change(
            folder,
            certificate,
            becomes=Status(becomes),
            code=StatusReason(code),
            role=role,
            signer=signer(key, None if elsewhere else folder),
            reason=reason,
            away=elsewhere,
        )
        if as_json:
            print_json(
                {
                    "certificate": found.digest,
                    "status": found.status.value,
                    "reason": found.why,
                    "code": code,
                    **written(target),
                }
            )
            return
        if target:
            say(f"Certificate {short(found.digest)} would be {found.status.value}: {found.why}")
            say_written(target)
            return
        say(f"Certificate {short(found.digest)} is {found.status.value}: {found.why}")
        say("Verifiers learn it from a new status: assay status --key VERIFIER_KEY --output FOLDER")

    if becomes == "good":
        return changed
    return click.option(
        "--code",
        required=True,
        type=click.Choice(CODES),
        help="Why, for programs; it stands beside the reason.",
    )(changed)


revoke = _command(
    "revoke",
    "revoked",
    "End a certificate (the beginning of its digest; by default the latest) for good.",
    'assay revoke d5df04b1e6a2 --code data_withdrawn --as risk_officer --key ria --reason "the bureau recalled its scores"',
)
suspend = _command(
    "suspend",
    "suspended",
    "Say that a certificate is not to be relied upon for now; reinstate ends it.",
    'assay suspend d5df04b1e6a2 --code drift --as validator --key val --reason "twice as many refusals since May"',
)
reinstate = _command(
    "reinstate",
    "good",
    "End the suspension of a certificate, as a role that signs its decision.",
    'assay reinstate d5df04b1e6a2 --as validator --key val --reason "the feed was wrong, and is mended"',
)


@click.command("status", epilog=example("assay status --key certifier --output model.txt.assay"))
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
    from assay.app.organisation.status import refresh
    from assay.app.verifying.certificate_folder import STATUS

    found = refresh(folder, signer=signer(key, folder), target=output / STATUS)
    made = found.status
    if as_json:
        print_json(
            {
                "issued": made.issued.isoformat(),
                "expires": made.expires.isoformat(),
                "certificates": {c.digest: c.status.value for c in found.certificates},
                "results": {c.digest: c.result for c in found.certificates},
            }
        )
        return
    for c in found.certificates:
        say_certificate(c)
    say(f"This status may be relied upon until {made.expires:%Y-%m-%d %H:%M} UTC; it lies in {output}")
