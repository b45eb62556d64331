"""The rule about releases: the same counts are published with noise once, and what all releases cost is a sum over the log."""

from __future__ import annotations

from assay.domain.digests import short
from assay.domain.entry import Entry
from assay.domain.epsilon import epsilon_of, written
from assay.domain.refusal import Because, Refusal
from assay.domain.state.state import ReleaseState, State


def released(state: State, entry: Entry) -> Refusal | None:
    """A table is about to be published with noise: of counts that were not published before, under the log's one salt.

    The object of the entry is the digest of the published document. What counts it was made of, their salted digest tells to nobody
    without the salt; that the same come again, it tells everybody.
    """
    try:
        counts, rows, salt = (str(entry.body[name]) for name in ("counts", "rows", "salt"))
        epsilon = epsilon_of(str(entry.body["epsilon"]))
    except (KeyError, ValueError) as wrong:
        expected = f", and its epsilon is {wrong}" if isinstance(wrong, ValueError) else ""
        return Refusal(
            Because.ENTRY_UNREADABLE,
            f"A release names its counts, its data set, its epsilon and its salt{expected}.",
        )
    first = next((one.salt for one in state.releases.values()), salt)
    if salt != first:
        return Refusal(
            Because.ENTRY_UNREADABLE,
            f"The counts are under the salt {short(salt)}; those of the log's first release are under {short(first)}.",
        )
    before = state.releases.get(counts)
    if before is not None:
        return Refusal(
            Because.RELEASED_BEFORE,
            f"The same counts were released with an epsilon of {written(before.epsilon)} (entry {before.entry}); a second release "
            "would cost its own as well.",
        )
    state.releases[counts] = ReleaseState(
        entry=entry.seq, document=entry.object, rows=rows, epsilon=epsilon, salt=salt
    )
    return None
