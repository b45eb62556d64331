"""``assay issue``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option, key_option, signer
from assay.domain.digests import short
from assay.domain.vocabulary import Outcome

DOSSIER = "dossier.html"
"""The page in a certificate's folder. No verifier reads it: it is drawn from what they read."""


@click.command(
    "issue",
    epilog=example(
        "assay issue --key certifier",
        "assay issue 3f2a91c07d5e --key certifier --output certificates/model.txt.assay",
    ),
)
@click.argument("decision", default="")
@key_option
@click.option(
    "--output", type=click.Path(path_type=Path), help="Folder of the certificate; by default MODEL.assay."
)
@folder_option
@json_option
def command(decision: str, *, key: str, output: Path | None, folder: Path, as_json: bool) -> None:
    """Issue the certificate of DECISION (the beginning of its record's digest; by default the latest).

    A certified or conditional decision needs all its signatures (assay sign), and nobody who rejects. A withheld one needs
    none: it is issued as FAILED, so that a refusal can be shown as well as an approval, and no gate lets it through. Refused
    when the model is no longer the one that was judged. A decision has one certificate: issued again, it is written again.

    The dossier is drawn again beside the certificate, with the signatures, the waivers and the checkpoint that it stands on.
    """
    from assay.app.organisation.issue import issue
    from assay.dossier.wording import plural

    made = issue(folder, decision, signer=signer(key, folder), output=output)
    page, undrawn = _drawn(folder, made.folder, made.certificate.record)
    scope = made.certificate.scope
    if as_json:
        print_json(
            {
                "certificate": made.digest,
                "folder": str(made.folder),
                "result": made.certificate.result,
                "outcome": scope.outcome,
                "valid_until": scope.valid_until,
                "supersedes": list(scope.supersedes),
                "entry": made.entry,
                "issued_before": made.before,
                "witnesses_needed": made.witnesses,
                "dossier": str(page) if page else None,
            }
        )
        return
    say(f"Certificate {short(made.digest)}: {made.certificate.result} ({scope.outcome}) for {scope.name}")
    if made.before:
        say(
            f"It was issued before, on {made.certificate.time:%Y-%m-%d %H:%M} UTC (entry {made.entry} of the log): its files are written "
            "again, and nothing is added."
        )
    refused = scope.outcome == Outcome.WITHHELD.value
    say(
        f"It refuses the model; in {made.folder}"
        if refused
        else f"Valid until {scope.valid_until[:10]}, in {made.folder}"
    )
    for old in scope.supersedes:
        say(f"It takes the place of certificate {short(old)}, which is superseded from now on.")
    if made.witnesses:
        say(
            f"The proof does not count yet: {plural(made.witnesses, 'more witness', 'more witnesses')} must cosign the log. Have it "
            "cosigned, and issue again, which adds nothing: assay log checkpoint --witness URL"
        )
    say(f"Dossier: {page}" if page else undrawn)
    if scope.demo:
        say("DEMO: signed with keys that anyone can make.")


def _drawn(folder: Path, beside: Path, record: str) -> tuple[Path | None, str]:
    """The dossier beside the certificate; where it cannot be drawn, why. The certificate is issued either way."""
    from assay.app.organisation.report import write_document
    from assay.app.organisation.seal import load_record
    from assay.app.organisation.standing import standing_of
    from assay.domain.errors import AssayError, MissingExtra

    try:
        digest, found = load_record(folder, record)
        write_document(found, "html", beside / DOSSIER, standing=standing_of(folder, digest))
    except ModuleNotFoundError as absent:
        missing = MissingExtra.of(absent.name or "")
        if missing is None:
            raise
        return None, f"The dossier was not drawn. {missing}"
    except AssayError as wrong:
        return None, f"The dossier was not drawn. {wrong}"
    return beside / DOSSIER, ""
