"""``assay replay``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say
from assay.cli.signing import folder_option
from assay.domain.digests import short
from assay.domain.errors import ExitCode


@click.command(
    "replay", epilog=example("assay replay 3f2a91c07d5e", "assay replay model.txt.assay --workers 4")
)
@click.argument("run", default="")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that read and count.",
)
@folder_option
@json_option
def command(run: str, *, workers: int, folder: Path, as_json: bool) -> None:
    """Run again what RUN, or the latest run, is about, reusing nothing.

    RUN is how its digest begins (four characters or more), or the folder or the digest of its certificate.

    Says whether the same comes out: bit-identical, within tolerance, or different and what. Ends with 0, or 3 when it is
    different or the files are not those that were judged. It is no further attempt on the test rows.
    """
    from assay.app.judging.replay import Alike, replay
    from assay.cli.progress import progress

    found = replay(folder, run, workers=workers, progress=progress)
    if as_json:
        print_json(
            {"record": found.record, "alike": found.alike.value, "differences": list(found.differences)}
        )
    else:
        say(f"{short(found.record)}: {found.alike.value}")
        for difference in found.differences:
            say(f"  {difference}")
    different = found.alike is Alike.DIFFERENT
    raise click.exceptions.Exit(ExitCode.TRUST_FAILURE if different else ExitCode.CERTIFIED)
