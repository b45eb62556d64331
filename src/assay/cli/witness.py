"""``assay witness``."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_document, print_json, say
from assay.domain.errors import AssayError, ExitCode


def who(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a witness and its logs are named."""
    for option in (
        click.option(
            "--log",
            "logs",
            multiple=True,
            required=True,
            metavar="VKEY",
            help="The verifier key of a log that it may cosign. Repeat it for more logs.",
        ),
        click.option(
            "--name", required=True, help="The name of the witness, such as witness.example.com/one."
        ),
        click.option(
            "--folder",
            type=click.Path(path_type=Path, file_okay=False),
            required=True,
            help="Where it keeps its key (made at the first start) and the last checkpoint of each log. Back it up.",
        ),
    ):
        command = option(command)
    return command


@click.group("witness")
def command() -> None:
    """Be a witness of logs: cosign what continues, refuse what was rolled back, rewritten or split.

    A log that no outsider witnesses proves nothing against whoever holds it. Run a witness where that person cannot
    reach. It speaks C2SP tlog-witness, so that any log of that kind can ask it.
    """


@command.command(
    "serve",
    epilog=example(
        'assay witness serve --folder witness --name witness.example.com/one --log "bank.example/assay+e296c0cd+AbCd"'
    ),
)
@who
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on: by default this machine alone. There is no TLS: put a proxy before it.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7380, show_default=True, help="0 takes a free one."
)
@json_option
def serve(folder: Path, *, name: str, logs: tuple[str, ...], host: str, port: int, as_json: bool) -> None:
    """Serve POST /add-checkpoint and GET /<hash of origin>/checkpoint until interrupted.

    Listens on 127.0.0.1 unless --host says otherwise, and prints the verifier key that those who trust this witness
    put into their policies.
    """
    from assay.app.organisation.witness import TrustedLog, Witness, WitnessServer

    trusted = [TrustedLog.of(vkey) for vkey in logs]
    witness = Witness.of(folder, name=name, logs=trusted)
    vkey, origins = witness.cosigner.key.vkey, sorted({log.origin for log in trusted})
    with WitnessServer((host, port), witness) as server:
        if as_json:
            print_json({"url": server.url, "vkey": vkey, "logs": origins})
        else:
            say(f"Witness: {vkey}")
            say(f"Serving: {server.url}")
            say(f"Logs:    {', '.join(origins)}")
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it; what it cosigned is kept
            server.serve_forever()


@command.command(
    "cosign",
    epilog=example(
        'assay witness cosign request.txt --folder witness --name witness.example.com/one --log "bank.example/assay+e296c0cd+AbCd"'
    ),
)
@who
@click.argument("request", type=click.File("rb"))
@json_option
def cosign(folder: Path, *, name: str, logs: tuple[str, ...], request: BinaryIO, as_json: bool) -> None:
    """Answer one add-checkpoint REQUEST (a file, or - for standard input) and print the cosignature lines.

    For a witness without a network. Ends with 3 when the log is not what this witness saw, or its key is wrong.
    """
    from assay.app.organisation.witness import MOST_BYTES, OK, TrustedLog, Witness

    witness = Witness.of(folder, name=name, logs=map(TrustedLog.of, logs))
    answer = witness.submit(request.read(MOST_BYTES + 1), int(time.time()))
    if answer.status != OK:
        raise _refused(answer.status, answer.body.decode().strip())
    lines = answer.body.decode()
    if as_json:
        print_json({"vkey": witness.cosigner.key.vkey, "cosignatures": lines.splitlines()})
    else:
        print_document(lines)


def _refused(status: int, said: str) -> AssayError:
    from assay.app.organisation.witness import CONFLICT, DISTRUSTED

    why, remedy = said, ""
    if status == CONFLICT:
        why = f"the size that was cosigned last is {said}"
        remedy = f"Who keeps the log writes the request for that size: assay log checkpoint --request FILE --known {said}"
    refusal = AssayError(f"Not cosigned: {why}.", code=f"witness_status_{status}", remedy=remedy)
    refusal.exit_code = ExitCode.TRUST_FAILURE if status in DISTRUSTED else ExitCode.NO_VERDICT
    return refusal
