"""The judgement of another specification, block by block, with the comments that its people wrote."""

from __future__ import annotations

import re
from pathlib import Path

from assay.app.starting.errors import CannotStart
from assay.domain.nearest import listed
from assay.domain.specification import Specification
from assay.reading.located import Located

OWN = frozenset({"assay", "name", "subject", "prediction", "data"})
"""The blocks that speak about one model and its rows. All others are judgement."""


def with_judgement_of(other: Located, text: str) -> str:
    """The text with each block of judgement as the other specification has it, comments included."""
    ours, theirs = _segments(text, "new"), _segments(other.source.text, other.source.file)
    kept = {name: theirs.get(name) for name in Specification.model_fields if name not in OWN}
    if not any(kept.values()):
        raise CannotStart(
            f"{other.source.file} has no judgement that could be copied: none of {listed(kept)}.",
            code="cannot_copy",
            remedy="Name the specification whose criteria, failure modes and roles are taken over.",
        )
    blocks = [kept[name] if kept.get(name) else block for name, block in ours.items()]
    blocks += [block for name, block in kept.items() if block and name not in ours]
    note = (
        f"# The judgement (criteria, failure modes, roles, ...) is copied from {Path(other.source.file).name}.\n"
        "# It was written for another model: read every rationale again before you agree to it.\n"
    )
    head = text[: text.index("\n") + 1]
    return head + note + "".join(block for block in blocks if block).removeprefix(head)


def _segments(text: str, file: str) -> dict[str, str]:
    """The text of each block at the top, with the comments above it."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        match = re.match(r"([A-Za-z_]+)\s*:(\s|$)", line)
        if match:
            start = number
            while start > 0 and lines[start - 1].startswith("#"):
                start -= 1
            starts.append((match.group(1), start))
    if not starts:
        raise CannotStart(
            f"{file} has no block that begins at the left margin.",
            code="cannot_copy",
            remedy="Write each of its top keys on a line of its own.",
        )
    ends = [start for _, start in starts[1:]] + [len(lines)]
    return {
        name: "\n".join(lines[start:end]).rstrip("\n") + "\n\n"
        for (name, start), end in zip(starts, ends, strict=True)
    }
