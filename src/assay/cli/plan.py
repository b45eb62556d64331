"""``assay plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, reader_may_leave
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.judging.planned import Plan, PlannedAttempt, PlannedCriterion
    from assay.cli.folding import FoldingTable


@click.command("plan", epilog=example("assay plan specification.yaml"))
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

    Nothing of the test rows is read but their number; shares of groups and labels, and how many rows share a unit or are equal, come
    from the development or training rows. The model is asked for the scores of a few of those rows, to see that it
    answers and how its scores lie. A schedule of attempts is planned at each share of alpha that its runs spend. Ends with 1
    when a required criterion is hopeless on these rows in the first run, or its check breaks.
    """
    from assay.app.judging.plan_document import plan_document
    from assay.app.judging.planning import make_plan
    from assay.domain.plan_document import to_document

    made = make_plan(specification, workers=workers)
    with reader_may_leave():
        if as_json:
            print_json(to_document(plan_document(made)))
        else:
            _print(made)
    first = made.attempts[0]
    raise click.exceptions.Exit(ExitCode.WITHHELD if first.hopeless or first.broken else ExitCode.CERTIFIED)


def _print(made: Plan) -> None:
    from assay.cli.render import console as make_console
    from assay.dossier.wording import data_set, one_per, visible

    console = make_console()
    _passes(made).print(console)
    if made.rows_used < made.rows:
        console.print(
            f"\nOf the {made.rows:,} test rows about {made.rows_used:,} will count{visible(one_per(made.unit))}: by the share of "
            f"different ones among the {data_set(made.reference)} rows."
        )
    if made.repeats:
        console.print(f"\nOf the {data_set(made.reference)} rows: {made.repeats}")
    if made.groups:
        _groups(made).print(console)
    _criteria(made).print(console)
    first = made.attempts[0]
    for remark in filter(None, (*map(_remark, first.criteria), made.errors, *_assumptions(first))):
        console.print(remark)
    console.print()
    for sentence in _legend(made.attempts, made.unit):
        console.print(sentence)
    if made.answered:
        console.print(
            f"The model answers: {made.answers.told} for {made.answered:,} {data_set(made.reference)} rows."
        )


def _at_least(probability: float) -> str:
    """``at least 99%``: nobody is sure, and a bound of nothing bounds nothing."""
    if round(100 * probability) == 0:
        return "that may be below 1%"
    return "above 99%" if round(100 * probability) == 100 else f"at least {probability:.0%}"


def _passes(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable
    from assay.domain.needs import Part
    from assay.dossier.wording import data_set

    rows = []
    for p in made.passes:
        also = ", ".join(
            part.replace("_", " ") for part in Part if part in p.parts - {Part.OUTCOMES, Part.SCORES}
        )
        rows.append((data_set(p.data), "yes" if p.asks else "no", str(len(p.again)), also or "groups"))
    headings = ("data", "asks the model", "perturbations", "also counts")
    return FoldingTable("Passes over the data", headings, rows, names=3)


def _groups(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable
    from assay.dossier.wording import data_set, grouping, visible

    title = f"\nGroups of {visible(made.told)}, by the shares of the {data_set(made.reference)} rows"
    rows = [
        (
            visible(grouping(g.grouping)),
            visible(g.label),
            f"{g.rows:,}",
            "" if g.events is None else f"{g.events:,}",
            "small: advisory" if g.small else "",
        )
        for g in made.groups
    ]
    headings = ("grouping", "group", "rows", "events", "")
    return FoldingTable(title, headings, rows, names=1, right={"rows", "events"})


def _criteria(made: Plan) -> FoldingTable:
    from assay.cli.folding import FoldingTable

    passes = ("passes",) if len(made.attempts) == 1 else tuple(map(_runs, made.attempts))
    right = ("asked", "if it is", *passes, "margin 90%", "rows 90%")
    headings = ("criterion", "tier", *right)
    rows = [_row(planned) for planned in zip(*(a.criteria for a in made.attempts), strict=True)]
    return FoldingTable("\nHow likely a good model is to pass", headings, rows, names=0, right=right)


def _legend(attempts: tuple[PlannedAttempt, ...], unit: str | None) -> list[str]:
    """What the numbers of the table are, of all together, and at which alpha."""
    from assay.dossier.wording import one_per, visible

    counted = f"{visible(one_per(unit))}," if unit else ""
    one = len(attempts) == 1
    together = " and ".join(_at_least(a.all_pass) + ("" if one else f" in {_runs(a)}") for a in attempts)
    spent = ", ".join(
        f"{_runs(a)} {'spends' if len(a.attempts) == 1 else 'spend'} {a.share:.3g}"
        + (" each" if len(a.attempts) > 1 else "")
        for a in attempts
    )
    first = "" if one else f", in {_runs(attempts[0])}"
    return [
        f"A model as good as assumed passes all critical criteria together with probability {together}.",
        f"margin 90%: how much better than asked a model must be to pass with 90 % on these rows{first}.",
        f"rows 90%: how many rows{counted} would give a model as good as assumed 90 %{first}.",
        *([f"Of the alpha of each criterion {spent}."] if attempts[0].share < 1 else ()),
    ]


def _runs(attempt: PlannedAttempt) -> str:
    """Which judged runs on these rows, for a heading."""
    first, last = attempt.attempts[0], attempt.attempts[-1]
    return f"run {first}" if first == last else f"runs {first}-{last}"


def _assumptions(made: PlannedAttempt) -> list[str]:
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


def _row(planned: tuple[PlannedCriterion, ...]) -> tuple[str, ...]:
    """One criterion, as it is planned at each share of alpha."""
    from assay.dossier.wording import TIER_SHORT

    p = planned[0]
    c = p.criterion
    named = (c.id, TIER_SHORT[c.tier], f"{c.comparator.sign} {c.threshold}")
    said = tuple(map(_said, planned))
    if p.power is None:
        return (*named, "", *said, "", "")
    margin = f"{p.power.margin:.3f}" if p.power.margin is not None else "none"
    needed = f"{p.rows_needed:,}" if p.rows_needed is not None else "no number"
    return (*named, _short(p.power.expected), *said, margin, needed)


def _short(number: float) -> str:
    """Three digits, or all before the point."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _said(p: PlannedCriterion) -> str:
    """How likely a good model is to pass it, or why there is no number."""
    if p.undefined or p.foregone:
        return "HOPELESS"
    if p.broken:
        return "BROKEN"
    if p.power is None:
        return "not planned" if p.refits else "a count"
    return f"{p.power.passes:.0%}" + ("  HOPELESS" if p.hopeless else "")
