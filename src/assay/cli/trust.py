"""``assay trust``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import json_option, print_document, print_json, say
from assay.cli.signing import folder_option, policy_output_option, roots_option, say_policy, signer
from assay.domain.digests import short

if TYPE_CHECKING:
    from assay.domain.policy import Policy


@click.group("trust")
def command() -> None:
    """Say whose keys count, for what, and what every specification must ask: the policy.

    There is no default key. Every version of the policy is signed by a threshold of root keys and logged.
    """


@command.command(
    "init",
    epilog=example(
        'assay trust init --organisation "Example Bank" --root root=root --certifier certifier=certifier --person val:validator=val.pem --person ria:risk_officer=ria.pem --output policy.yaml'
    ),
)
@click.option("--organisation", metavar="NAME", default="", help="Whose rules these are.")
@click.option(
    "--log",
    "origin",
    metavar="NAME",
    help="The name of the log, like a URL without a scheme; by default from the organisation.",
)
@click.option(
    "--verifier",
    metavar="URL",
    help="The identity that certificates name; by default from the log's name.",
)
@click.option(
    "--root",
    "roots",
    metavar="NAME=KEY",
    multiple=True,
    help="A root key, which signs this policy and the next; several may be given.",
)
@click.option(
    "--threshold",
    metavar="COUNT",
    type=click.IntRange(min=1),
    help="How many of the root keys must sign each version of the policy; by default 1.",
)
@click.option("--certifier", metavar="NAME=KEY", default="", help="The key that issues certificates.")
@click.option(
    "--person",
    "persons",
    metavar="NAME:ROLE[,ROLE...]=KEY",
    multiple=True,
    help="Someone who signs, for example ria:risk_officer=ria. Several may be given.",
)
@click.option(
    "--longest-waiver",
    metavar="DAYS",
    type=click.IntRange(min=1, max=9999),
    help="How many days a waiver may hold at most; by default 90.",
)
@click.option(
    "--demo", is_flag=True, help="Accept demo keys, which anyone can make. Certificates then say so."
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Also write the policy to this file, for verifiers."
)
@folder_option
@json_option
def init(
    organisation: str,
    *,
    origin: str | None,
    verifier: str | None,
    roots: tuple[str, ...],
    threshold: int | None,
    certifier: str,
    persons: tuple[str, ...],
    longest_waiver: int | None,
    demo: bool,
    output: Path | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Make the first policy and log it. At a terminal it asks for what is not given, and explains each question.

    KEY is the name of a key (assay keys new), the path of a PEM file, or demo:NAME.
    """
    from assay.app.organisation.founding import founding_of
    from assay.app.organisation.trust import found, foundable, named_before, see_place, write_policy
    from assay.cli.founding import Answers, completed

    given = completed(
        Answers(organisation, roots=roots, threshold=threshold, certifier=certifier, persons=persons)
    )
    named = _slug(given.organisation)
    chosen = origin or f"{named}/assay"
    founding = founding_of(
        organisation=given.organisation,
        origin=chosen,
        verifier=verifier or f"https://{chosen}/certifier",
        roots=given.roots,
        certifier=given.certifier,
        persons=given.persons,
        demo=demo,
        threshold=given.threshold or 1,
        requires={"longest_waiver": f"{longest_waiver} days"} if longest_waiver else {},
    )
    foundable(founding)
    see_place(output)
    before = named_before(founding)
    policy, digest = found(folder, founding, [signer(root.source) for root in founding.roots])
    if output is not None:
        write_policy(folder, output)
    if as_json:
        print_json(
            {
                "policy": digest,
                "version": policy.version,
                "log": policy.log.key,
                "log_named_before": before,
            }
        )
        return
    say(f"Policy version 1 of {policy.organisation} is in force: {short(digest)}.")
    say(f"Log {chosen}, verifier key {policy.log.key}")
    if before:
        say(
            f"You began a log of the name {chosen} before, with the same key. If it is kept elsewhere, an outsider sees two logs "
            "that contradict each other: share that one (ASSAY_STORE), or begin this one again with a name of its own (--log).",
            title="Warning: ",
            color="yellow",
        )
    else:
        say(
            "Keep every model of the organisation in this log: what was judged in another is not known here. Another folder "
            "names it in ASSAY_STORE."
        )
    if demo:
        say("DEMO: these keys can be made by anyone. Nothing that is signed here means anything.")


