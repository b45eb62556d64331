"""``assay witness``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from assay.cli.output import json_option, print_json


@click.group("witness")
def command() -> None:
    """Be a witness of logs: cosign what continues, refuse what was rolled back, rewritten or split.

    A log that no outsider witnesses proves nothing against whoever holds it. Run a witness where that person cannot
    reach. It speaks C2SP tlog-witness, so that any log of that kind can ask it.
    """


@command.command("serve")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where it keeps its key (made at the first start) and the last checkpoint of each log. Back it up.",
)
@click.option("--name", required=True, help="Its name, such as witness.example.com/one.")
@click.option(
    "--log",
    "logs",
    multiple=True,
    required=True,
    metavar="VKEY",
    help="The verifier key of a log. Repeat it for more logs.",
)
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
    from assay.proof.checkpoint import TrustedLog
    from assay.proof.cosignature import Cosigner
    from assay.store.witness import Witness, witness_key
    from assay.store.witness_server import WitnessServer

    trusted = [TrustedLog.of(vkey) for vkey in logs]
    witness = Witness(folder, cosigner=Cosigner(name, witness_key(folder)), logs=trusted)
    vkey = witness.cosigner.key.vkey
    with WitnessServer((host, port), witness) as server:
        if as_json:
            print_json({"url": server.url, "vkey": vkey, "logs": sorted({log.origin for log in trusted})})
        else:
            click.echo(
                f"Witness: {vkey}\nServing: {server.url}\nLogs:    {', '.join(log.origin for log in trusted)}"
            )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it; what it cosigned is kept
            server.serve_forever()
