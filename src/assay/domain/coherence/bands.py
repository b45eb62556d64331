"""Rules about bands of numbers and of dates: edges that increase, and cover every value once."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal

from assay.domain.coherence.draft import Draft, Finding, Rule, Trail, World
from assay.domain.specification.protected import Attribute


def bands_unordered(draft: Draft, _: World) -> Iterator[Finding]:
    """Cut points that do not increase, and named bands that are empty, overlap, or leave a gap between them."""
    for block, name, attribute in draft.attributes():
        trail: Trail = (block, name, "bands")
        if isinstance(attribute.bands, dict):
            yield from _named_bands(trail, attribute)
        else:
            edges = attribute.bands or ()
            for i, (left, right) in enumerate(itertools.pairwise(edges), start=1):
                if left >= right:
                    yield Finding(
                        (*trail, i),
                        "bands_not_increasing",
                        f"Cut points increase; {right} follows {left}.",
                        remedy="Write the cut points from the smallest to the largest, each once.",
                    )


def bands_uncovered(draft: Draft, world: World) -> Iterator[Finding]:
    """Bands that do not reach the ends of the values that may occur, and cut points beyond them."""
    for block, name, attribute in draft.attributes():
        intervals = attribute.intervals()
        if not intervals:
            continue
        column = world.column(attribute.column)
        low, high = (column.range if column and column.range else None) or (None, None)
        yield from _ends_open(block, name, attribute, low, high)
        yield from _edges_within(block, name, attribute, low, high)


def edges_that_are_no_dates(draft: Draft, world: World) -> Iterator[Finding]:
    """Bands of dates whose edges are none."""
    for block, name, attribute in draft.attributes():
        column = world.column(attribute.column)
        if attribute.bands is not None and column is not None and column.type == "date":
            yield from _no_dates(block, name, attribute)


RULES: tuple[Rule, ...] = (bands_unordered, bands_uncovered, edges_that_are_no_dates)


def _no_dates(block: str, name: str, attribute: Attribute) -> Iterator[Finding]:
    edges = {edge for _, low, high in attribute.intervals() for edge in (low, high) if edge is not None}
    for edge in sorted(edges):
        if not _is_date(edge):
            yield Finding(
                (block, name, "bands"),
                "edge_no_date",
                f"Bands of dates need edges that are dates; {attribute.column!r} has the edge {edge}.",
                remedy="Write a date as its digits: 20241231 for 2024-12-31.",
                key=True,
            )
            return


def _is_date(edge: Decimal) -> bool:
    try:
        dt.datetime.strptime(str(edge), "%Y%m%d")  # noqa: DTZ007 - a day and no moment
    except ValueError:
        return False
    return len(str(edge)) == len("20241231")


def _named_bands(trail: Trail, attribute: Attribute) -> Iterator[Finding]:
    intervals = attribute.intervals()
    for label, low, high in intervals:
        if low is not None and high is not None and low >= high:
            yield Finding(
                (*trail, label),
                "empty_band",
                f"The band {label!r} from {low} to {high} is empty.",
                remedy="Let it end above where it begins, or delete it.",
            )
    for (left, _, end), (right, start, _) in itertools.pairwise(intervals):
        if end is None or start is None or start < end:
            yield Finding(
                (*trail, right),
                "bands_overlap",
                f"The bands {left!r} and {right!r} overlap, or are not in increasing order.",
                remedy=f"Let {right!r} begin where {left!r} ends.",
            )
        elif start > end:
            yield Finding(
                (*trail, right),
                "bands_uncovered",
                f"The bands {left!r} and {right!r} leave out the values of {attribute.column!r} from {end} to below "
                f"{start}.",
                remedy=f"Let {right!r} begin at {end}; a band includes its lower edge and not its upper one.",
            )


def _ends_open(
    block: str, name: str, attribute: Attribute, low: Decimal | None, high: Decimal | None
) -> Iterator[Finding]:
    intervals = attribute.intervals()
    first, start, _ = intervals[0]
    if start is not None and (low is None or start > low):
        values = f"below {start}" if low is None else f"from {low} to below {start}"
        yield Finding(
            (block, name, "bands", first),
            "bands_uncovered",
            f"The bands of {name!r} leave out the values of {attribute.column!r} {values}.",
            remedy="Begin the first band with null.",
        )
    last, _, end = intervals[-1]
    if end is not None and (high is None or end <= high):
        values = f"of {end} and above" if high is None else f"from {end} to {high}"
        yield Finding(
            (block, name, "bands", last),
            "bands_uncovered",
            f"The bands of {name!r} leave out the values of {attribute.column!r} {values}.",
            remedy="End the last band with null.",
        )


def _edges_within(
    block: str, name: str, attribute: Attribute, low: Decimal | None, high: Decimal | None
) -> Iterator[Finding]:
    edges = attribute.bands if isinstance(attribute.bands, tuple) else ()
    for i, edge in enumerate(edges):
        if (low is not None and edge <= low) or (high is not None and edge > high):
            yield Finding(
                (block, name, "bands", i),
                "band_beyond_range",
                f"The cut point {edge} leaves a group of {name!r} empty: the dictionary says that "
                f"{attribute.column!r} lies from {low} to {high}.",
                remedy="Delete the cut point, or correct the range in the dictionary.",
            )
