"""Planted defects of what columns hold: other units, numbers for missing values, names of people, and what is known afterwards only."""

from __future__ import annotations

import numpy as np

from guarantee.clinic import TESTED, Columns, Defect, Sets, Values

CONTACTS = (
    "son: +31 6 1234 5678",
    "write to a.jansen@example.org",
    "lives at 12 Park Street",
)


def _other_unit(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site reports glucose in mmol/l, a number eighteen times smaller."""
    here, glucose = sets.at_a_site(draw), sets.number("glucose")
    return sets.tested(glucose=np.where(here, (glucose / 18).round(1), glucose))


def _pounds(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site weighs in pounds: the numbers lie where weights may lie."""
    here, weight = sets.at_a_site(draw), sets.number("weight")
    return sets.tested(weight=np.where(here, (weight * 2.2046).round(1), weight))


def _unknown_stays(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site writes 99999 where it does not know, in one row of twenty."""
    return sets.tested(stay=_written(sets, draw, "stay", 99999))


def _unknown_glucose(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site writes 0 where nothing was measured, in one row of twenty."""
    return sets.tested(glucose=_written(sets, draw, "glucose", 0))


def _written(sets: Sets, draw: np.random.Generator, name: str, value: float) -> Values:
    unknown = sets.at_a_site(draw) & (draw.random(TESTED) < 0.05)
    return np.where(unknown, value, sets.number(name))


def _contacts(sets: Sets, draw: np.random.Generator) -> Sets:
    """In one remark of two hundred stands how a relative is reached."""
    rows = draw.choice(TESTED, TESTED // 200, replace=False)
    remark = sets.test["remark"].astype(object)
    remark[rows] = draw.choice(CONTACTS, len(rows))
    return sets.tested(remark=remark)


def _leaked(sets: Sets, _: np.random.Generator) -> Sets:
    """The days in hospital include those after the patient fell ill."""
    return sets.in_both(lambda rows: {"stay": rows["stay"].astype(float) + 12 * _ill(rows)})


def _leaked_together(sets: Sets, _: np.random.Generator) -> Sets:
    """The usual weight was asked after the year, when those who had fallen ill were lighter: it says so beside the weight, and not alone."""
    return sets.in_both(lambda rows: {"usual_weight": rows["usual_weight"].astype(float) - 6 * _ill(rows)})


def _ill(rows: Columns) -> Values:
    return rows["ill"].astype(float)


DEFECTS = (
    Defect(
        "swapped units",
        "one site of four reports glucose in mmol/l instead of mg/dl",
        {"metric": "data.dictionary_conformity", "at_most": "0.001"},
        _other_unit,
    ),
    Defect(
        "swapped units in range",
        "one site of four weighs in pounds, which the documented range lets through",
        {"metric": "data.unit_shift", "at_most": "0"},
        _pounds,
    ),
    Defect(
        "sentinel in range",
        "one site of four writes 99999 for 5 % of its stays, which the documented range lets through",
        {"metric": "data.sentinel_values", "at_most": "0", "with": "{column: stay}"},
        _unknown_stays,
    ),
    Defect(
        "zero for missing",
        "one site of four writes 0 for 5 % of its glucose values",
        {"metric": "data.sentinel_values", "at_most": "0"},
        _unknown_glucose,
    ),
    Defect(
        "identifiers in a text",
        "one remark of 200 holds a telephone number, an e-mail address or a street address",
        {"metric": "privacy.direct_identifiers", "at_most": "0"},
        _contacts,
    ),
    Defect(
        "leaked column",
        "days in hospital include those that came of falling ill",
        {"metric": "data.leaking_columns", "at_most": "0.90"},
        _leaked,
    ),
    Defect(
        "leak of two columns",
        "the usual weight was asked afterwards: beside the weight it tells who fell ill, and alone it does not",
        {"metric": "data.leave_one_out", "at_most": "0.20", "data": "train", "tier": "advisory"},
        _leaked_together,
    ),
)
