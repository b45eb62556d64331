"""``assay diff``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option


@click.command(
    "diff",
    epilog=example("assay diff specification.v1.yaml specification.yaml", "assay diff 91c0 3f2a91c07d5e"),
)
@click.argument("one")
@click.argument("two")
@folder_option
@json_option
def command(one: str, two: str, *, folder: Path, as_json: bool) -> None:
    """Say what changed from ONE to TWO, part by part.

    Each is a specification file, the folder of a certificate, or the beginning of the digest of a run.
    """
    from assay.app.organisation.diff import compare

    found = compare(one, two, folder)
    if as_json:
        print_json([{"where": d.where, "before": d.before, "after": d.after} for d in found])
        return
    for difference in found:
        say(difference.sentence())
    if not found:
        say("Nothing changed.")
