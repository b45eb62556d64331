"""``assay schema``."""

from __future__ import annotations

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import print_json


@click.command("schema", epilog=example("assay schema > specification.schema.json"))
@click.option("--record", is_flag=True, help="The schema of the JSON record of a run instead.")
@click.option("--plan", is_flag=True, help="The schema of the JSON of a plan instead.")
@click.option("--standing", is_flag=True, help="The schema of where a decision stands in the log instead.")
@at_most_one("--record", "--plan", "--standing", why="each is a schema of its own")
def command(*, record: bool, plan: bool, standing: bool) -> None:
    """Print the JSON Schema of a specification: editors complete from it."""
    if standing:
        from assay.domain.record_schema import standing_schema

        print_json(standing_schema())
        return
    if record:
        from assay.domain.record_schema import record_schema

        print_json(record_schema())
        return
    if plan:
        from assay.domain.plan_document import plan_schema

        print_json(plan_schema())
        return
    from assay.app.judging.checks import specification_schema

    print_json(specification_schema())
