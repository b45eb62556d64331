"""The models that an attack on membership is made with: a target and shadow models, each on a half of the rows."""

from __future__ import annotations

from decimal import Decimal

from assay.domain.metric import Parameter
from assay.stats.attacks import ATTACKS
from assay.tally.attacked import shadow_design
from assay.tally.refits import Fit, Parameters, TrainingRows, whole_number

SETTINGS = ("shadow_pairs", "attacked")
"""What the models are made by: criteria that agree in these are about the same ones."""
ATTACK = Parameter("Which attack is made.", default="lira", choices=ATTACKS)
SHADOW_PAIRS = Parameter(
    "Pairs of shadow models, each trained on a half and on the other one.",
    default=8,
    low=Decimal(2),
    high=Decimal(64),
    integer=True,
)


def on_halves(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """A target and shadow models on halves of the rows."""
    shadows = 2 * whole_number(parameters, "shadow_pairs")
    return shadow_design(rows, seed, shadows=shadows, most=whole_number(parameters, "attacked"))
