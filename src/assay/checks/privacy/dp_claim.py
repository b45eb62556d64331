"""Whether a claim of differential privacy is covered by the mechanism that is said to give it."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import Stated
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.stats.privacy_loss import MOST, Mechanism, epsilon_spent
from assay.tally.views import StatedView

MILLIONTHS = 1_000_000
TINY = Decimal("1e-9")

AT, FOUND = Decimal("0.00001"), Decimal("0.99")
"""A test of membership that accuses so many strangers may, by a claim that protects nobody, find so many of the people in the data."""

TOLD = "of 1,000 people in the data, found by a test that accuses 10 of 1,000 strangers, at most"
"""What the claim lets an attacker do, in words."""

NOISES = {"dp_sgd": "gaussian", "gaussian": "gaussian", "laplace": "laplace"}


def most_found(epsilon: Decimal, delta: Decimal, falsely: Decimal) -> float:
    """The largest share of the people in the data that a test of membership can find while it accuses so many strangers.

    Every test of an (epsilon, delta)-private answer has TPR <= exp(epsilon) FPR + delta, and 1 - FPR <= exp(epsilon) (1 - TPR) + delta
    (Kairouz, Oh & Viswanath 2015, theorem 2.1).
    """
    e, d, f = min(float(epsilon), MOST), float(delta), float(falsely)
    return max(0.0, min(1.0, math.exp(e) * f + d, 1 - math.exp(-e) * (1 - d - f)))


def _vacuous(epsilon: Decimal, delta: Decimal) -> Undefined | None:
    """Why a claim protects nobody, whatever the mechanism keeps."""
    found = most_found(epsilon, delta, AT)
    if found < FOUND:
        return None
    said = (
        f"The claim of epsilon = {epsilon} at a delta of {delta} protects nobody: a test of who is in the data that accuses one in {1 / AT:,.0f} "
        f"strangers may find {found:.1%} of the people in it. A claim is judged where that is less than {FOUND:.0%}."
    )
    return Undefined(Reason.NOT_MEASURED, said)


@check(
    id="privacy.dp_claim",
    title="Claim of differential privacy",
    estimand="The claimed epsilon over the epsilon that an accountant finds for the declared mechanism at the claimed delta, 1 where "
    "the claim is the larger.",
    unit=Unit.SHARE,
    reading="the claim of epsilon = {epsilon} covers {value} of what the mechanism ({mechanism}) spends",
    need=Stated(),
    comparators=AT_LEAST,
    census=True,
    parameters={
        "mechanism": Parameter(
            "'dp_sgd': Gaussian noise on clipped sums of gradients of rows that are drawn anew for each step; 'gaussian' and "
            "'laplace': noise on an answer.",
            choices=tuple(NOISES),
        ),
        "epsilon": Parameter("The claimed epsilon.", low=TINY),
        "delta": Parameter(
            "The claimed delta; less than one over the number of rows of the largest data set.",
            default=Decimal(0),
            low=Decimal(0),
            high=ONE,
        ),
        "noise_multiplier": Parameter(
            "The noise's standard deviation, of Laplace its scale, over the most that one person can change (of dp_sgd the clipping "
            "norm).",
            low=TINY,
        ),
        "sampling_rate": Parameter(
            "The probability with which each row is drawn for a step.", default=ONE, low=TINY, high=ONE
        ),
        "steps": Parameter("How often noise is added.", default=1, low=ONE, integer=True),
        "accountant": Parameter(
            "'pld': privacy loss distributions, tight; 'rdp': Rényi divergences, which find more.",
            default="pld",
            choices=("pld", "rdp"),
        ),
    },
    examples=(
        Example(
            says="Ten answers with Laplace noise of scale 20 for each person: half an epsilon in all, and 0.5 is claimed.",
            view=StatedView,
            comparator=Comparator.AT_LEAST,
            threshold="1",
            verdict=Verdict.PASS,
            arguments={
                "mechanism": "laplace",
                "epsilon": Decimal("0.5"),
                "noise_multiplier": 20,
                "steps": 10,
            },
        ),
        Example(
            says="The same answers, of which each one's epsilon of 0.05 is claimed for all ten.",
            view=StatedView,
            comparator=Comparator.AT_LEAST,
            threshold="1",
            verdict=Verdict.FAIL,
            arguments={
                "mechanism": "laplace",
                "epsilon": Decimal("0.05"),
                "noise_multiplier": 20,
                "steps": 10,
            },
        ),
        Example(
            says="Gaussian noise and no delta: whatever the epsilon, some answers tell more.",
            view=StatedView,
            comparator=Comparator.AT_LEAST,
            threshold="1",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"mechanism": "gaussian", "epsilon": 1, "noise_multiplier": 5},
        ),
    ),
)
def dp_claim(
    view: StatedView,
    *,
    mechanism: str,
    epsilon: Decimal,
    delta: Decimal,
    noise_multiplier: Decimal,
    sampling_rate: Decimal,
    steps: int,
    accountant: str,
) -> Counts:
    """The claimed epsilon over the one that an accountant finds for the mechanism.

    Purpose:
        Shows whether a stated (epsilon, delta) follows from how the noise was added: steps that were not counted, a batch taken for
        the whole, or a delta left out make a claim that no mechanism keeps. A kept claim lets a test of who is in the data that accuses 1 % of
        strangers find up to 2.8 % of the people in it at an epsilon of 1, 20.1 % at 3, and 99 % at 4.6; the details say it of the claim that is made.
    Method:
        The mechanism is composed by dp-accounting (Google), by privacy loss distributions or Rényi divergences, for neighbours that
        differ by one person more or less; DP-SGD is Gaussian noise on rows drawn independently at the sampling rate. Pure Laplace noise
        is added up in closed form. The claim is held against the epsilon found, both in millionths, the claim rounded down and
        what is found rounded up. (Dwork & Roth 2014, "The algorithmic foundations of differential privacy"; Abadi et al. 2016,
        "Deep learning with differential privacy", CCS; Doroshenko et al. 2022, PoPETs.)
        A claim that lets a test of membership find 99 % or more of the people in the data while it accuses one in 100,000 strangers is not
        evaluable: by the bounds of Kairouz, Oh & Viswanath (2015, ICML, theorem 2.1) that is an epsilon of 11.5 and more at a small delta. Low false positive rates are where such an attack harms (Carlini et al. 2022,
        "Membership inference attacks from first principles", IEEE S&P).
    Limits:
        What epsilon is small enough is a person's to say: only a claim that protects nobody, even from the most careful attack, is refused; up to 1 is called
        strong and up to 10 reasonable (Ponomareva et al. 2023, "How to DP-fy ML", JAIR 77), at which all may be found by a test that accuses 1 % of strangers. An attack can find fewer people than a claim allows, never more. Believes the declared numbers: that gradients were clipped, noise was drawn from a good source, rows were drawn
        independently and not shuffled, and that nothing else (a tuned setting, a chosen checkpoint) was read from the data. It
        recomputes a proof; it does not attack the model. A delta that is not less than one over the rows of the largest declared data set allows
        somebody's row to be published, and the criterion is not evaluable; people of data that are not declared are not known. Where one person has several rows, the claim is of a row.
    Remedy:
        State the epsilon that is found, add noise, train for fewer steps, or draw fewer rows for each.
    Oracle:
        the closed form of the Gaussian mechanism by Balle & Wang 2018 and published figures
        (tests/checks/test_dp_claim.py).
    """
    if wrong := _vacuous(epsilon, delta):
        return wrong
    if view.rows and Fraction(delta) * view.rows >= 1:
        said = (
            f"A delta of {delta} lets one of {view.rows:,} rows be published as it is: it must be less than one over the rows of the "
            f"largest data set, {1 / view.rows:.2g}."
        )
        return Undefined(Reason.NOT_MEASURED, said)
    spent = epsilon_spent(
        Mechanism(NOISES[mechanism], float(noise_multiplier), float(sampling_rate), int(steps)),
        float(delta),
        accountant,
    )
    if math.isinf(spent):
        return Undefined(
            Reason.NOT_MEASURED,
            f"{mechanism!r} has no epsilon at a delta of {delta}: Gaussian noise needs a delta above 0.",
        )
    found = math.ceil(spent * MILLIONTHS - 1e-6)  # what a float cannot say is not added
    claimed = math.floor(Fraction(epsilon) * MILLIONTHS)
    details = (
        ("epsilon claimed, in millionths", claimed),
        ("epsilon found, in millionths", found),
        (TOLD, math.ceil(1000 * most_found(epsilon, delta, Decimal("0.01")))),
    )
    return Census(min(claimed, found), max(found, 1), share=True, details=details)
