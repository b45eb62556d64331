"""``assay schema``."""

from __future__ import annotations

import click

from assay.cli.output import print_json


@click.command("schema")
@click.option("--record", is_flag=True, help="The schema of the JSON record of a run instead.")
def command(*, record: bool) -> None:
    """Print the JSON Schema of a specification: editors complete from it."""
    if record:
        from assay.domain.record_schema import record_schema

        print_json(record_schema())
        return
    from assay.checks.catalogue import metrics
    from assay.domain.specification.schema import json_schema

    print_json(json_schema(metrics()))
