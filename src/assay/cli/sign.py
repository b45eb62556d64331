"""``assay sign``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one, goes_alone
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import NOT_HERE, READABLE, folder_option, require_reason, say_beside, signer
from assay.domain.digests import short
from assay.domain.errors import ExitCode
from assay.domain.vocabulary import Outcome, Tier, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.app.organisation.sign import Signing
    from assay.domain.quorum import Word


def _show(found: Signing) -> None:
    """What is signed, as its record says it; the record was held against the log and its own counts."""
    record, specification = found.record, found.record.specification
    if found.standing.demo:
        say("DEMO: the policy takes keys with which anyone can sign.")
    say(f"Decision: {record.decision.outcome.value}, {specification.name}, attempt {found.standing.attempt}")
    say(f"  {'use':<14} {specification.use_case.purpose}")
    say(f"  {'rows':<14} {record.rows_used:,} of {record.data}, held by {specification.data.custody}")
    say(f"  {'isolation':<14} level {record.environment.isolation.level}")
    for tier in Tier:
        judged = [j for j in record.judged if j.assessment.tier is tier]
        if judged:
            passed = sum(j.verdict is Verdict.PASS for j in judged)
            failed = ", ".join(j.assessment.criterion for j in judged if j.verdict is Verdict.FAIL)
            say(
                f"  {tier.value:<14} {passed} of {len(judged)} criteria pass{f'; violated: {failed}' if failed else ''}"
            )
    for what, sentences in _to_be_weighed(found):
        for sentence in sentences:
            say(f"  {what:<14} {sentence}")


def _to_be_weighed(found: Signing) -> tuple[tuple[str, Iterable[str]], ...]:
    """What speaks against a signature, as the first screen of the dossier has it."""
    from assay.app.verifying.agreement import not_decided_for

    record, told = found.record, found.standing
    passes = found.decision.outcome in {"certified", "conditional"}
    return (
        ("reason", () if passes else (ground.sentence for ground in record.decision.grounds)),
        ("condition", (ground.sentence for ground in record.decision.conditions)),
        (
            "waived",
            (f"{w.criterion} {w.held} by {w.holder} ({w.role}): {w.reason}" for w in told.waivers),
        ),
        (
            "changed",
            (f"after run {r.run} was {r.outcome}, by entry {r.entry}: {r.reason}" for r in told.revisions),
        ),
        ("used before", record.overlaps),
        ("not decided", not_decided_for(record)),
        ("not tested", record.says_nothing_about),
        ("bypass", dict.fromkeys((*record.bypasses, *told.bypasses))),
    )


@click.command(
    "sign",
    epilog=example(
        "assay sign --look",
        "assay sign --as validator --key val",
        'assay sign 3f2a91c07d5e --as risk_officer --key ria --reject --reason "the groups over 60 are too small"',
    ),
)
@click.argument("decision", default="")
@click.option("--as", "role", help="The role in which you sign.")
@click.option("--key", help="The key that signs: its name, the path of a PEM file, or demo:NAME.")
@click.option("--approve", is_flag=True, help="Approve (the default).")
@click.option("--reject", is_flag=True, help="Reject; needs --reason, and blocks until withdrawn.")
@click.option("--withdraw", is_flag=True, help="Take back what you said in this role.")
@click.option("--reason", type=READABLE, default="", help="Why.")
@click.option("--look", is_flag=True, help="Only show what a signature would be over, and who is missing.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The policy that you trust: DECISION is then a pack (assay export decision), and no log is needed.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --policy: the file for the signature, which goes to who keeps the log.",
)
@folder_option
@json_option
@at_most_one("--approve", "--reject", "--withdraw", why="a role says one thing at a time")
@goes_alone("--look", besides=("DECISION", "--policy", "--in", "--json"), why="who only looks signs nothing")
@at_most_one("--policy", "--in", why=NOT_HERE)
def command(
    decision: str,
    *,
    role: str | None,
    key: str | None,
    approve: bool,  # noqa: ARG001 - what is said without a word
    reject: bool,
    withdraw: bool,
    reason: str,
    look: bool,
    policy: Path | None,
    target: Path | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Sign DECISION (the beginning of its record's digest; by default the latest) as the holder of a role.

    What is signed is shown, after the record was held against the log and judged again from its own counts. The
    signature is over the digests of the record, the evidence and the specification, and names the checkpoint of the log
    that you saw. It dies with any change. Ends with 0 when the quorum is there, 1 while signatures are missing.

    On another machine than the log's, DECISION is a pack, and the signature goes into a file (--policy, --to), which ends
    with 0; who keeps the log takes it in with: assay take FILE
    """
    from assay.app.organisation.sign import look as look_at
    from assay.app.organisation.sign import sign_decision
    from assay.domain.quorum import Word

    if not look and (not role or not key):
        raise click.UsageError("--as ROLE and --key KEY are needed, or --look.")
    word = Word.REJECT if reject else Word.WITHDRAW if withdraw else Word.APPROVE
    require_reason(reason, rejects=reject)
    _see_one_way(decision, policy, target, look=look)
    if policy is not None:
        said = (role or "", key or "", word, reason)
        _elsewhere(Path(decision), policy, None if look else said, target, as_json=as_json)
    if look:
        found = look_at(folder, decision)
    else:
        found = sign_decision(
            folder,
            decision,
            role=role or "",
            signer=signer(key or "", folder),
            word=word,
            reason=reason,
        )
    if as_json:
        print_json(plain(found))
    else:
        tell(found, role=role if word is Word.APPROVE and not look else None)
        made, quorum = found.decision, found.quorum
        if quorum.missing and found.standing.certificate is None:
            say(f"Read it with: assay show {short(made.record)}")
            say(f"Sign it with: assay sign {short(made.record)} --as ROLE --key KEY")
    raise click.exceptions.Exit(ExitCode.CERTIFIED if found.quorum.reached else ExitCode.WITHHELD)


