"""``assay sandbox``."""

from __future__ import annotations

from dataclasses import asdict
from time import perf_counter

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say


@click.command("sandbox", epilog=example("assay sandbox", "assay sandbox --python .venv/bin/python"))
@click.option("--python", default=None, help="An interpreter of the model's own, as subject.python names it.")
@json_option
def command(python: str | None, *, as_json: bool) -> None:
    """Put up every fence in a child process, try each, and say which this machine has.

    Models and data files are read behind these fences. A run records the level that it had: 0 none, 1 a process with
    limits, 2 also file system and system calls, 3 also network and rights.
    """
    from assay.app.judging.sandbox import probe
    from assay.domain.isolation import HIGHEST

    begin = perf_counter()
    found = probe(python)
    took = (perf_counter() - begin) * 1000
    if as_json:
        print_json({**asdict(found), "start_ms": round(took)})
        return
    say(f"Level {found.level} of {HIGHEST}. A child is ready after {took:.0f} ms.")
    for name in found.up:
        say(f"  up       {name}")
    for name, why in found.missing:
        say(f"  missing  {name}: {why}")
