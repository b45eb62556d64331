"""``assay unseal``."""

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
    say_written,
    signer,
    written,
)
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
@away_options
@folder_option
@json_option
@at_most_one("--policy", "--in", why=NOT_HERE)
def command(
    run: str,
    *,
    role: str,
    key: str,
    reason: str,
    policy: Path | None,
    log: Path | None,
    target: Path | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Open the numbers of RUN (the beginning of its record's digest) before its schedule has ended.

    ENDS THE SCHEDULE: what was seen is more than one bit, so no attempt on these test rows is left. It stands in the log
    under the signature of whoever did it. A developer or submitter cannot.

    On another machine than the log's, the word goes into a file (--policy, --log, --to), which takes no effect before who keeps the log
    takes it in (assay take).
    """
    from assay.app.organisation.unseal import unseal

    elsewhere = away(policy, log, target)
    holder = signer(key, None if elsewhere else folder)
    digest = unseal(folder, run, role=role, signer=holder, reason=reason, away=elsewhere)
    if as_json:
        print_json({"record": digest, "unsealed": elsewhere is None, **written(target)})
    elif target:
        say(f"The seal of {short(digest)} would be broken, and its schedule of attempts would end.")
        say_written(target)
    else:
        say(f"The seal of {short(digest)} is broken, and its schedule of attempts has ended.")
