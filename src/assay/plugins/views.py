"""What checks are handed, as JSON can say it and back: one line for each kind of view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.domain import plain
from assay.tally.views import (
    GroupOutcomes,
    OutcomeView,
    PairedGroup,
    PairedView,
    ProfileView,
    RowSetView,
    SectionView,
    StatedView,
)


def to_plain(view: Any) -> dict[str, Any]:
    """A view as JSON can say it."""
    return {"kind": plain.kind(type(view)), "view": FORMS[type(view)].told(view)}


def from_plain(told: Any) -> Any:
    """The view.

    Raises:
        ValueError: when it is none: a kind that does not exist, another shape, numbers that are none.
    """
    try:
        form = next(form for owner, form in FORMS.items() if plain.kind(owner) == told["kind"])
        return form.read(told["view"])
    except (StopIteration, KeyError, TypeError, AttributeError, OverflowError) as wrong:
        raise ValueError(f"no view ({type(wrong).__name__})") from wrong


def _outcomes_told(view: OutcomeView) -> dict[str, Any]:
    return {
        "overall": _group_told(view.overall),
        "groups": [_group_told(group) for group in view.groups],
        "favourable": view.favourable,
        "focus": list(view.focus),
    }


def _outcomes_read(told: Any) -> OutcomeView:
    return OutcomeView(
        _group_read(told["overall"]),
        tuple(_group_read(group) for group in told["groups"]),
        int(told["favourable"]),
        tuple(map(str, told["focus"])),
    )


def _group_told(group: GroupOutcomes) -> dict[str, Any]:
    return {
        "label": group.label,
        "counts": group.counts.tolist(),
        "scores": group.scores.tolist(),
        "by_label": group.by_label.tolist(),
        "edges": group.edges.tolist(),
    }


def _group_read(told: Any) -> GroupOutcomes:
    scores = _floats(told["scores"])
    return GroupOutcomes(
        str(told["label"]),
        _whole(told["counts"], (2, 2)),
        scores,
        _whole(told["by_label"], (2, len(scores))),
        _floats(told["edges"]),
    )


def _paired_told(view: PairedView) -> dict[str, Any]:
    groups = (view.overall, *view.groups)
    return {"groups": [{"label": group.label, "counts": group.counts.tolist()} for group in groups]}


def _paired_read(told: Any) -> PairedView:
    overall, *groups = (
        PairedGroup(str(one["label"]), _whole(one["counts"], (2, 2))) for one in told["groups"]
    )
    return PairedView(overall, tuple(groups))


def _whole(values: Any, shape: tuple[int, int]) -> NDArray[np.int64]:
    if any(type(value) is not int or value < 0 for row in values for value in row):
        raise ValueError("whole numbers were expected")
    return np.array(values, dtype=np.int64).reshape(shape)


def _floats(values: Any) -> NDArray[np.float64]:
    found = np.array(values, dtype=np.float64)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise ValueError("finite numbers were expected")
    return found


class Form(NamedTuple):
    """How a kind of view is told and read."""

    told: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _as_declared(owner: type) -> Form:
    """Of a view that has no arrays."""
    return Form(lambda view: plain.to_plain(view, owner), lambda told: plain.from_plain(told, owner))


FORMS: Mapping[type, Form] = {
    OutcomeView: Form(_outcomes_told, _outcomes_read),
    PairedView: Form(_paired_told, _paired_read),
    ProfileView: _as_declared(ProfileView),
    RowSetView: _as_declared(RowSetView),
    SectionView: _as_declared(SectionView),
    StatedView: _as_declared(StatedView),
}
"""The form of each kind of view."""
