"""``assay export``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option, signer


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
