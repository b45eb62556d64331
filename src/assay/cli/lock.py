"""``assay lock``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import hopeless_option, json_option, print_json, say
from assay.cli.signing import (
    READABLE,
    away,
    away_options,
    require_reason,
    say_beside,
    signer,
)
from assay.domain.digests import short
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.judging.lock import Agreed

PLANNED = "it is for an approval where the log is, which alone is planned"


@click.command(
    "lock",
    epilog=example(
        "assay lock specification.yaml --as validator --key val",
        'assay lock specification.yaml --as risk_officer --key ria --reject --reason "the threshold for age has no rationale"',
    ),
)
@click.argument("specification", type=click.Path(path_type=Path))
@click.option("--as", "role", help="The role in which you sign.")
@click.option("--key", help="The key that signs: its name, the path of a PEM or signer file, or demo:NAME.")
@click.option("--reject", is_flag=True, help="Speak against it; needs --reason.")
@click.option("--withdraw", is_flag=True, help="Take back what you said in this role.")
@click.option(
    "--reason",
    type=READABLE,
    default="",
    help="Why: needed for a reject, and by everyone who agrees to a new version of a locked specification.",
)
@away_options
@hopeless_option
@json_option
@at_most_one("--reject", "--withdraw", why="a role says one thing at a time")
@at_most_one("--certify-a-hopeless-specification", "--reject", why=PLANNED)
@at_most_one("--certify-a-hopeless-specification", "--withdraw", why=PLANNED)
@at_most_one("--certify-a-hopeless-specification", "--policy", why=PLANNED)
def command(
    specification: Path,
    *,
    role: str | None,
    key: str | None,
    reject: bool,
    withdraw: bool,
    reason: str,
    policy: Path | None,
    log: Path | None,
    target: Path | None,
    certify_a_hopeless_specification: bool,
    as_json: bool,
) -> None:
    """Agree to SPECIFICATION before any result of it exists; the last agreement that is needed locks it.

    Who must agree is what `approval.lock` asks for, by the roles that the policy gives to keys. From then on a judged run
    is possible, of exactly these bytes and those of the dictionary. Whoever agrees has it planned first, as assay plan does: a required criterion that
    a good model hardly ever passes is refused here, before anybody counts on it.

    A specification or a dictionary that was changed after it was locked is a new version, and who agrees to it says why (--reason).

    On another machine than the log's, which has no rows to plan with, the word goes into a file (--policy, --log, --to), which ends
    with 0; who keeps the log has it planned and takes it in with: assay take FILE

    Taking a reject back locks nothing: after it, whoever approved says so again.

    A reject of a specification that is locked stops what comes of it: until it is withdrawn, or another version is locked, no judged run
    begins and no certificate is issued. One that was issued stands until it is suspended or revoked.

    Ends with 0 when it is locked and nobody rejects it, 1 else, 2 when it is hopeless or the plan cannot be made.
    """
    from assay.app.judging.lock import agree, agreeable
    from assay.app.judging.lock_elsewhere import agree_elsewhere
    from assay.domain.quorum import Word

    word = Word.REJECT if reject else Word.WITHDRAW if withdraw else Word.APPROVE
    if not role or not key:
        raise click.UsageError("--as ROLE and --key KEY are needed.")
    require_reason(reason, rejects=word is Word.REJECT)
    approver = role if word is Word.APPROVE else None
    elsewhere = away(policy, log, target)
    if elsewhere is not None:
        found = agree_elsewhere(
            specification, elsewhere, role=role, signer=signer(key), word=word, reason=reason
        )
        _show(found, specification, role=approver, written=target, as_json=as_json)
        raise click.exceptions.Exit(ExitCode.CERTIFIED)
    agreeable(specification, word=word, reason=reason)
    found = agree(
        specification,
        role=role,
        signer=signer(key),
        word=word,
        reason=reason,
        certify_a_hopeless_specification=certify_a_hopeless_specification,
    )
    _show(found, specification, role=approver, written=None, as_json=as_json)
    raise click.exceptions.Exit(ExitCode.CERTIFIED if may_be_judged(found) else ExitCode.WITHHELD)


def may_be_judged(found: Agreed) -> bool:
    """Whether a judged run may be made of it."""
    return found.lock is not None and not found.quorum.rejected


def _show(
    found: Agreed, specification: Path, *, role: str | None, written: Path | None, as_json: bool
) -> None:
    if as_json:
        print_json(plain(found) | ({"written": str(written)} if written else {}))
    else:
        tell(found, specification, role=role, written=written)


def plain(found: Agreed) -> dict[str, Any]:
    """Where a specification stands, for programs."""
    return {
        "specification": found.specification,
        "locked": found.lock.digest if found.lock else None,
        "bypasses": list(found.lock.bypasses) if found.lock else [],
        "missing": dict(found.quorum.missing),
        "rejected": [r.holder for r in found.quorum.rejected],
        "beside": [{"role": w.role, "holder": w.holder} for w in found.quorum.beside],
        "said_before": found.before.entry if found.before else None,
    }


def tell(found: Agreed, specification: Path, *, role: str | None = None, written: Path | None = None) -> None:
    """Where a specification stands; ``role``: in which it was approved; ``written``: with a word that is in a file alone."""
    say(f"Specification {found.name}, {short(found.specification)}:")
    for filled, holder in found.quorum.approved:
        say(f"  {filled:<16} {holder} agrees")
    say_beside(found.quorum, role, found.before, width=16)
    for bypass in found.lock.bypasses if found.lock else ():
        say(f"BYPASS, recorded: {bypass}")
    if written:
        say(
            f"Your word is in {written}, and nowhere else. Who keeps the log plans, and takes it in with: assay take FILE"
        )
        return
    if found.lock and found.quorum.rejected:
        say(f"Locked by entry {found.lock.entry} of the log. {found.quorum.sentence()}")
        say(
            "Until that is withdrawn, or another version is locked, no judged run begins and no certificate is issued:"
        )
        say(f"  assay lock {specification} --as ROLE --key KEY --withdraw")
        return
    run = "" if found.first else f" A judged run may be made: assay certify {specification}"
    say(f"Locked by entry {found.lock.entry} of the log.{run}" if found.lock else found.quorum.sentence())
    if found.first:
        say(f"Before a judged run: {found.first}")
    if found.quorum.reached and not found.lock:
        say("No withdrawal locks. Whoever approved says so again, or the file of an approval is taken again:")
        say(f"  assay lock {specification} --as ROLE --key KEY")
        say("  assay take FILE")
    if found.quorum.missing:
        say(f"Each of them agrees with: assay lock {specification} --as ROLE --key KEY")
