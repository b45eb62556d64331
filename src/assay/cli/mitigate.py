"""``assay mitigate``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_json, reader_may_leave, say
from assay.domain.mitigation import METHODS

if TYPE_CHECKING:
    from assay.domain.mitigation_record import Candidate, Interval, Search


@click.command(
    "mitigate",
    epilog=example(
        "assay mitigate specification.yaml",
        "assay mitigate specification.yaml --margin 0.02 --proxy postcode",
    ),
)
@click.argument("specification", type=click.Path(path_type=Path))
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=click.Choice(list(METHODS)),
    metavar="METHOD",
    help=f"A method to try, of {', '.join(METHODS)}; may be given several times. All that apply when left out.",
)
@click.option("--criterion", default="", help="The fairness criterion whose gap is to shrink.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="The share of right decisions that a candidate may lose and count as preserved.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    help="An input that stands for a group, for feature-adjustment and proxy-residuals alone; may be given several times.",
)
@click.option(
    "--bound",
    "bounds",
    multiple=True,
    type=click.FloatRange(0, 1, min_open=True),
    default=(0.02, 0.05),
    show_default=True,
    help="Largest gap on the training rows, for constrained training.",
)
@click.option(
    "--learner",
    type=click.Choice(["logistic", "boosting"]),
    help="What candidates are made of. By default boosting where the model is LightGBM or XGBoost, else logistic.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="By default from the specification's digest.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the candidates. By default mitigation/."
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes that read and count.",
)
@json_option
def command(
    specification: Path,
    *,
    methods: tuple[str, ...],
    criterion: str,
    margin: float,
    proxies: tuple[str, ...],
    bounds: tuple[float, ...],
    learner: str | None,
    seed: int | None,
    out: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """Look for a fairer model than the one that SPECIFICATION names, and keep the record of the search.

    Candidates learn from the training rows and are held against the original on the development rows; the test rows are never
    opened. Each is a model file beside which stands a copy of the specification that names it: rehearse it, and have it judged
    like any other model. Ends with 0 when candidates were made, whatever they are worth: nothing is certified here.
    """
    from assay.app.mitigating.mitigate import Wish, mitigate
    from assay.cli.progress import progress
    from assay.domain.mitigation_record import to_document

    wish = Wish(criterion, methods, proxies, learner or "", margin, bounds, seed)
    search = mitigate(specification, wish=wish, out=out, workers=workers, progress=progress)
    with reader_may_leave():
        if as_json:
            print_json(to_document(search))
        else:
            _print(specification, search)


def _print(specification: Path, search: Search) -> None:
    from assay.cli.folding import FoldingTable
    from assay.cli.render import console as make_console
    from assay.domain import figures
    from assay.domain.search_words import statements

    sought = search.sought
    console = make_console()
    headings = ("model", sought.title.lower(), "criterion", "right", "fewer right", "performance")
    right = headings[1:2] + headings[3:5]
    title = (
        f"{search.name}: {sought.title} across {sought.across}, {sought.comparator.words} "
        f"{sought.threshold}; limits at {figures.percent(sought.confidence)}"
    )
    FoldingTable(title, headings, [_row(m) for m in search.models], names=0, right=right).print(console)
    say()
    for sentence in statements(search):
        say(sentence)
    for left in search.not_tried:
        say(f"Not tried: {left.name}: {left.reason}")
    say()
    _next(specification, search)


def _row(model: Candidate) -> tuple[str, ...]:
    from assay.domain import figures
    from assay.dossier.wording import VERDICT

    paired = model.paired
    named = f"{model.name}{' *' if model.frontier else ''}"
    gap, right = model.gap.value, model.performance
    if paired is None:
        return (named, _between(gap), VERDICT[model.gap.verdict], _between(right), "", "")
    drop = "" if paired.drop.upper is None else f"at most {figures.upper(paired.drop.upper)}"
    return (named, _between(gap), VERDICT[model.gap.verdict], _between(right), drop, paired.verdict.value)


def _between(value: Interval) -> str:
    from assay.domain import figures

    if value.estimate is None:
        return figures.NONE
    low = "" if value.lower is None else figures.lower(value.lower)
    high = "" if value.upper is None else figures.upper(value.upper)
    return f"{figures.number(value.estimate)} ({low} to {high})"


def _next(specification: Path, search: Search) -> None:
    better = search.alternatives
    say(
        "* on the frontier: no other model has both a smaller gap and more right decisions, by the estimates."
    )
    if better:
        copy = specification.parent / better[0].specification
        say(f"Next:    assay certify {copy} --rehearse")
    else:
        say("No candidate has both a smaller estimated gap and a performance that is shown to be preserved.")
    folder = (specification.parent / search.candidates[0].model).parent
    say(f"Record:  {folder / 'mitigation.json'}")
    say(f"Page:    {folder / 'mitigation.html'}")
