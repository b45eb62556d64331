"""``assay log``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import folder_option, short
from assay.domain.errors import ExitCode


@click.group("log")
def command() -> None:
    """Read the log: everything that was agreed, judged, signed and issued, in order.

    The log is the only truth: who signed, what is valid and which attempt this is follow from its entries alone.
    """


@command.command("verify")
@click.option(
    "--seen",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that somebody else has kept; several may be given.",
)
@folder_option
@json_option
def verify(*, seen: tuple[Path, ...], folder: Path, as_json: bool) -> None:
    """Compute the log anew from its entries and say everything that is wrong. Ends with 0, or 3."""
    from assay.app.logbook import verify_log

    found = verify_log(folder, seen)
    if as_json:
        print_json(
            {"size": found.size, "wrong": [{"code": w.code, "sentence": w.sentence} for w in found.wrong]}
        )
    else:
        for wrong in found.wrong:
            click.echo(f"{wrong.code}: {wrong.sentence}")
        click.echo(
            f"{len(found.wrong)} things are wrong with the log."
            if found.wrong
            else f"The log of {found.size} entries holds."
        )
        if not seen:
            click.echo(
                "No checkpoint from outside was given: an owner who rewrote everything would not be noticed."
            )
    raise click.exceptions.Exit(ExitCode.TRUST_FAILURE if found.wrong else ExitCode.CERTIFIED)


@command.command("show")
@click.option("--from", "start", type=click.IntRange(min=0), default=0, help="The first entry.")
@folder_option
@json_option
def show(*, start: int, folder: Path, as_json: bool) -> None:
    """List the entries: place, time, what happened, to what."""
    from assay.app.logbook import entries

    found = list(entries(folder, start))
    if as_json:
        print_json(
            [
                {
                    "seq": e.seq,
                    "time": e.time.isoformat(),
                    "action": e.action.value,
                    "object": e.object,
                    "signed": [s.digest for s in e.signed],
                }
                for e in found
            ]
        )
        return
    for e in found:
        click.echo(f"{e.seq:>5}  {e.time:%Y-%m-%d %H:%M:%S}  {e.action.value:<24} {short(e.object)}")


@command.command("checkpoint")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write it to this file.")
@folder_option
@json_option
def checkpoint(*, output: Path | None, folder: Path, as_json: bool) -> None:
    """Sign and print a checkpoint (C2SP): what others keep, so that the log cannot be rewritten behind their back."""
    from assay.app.logbook import checkpoint as signed

    note = signed(folder)
    if output is not None:
        output.write_text(note, encoding="utf-8")
    if as_json:
        print_json({"checkpoint": note})
    else:
        click.echo(note, nl=False)


@command.command("prove")
@click.argument("entry", type=click.IntRange(min=0))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@folder_option
@json_option
def prove(entry: int, target: Path, *, folder: Path, as_json: bool) -> None:
    """Write the proof that ENTRY is in the log to TARGET, as a C2SP tlog-proof."""
    from assay.app.logbook import prove as write

    write(folder, entry, target)
    if as_json:
        print_json({"entry": entry, "proof": str(target)})
    else:
        click.echo(f"The proof of entry {entry}, in {target}")


@command.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@folder_option
@json_option
def export(target: Path, *, folder: Path, as_json: bool) -> None:
    """Write every entry to TARGET, one a line: whoever has it reaches the same state."""
    from assay.app.logbook import export_log

    count = export_log(folder, target)
    if as_json:
        print_json({"entries": count, "file": str(target)})
    else:
        click.echo(f"{count} entries, in {target}")
