"""What a mechanism of differential privacy spends: the epsilon that it has at a delta, by an accountant that is not ours.

Two data sets are neighbours where one has one person more (add or remove one). Noise is given as its standard deviation (Gaussian) or
its scale (Laplace) over the most that one person can change the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from assay.domain.errors import MissingExtra

MOST = 30.0
"""Beyond this epsilon nothing is protected, and the tight accountant would take minutes to say how little."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Noise that is added ``steps`` times, each time to an answer about rows that were drawn with a probability of ``sampling_rate``."""

    noise: str
    noise_multiplier: float
    sampling_rate: float = 1.0
    steps: int = 1


def epsilon_spent(mechanism: Mechanism, delta: float, accountant: str = "pld") -> float:
    """The smallest epsilon for which the mechanism is (epsilon, delta)-differentially private; infinite where there is none.

    Laplace noise and a delta of 0: steps times log(1 + q (exp(1 / noise) - 1)), as each step is alone and amplified by sampling
    (Dwork & Roth 2014, theorems 3.6 and 3.14; Balle, Barthe & Gaboardi 2018, theorem 8). Gaussian noise on all rows is one Gaussian,
    whose epsilon is exact (Balle & Wang 2018). All else is composed by dp-accounting: numerically, from above, by privacy loss distributions (``pld``; Doroshenko et al. 2022, PoPETs), or by Rényi
    divergences (``rdp``; Mironov, Talwar & Zhang 2019), by which ``pld`` too tells an epsilon beyond :data:`MOST`.

    Raises:
        MissingExtra: dp-accounting is not installed.
    """
    if mechanism.noise == "laplace" and delta == 0:
        return mechanism.steps * math.log1p(
            mechanism.sampling_rate * math.expm1(1 / mechanism.noise_multiplier)
        )
    if delta == 0:
        return math.inf
    try:
        import dp_accounting
        from dp_accounting import pld, rdp
    except ModuleNotFoundError as wrong:
        raise MissingExtra.of(wrong.name or "dp_accounting") or wrong from None
    if mechanism.noise == "gaussian" and mechanism.sampling_rate == 1:
        one = mechanism.noise_multiplier / math.sqrt(mechanism.steps)
        return float(dp_accounting.get_epsilon_gaussian(one, delta))
    kinds = {"gaussian": dp_accounting.GaussianDpEvent, "laplace": dp_accounting.LaplaceDpEvent}
    event = kinds[mechanism.noise](mechanism.noise_multiplier)
    if mechanism.sampling_rate < 1:
        event = dp_accounting.PoissonSampledDpEvent(mechanism.sampling_rate, event)

    def found(kept: Any) -> float:
        return float(kept.compose(event, mechanism.steps).get_epsilon(delta))

    if mechanism.noise == "laplace":
        return found(pld.PLDAccountant())
    roughly = found(rdp.RdpAccountant())
    return roughly if accountant == "rdp" or roughly > MOST else min(roughly, found(pld.PLDAccountant()))
