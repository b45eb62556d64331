"""``assay export``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option, signer
from assay.domain.epsilon import epsilon_of, written


def _epsilon(_: click.Context, __: click.Parameter, value: str) -> str:
    """A decimal above 0 as it is written, without what does not change it."""
    try:
        return written(epsilon_of(value))
    except ValueError as expected:
        raise click.BadParameter(
            f"a number above 0 is expected, such as 1 or 0.5: {expected}; found {value!r}."
        ) from None


@click.group("export")
def command() -> None:
    """Write what is handed to an outsider."""


@command.command("review", epilog=example("assay export review review.zip"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--certificate", default="", help="The beginning of its digest; by default the latest.")
@folder_option
@json_option
def review(target: Path, *, certificate: str, folder: Path, as_json: bool) -> None:
    """Write the review pack TARGET (a zip): the whole log and every document that the certificate stands on.

    From it an outsider judges every criterion again, without the model or a row of data: assay verify --review TARGET.
    """
    from assay.app.organisation.export import export_review
    from assay.dossier.wording import plural

    count = export_review(folder, target, certificate)
    if as_json:
        print_json({"pack": str(target), "documents": count})
    else:
        say(f"{plural(count, 'document')} and the log, in {target}")


@command.command(
    "decision",
    epilog=example("assay export decision decision.zip", "assay export decision decision.zip 3f2a91c07d5e"),
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("decision", default="")
@folder_option
@json_option
def decision(target: Path, *, decision: str, folder: Path, as_json: bool) -> None:
    """Write the pack TARGET (a zip) of a DECISION without a certificate, for who signs it on another machine.

    DECISION is the beginning of its record's digest; by default the latest. The pack holds the whole log, the record, the
    evidence, the specification and the dictionary, and no row of anybody's data: assay sign TARGET --policy policy.yaml
    --as ROLE --key KEY --to FILE.
    """
    from assay.app.organisation.export import export_decision

    count = export_decision(folder, target, decision)
    if as_json:
        print_json({"pack": str(target), "documents": count})
    else:
        say(f"{count} documents and the log, in {target}")
        say(f"Its signer needs it and their own policy: assay sign {target} --policy policy.yaml --look")


@command.command("public", epilog=example("assay export public public.zip --key certifier"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", help="The key of a verifier, by which the pack also gets a status that is fresh.")
@folder_option
@json_option
def public(target: Path, *, key: str | None, folder: Path, as_json: bool) -> None:
    """Write the public pack TARGET (a zip): the log under a signed checkpoint, every certificate with its proof, what was signed.

    Nothing in it is confidential: no counts, no record, no row. Anybody computes the state from it: assay log verify TARGET
    --policy policy.yaml.
    """
    from assay.app.organisation.export import export_public
    from assay.dossier.wording import plural

    made = export_public(folder, target, signer=signer(key, folder) if key else None)
    if as_json:
        print_json(
            {
                "pack": str(target),
                "entries": made.entries,
                "certificates": made.certificates,
                "statements": made.statements,
                "status": made.status,
            }
        )
        return
    say(
        f"{plural(made.entries, 'entry', 'entries')}, {plural(made.certificates, 'certificate')} and "
        f"{plural(made.statements, 'sign-off')}, in {target}"
    )
    if not made.status:
        say("It has no signed status; --key VERIFIER_KEY adds one.")


@command.command("tables", epilog=example("assay export tables tables.json --epsilon 1"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("run", required=False, default="")
@click.option(
    "--epsilon",
    required=True,
    callback=_epsilon,
    help="What the release may cost each person, for example 1: less is more private.",
)
@folder_option
@json_option
def tables(target: Path, run: str, *, epsilon: str, folder: Path, as_json: bool) -> None:
    """Write the group tables of RUN, or of the latest run, to TARGET with noise that protects each person (differential privacy).

    It is a document of its own: a certificate and its dossier keep their numbers. It states the epsilon, the noise and the error of
    each count. The same counts are released once, whichever run has them; asked again, the same numbers are written. Other tables of the
    same rows cost their epsilon too, and what all cost together is told. Where there is a log, a release is an entry of it, and a table
    that is lost is not drawn again; without one nothing binds whoever deletes what the folder keeps.
    """
    from assay.app.organisation.private_tables import release_tables

    done = release_tables(folder, target, epsilon, run)
    made = done.document
    if as_json:
        print_json(
            {
                "tables": str(target),
                "epsilon": made["epsilon"],
                "spent": done.costs,
                "entry": done.entry,
                "error": made["error"],
                "groups": len(made["groups"]),
            }
        )
        return
    say(f"{len(made['groups'])} groups with an epsilon of {made['epsilon']}, in {target}")
    where = "folder" if done.entry is None else "log"
    say(
        f"All releases of this data set so far cost a person an epsilon of {done.spent.same_data_set}; "
        f"all of this {where} {done.spent.all}."
    )
    say(
        "No log holds this: nothing binds whoever deletes what the folder keeps, and draws the noise again."
        if done.entry is None
        else f"It is entry {done.entry} of the log, by its digest."
    )
    say(f"95 of 100 counts lie within {made['error']} of the true ones; who has the dossier has those.")
