"""``assay waive``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import key_option, role_option, signer


@click.command("waive")
@click.argument("specification", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("criterion")
@role_option
@key_option
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, in UTC.")
@click.option("--reason", required=True, help="Why; it stands on the certificate.")
@json_option
def command(
    specification: Path,
    criterion: str,
    *,
    role: str,
    key: str,
    until: dt.datetime,
    reason: str,
    as_json: bool,
) -> None:
    """Set CRITERION of the locked SPECIFICATION aside until a date, as the holder of an independent role.

    For test_set_spent it allows another run on rows that were judged on before, and the certificate says that the guarantee
    does not cover it. For a criterion, by its id, it is told on the certificate and changes no verdict: a critical criterion
    that does not pass still withholds. No failure of trust can be waived, and never by a developer.
    """
    from assay.app.sign import waive

    end = until.replace(tzinfo=dt.UTC) + dt.timedelta(days=1)
    waive(
        specification,
        criterion=criterion,
        until=end,
        role=role,
        signer=signer(key),
        reason=reason,
    )
    if as_json:
        print_json({"criterion": criterion, "until": end.isoformat(), "role": role})
    else:
        click.echo(
            f"{criterion} is waived until {until:%Y-%m-%d}. It will stand on the certificate; no verdict changes by it."
        )
