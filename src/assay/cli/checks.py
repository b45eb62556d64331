"""``assay checks``."""

from __future__ import annotations

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_document, print_json, say


@click.command("checks", epilog=example("assay checks fairness", "assay checks fairness.impact_ratio"))
@click.argument("check", required=False, default="")
@json_option
def command(check: str, *, as_json: bool) -> None:
    """List the checks, or those of a stage, or print the page of one CHECK: purpose, method, limits, remedy.

    The grade says how its error rate is known: A exact, B simulated, C descriptive (never gates), "counted" where nothing is
    inferred. Under it stands what its figures were held against.
    """
    from assay.app.judging.checks import explained, installed, listed

    stages = {metric.stage.value for metric in installed()}
    if check and check not in stages:
        print_document(f"{explained(check)}\n")
        return
    known = listed(check)
    if as_json:
        print_json(
            [
                {
                    "id": one.metric.id,
                    "stage": one.metric.stage.value,
                    "title": one.metric.title,
                    "estimand": one.metric.estimand,
                    "grade": one.grade,
                    "oracle": one.oracle,
                }
                for one in known
            ]
        )
        return
    width, grade = (
        max(map(len, column)) for column in zip(*((o.metric.id, o.grade) for o in known), strict=True)
    )
    for one in known:
        say(f"{one.metric.id:{width}}  {one.grade:{grade}}  {one.metric.title}")
        if one.oracle:
            say(f"{'':{width}}  {'':{grade}}  held against {one.oracle}")
