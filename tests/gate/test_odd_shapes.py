"""Statements of every odd shape, signed by whom the policy trusts: the verifier answers, and never breaks."""

from __future__ import annotations

import copy
import json
import random

import pytest
from tests.gate.scene import NOW, good, manifest
from tests.world import KEYS

from assay.proof.bundle import read, sign
from assay.proof.verification import Presented
from assay.proof.verify import verify

ODD = (
    None, True, 0, -1, 2**53 - 1, 1.5, "", "x", "\x1b[2J", "sha256:", "9" * 5000, [], [[]], {}, {"": None}, [1, "a"],
    "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-05T09:00:00", "\ud7ff", "e" * 64,
)  # fmt: skip


def places(value: object, path: tuple = ()) -> list[tuple]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def odd(statement: dict, chance: random.Random) -> dict:
    """One place replaced, left out, or said twice."""
    made = copy.deepcopy(statement)
    *above, last = chance.choice(places(made)[1:])
    holder = made
    for key in above:
        holder = holder[key]
    how = chance.randrange(4)
    if how == 0:
        del holder[last]
    elif how == 1 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[last] = chance.choice(ODD)
    return made


@pytest.mark.parametrize("what", ["certificate", "status"])
def test_no_odd_statement_breaks_the_verifier(what: str):
    issued, chance = good(), random.Random(7)
    whole = {"certificate": issued.bundle.content, "status": issued.status(), "proof": issued.proof()}
    statement = json.loads(read(whole[what]).payload)
    files = manifest(folder=False).files
    for _ in range(600):
        made = odd(statement, chance)
        if made == statement:
            continue
        shown = whole | {what: sign(made, KEYS["certifier"]).content}
        found = verify(Presented(files=files, use_case="credit", **shown), issued.policy, now=NOW)
        assert found.accepted is (found.refusal is None)
        # A status that its verifier signed may say what it likes of its log; a certificate must be the one that was logged.
        assert what == "status" or not found.accepted
