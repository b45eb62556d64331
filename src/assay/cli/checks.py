"""``assay checks``."""

from __future__ import annotations

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_document, print_json, say


@click.command("checks", epilog=example("assay checks fairness", "assay checks fairness.impact_ratio"))
@click.argument("check", required=False, default="")
@json_option
def command(check: str, *, as_json: bool) -> None:
    """List the checks, or those of a stage, or print the page of one CHECK: purpose, method, limits, remedy."""
    from assay.app.judging.checks import explained, installed

    known = installed()
    stages = {metric.stage.value for metric in known}
    if check in stages:
        known = tuple(metric for metric in known if metric.stage.value == check)
    elif check:
        print_document(f"{explained(check)}\n")
        return
    if as_json:
        print_json(
            [{"id": m.id, "stage": m.stage.value, "title": m.title, "estimand": m.estimand} for m in known]
        )
        return
    width = max(len(metric.id) for metric in known)
    for metric in known:
        say(f"{metric.id:{width}}  {metric.title}")
