"""The roles that specifications usually name, and what a role was probably meant to be.

An organisation may have roles of its own, so an unknown one is no mistake. One that is almost a known one is: a
"develloper" would approve, because no rule knows that it is judged.
"""

from __future__ import annotations

import difflib
import re

USUAL_ROLES = ("developer", "submitter", "data_steward", "validator", "risk_officer", "legal")
ALMOST = 0.8
"""How alike a misspelt role is to what was meant: "leagl" is to "legal", "security_officer" is not to "risk_officer"."""


def misspelt(role: str) -> str:
    """The usual role that was meant by one that is almost it; empty for a usual one and for one of the organisation's own.

    A role that adds words to a usual one, such as ``chief_risk_officer`` or ``validator-2``, is one of its own.
    """
    if role in USUAL_ROLES:
        return ""
    words = _words(role)
    for name in USUAL_ROLES:
        own = _words(name)
        if words == own:
            return name
        if len(words) > len(own) and any(words[i : i + len(own)] == own for i in range(len(words))):
            return ""
    near = difflib.get_close_matches("_".join(words), USUAL_ROLES, n=1, cutoff=ALMOST)
    return near[0] if near else ""


def _words(role: str) -> list[str]:
    return [word for word in re.split(r"[-_. ]+", role.casefold()) if word]
