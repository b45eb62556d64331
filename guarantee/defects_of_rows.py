"""Planted defects of which rows there are: the same people or time on both sides of the split, and a sample that was not drawn as declared."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from guarantee.clinic import TESTED, TRAINED, Defect, Sets

MEASURED = ("weight", "usual_weight", "glucose", "stay")
AT_MOST_1_IN_100 = {"at_most": "0.01"}


def _copied(sets: Sets, draw: np.random.Generator, names: Iterable[str]) -> Sets:
    """One test row in twenty has these values of a training row."""
    rows = draw.choice(TESTED, TESTED // 20, replace=False)
    taken = draw.choice(TRAINED, len(rows), replace=False)
    copied = {name: sets.test[name].copy() for name in names}
    for name, values in copied.items():
        values[rows] = sets.train[name][taken]
    return sets.tested(**copied)


def _shared_patients(sets: Sets, draw: np.random.Generator) -> Sets:
    """They were there before, on another day and with other values."""
    return _copied(sets, draw, ["patient"])


def _repeated_rows(sets: Sets, draw: np.random.Generator) -> Sets:
    """They are training rows, under another number of the patient."""
    return _copied(sets, draw, sets.test.keys() - {"patient"})


def _near_copies(sets: Sets, draw: np.random.Generator) -> Sets:
    """They are training rows, and each measurement went through another conversion: no whole row is the same."""
    near = _copied(sets, draw, sets.test.keys() - {"patient", "day"})
    off = 1 + draw.uniform(-0.001, 0.001, TESTED)
    return near.tested(**{name: near.number(name) * off for name in MEASURED})


def _earlier_days(sets: Sets, draw: np.random.Generator) -> Sets:
    """They are from the year of the training rows."""
    return _copied(sets, draw, ["day"])


def _half_a_site(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site handed in every second case only."""
    here = sets.at_a_site(draw)
    return sets.kept(~here | (draw.random(len(here)) < 0.5))


def _lost_month(sets: Sets, draw: np.random.Generator) -> Sets:
    """The cases of one month are not there."""
    month = np.array([day[5:7] for day in sets.test["day"].astype(str)]).astype(int)
    return sets.kept(month != draw.integers(1, 13))


DEFECTS = (
    Defect(
        "shared patients",
        "5 % of the test patients have another visit in the training rows",
        {"metric": "data.split_overlap", **AT_MOST_1_IN_100},
        _shared_patients,
    ),
    Defect(
        "shared rows",
        "5 % of the test rows are training rows, under another patient number",
        {"metric": "data.split_overlap", **AT_MOST_1_IN_100, "with": "{by: columns}"},
        _repeated_rows,
    ),
    Defect(
        "near copies",
        "5 % of the test rows are training rows whose measurements are off by up to 0.1 %",
        {"metric": "data.near_duplicates", **AT_MOST_1_IN_100},
        _near_copies,
    ),
    Defect(
        "time overlap",
        "5 % of the test rows are from the year of the training rows",
        {"metric": "data.time_overlap", **AT_MOST_1_IN_100},
        _earlier_days,
    ),
    Defect(
        "biased sampling",
        "one site of four, alike in the frame, handed in every second case only",
        {
            "metric": "data.sampling",
            "at_least": "0.80",
            "with": '{of: site, frame: "north=5000, south=5000, east=5000, west=5000"}',
        },
        _half_a_site,
    ),
    Defect(
        "lost month",
        "one month of the year has no case",
        {
            "metric": "data.frame_coverage",
            "at_most": "0",
            "with": "{of: time, frame: 2025-01 to 2025-12}",
        },
        _lost_month,
    ),
)
