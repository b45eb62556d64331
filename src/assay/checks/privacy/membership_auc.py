"""How well an attacker tells the people whose rows a model learned from and others apart, over all thresholds."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.shadows import ATTACK, SETTINGS, SHADOW_PAIRS, on_halves
from assay.checks.trained import remembered
from assay.domain.evidence import Counts, Functional, ScoreCell, Scores
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.stats.attacks import membership
from assay.tally.attacked import Attacked
from assay.tally.refits import RefitView, nobody


@check(
    id="privacy.membership_auc",
    title="Membership inference (AUC)",
    estimand="The probability that an attack gives a larger number to somebody from whose row a model of the recipe learned than to somebody from whose "
    "row it did not.",
    unit=Unit.NUMBER,
    reading="the attack tells those from whose rows a model of the recipe learned and others apart with an AUC of {value}",
    need=Refits(on_halves, settings=SETTINGS),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=Decimal("0.5"),
    parameters={
        "attack": ATTACK,
        "shadow_pairs": SHADOW_PAIRS,
        "attacked": Parameter(
            "Most people that are attacked, and most others.",
            default=2000,
            low=Decimal(100),
            high=Decimal(10_000),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="Scores do not depend on who was trained on.",
            view=lambda: remembered(4000, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.55",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores of members lie higher by half of their range.",
            view=lambda: remembered(4000, by=0.1),
            comparator=Comparator.AT_MOST,
            threshold="0.55",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Two hundred rows cannot show an AUC of at most 0.51.",
            view=lambda: remembered(200, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.51",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"attack": "rmia"},
        ),
    ),
)
def membership_auc(view: RefitView, *, attack: str) -> Counts:
    """The AUC of an attack on membership, over all of its thresholds.

    Purpose:
        Shows how much the scores of a model of the recipe depend on who was in its training rows, on average over people. An AUC near one half goes
        together with a few people who are recognised for certain: pair it with the true-positive rate at a small false-positive rate.
    Method:
        Target, shadow models and attacks are those of ``privacy.membership_inference`` (Carlini et al. 2022, IEEE S&P; Zarifzadeh, Liu & Shokri
        2024, ICML). Members of the target against half of those whom it did not see; the other half is what ``rmia`` compares with. The bound is that of
        an AUC: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44, with what that of ``performance.auc`` adds. The evidence keeps ranks, not scores.
    Limits:
        Of the target, which learned from half of the rows; not of the judged model, so that it never gates; of these two attacks. An average hides whom it is about.
    Remedy:
        As for ``privacy.membership_inference``: regularise, stop earlier, drop inputs that name people, release less, or train with
        differential privacy.
    Oracle:
        scikit-learn's ROC (tests/stats/test_attacks.py); models that memorise are caught
        (tests/app/test_privacy_of_recipes.py; of classes and numbers tests/checks/test_attacks_by_task.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    members, others = membership(Attacked.of(view), attack)
    different, ranks = np.unique(np.concatenate([members, others]), return_inverse=True)
    inside = np.bincount(ranks[: len(members)], minlength=len(different))
    outside = np.bincount(ranks[len(members) :], minlength=len(different))
    places = (np.arange(len(different)) + 0.5) / len(different)
    cell = ScoreCell("", tuple(places.tolist()), tuple(outside.tolist()), tuple(inside.tolist()))
    return Scores((cell,), Functional.AUC)
