"""``assay take``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli import lock, sign
from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import hopeless_option, json_option, print_json, say
from assay.cli.signing import folder_option
from assay.domain.digests import short
from assay.domain.entry import Action
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.judging.lock_elsewhere import TakenAgreement
    from assay.app.organisation.take import Taken


@click.command(
    "take", epilog=example("assay take val.sign-off.json ria.sign-off.json", "assay take val.agreement.json")
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--specification",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What a word on a specification is about, with its dictionary; by default specification.yaml in the folder.",
)
@hopeless_option
@folder_option
@json_option
@at_most_one("--specification", "--in", why="the log is in the folder of the specification")
def command(
    files: tuple[Path, ...],
    *,
    specification: Path | None,
    certify_a_hopeless_specification: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Take into the log what was signed on another machine: what each FILE says, it says itself.

    Words on a specification and signatures on a decision are taken, waivers, unsealings, and words by which a certificate is revoked,
    suspended or reinstated, by the rules by which they are added at the log. An approval of a specification is planned first,
    as assay lock does, and the last one that is needed locks. Files are taken one after another; a refused one ends the command,
    and those before it stay taken.

    Ends with 0 when nothing is missing any more: the specification is locked and nobody rejects it, the quorum of the decision is there. With 1 while
    something is, with 2 for a file that is none of these, with 3 for one that was changed.
    """
    from assay.app.organisation.take import is_on_a_specification, take

    path = folder / "specification.yaml" if specification is None else specification
    at = folder if specification is None else path.resolve().parent
    others: list[Taken] = []
    words: list[TakenAgreement] = []
    plain = []
    for file in files:
        one: Taken | TakenAgreement
        if is_on_a_specification(file):
            from assay.app.judging.lock_elsewhere import take_agreement

            one = take_agreement(
                path, file, certify_a_hopeless_specification=certify_a_hopeless_specification
            )
            words.append(one)
            action, about = Action.AGREED, one.agreed.specification
        else:
            one = take(at, file)
            others.append(one)
            action, about = one.told.entry.action, one.told.entry.object
        plain.append(
            {
                "file": str(file),
                "entry": one.entry,
                "before": one.before,
                "action": action.value,
                "about": about,
            }
        )
        if not as_json:
            done = "was there already and was not added again" if one.before else "was added"
            say(f"{file}: entry {one.entry} of the log {done}.")
            if one in others:
                _say_what(one)
    # Of each decision, and of the specification, the last file shows all words.
    decisions = {one.signing.decision.record: one.signing for one in others if one.signing is not None}
    agreed = words[-1].agreed if words else None
    if as_json:
        print_json(
            {
                "taken": plain,
                "specification": None if agreed is None else lock.plain(agreed),
                "decisions": [sign.plain(found) for found in decisions.values()],
            }
        )
    else:
        if agreed is not None:
            lock.tell(agreed, path)
        for found in decisions.values():
            sign.tell(found)
    whole = (agreed is None or lock.may_be_judged(agreed)) and all(
        d.quorum.reached for d in decisions.values()
    )
    raise click.exceptions.Exit(ExitCode.CERTIFIED if whole else ExitCode.WITHHELD)


def _say_what(one: Taken) -> None:
    """What was taken, where it is no signature on a decision, which is told with its quorum."""
    from assay.app.organisation.entries import by

    if one.signing is None:
        entry = one.told.entry
        said = ": ".join(filter(None, (by(one.told.by), one.told.says)))
        say(f"  {entry.action.value} of {short(entry.object)}, {said}")
