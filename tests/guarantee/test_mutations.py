"""Five hundred single bytes of what a verifier is shown; `make guarantee` changes a hundred thousand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from assay.domain.policy import HeldKey, Policy
from assay.proof.steps import certificate
from assay.proof.steps import status as status_step
from guarantee import mutations

TRIES = 500
PARTS = {
    "certificate", "status", "proof", "log", "evidence", "specification", "sign-off", "policy", "model", "data"
}  # fmt: skip


def rows(count: int) -> dict[str, tuple[int, int]]:
    (found,) = mutations.tables(count).values()
    return {
        str(r["changed"]): (int(str(r["mutations tried"])), int(str(r["mutations accepted"]))) for r in found
    }


def test_no_single_byte_of_what_is_presented_can_be_changed():
    found = rows(TRIES)
    assert set(found) == PARTS
    assert sum(tried for tried, _ in found.values()) == TRIES
    assert {part: accepted for part, (_, accepted) in found.items() if accepted} == {}


def test_mutations_differ_from_the_good_bytes_and_from_each_other():
    made = list(mutations.mutations(b"abc", 200, seed="x"))
    assert len({*made, b"abc"}) == 201
    assert made == list(mutations.mutations(b"abc", 200, seed="x"))


def test_a_verifier_that_believes_every_signature_is_caught(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    status = next(part for part in mutations._parts(tmp_path) if part[0] == "status")

    def believed(policy: Policy, bundle: object) -> tuple[str, HeldKey]:
        (verifier,) = policy.verifiers
        return verifier.id, policy.keys[verifier.key]

    for step in (certificate, status_step):
        monkeypatch.setattr(step, "verifier_that_signed", believed)
    assert int(str(mutations._row(*status, tries=400)["mutations accepted"])) > 0