@command.command(
    "edit",
    epilog=example(
        "assay trust show --next > next.yaml", "assay trust edit next.yaml --root root --output policy.yaml"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@roots_option
@policy_output_option
@folder_option
@json_option
def edit(file: Path, *, roots: tuple[str, ...], output: Path | None, folder: Path, as_json: bool) -> None:
    """Log FILE as the next version of the policy, signed by root keys of the version in force.

    Begin with: assay trust show --next > policy.yaml
    """
    from assay.app.organisation.trust import replace_policy, replaceable, see_place, write_policy

    replaceable(folder, file)
    see_place(output)
    policy, digest = replace_policy(folder, file, [signer(key) for key in roots])
    if output is not None:
        write_policy(folder, output)
    if as_json:
        print_json({"policy": digest, "version": policy.version})
    else:
        say_policy(policy.version, digest, output)


@command.command("show", epilog=example("assay trust show --output policy.yaml"))
@click.option("--next", "following", is_flag=True, help="The text of the next version, to be edited.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write the policy in force to this file, for verifiers."
)
@folder_option
@json_option
@at_most_one(
    "--next", "--output", why="--output writes the policy in force, and --next prints the one to come"
)
@at_most_one("--next", "--json", why="--next prints a text that is edited and handed to assay trust edit")
def show(*, following: bool, output: Path | None, folder: Path, as_json: bool) -> None:
    """Show the policy in force: keys and roles, its log and who witnesses it, what it requires."""
    from assay.app.organisation.ledger import open_ledger, policy_of
    from assay.app.organisation.trust import next_version, write_policy
    from assay.domain.plain import to_plain
    from assay.domain.policy import Policy

    if output is not None:
        write_policy(folder, output)
    with open_ledger(folder) as ledger:
        if following:
            print_document(next_version(ledger))
            return
        if as_json:
            print_json(to_plain(ledger.policy(), Policy))
            return
        state = ledger.state()
    _tell(policy_of(state), state.policy_digest)


def _tell(policy: Policy, digest: str) -> None:
    """The policy on a terminal."""
    from assay.dossier.wording import plural

    say(f"{policy.organisation}, policy version {policy.version} ({short(digest)})")
    if policy.demo:
        say("DEMO: accepts keys that anyone can make.")
    for name, held in policy.keys.items():
        duties = [*held.roles]
        duties += ["root"] * (name in policy.roots) + ["verifier"] * any(
            v.key == name for v in policy.verifiers
        )
        until = held.valid_until.date()
        say(f"  {name:<14} {held.holder:<14} {', '.join(duties) or '-':<28} until {until}")
    requires = policy.requires
    say(f"{policy.root_threshold} of {plural(len(policy.roots), 'root key')} must sign the next version.")
    say(f"Log {policy.log.origin}, verifier key {policy.log.key}")
    if policy.log.witnesses:
        many = plural(len(policy.log.witnesses), "witness", "witnesses")
        say(f"{policy.log.witnesses_needed} of {many} must cosign a checkpoint before a proof counts:")
    for witness in policy.log.witnesses:
        say(f"  {witness}")
    say(f"Confidence at least {requires.confidence}, isolation at least {policy.isolation}.")
    say(f"A waiver holds for at most {plural(requires.longest_waiver.days, 'day')}.")
    say(
        f"Equal test rows may cost at most {requires.most_repeated} of what they tell, where a specification declares them."
    )
    say(f"A group may be small, and gate nothing, below at most {requires.largest_small_group} of the rows.")
    for package in policy.plugins:
        say(f"  allows the checks of the package {package}")
    for metric in requires.metrics:
        say(f"  requires {metric}")
    for bound in requires.bounds:
        say(f"  requires {bound.metric} {bound.text()}, {bound.tier}")
    for name, meant in (requires.protected or {}).items():
        say(f"  the protected attribute {name} is {meant.text()}")
    for name in requires.without_column():
        say(
            f"  the protected attribute {name} is whatever column a specification gives that name: name it under requires.protected"
        )


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in text.lower()).strip("-") or "organisation"
