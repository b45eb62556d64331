"""``assay log``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import json_option, one_line, print_document, print_json, say
from assay.cli.questions import need_a_terminal
from assay.cli.signing import folder_option, say_certificate
from assay.domain.digests import short
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.verifying.kept_checkpoint import KeptCheckpoint

branch_option = click.option(
    "--branch", default="assay-checkpoints", show_default=True, help="The branch of the git remote."
)


@click.group("log")
def command() -> None:
    """Read the log: everything that was agreed, judged, signed and issued, in order.

    The log is the only truth: who signed, what is valid and which attempt this is follow from its entries alone.
    """


@command.command(
    "verify",
    epilog=example(
        "assay log verify", "assay log verify public.zip --policy policy.yaml --checkpoint kept.txt"
    ),
)
@click.argument("pack", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For PACK: the policy whose keys count, a file that reached you by a way you trust.",
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A signed checkpoint that somebody else has kept, only read; several may be given.",
)
@click.option(
    "--against",
    metavar="REMOTE",
    help="Compare with every checkpoint that a git remote (URL, path or name) holds of this log.",
)
@branch_option
@folder_option
@json_option
@at_most_one("PACK", "--in", why="a pack is verified by itself, and --in names the folder of a log")
def verify(
    pack: Path | None,
    *,
    policy: Path | None,
    checkpoints: tuple[Path, ...],
    against: str | None,
    branch: str,
    folder: Path,
    as_json: bool,
) -> None:
    """Compute the log anew from its entries and say everything that is wrong. Ends with 0, or 3.

    Without PACK it is the log of this folder. A public PACK (assay export public) needs no database: its state is computed,
    and its checkpoint, certificates, proofs, sign-offs and status are held against the policy.
    """
    from assay.app.verifying.kept_checkpoint import kept_in

    kept = [kept_in(path) for path in checkpoints]
    if pack is not None:
        if policy is None:
            raise click.UsageError("PACK needs --policy: the copy in the pack says nothing about itself.")
        if against is not None:
            from assay.app.organisation.remote import held_against

            kept += held_against(policy, against, branch)
        _verify_pack(pack, policy, kept, as_json=as_json)
    from assay.app.organisation.logbook import verify_log

    if policy is not None:
        raise click.UsageError("--policy is for a PACK.")
    if against is not None:
        from assay.app.organisation.remote import held_for

        kept += held_for(folder, against, branch)
    found = verify_log(folder, kept)
    wrong = [(w.code, w.sentence) for w in found.wrong]
    if not as_json:
        for e in found.ahead:
            say(
                f"Entry {e.seq} ({e.action.value}) is dated {e.time:%Y-%m-%d %H:%M} UTC, which has not come yet: the clock was "
                "wrong where it was written. It keeps nobody from revoking."
            )
    ahead: dict[str, object] = {"dated_ahead": [e.seq for e in found.ahead]}
    _told(found.size, wrong, ahead, outside=bool(kept), as_json=as_json)


def _verify_pack(pack: Path, policy: Path, kept: list[KeptCheckpoint], *, as_json: bool) -> NoReturn:
    from assay.app.verifying.outside import verify_public

    found = verify_public(pack, policy, kept)
    wrong = [(w.because.value, w.sentence) for w in found.wrong]
    # What a log that is not to be believed says of its certificates is not passed on.
    told = () if wrong else found.certificates
    certificates = [
        {
            "certificate": c.digest,
            "status": c.status.value,
            "reason": c.why,
            "code": c.code.value if c.code else "",
            "result": c.result,
            "use_case": c.use_case,
            "model": c.model,
            "signed": [{"role": role, "holder": holder} for role, holder in found.signers(c)],
        }
        for c in told
    ]
    if not as_json:
        for c in told:
            by = ", ".join(f"{holder} ({role})" for role, holder in found.signers(c)) or "nobody"
            say_certificate(c, f", signed by {by}")
            if c.why:
                say(f"              {c.why}")
    _told(found.size, wrong, {"certificates": certificates}, outside=bool(kept), as_json=as_json)


def _told(
    size: int, wrong: Sequence[tuple[str, str]], more: dict[str, object], *, outside: bool, as_json: bool
) -> NoReturn:
    from assay.dossier.wording import plural

    if as_json:
        said = [{"code": code, "sentence": sentence} for code, sentence in wrong]
        print_json({"size": size, "wrong": said, **more})
    else:
        for code, sentence in wrong:
            say(f"{code}: {sentence}")
        say(
            f"{plural(len(wrong), 'thing is', 'things are')} wrong with the log: what it says of a certificate does not count."
            if wrong
            else f"The log of {plural(size, 'entry', 'entries')} holds."
        )
        if not outside:
            say("No checkpoint from outside was given: an owner who rewrote everything would not be noticed.")
    raise click.exceptions.Exit(ExitCode.TRUST_FAILURE if wrong else ExitCode.CERTIFIED)


@command.command("show", epilog=example("assay log show --from 12"))
@click.option("--from", "start", type=click.IntRange(min=0), default=0, help="The first entry.")
@folder_option
@json_option
def show(*, start: int, folder: Path, as_json: bool) -> None:
    """List the entries: place, time, what happened, to what, by whom in which role, and which attempt or outcome."""
    from assay.app.organisation.entries import by, entries

    found = list(entries(folder, start))
    if as_json:
        print_json(
            [
                {
                    "seq": told.entry.seq,
                    "time": told.entry.time.isoformat(),
                    "action": told.entry.action.value,
                    "object": told.entry.object,
                    "signed": [s.digest for s in told.entry.signed],
                    "by": [{"holder": holder, "role": role} for holder, role in told.by],
                    "says": told.says,
                }
                for told in found
            ]
        )
        return
    if not found:
        say(f"The log has no entry from {start} on.")
        return
    from assay.cli.folding import FoldingTable
    from assay.cli.render import console

    rows = [
        (
            str(told.entry.seq),
            f"{told.entry.time:%Y-%m-%d %H:%M}",
            told.entry.action.value,
            short(told.entry.object),
            one_line(": ".join(filter(None, (by(told.by), told.says)))),
        )
        for told in found
    ]
    headings = ("Entry", "Time (UTC)", "What", "About", "Who, and which")
    FoldingTable("Entries of the log", headings, rows, names=4, right={"Entry"}).print(console())


@command.command(
    "checkpoint",
    epilog=example(
        "assay log checkpoint --output checkpoint.txt",
        "assay log checkpoint --push origin",
        "assay log checkpoint --witness https://witness.example.com",
    ),
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write it to this file.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="URL",
    help="Have the witness at this address cosign it, which the policy must name. Several may be given.",
)
@click.option(
    "--request",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write what a witness without a network is asked (assay witness cosign).",
)
@click.option(
    "--known",
    type=click.IntRange(min=0),
    default=0,
    metavar="SIZE",
    help="With --request: how many entries that witness cosigned last; by default none.",
)
@click.option(
    "--cosigned",
    type=click.File("rb"),
    help="Keep the lines in this file, with which such a witness answered.",
)
@click.option("--push", metavar="REMOTE", help="Also commit it to a git remote: a URL, a path or a name.")
@branch_option
@folder_option
@json_option
def checkpoint(
    *,
    output: Path | None,
    witnesses: tuple[str, ...],
    request: Path | None,
    known: int,
    cosigned: BinaryIO | None,
    push: str | None,
    branch: str,
    folder: Path,
    as_json: bool,
) -> None:
    """Sign and print a checkpoint (C2SP): what others keep, so that the log cannot be rewritten behind their back.

    With --push it becomes a commit on a branch of a git remote, by somebody else's host. Refused with 3, and nothing is
    pushed, when the log does not continue what the remote holds of it: one of the two was rolled back or rewritten.
    With --witness it carries the witness's cosignature, and so do the proofs that are written from then on; refused with 3
    when the witness has seen another log. A witness without a network is asked by a file (--request), and its answer is
    kept (--cosigned).
    """
    from assay.app.organisation.logbook import checkpoint as signed
    from assay.app.organisation.remote import push_checkpoint
    from assay.app.organisation.witnessed import have_witnessed, take_cosignatures, write_request

    if known and request is None:
        raise click.UsageError("--known is for a --request.")
    seen = take_cosignatures(folder, cosigned.read()) if cosigned is not None else None
    seen = have_witnessed(folder, witnesses) if witnesses else seen
    if request is not None:
        write_request(folder, request, known)
    pushed = push_checkpoint(folder, push, branch) if push is not None else None
    note = signed(folder) if pushed is None else pushed.note
    more: dict[str, object] = {}
    if seen is not None:
        by = [{"name": w.name, "time": w.time.isoformat() if w.time else None} for w in seen.by]
        more["witnessed"] = {"by": by, "needed": seen.needed}
    if pushed is not None:
        more["pushed"] = {"commit": pushed.commit or None, "size": pushed.size, "before": pushed.before}
    if output is not None:
        output.write_text(note, encoding="utf-8")
    if as_json:
        print_json({"checkpoint": note, **more})
        return
    print_document(note)
    from assay.dossier.wording import plural

    if seen is not None:
        say(
            f"Cosigned by {', '.join(map(str, seen.by))}; the policy needs {plural(seen.needed, 'witness', 'witnesses')}.",
            err=True,
        )
    if pushed is not None:
        had = "nothing of this log" if pushed.before is None else plural(pushed.before, "entry", "entries")
        say(
            f"Pushed as commit {pushed.commit[:10]}; the remote held {had} before."
            if pushed.commit
            else "The remote holds this checkpoint already.",
            err=True,
        )


@command.command("prove", epilog=example("assay log prove 7 entry-7.tlog-proof"))
@click.argument("entry", type=click.IntRange(min=0))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@folder_option
@json_option
def prove(entry: int, target: Path, *, folder: Path, as_json: bool) -> None:
    """Write the proof that ENTRY is in the log to TARGET, as a C2SP tlog-proof."""
    from assay.app.organisation.logbook import prove as write

    write(folder, entry, target)
    if as_json:
        print_json({"entry": entry, "proof": str(target)})
    else:
        say(f"The proof of entry {entry}, in {target}")


@command.command("export", epilog=example("assay log export log.jsonl"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@folder_option
@json_option
def export(target: Path, *, folder: Path, as_json: bool) -> None:
    """Write every entry to TARGET, one a line: whoever has it reaches the same state."""
    from assay.app.organisation.logbook import export_log
    from assay.dossier.wording import plural

    count = export_log(folder, target)
    if as_json:
        print_json({"entries": count, "file": str(target)})
    else:
        say(f"{plural(count, 'entry', 'entries')}, in {target}")


@command.command(
    "erase",
    epilog=example("assay log erase sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"),
)
@click.argument("digest")
@click.option("--yes", is_flag=True, help="Erase it without asking.")
@folder_option
@json_option
def erase(digest: str, *, yes: bool, folder: Path, as_json: bool) -> None:
    """Delete the personal data that is kept under DIGEST, for good; the log stays as it is, and holds.

    DANGEROUS for the salt of the test rows: without it nobody can tell which rows were used, so every further judged run is
    refused as spent. Without the salt of releases (assay export tables) no further table is released.
    """
    from assay.app.organisation.logbook import erase as erased

    if not yes:
        need_a_terminal("whether to erase it", "--yes")
        click.confirm(
            "It cannot be had back. If it is the salt of the test rows, all rows count as spent from now on. Erase it?",
            abort=True,
        )
    erased(folder, digest)
    if as_json:
        print_json({"erased": digest})
    else:
        say(f"What was kept under {digest} is gone.")
