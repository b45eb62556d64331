"""``assay certify``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import hopeless_option, json_option, print_json, reader_may_leave, say
from assay.domain.decide import exit_code
from assay.domain.digests import short
from assay.domain.errors import ExitCode, Unwritable

REHEARSES = "a rehearsal uses the development rows, and asks for no lock, no plan and no commit"


@click.command(
    "certify",
    epilog=example(
        "assay certify specification.yaml --rehearse",
        "assay certify specification.yaml --output dossier.html",
    ),
)
@click.argument("specification", type=click.Path(path_type=Path))
@click.option("--rehearse", is_flag=True, help="Use the development rows. Shows everything, never certifies.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes that read and count.",
)
@click.option("--no-cache", is_flag=True, help="Count everything anew; use nothing of an earlier run.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write the dossier (HTML).")
@hopeless_option
@click.option(
    "--certify-without-a-lock",
    is_flag=True,
    help="DANGEROUS: judge although nobody agreed to the specification first. Recorded; no certificate can come of it, and its test rows count as used.",
)
@click.option(
    "--certify-code-without-a-commit",
    is_flag=True,
    help="DANGEROUS: judge a locked high-risk use outside version control. Recorded; no certificate can come of it.",
)
@json_option
@at_most_one("--rehearse", "--certify-without-a-lock", why=REHEARSES)
@at_most_one("--rehearse", "--certify-a-hopeless-specification", why=REHEARSES)
@at_most_one("--rehearse", "--certify-code-without-a-commit", why=REHEARSES)
def command(
    specification: Path,
    *,
    rehearse: bool,
    workers: int,
    no_cache: bool,
    output: Path | None,
    certify_a_hopeless_specification: bool,
    certify_without_a_lock: bool,
    certify_code_without_a_commit: bool,
    as_json: bool,
) -> None:
    """Test the model that SPECIFICATION names, decide, and write the dossier.

    Ends with 0 when the decision is certified or conditional, 1 when it is withheld or a rule refuses the run (no lock, rows
    that were used before), 2 when no verdict could be reached, 3 when bytes, a signature or the log are not what they must be. A rehearsal ends with the code that a judged run with this decision would have.

    A judged run needs a specification that was locked before (assay lock), and test rows that nobody was judged on.
    """
    if output is not None and output.suffix.lower() not in {".html", ".htm"}:
        raise click.UsageError(
            f"The dossier is an HTML page: --output must end in .html, found {output.name!r}."
        )
    from assay.app.judging.certify import certify
    from assay.app.organisation.report import default_dossier, see_dossier_writable, write_document
    from assay.app.organisation.standing import standing_of
    from assay.cli.progress import progress
    from assay.cli.render import print_record

    see_dossier_writable(specification, output)
    done = certify(
        specification,
        rehearse=rehearse,
        workers=workers,
        reuse=not no_cache,
        certify_a_hopeless_specification=certify_a_hopeless_specification,
        certify_without_a_lock=certify_without_a_lock,
        certify_code_without_a_commit=certify_code_without_a_commit,
        progress=progress,
    )
    if done.sealed:
        with reader_may_leave():
            if as_json:
                print_json({"certified": False, "attempt": done.attempt, "sealed": done.sealed})
            else:
                say(done.sealed)
        raise click.exceptions.Exit(ExitCode.WITHHELD)
    target = output if output is not None else default_dossier(specification, done.record)
    standing = None if rehearse else standing_of(specification, done.digest)
    unwritten = ""
    try:
        write_document(done.record, "html", target, standing=standing)
    except Unwritable as wrong:  # the verdict stands, in the log and in the store: it is told
        unwritten = wrong.message
    with reader_may_leave():
        if as_json:
            from assay.domain.record_document import to_document

            print_json(
                {
                    "record": done.digest,
                    "dossier": None if unwritten else str(target),
                    "attempt": done.attempt,
                    **to_document(done.record),
                }
            )
        else:
            print_record(done.record, standing)
            if done.attempt:
                say(f"Attempt: {done.attempt} on these test rows")
            for sentence in done.record.overlaps:
                say(f"         {sentence}")
            say(f"Record:  {done.digest}")
            say(f"Dossier: {unwritten or target}")
        if unwritten:
            say(
                f"{unwritten} The run has ended and is kept: draw its page with: assay report {short(done.digest)} --output FILE",
                err=True,
            )
    raise click.exceptions.Exit(exit_code(done.decision.outcome))
