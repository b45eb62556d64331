"""``assay checks``."""

from __future__ import annotations

import click

from assay.cli.output import json_option, print_json
from assay.domain.vocabulary import Stage


@click.command("checks")
@click.argument("check", required=False, default="")
@json_option
def command(check: str, *, as_json: bool) -> None:
    """List the checks, or those of a stage, or print the page of one CHECK: purpose, method, limits, remedy."""
    from assay.checks.catalogue import catalogue
    from assay.checks.pages import page

    known = catalogue()
    if check in set(Stage):
        known = {name: made for name, made in known.items() if made.metric.stage is Stage(check)}
    elif check:
        if check not in known:
            from assay.domain.nearest import nearest

            near = nearest(check, tuple(known))
            hint = f" Did you mean {near!r}?" if near else ""
            raise click.UsageError(f"There is no check {check!r}.{hint}")
        click.echo(page(known[check]))
        return
    if as_json:
        print_json(
            [
                {
                    "id": c.id,
                    "stage": c.metric.stage.value,
                    "title": c.metric.title,
                    "estimand": c.metric.estimand,
                }
                for c in known.values()
            ]
        )
        return
    width = max(len(name) for name in known)
    order = list(Stage)
    for made in sorted(known.values(), key=lambda c: (order.index(c.metric.stage), c.id)):
        click.echo(f"{made.id:{width}}  {made.metric.title}")
