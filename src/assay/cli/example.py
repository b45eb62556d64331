"""The end of a command's help: how it is called in earnest."""

from __future__ import annotations

import re

WIDTH = 72
"""Of a line of an example, which stands indented on a terminal of 80 columns."""
_PART = re.compile(r'--[a-z-]+ (?!-)(?:"[^"]*"|\S+)|(?:"[^"]*"|\S)+')
"""An option with its value, or a word."""


def example(*calls: str) -> str:
    """The calls as a command's epilog, each folded as a shell reads it, and no option parted from its value."""
    return "\n".join(("\b", "For example:", *(f"  {_folded(call)}" for call in calls)))


def _folded(call: str) -> str:
    lines = [""]
    for part in _PART.findall(call):
        if lines[-1] and len(lines[-1]) + len(part) > WIDTH:
            lines.append("  ")
        lines[-1] += f"{part} "
    return "\\\n  ".join(lines).rstrip()
