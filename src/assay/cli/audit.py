"""``assay audit``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, say


@click.command(
    "audit", epilog=example("assay audit specification.yaml", "assay audit specification.yaml --ranked 0")
)
@click.argument("specification", type=click.Path(path_type=Path))
@click.option("--criterion", default="", help="The criterion on data.label_errors, where there are several.")
@click.option(
    "--ranked",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="How many rows to list by how suspicious their label is. Needs cleanlab; 0 for none.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the sheets. By default the specification's.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes that read and train.",
)
@json_option
def command(
    specification: Path, *, criterion: str, ranked: int, out: Path | None, workers: int, as_json: bool
) -> None:
    """Write the sheets by which an expert audits the labels of SPECIFICATION, without saying which label a row has.

    audit-sample.csv has the rows that a criterion on data.label_errors draws: their answers, in the column that the criterion names, are what the bound
    is made of, and every one is needed. audit-ranked.csv has the other rows whose label is most suspicious to confident
    learning: it finds errors to correct, and no row of it counts. Test rows are drawn and never ranked.
    """
    from assay.app.judging.audit import audit
    from assay.cli.progress import progress
    from assay.domain import figures

    done = audit(
        specification, criterion=criterion, ranked=ranked, out=out, workers=workers, progress=progress
    )
    if as_json:
        drawn = [{"label": y, "drawn": n, "of": of} for y, (n, of) in enumerate(done.drawn)]
        ranks = (
            None
            if done.ranked is None
            else {"sheet": str(done.ranked), "rows": done.rows, "by": done.ranked_by}
        )
        print_json(
            {"data": done.data, "sample": {"sheet": str(done.sample), "labels": drawn}, "ranked": ranks}
        )
        return
    for y, (n, of) in enumerate(done.drawn):
        say(f"Drawn:   {figures.count(n)} of {figures.count(of)} {done.data} rows with label {y}")
    say(f"Sample:  {done.sample}, of which every row is needed for the bound")
    if done.ranked is None:
        say(f"Ranked:  nothing. {done.ranked_by}")
    else:
        say(
            f"Ranked:  {done.ranked}, {figures.count(done.rows)} other rows by {done.ranked_by}; none of them counts"
        )
