"""What goes to a package's child and comes back: every kind of view has a form, and no counts that arrive break the judge."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from assay.app.judging.views import VIEWS
from assay.checks import ALL, outcomes, paired, profiled, row_set, scored
from assay.checks.catalogue import catalogue
from assay.domain.assessment import Asked
from assay.domain.evidence import Counts, Statistic
from assay.domain.plain import to_plain
from assay.plugins import views
from assay.plugins.arriving import counts_from
from assay.plugins.entry import NEEDS
from assay.stats.assess import assess
from assay.tally.views import ColumnProfile, SectionView, StatedView

SHOWN = {
    "outcomes": outcomes({"a": (9, 1, 2, 3), "b": (5, 5, 5, 5)}),
    "scores": scored({"a": [(0.1, 5, 1), (0.7, 1, 5)], "b": [(0.1 + 0.2, 3, 2)]}),
    "pairs": paired({ALL: (9, 1, 2, 3)}),
    "profile": profiled(ColumnProfile("x", 9, 1, codes=(("1", 8),)), absent=("y",), groups={"sex": {"f": 4}}),
    "rows": row_set(9, duplicates=1, shared={"train": 2}, alike={"train": 1}),
    "stated": StatedView(),
    "sections": SectionView((("charter", True), ("safety", False))),
}


def test_every_kind_of_view_that_a_package_may_need_has_a_form() -> None:
    returned = {made.__annotations__["return"] for need, made in VIEWS.items() if need in NEEDS}
    assert returned == {owner.__name__ for owner in views.FORMS}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_view_comes_back_as_it_was(kind: str) -> None:
    told = views.to_plain(SHOWN[kind])
    again = views.from_plain(json.loads(json.dumps(told, allow_nan=False)))
    assert type(again) is type(SHOWN[kind])
    assert views.to_plain(again) == told


COUNTED = [
    ("performance.accuracy", SHOWN["outcomes"], None),
    ("fairness.impact_ratio", SHOWN["outcomes"], "sex"),
    ("performance.auc", SHOWN["scores"], "sex"),
    ("robustness.noise", SHOWN["pairs"], None),
    ("data.missing_values", SHOWN["profile"], None),
    ("data.duplicates", SHOWN["rows"], None),
]


@pytest.mark.parametrize(("id_", "view", "across"), COUNTED, ids=[id_ for id_, *_ in COUNTED])
def test_counts_arrive_as_they_are_and_no_change_of_them_breaks_the_judge(
    id_: str, view: Any, across: str | None
) -> None:
    metric = catalogue()[id_].metric
    honest = catalogue()[id_].count(view, across=across)
    told = {"counts": to_plain(honest, Counts)}
    assert counts_from(json.loads(json.dumps(told)), view, metric) == honest
    draw, accepted = random.Random(1), 0
    for _ in range(400):
        try:
            counts = counts_from(changed(told, draw), view, metric)
        except ValueError:
            continue
        accepted += 1
        asked = Asked("c", metric.comparators[0], Decimal("0.5"), alpha=0.05)
        assess(Statistic(metric.id, across or "", "test", counts), asked)
    assert accepted < 400


def changed(told: Any, draw: random.Random) -> Any:
    """The same with one value, somewhere, replaced by another."""
    made = copy.deepcopy(told)
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], dict | list):
                walk(value[key])

    walk(made)
    where, key = draw.choice(places)
    odd = [
        0,
        1,
        -1,
        2**62,
        2**200,
        True,
        None,
        "",
        "nan",
        "inf",
        "0.5",
        "a",
        [],
        {},
        [[]],
        0.5,
        "each",
        "ratio",
        "auc",
        "ece",
    ]
    where[key] = draw.choice(odd)
    return made


@pytest.mark.parametrize(
    "told", [None, 3, {}, {"kind": "outcome_view"}, {"kind": "row_set_view", "view": {"data": 3}}, {"kind": "x", "view": 1},
             {"kind": "outcome_view", "view": {"overall": {"label": "", "counts": [[1]], "scores": [], "by_label": [], "edges": []},
                                               "groups": [], "favourable": 1, "focus": []}}],
)  # fmt: skip
def test_what_is_no_view_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        views.from_plain(told)


def test_the_views_of_examples_have_forms_whose_arrays_are_equal() -> None:
    shown = SHOWN["scores"]
    again = views.from_plain(views.to_plain(shown))
    assert np.array_equal(again.groups[1].scores, shown.groups[1].scores)
    assert again.groups[1].scores[0] == 0.1 + 0.2
