"""What a search does not show, in words that go wherever its numbers go: made when it is shown, so that nobody writes others."""

from __future__ import annotations

from assay.domain.mitigation import AT_DECISION
from assay.domain.mitigation_record import Search


def statements(search: Search) -> tuple[str, ...]:
    """What must be read with the numbers of a search."""
    sought = search.sought
    tried = len(search.candidates)
    found = [
        (
            "Everything here was measured on the development rows, on which models were tuned and among which candidates are now "
            "chosen: it certifies nothing. The figures of the best of several are better than the truth. A candidate is judged by a "
            "judged run on the test rows, which this search has not opened."
        ),
        (
            f"Performance is preserved where an exact paired test shows that a candidate decides less than {sought.margin:g} fewer of "
            f"the rows right than the original. {_together(search)}"
        ),
        (
            f"Limits of gaps and of right decisions are one-sided, each at {sought.confidence:.0%}, and pay nothing for there being "
            f"{tried + 1} models. Whether a gap is smaller than that of the original is not tested: both are of the same rows."
        ),
        "That none of these candidates is fairer does not show that none exists: it shows what was tried.",
    ]
    if search.not_asked:
        found.append(
            f"Not asked of candidates: {', '.join(search.not_asked)}. What it tells is of the recipe of the original, which trained none of "
            "the candidates, so the copies of the specification leave it out."
        )
    if hopeless := _hopeless(search):
        found.insert(2, hopeless)
    if any(candidate.attribute_at_decision for candidate in search.candidates):
        found.append(AT_DECISION)
    return tuple(found)


def _hopeless(search: Search) -> str:
    """That there are too few rows for any candidate to be shown to be within the margin; empty when there are enough."""
    sought, pair = search.sought, search.candidates[0].paired
    if pair is None or search.p_alike is None or search.p_alike <= sought.level:
        return ""
    return (
        f"On {pair.rows:,} rows not even a candidate that decides each of them as the original does can be shown to lose less than "
        f"{sought.margin:g}: name more development rows, try fewer methods, or ask for a larger margin (--margin)."
    )


def _together(search: Search) -> str:
    tried, sought = len(search.candidates), search.sought
    if tried == 1:
        return f"One candidate was tried, at level {sought.level:.3g}."
    return (
        f"{tried} candidates were tried, each at level {sought.level:.3g}, so that the chance of calling any preserved that is not is "
        f"at most {1 - sought.confidence:.3g} (Bonferroni), on rows that no candidate was fitted to."
    )
