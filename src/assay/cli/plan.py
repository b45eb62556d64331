"""``assay plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.output import json_option, print_json, reader_may_leave
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.plan import Plan, PlannedCriterion
    from assay.cli.folding import FoldingTable


@click.command("plan")
@click.argument("specification", type=click.Path(path_type=Path))
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that read and count at the same time.",
)
@json_option
def command(specification: Path, *, workers: int, as_json: bool) -> None:
    """Show what a judged run of SPECIFICATION would read, and how likely a good model is to pass.

    Nothing of the test rows is read but their number; shares of groups and labels, and how many rows share a unit, come
    from the development or training rows. The model is asked for the scores of a few of those rows, to see that it
    answers and how its scores lie. Ends with 1 when a required criterion is hopeless on these rows, or its check breaks.
    """
    from assay.app.case import open_case
    from assay.app.certify import open_engine
    from assay.app.plan import ask_a_few, plan
    from assay.app.plan_document import plan_document
    from assay.domain.plan_document import to_document

    case = open_case(specification)
    engine = open_engine(specification, workers=workers)
    made = plan(case, engine, ask_a_few(case, engine))
    with reader_may_leave():
        if as_json:
            print_json(to_document(plan_document(made, answered=made.answered)))
        else:
            _print(made)
    raise click.exceptions.Exit(ExitCode.WITHHELD if made.hopeless or made.broken else ExitCode.CERTIFIED)


def _print(made: Plan) -> None:
    from assay.cli.render import console as make_console
    from assay.dossier.wording import data_set

    console = make_console()
    _passes(made).print(console)
    if made.rows_used < made.rows:
        console.print(
            f"\nOf the {made.rows:,} test rows about {made.rows_used:,} will count, one of each unit: by the share of "
            f"different units among the {data_set(made.reference)} rows."
        )
    if made.groups:
        _groups(made).print(console)
    _criteria(made).print(console)
    for remark in (*filter(None, map(_remark, made.criteria)), *_assumptions(made)):
        console.print(remark)
    console.print(
        f"\nA model as good as assumed passes all critical criteria together with probability {_at_least(made.all_pass)}.\n"
        "margin 90%: how much better than asked a model must be to pass with 90 % on these rows.\n"
        "rows 90%: how many rows would give a model as good as assumed 90 %."
    )
    if made.answered:
        console.print(
            f"The model answers: scores between 0 and 1 for {made.answered:,} {data_set(made.reference)} rows."
        )


def _at_least(probability: float) -> str:
    """``at least 99%``: nobody is sure, and a bound of nothing bounds nothing."""
    if round(100 * probability) == 0:
        return "that may be below 1%"
    return "above 99%" if round(100 * probability) == 100 else f"at least {probability:.0%}"


def _passes(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable
    from assay.dossier.wording import data_set

    rows = []
    for p in made.passes:
        counted = (("profiles", p.profiles), ("row hashes", p.row_set), ("units", p.units))
        also = ", ".join(name for name, on in counted if on)
        rows.append((data_set(p.data), "yes" if p.outcomes else "no", str(len(p.changes)), also or "groups"))
    headings = ("data", "asks the model", "perturbations", "also counts")
    return FoldingTable("Passes over the data", headings, rows, names=3)


def _groups(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable
    from assay.dossier.wording import data_set, grouping, visible

    title = (
        f"\nGroups of the {made.rows_used:,} test rows, by the shares of the {data_set(made.reference)} rows"
    )
    rows = [
        (
            visible(grouping(g.grouping)),
            visible(g.label),
            f"{g.rows:,}",
            f"{g.events:,}",
            "small: advisory" if g.small else "",
        )
        for g in made.groups
    ]
    headings = ("grouping", "group", "rows", "events", "")
    return FoldingTable(title, headings, rows, names=1, right={"rows", "events"})


def _criteria(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable

    right = ("asked", "if it is", "passes", "margin 90%", "rows 90%")
    headings = ("criterion", "tier", *right)
    rows = [_row(planned) for planned in made.criteria]
    return FoldingTable("\nHow likely a good model is to pass", headings, rows, names=0, right=right)


def _assumptions(made: Plan) -> list[str]:
    """What is assumed of a good model beyond its value, once for all criteria for which it is."""
    assumed: dict[str, list[str]] = {}
    for planned in made.criteria:
        if planned.power is not None and planned.power.assumed:
            assumed.setdefault(planned.power.assumed, []).append(planned.criterion.id)
    return [f"Assumed for {', '.join(names)}: {said}." for said, names in assumed.items()]


def _remark(p: PlannedCriterion) -> str:
    if p.undefined:
        return f"{p.criterion.id} cannot be evaluated on such rows: {p.undefined}"
    if p.foregone:
        return f"{p.criterion.id} fails whatever the rows hold: {p.foregone}"
    return f"{p.criterion.id} would be an error: {p.broken.sentence}" if p.broken else ""


def _row(p: PlannedCriterion) -> tuple[str, ...]:
    from assay.dossier.wording import TIER_SHORT

    c = p.criterion
    asked = f"{c.comparator.sign} {c.threshold}"
    if p.undefined or p.foregone:
        return (c.id, TIER_SHORT[c.tier], asked, "", "HOPELESS", "", "")
    if p.broken:
        return (c.id, TIER_SHORT[c.tier], asked, "", "BROKEN", "", "")
    if p.power is None:
        return (c.id, TIER_SHORT[c.tier], asked, "", "a count", "", "")
    margin = f"{p.power.margin:.3f}" if p.power.margin is not None else "none"
    needed = f"{p.rows_needed:,}" if p.rows_needed is not None else "no number"
    said = f"{p.power.passes:.0%}" + ("  HOPELESS" if p.hopeless else "")
    return (c.id, TIER_SHORT[c.tier], asked, f"{p.power.expected:.3g}", said, margin, needed)
