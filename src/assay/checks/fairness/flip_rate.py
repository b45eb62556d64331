"""Decisions that change when the attribute is changed and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import flips_of_each
from assay.checks.examples import paired
from assay.domain.errors import SubjectError
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.perturbation import ChangeContext, Columns, uniforms
from assay.tally.views import PairedView


def flip(columns: Columns, context: ChangeContext) -> Columns:
    """Give each row another of the codes in one column, drawn at random: an order of codes could be such that hardly anybody's decision changes."""
    name = str(context.parameters["column"])
    codes = tuple(code.strip() for code in str(context.parameters["codes"]).split(","))
    if name not in columns:
        raise SubjectError(
            f"The model is not fed the column {name!r}, so that changing it changes no decision.",
            code="nothing_to_change",
            remedy="Name an input of the model, or drop the criterion: fairness.proxy_strength looks for stand-ins.",
        )
    if len(set(codes)) < 2 or len(set(codes)) != len(codes):
        raise SubjectError(
            f"At least two different codes of {name!r} are expected; found {', '.join(codes)}.",
            code="nothing_to_change",
            remedy="Write the codes of its groups under 'with', for example codes: \"1, 2\".",
        )
    return {**columns, name: _another(name, columns[name], codes, context)}


def _another(name: str, values: NDArray[Any], codes: tuple[str, ...], context: ChangeContext) -> NDArray[Any]:
    numbers = values.dtype.kind in "iufb"
    try:
        known = [float(code) if numbers else code for code in codes]
    except ValueError:
        known = []
    further = 1 + (uniforms(context.seed, name, context.rows) * (len(known) - 1)).astype(np.int64)
    changed, found = values.copy(), np.zeros(len(values), dtype=bool)
    for place, before in enumerate(known):
        mine = values == before
        for step in range(1, len(known)):
            changed[mine & (further == step)] = known[(place + step) % len(known)]
        found |= mine
    if not found.all():
        raise SubjectError(
            f"{int((~found).sum()):,} of {len(values):,} rows have a value of {name!r} that is none of the codes {', '.join(codes)}.",
            code="nothing_to_change",
            remedy="List every code of the column, so that the counterfactual of each row is asked.",
        )
    return changed


@check(
    id="fairness.flip_rate",
    title="Counterfactual flip rate",
    estimand="The share of rows whose decision changes when the attribute that the model is fed is changed to another code; in the worst group.",
    unit=Unit.SHARE,
    reading="{value} of the decisions[ for {group}] change when {column} is changed and nothing else",
    need=Perturbed(change=flip),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    parameters={
        "column": Parameter("The input that holds the attribute.", names=Names.COLUMN),
        "codes": Parameter(
            "All its codes, as the dictionary has them, separated by commas; each row takes one of the others, drawn at random.",
            codes_of="column",
        ),
    },
    examples=(
        Example(
            says="Of 5,000 decisions of each group 40 change.",
            view=lambda: paired({"women": (4100, 25, 15, 860), "men": (4100, 20, 20, 860)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"column": "sex", "codes": "1, 2"},
        ),
        Example(
            says="Of 5,000 decisions about women 600 change, as many for the better as for the worse.",
            view=lambda: paired({"women": (3600, 300, 300, 800), "men": (4100, 20, 20, 860)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"column": "sex", "codes": "1, 2"},
        ),
        Example(
            says="One group has no rows.",
            view=lambda: paired({"women": (0, 0, 0, 0), "men": (4100, 25, 15, 860)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"column": "sex", "codes": "1, 2"},
        ),
    ),
)
def flip_rate(view: PairedView) -> Counts:
    """The share of decisions that change when an attribute is changed and everything else is kept.

    Purpose:
        Shows whether the model itself uses an attribute that it can see: the same applicant with another sex.
    Method:
        Each row is predicted as it is and with another code of the attribute, of several one drawn at random (a pure function of the seed and the row); of two labels a decision changes exactly when it turns
        right or wrong, so the share is (turned wrong + turned right) / rows, with Clopper-Pearson limits (1934). (Flip tests: Black,
        Yeom & Fredrikson 2020, FAccT, arXiv:1906.09218.)
    Limits:
        Not a causal effect: other inputs keep the values that they have, though they might be others for such a person, and a stand-in
        for the attribute is not changed. Of three codes or more one change of each row is asked, so that the share is that of all changes on average. A model that cannot see the
        attribute is not asked, and is not thereby fair.
    Remedy:
        Leave the attribute out of the inputs, then look for inputs that stand in for it (fairness.proxy_strength).
    Oracle:
        a model whose answers are known, flipped by hand (tests/checks/test_counterfactual.py); the bound by exact enumeration
        (tests/stats/test_rates.py).
    """
    return flips_of_each(view)
