"""What a mechanism spends: the closed form of Balle & Wang, published figures by formulas of their own, and claims against them."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, linprog
from scipy.special import logsumexp
from scipy.stats import norm

from assay.checks.catalogue import catalogue
from assay.checks.privacy.dp_claim import TOLD, most_found
from assay.domain.errors import MissingExtra
from assay.domain.evidence import Census, Undefined
from assay.stats.privacy_loss import Mechanism, epsilon_spent
from assay.tally.views import StatedView

pytest.importorskip("dp_accounting")


def gaussian_epsilon(noise: float, delta: float) -> float:
    """Balle & Wang 2018, theorem 8: the delta of Gaussian noise at an epsilon, solved for the epsilon."""

    def beyond(epsilon: float) -> float:
        a, b = 1 / (2 * noise), epsilon * noise
        return float(norm.cdf(a - b) - math.exp(epsilon) * norm.cdf(-a - b)) - delta

    return float(brentq(beyond, 0, 200, xtol=1e-12))


def moments(q: float, noise: float, steps: int, delta: float) -> float:
    """The moments accountant of Abadi et al. 2016, theorem 2, with the binomial sum of Mironov et al. 2019 for whole orders."""
    best = math.inf
    for order in range(2, 129):
        terms = [
            math.lgamma(order + 1)
            - math.lgamma(k + 1)
            - math.lgamma(order - k + 1)
            + k * math.log(q)
            + (order - k) * math.log1p(-q)
            + (k * k - k) / (2 * noise**2)
            for k in range(order + 1)
        ]
        best = min(best, (steps * float(logsumexp(terms)) - math.log(delta)) / (order - 1))
    return best


def limit(q: float, noise: float, steps: int, delta: float) -> float:
    """The central limit of Bu, Dong, Long & Su 2020: a Gaussian mechanism, which many small steps come close to."""
    mu = q * math.sqrt(steps * math.expm1(1 / noise**2))
    return gaussian_epsilon(1 / mu, delta)


@pytest.mark.parametrize(("noise", "delta"), [(1.0, 1e-5), (5.0, 1e-6), (0.5, 1e-3), (20.0, 1e-9)])
def test_gaussian_noise_spends_what_the_closed_form_says(noise: float, delta: float) -> None:
    exact = gaussian_epsilon(noise, delta)
    found = epsilon_spent(Mechanism("gaussian", noise), delta)
    assert found == pytest.approx(exact, abs=1e-8)
    composed = epsilon_spent(Mechanism("gaussian", noise * 4, steps=16), delta)
    assert composed == pytest.approx(exact, abs=1e-8)  # sixteen steps of four times the noise are one


PUBLISHED = [
    (0.01, 4.0, 10_000, "1.26"),  # Abadi et al. 2016, section 3.2
    (256 / 60_000, 1.12, 60 * 60_000 // 256, "2.92"),  # TensorFlow Privacy, tutorials/README.md
    (256 / 60_000, 1.2, 10 * 60_000 // 256, "1.20"),
]


@pytest.mark.parametrize(("q", "noise", "steps", "printed"), PUBLISHED)
def test_published_figures_are_reproduced_and_no_accountant_finds_more(
    q: float, noise: float, steps: int, printed: str
) -> None:
    """Their bounds come again to all printed digits; the tighter ones lie below, and above the central limit, less 3 %."""
    assert f"{moments(q, noise, steps, 1e-5):.2f}" == printed
    mechanism = Mechanism("gaussian", noise, q, steps)
    tight, loose = (epsilon_spent(mechanism, 1e-5, accountant) for accountant in ("pld", "rdp"))
    assert tight <= loose <= float(printed) + 0.005
    assert tight >= 0.97 * limit(q, noise, steps, 1e-5)


def test_more_than_protects_anybody_is_told_at_once() -> None:
    assert epsilon_spent(Mechanism("gaussian", 0.5, 0.5, 1000), 1e-5) > 30


def test_laplace_noise_adds_up_and_is_amplified_by_sampling() -> None:
    assert epsilon_spent(Mechanism("laplace", 2.0, steps=3), 0) == pytest.approx(1.5, abs=1e-12)
    q, noise = 0.1, 0.5
    # By its definition: the largest ratio of a mixture with and without the person, in either direction, at the extremes.
    density = [math.exp(-abs(x) / noise) for x in (0.0, 1.0)]
    worst = max((1 - q) + q * a / b for a, b in (density, density[::-1]))
    assert epsilon_spent(Mechanism("laplace", noise, q), 0) == pytest.approx(math.log(worst), abs=1e-12)


def claim(**given: Any) -> Any:
    return catalogue()["privacy.dp_claim"].count(StatedView(), arguments=given)


def test_a_claim_is_covered_or_it_is_not() -> None:
    sgd = {"mechanism": "dp_sgd", "noise_multiplier": 4, "sampling_rate": Decimal("0.01"), "steps": 10_000}
    delta = Decimal("0.00001")
    held = claim(**sgd, delta=delta, epsilon=Decimal("1.26"))
    assert held.found == held.total
    alone = claim(**{**sgd, "steps": 1}, delta=delta, epsilon=Decimal("0.9"))
    assert alone.found == alone.total
    short = claim(**sgd, delta=delta, epsilon=Decimal("0.9"))
    assert short.found == 900_000 < short.total
    assert dict(short.details)["epsilon found, in millionths"] == short.total
    unsampled = claim(**{**sgd, "sampling_rate": 1}, delta=delta, epsilon=Decimal("1.26"))
    assert unsampled.found / unsampled.total < 0.02


def test_an_exact_claim_is_covered() -> None:
    held = claim(mechanism="laplace", epsilon=Decimal("0.5"), noise_multiplier=20, steps=10)
    assert held == Census(
        500_000,
        500_000,
        share=True,
        details=(
            ("epsilon claimed, in millionths", 500_000),
            ("epsilon found, in millionths", 500_000),
            (TOLD, 17),
        ),
    )
    assert (
        claim(mechanism="laplace", epsilon=Decimal("0.499999"), noise_multiplier=20, steps=10).found
        == 499_999
    )


def test_gaussian_noise_without_a_delta_is_no_claim() -> None:
    assert isinstance(claim(mechanism="gaussian", epsilon=1, noise_multiplier=5), Undefined)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dp_accounting", None)
    with pytest.raises(MissingExtra, match="dp-accounting") as wrong:
        epsilon_spent(Mechanism("gaussian", 1.0), 1e-5)
    assert wrong.value.remedy == "Install it with: pip install 'assay-ml[privacy]'"


def test_a_delta_that_is_not_below_one_over_the_rows_is_refused() -> None:
    given = {"mechanism": "gaussian", "epsilon": Decimal("0.5"), "noise_multiplier": Decimal(20)}
    check = catalogue()["privacy.dp_claim"]
    for delta, refused in (("0.9", True), ("0.00025", True), ("0.0002", False)):
        found = check.count(StatedView(4000), arguments={**given, "delta": Decimal(delta)})
        assert isinstance(found, Undefined) is refused
        if refused:
            assert "must be less than one over the rows" in found.detail


@pytest.mark.parametrize("epsilon", ["1000000", "30", "11.51"])
def test_a_claim_that_lets_everybody_be_found_is_none(epsilon: str) -> None:
    found = claim(
        mechanism="gaussian",
        epsilon=Decimal(epsilon),
        delta=Decimal("0.00001"),
        noise_multiplier=Decimal("0.001"),
    )
    assert isinstance(found, Undefined)
    assert "protects nobody" in found.detail
    small = claim(mechanism="laplace", epsilon=Decimal("11.49"), noise_multiplier=1, steps=11)
    assert isinstance(small, Census)
    assert small.found == small.total
    assert dict(small.details)[TOLD] == 1000


@pytest.mark.parametrize("falsely", [0.001, 0.01, 0.2])
@pytest.mark.parametrize(
    ("epsilon", "delta"), [(0.5, 0.0), (1.0, 1e-5), (3.0, 0.001), (6.0, 0.0), (8.0, 0.01)]
)
def test_no_test_of_membership_finds_more_and_one_finds_as_much(
    epsilon: float, delta: float, falsely: float
) -> None:
    """The mechanism that leaks most at (epsilon, delta) has four answers (Kairouz et al. 2015, (10)): by linear programming over its tests."""
    shared = 1 - delta
    without = np.array([delta, shared / (1 + math.exp(-epsilon)), shared / (1 + math.exp(epsilon)), 0.0])
    with_person = without[::-1]
    best = linprog(-with_person, A_ub=[without], b_ub=[falsely], bounds=(0, 1))
    assert most_found(Decimal(str(epsilon)), Decimal(str(delta)), Decimal(str(falsely))) == pytest.approx(
        -best.fun, abs=1e-9
    )