def _see_one_way(decision: str, policy: Path | None, target: Path | None, *, look: bool) -> None:
    """See that what is signed is a decision of a log, or a pack with a policy and a file for the signature."""
    if policy is not None and (not decision or (target is None and not look)):
        raise click.UsageError("With --policy name the PACK, and the FILE for the signature: --to FILE.")
    if policy is None and Path(decision).is_file():
        raise click.UsageError(
            f"{decision} is a file: sign a pack by the policy that you trust, --policy POLICY."
        )
    if policy is None and target is not None:
        raise click.UsageError("--to is for a pack, which is signed by the policy that you trust: --policy.")


def _elsewhere(
    pack: Path,
    policy: Path,
    said: tuple[str, str, Word, str] | None,
    target: Path | None,
    *,
    as_json: bool,
) -> NoReturn:
    """Sign the decision of a pack (``said``: role, key, word, reason), or only look at it."""
    from assay.app.organisation.sign_elsewhere import look_in, sign_pack
    from assay.domain.quorum import Word

    if said is None or target is None:
        found, written = look_in(pack, policy), None
    else:
        role, key, word, reason = said
        found = sign_pack(
            pack, policy, role=role, signer=signer(key), target=target, word=word, reason=reason
        )
        written = str(target)
    if as_json:
        print_json(plain(found) | {"written": written})
    else:
        tell(found, role=said[0] if said and said[2] is Word.APPROVE else None, issue=False)
        if written is not None:
            say(
                f"Your signature is in {written}, and nowhere else. Who keeps the log takes it in with: assay take FILE"
            )
    done = written is not None or found.quorum.reached
    raise click.exceptions.Exit(ExitCode.CERTIFIED if done else ExitCode.WITHHELD)


def plain(found: Signing) -> dict[str, Any]:
    """A decision and who signed it, for programs."""
    made, quorum = found.decision, found.quorum
    return {
        "record": made.record,
        "evidence": made.evidence,
        "specification": made.specification,
        "outcome": made.outcome,
        "approved": [{"role": r, "holder": h} for r, h in quorum.approved],
        "missing": dict(quorum.missing),
        "rejected": [{"holder": r.holder, "role": r.role, "reason": r.reason} for r in quorum.rejected],
        "beside": [{"role": w.role, "holder": w.holder} for w in quorum.beside],
        "said_before": found.before.entry if found.before else None,
    }


def tell(found: Signing, *, role: str | None = None, issue: bool = True) -> None:
    """What is signed, its digests, and who signed.

    Args:
        role: in which it was approved just now. issue: whether this folder has the log that can issue.
    """
    _show(found)
    made, quorum = found.decision, found.quorum
    for what, digest in (
        ("record", made.record),
        ("evidence", made.evidence),
        ("specification", made.specification),
    ):
        say(f"  {what:<14} {digest}")
    withheld = found.record.decision.outcome is Outcome.WITHHELD
    for filled, holder in quorum.approved:
        say(f"  {filled:<14} {holder} approves{' that it is withheld' if withheld else ''}")
    say_beside(quorum, role, found.before, width=14)
    bound = found.standing.certificate
    command = f"assay issue {short(made.record)} --key KEY"
    if bound is not None:
        say(
            f"Certificate {short(bound.certificate)}, {bound.worth}, was issued for it (entry {bound.entry} of "
            "the log): what is signed after that is not in it."
        )
    elif quorum.reached and issue:
        say(f"The quorum is reached: {command}")
    else:
        say(quorum.sentence())
        if withheld and issue:
            say(f"A refusal can be issued without them, as FAILED: {command}")
