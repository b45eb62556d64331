"""``assay waive``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import (
    REASON,
    away,
    away_options,
    key_option,
    role_option,
    say_written,
    signer,
    written,
)


@click.command(
    "waive",
    epilog=example(
        'assay waive specification.yaml impact-ratio-age --until 2027-03-31 --as risk_officer --key ria --reason "every refusal of an applicant under 25 is read by a person"'
    ),
)
@click.argument("specification", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("criterion")
@role_option
@key_option
@click.option(
    "--until",
    required=True,
    metavar="YYYY-MM-DD",
    help="The last day, in UTC; no later than the policy's longest waiver allows.",
)
@click.option("--reason", type=REASON, required=True, help="Why; it stands on the certificate.")
@click.option(
    "--after-run",
    type=click.IntRange(0),
    help="Of test_set_spent: the judged run after which one more may be made, by its place in the log; by default the latest on the rows that this specification was judged on last.",
)
@away_options
@json_option
def command(
    specification: Path,
    criterion: str,
    *,
    role: str,
    key: str,
    until: str,
    reason: str,
    after_run: int | None,
    policy: Path | None,
    log: Path | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Set CRITERION of SPECIFICATION aside until a date, as the holder of an independent role.

    CRITERION is the id of a criterion: its verdict and the decision stay as they are, and the dossier and the certificate
    say who accepts that it is not shown, until when and why. Or it is test_set_spent: these rows may be judged on once
    more, and the certificate says that the guarantee does not cover it. That one needs a role of
    the specification's approval.quorum, or one that the policy names.

    A waiver holds for at most as long as the policy says (requires.longest_waiver, by default 90 days), and of
    test_set_spent for at most 90 days.

    On another machine than the log's, the waiver goes into a file (--policy, --log, --to), which takes no effect before who keeps the
    log takes it in (assay take).

    A developer waives nothing, and nobody waives a failure of trust: a changed byte, a wrong signature, a rewritten log.
    """
    from assay.app.organisation.waive import waivable, waive

    elsewhere = away(policy, log, target)
    end = waivable(specification, criterion, until, away=elsewhere)
    waive(
        specification,
        criterion=criterion,
        until=end,
        role=role,
        signer=signer(key, None if elsewhere else specification.resolve().parent),
        reason=reason,
        run=after_run,
        away=elsewhere,
    )
    if as_json:
        print_json({"criterion": criterion, "until": end.isoformat(), "role": role, **written(target)})
    elif target:
        say(f"{criterion} would be waived through {until} (UTC), by a {role}: {reason}")
        say_written(target)
    else:
        say(f"{criterion} is waived through {until} (UTC), by a {role}: {reason}")
        say("It stands on the first screen of the dossier (assay report) and on the next certificate.")
