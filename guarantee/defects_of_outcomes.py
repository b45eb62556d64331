"""Planted defects of labels and decisions: they change with time or site, or are other ones for women and men."""

from __future__ import annotations

import numpy as np

from guarantee.clinic import (
    DEPARTMENTS,
    SITES,
    TESTED,
    Chosen,
    Columns,
    Defect,
    Sets,
    Values,
    reviewed,
    risk,
)


def _other_labels(sets: Sets, draw: np.random.Generator) -> Sets:
    """In the last three months seven of ten healthy patients were recorded as ill."""
    return sets.tested(ill=_recorded(sets, draw, sets.late, 0.7))


def _site_of_other_labels(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site counts half of its healthy patients as ill."""
    return sets.tested(ill=_recorded(sets, draw, sets.at_a_site(draw), 0.5))


def _recorded(sets: Sets, draw: np.random.Generator, here: Chosen, share: float) -> Values:
    return np.where(here & (draw.random(TESTED) < share), 1, sets.test["ill"])


def _other_decisions(sets: Sets, _: np.random.Generator) -> Sets:
    """In the last three months the model was fed glucose of a device that showed 60 mg/dl too much."""
    fed = sets.number("glucose") + 60 * sets.late
    return sets.tested(score=risk(sets.test["age"], fed))


def _proxy(sets: Sets, _: np.random.Generator) -> Sets:
    """Men weigh 25 kg more: whoever reads the weight knows the sex nearly always."""
    return sets.in_both(lambda rows: {"weight": rows["weight"].astype(float) + 25.0 * (rows["sex"] == "men")})


def _simpson(sets: Sets, draw: np.random.Generator) -> Sets:
    """Women are marked 30 points less often in both departments, and are seen where more are marked: overall there is hardly a gap."""
    women = sets.test["sex"] == "women"
    surgery = draw.random(TESTED) < np.where(women, 0.85, 0.15)
    marked = draw.random(TESTED) < np.where(surgery, 0.9, 0.5) - np.where(women, 0.3, 0.0)
    score = np.where(marked, 0.3 + 0.7 * draw.random(TESTED), 0.29 * draw.random(TESTED))
    return sets.tested(department=np.where(surgery, *DEPARTMENTS), score=score)


def _dropped_in_review(sets: Sets, draw: np.random.Generator) -> Sets:
    """Reviewers take six of ten women off the list whom the model had marked."""
    women = sets.test["sex"] == "women"
    dropped = draw.random(TESTED) < np.where(women, 0.6, 0.02)
    return sets.tested(called=reviewed(sets.test["score"], dropped))


def _weak_slice(sets: Sets, draw: np.random.Generator) -> Sets:
    """Of the women at one site of four the score is wrong about nine in ten."""
    site = draw.choice(SITES)

    def wrong(rows: Columns) -> Columns:
        here = (rows["site"] == site) & (rows["sex"] == "women") & (draw.random(len(rows["site"])) < 0.9)
        return {"score": np.where(here, np.where(rows["ill"] == 1, 0.1, 0.5), rows["score"].astype(float))}

    return sets.in_both(wrong)


DEFECTS = (
    Defect(
        "shifted label period",
        "in the last quarter seven of ten healthy patients are recorded as ill",
        {"metric": "data.label_drift", "at_most": "0.20", "with": "{period: quarter}"},
        _other_labels,
    ),
    Defect(
        "shifted label source",
        "one site of four records half of its healthy patients as ill",
        {"metric": "data.source_drift", "at_most": "0.20"},
        _site_of_other_labels,
    ),
    Defect(
        "shifted decisions",
        "in the last quarter the model is fed glucose that is 60 mg/dl too high",
        {"metric": "performance.decision_drift", "at_most": "0.20", "with": "{period: quarter}"},
        _other_decisions,
    ),
    Defect(
        "proxy feature",
        "men weigh 25 kg more, so that an input stands in for the sex",
        {"metric": "fairness.proxy_strength", "across": "sex", "at_most": "0.30"},
        _proxy,
    ),
    Defect(
        "Simpson",
        "women are marked 30 points less often in both departments, and nearly as often overall",
        {
            "metric": "fairness.conditional_parity",
            "across": "sex",
            "at_most": "0.10",
            "with": "{within: department}",
        },
        _simpson,
    ),
    Defect(
        "gap of a stage",
        "the model marks women and men alike, and reviewers take 60 % of the marked women off the list",
        {"metric": "fairness.stage_gap", "across": "sex", "at_most": "0.10", "with": "{after: called}"},
        _dropped_in_review,
    ),
    Defect(
        "weak slice",
        "of the women at one site of four the score is wrong about nine in ten, and no criterion names them",
        {"metric": "performance.found_slices", "at_least": "0.30", "with": "{searched: train, worst: 3}"},
        _weak_slice,
    ),
)
