"""``assay sign``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.output import json_option, print_json, say
from assay.cli.signing import READABLE, folder_option, short, signer
from assay.domain.errors import ExitCode
from assay.domain.vocabulary import Tier, Verdict

if TYPE_CHECKING:
    from assay.app.sign import Signing


def _show(found: Signing) -> None:
    """What is signed, as its record says it; the record was held against the log and its own counts."""
    record, specification = found.record, found.record.specification
    say(f"Decision: {record.decision.outcome.value}, {specification.name}, attempt {found.attempt}")
    say(f"  {'use':<14} {specification.use_case.purpose}")
    say(f"  {'rows':<14} {record.rows_used:,} of {record.data}, held by {specification.data.custody}")
    say(f"  {'isolation':<14} level {record.environment.isolation.level}")
    if found.decision.outcome in {"certified", "conditional"}:
        for tier in Tier:
            judged = [j for j in record.judged if j.assessment.tier is tier]
            passed = sum(j.verdict is Verdict.PASS for j in judged)
            if judged:
                say(f"  {tier.value:<14} {passed} of {len(judged)} criteria pass")
        for ground in record.decision.conditions:
            say(f"  {'condition':<14} {ground.sentence}")
    for bypass in record.bypasses:
        say(f"  {'bypass':<14} {bypass}")


@click.command("sign")
@click.argument("decision", default="")
@click.option("--as", "role", help="The role in which you sign.")
@click.option("--key", help="The key that signs: its name, the path of a PEM file, or demo:NAME.")
@click.option("--approve", "word", flag_value="approve", default="approve", help="Approve (the default).")
@click.option(
    "--reject", "word", flag_value="reject", help="Reject; needs --reason, and blocks until withdrawn."
)
@click.option("--withdraw", "word", flag_value="withdraw", help="Take back what you said in this role.")
@click.option("--reason", type=READABLE, default="", help="Why.")
@click.option("--look", is_flag=True, help="Only show what a signature would be over, and who is missing.")
@folder_option
@json_option
def command(
    decision: str,
    *,
    role: str | None,
    key: str | None,
    word: str,
    reason: str,
    look: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Sign DECISION (the beginning of its record's digest; by default the latest) as the holder of a role.

    What is signed is shown, after the record was held against the log and judged again from its own counts. The
    signature is over the digests of the record, the evidence and the specification, and names the checkpoint of the log
    that you saw. It dies with any change. Ends with 0 when the quorum is there, 1 while signatures are missing.
    """
    from assay.app.sign import look as look_at
    from assay.app.sign import sign_decision
    from assay.domain.quorum import Word

    if look:
        found = look_at(folder, decision)
    else:
        if not role or not key:
            raise click.UsageError("--as ROLE and --key KEY are needed, or --look.")
        found = sign_decision(
            folder, decision, role=role, signer=signer(key, folder), word=Word(word), reason=reason
        )
    made, quorum = found.decision, found.quorum
    if as_json:
        print_json(
            {
                "record": made.record,
                "evidence": made.evidence,
                "specification": made.specification,
                "outcome": made.outcome,
                "approved": [{"role": r, "holder": h} for r, h in quorum.approved],
                "missing": dict(quorum.missing),
                "rejected": [
                    {"holder": r.holder, "role": r.role, "reason": r.reason} for r in quorum.rejected
                ],
            }
        )
    else:
        _show(found)
        for what, digest in (
            ("record", made.record),
            ("evidence", made.evidence),
            ("specification", made.specification),
        ):
            say(f"  {what:<14} {digest}")
        for filled, holder in quorum.approved:
            say(f"  {filled:<14} {holder} approves")
        say(
            f"The quorum is reached: assay issue {short(made.record)} --key KEY"
            if quorum.reached
            else quorum.sentence()
        )
        if quorum.missing:
            say(f"Read it with: assay show {short(made.record)}")
            say(f"Sign it with: assay sign {short(made.record)} --as ROLE --key KEY")
    raise click.exceptions.Exit(ExitCode.CERTIFIED if quorum.reached else ExitCode.WITHHELD)
