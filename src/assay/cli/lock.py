"""``assay lock``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.output import hopeless_option, json_option, print_json, say
from assay.cli.signing import READABLE, key_option, role_option, short, signer
from assay.domain.errors import ExitCode


@click.command("lock")
@click.argument("specification", type=click.Path(path_type=Path))
@role_option
@key_option
@click.option("--reject", is_flag=True, help="Speak against it; needs --reason.")
@click.option("--withdraw", is_flag=True, help="Take back what you said in this role.")
@click.option(
    "--reason",
    type=READABLE,
    default="",
    help="Why: needed for a reject, and by everyone who agrees to a new version of a locked specification.",
)
@hopeless_option
@json_option
def command(
    specification: Path,
    *,
    role: str,
    key: str,
    reject: bool,
    withdraw: bool,
    reason: str,
    certify_a_hopeless_specification: bool,
    as_json: bool,
) -> None:
    """Agree to SPECIFICATION before any result of it exists; the last agreement that is needed locks it.

    Who must agree is what `approval.lock` asks for, by the roles that the policy gives to keys. From then on a judged run
    is possible, of exactly these bytes. Whoever agrees has it planned first, as assay plan does: a required criterion that
    a good model hardly ever passes is refused here, before anybody counts on it.

    A specification that was changed after it was locked is a new version, and who agrees to it says why (--reason).

    Ends with 0 when it is locked, 1 while signatures are missing, 2 when it is hopeless or the plan cannot be made.
    """
    from assay.app.lock import agree, agreeable
    from assay.domain.quorum import Word

    word = Word.REJECT if reject else Word.WITHDRAW if withdraw else Word.APPROVE
    agreeable(specification, word=word, reason=reason)
    found = agree(
        specification,
        role=role,
        signer=signer(key),
        word=word,
        reason=reason,
        certify_a_hopeless_specification=certify_a_hopeless_specification,
    )
    if as_json:
        print_json(
            {
                "specification": found.specification,
                "locked": found.lock.digest if found.lock else None,
                "bypasses": list(found.lock.bypasses) if found.lock else [],
                "missing": dict(found.quorum.missing),
                "rejected": [r.holder for r in found.quorum.rejected],
            }
        )
    else:
        say(f"Specification {found.name}, {short(found.specification)}:")
        for filled, holder in found.quorum.approved:
            say(f"  {filled:<16} {holder}")
        for bypass in found.lock.bypasses if found.lock else ():
            say(f"BYPASS, recorded: {bypass}")
        say(
            f"Locked by entry {found.lock.entry} of the log. A judged run may be made: assay certify {specification}"
            if found.lock
            else found.quorum.sentence()
        )
        if found.quorum.missing:
            say(f"Each of them agrees with: assay lock {specification} --as ROLE --key KEY")
    raise click.exceptions.Exit(ExitCode.CERTIFIED if found.lock else ExitCode.WITHHELD)
