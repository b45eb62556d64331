"""How many people an attacker recognises as those whose rows a model learned from."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.shadows import ATTACK, SETTINGS, SHADOW_PAIRS, on_halves
from assay.checks.trained import remembered
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.attacks import flagged, membership
from assay.tally.attacked import Attacked
from assay.tally.perturbation import uniforms
from assay.tally.refits import RefitView, nobody


@check(
    id="privacy.membership_inference",
    title="Membership inference (true-positive rate at a fixed false-positive rate)",
    estimand="The share of the people from whose rows a model of the recipe learned whom an attacker recognises as such, at a threshold "
    "that flags a fixed share of the people from whose rows it did not learn.",
    unit=Unit.SHARE,
    reading="an attacker who is wrong about {false_positive_rate} of the others recognises {value} of the people from whose rows a model of the recipe learned",
    need=Refits(on_halves, settings=SETTINGS),
    tasks=tuple(Task),
    comparators=AT_MOST,
    parameters={
        "attack": ATTACK,
        "false_positive_rate": Parameter(
            "The share of the others who are flagged.",
            default=Decimal("0.01"),
            low=Decimal("0.001"),
            high=Decimal("0.1"),
        ),
        "shadow_pairs": SHADOW_PAIRS,
        "attacked": Parameter(
            "Most people that are attacked, and most others.",
            default=4000,
            low=Decimal(100),
            high=Decimal(100_000),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="Scores do not depend on who was trained on: about 1 % of 2,000 members are recognised, as of others.",
            view=lambda: remembered(4000, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores of members lie higher by half of their range: far more than 3 % are recognised.",
            view=lambda: remembered(4000, by=0.1),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The same by the relative attack.",
            view=lambda: remembered(4000, by=0.1),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
            arguments={"attack": "rmia"},
        ),
        Example(
            says="Of 400 rows a hundred fix the threshold, which cannot be one in a thousand.",
            view=lambda: remembered(400, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"false_positive_rate": Decimal("0.001")},
        ),
    ),
)
def membership_inference(view: RefitView, *, attack: str, false_positive_rate: Decimal) -> Counts:
    """The share of members whom an attacker recognises, at a false-positive rate that is fixed.

    Purpose:
        Shows how much a model of the recipe gives away about who is in its training rows: that somebody has an illness, took a
        loan or was arrested is known as soon as it is known that their row is there. What counts is how many are
        recognised with near certainty, not how many on average.
    Method:
        The recipe trains a target on a drawn half of the training rows, and pairs of shadow models on other halves. ``lira`` is the
        online likelihood-ratio attack (Carlini et al. 2022, IEEE S&P, "Membership inference attacks from first principles"), ``rmia`` the
        relative attack (Zarifzadeh, Liu & Shokri 2024, ICML, "Low-cost high-power membership inference attacks"), each with what is
        worth most to it: the true labels, and models of the same recipe. Both look at the probability of the true label, also of several; of predicted numbers ``lira`` takes the
        signed errors as normal, as its authors take the logits, and ``rmia`` the density of the truth under normal errors. A drawn half of those whom the target did not see fixes the threshold: one more
        of them is flagged with a probability of at most the false-positive rate, exactly, because they are exchangeable (Vovk, Gammerman & Shafer
        2005); ``rmia`` takes the rest as its population. Members who are flagged, of all members that are attacked: one-sided Clopper-Pearson
        bound (1934, Biometrika 26), which holds for a draw of the members of this target. Equal numbers are put in order by lot.
    Limits:
        Of the target, which learned from half of the rows; not of the judged model, so that it never gates; of these two attacks, and another one may
        be better: a pass bounds what they find. What they look at of predicted numbers is an adaptation, since both were tried by their authors on classifiers alone; the false-positive rate
        does not hang on it. The false-positive rate holds on average over the draw of those who fix the threshold. At 0.001 at least 999 of
        them are needed, and so some 4,000 people.
    Remedy:
        Regularise, stop earlier, drop inputs that name people, release rounded scores or decisions alone, or train with
        differential privacy.
    Oracle:
        the ratio of normal densities by scipy, pairwise ratios one by one and scikit-learn's ROC
        (tests/stats/test_attacks.py); models that memorise are caught and constant ones are not
        (tests/app/test_privacy_of_recipes.py; of classes and numbers tests/checks/test_attacks_by_task.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    attacked = Attacked.of(view)
    if not (attacked.member.any(axis=0) & ~attacked.member.all(axis=0)).all():
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD, "Some rows are not on both sides of the shadow models."
        )
    members, others = membership(attacked, attack)
    places = np.arange(len(members) + len(others))
    lots = uniforms(view.seed, "ties", places)
    ties = lots[: len(members)], lots[len(members) :]
    found, k = flagged(members, others, ties, float(false_positive_rate))
    if not k:
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD,
            f"{len(others):,} people fix the threshold, and a false-positive rate of {false_positive_rate} needs one in "
            f"{1 / float(false_positive_rate):,.0f}.",
        )
    return Rates((Rate("", int(found.sum()), len(found)),))
