"""Certificates that were kept: this version reads them as the one that made them did."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import assay
from assay.domain.refusal import Because
from assay.proof.verification import Answer

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
DAY = dt.timedelta(days=1)


def asked(name: str, after: dt.timedelta = dt.timedelta(0)) -> object:
    said = json.loads((GOLDEN / name / "asked.json").read_text())
    return assay.gate(
        GOLDEN / name / said["model"],
        use_case=said["use_case"],
        policy=GOLDEN / name / "policy.yaml",
        now=dt.datetime.fromisoformat(said["now"]) + after,
    )


def test_a_good_one_is_let_through_at_its_time_and_never_after():
    found = asked("good")
    assert found.accepted, found.refusal
    assert found.certificate.scope.conditions == ("over 60: too few rows",)
    assert [step.answer for step in found.steps] == [Answer.HOLDS] * 10 + [Answer.NOT_AT_HAND]
    assert asked("good", 2 * DAY).refusal.because is Because.STATUS_STALE
    assert asked("good", 400 * DAY).refusal.because is Because.EXPIRED


def test_a_withheld_one_is_read_whole_and_refused_for_its_result_alone():
    found = asked("withheld")
    assert [s.because for s in found.steps if s.answer is Answer.REFUSED] == [Because.RESULT_FAILED]
    assert found.certificate.result == "FAILED"


@pytest.mark.parametrize("name", ["good", "withheld"])
def test_the_keys_are_no_secret_and_no_demo_keys(name: str):
    """They are what the script makes of fixed texts, so nobody takes them for anybody's."""
    from make_golden import fixed_key

    policy = (GOLDEN / name / "policy.yaml").read_text()
    assert fixed_key("certifier").public.pem.splitlines()[1] in policy
