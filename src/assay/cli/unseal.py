"""``assay unseal``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import REASON, folder_option, key_option, role_option, signer
from assay.domain.digests import short


@click.command(
    "unseal",
    epilog=example(
        'assay unseal 3f2a91c07d5e --as risk_officer --key ria --reason "the regulator asks for the numbers"'
    ),
)
@click.argument("run")
@role_option
@key_option
@click.option("--reason", type=REASON, required=True, help="Why it cannot wait.")
@folder_option
@json_option
def command(run: str, *, role: str, key: str, reason: str, folder: Path, as_json: bool) -> None:
    """Open the numbers of RUN (the beginning of its record's digest) before its schedule has ended.

    ENDS THE SCHEDULE: what was seen is more than one bit, so no attempt on these test rows is left. It stands in the log
    under the signature of whoever did it. A developer or submitter cannot.
    """
    from assay.app.organisation.seal import unseal

    digest, _ = unseal(folder, run, role=role, signer=signer(key, folder), reason=reason)
    if as_json:
        print_json({"record": digest, "unsealed": True})
    else:
        say(f"The seal of {short(digest)} is broken, and its schedule of attempts has ended.")
