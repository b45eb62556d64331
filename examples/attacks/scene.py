"""A copy of the certified folder that an attack may ruin, and what says no to it."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import assay
from assay.app.verifying.verify import verify_certificate
from assay.proof.verification import Verification

ASSAY = (sys.executable, "-m", "assay")
USE = "credit-default"


class Said(NamedTuple):
    """What said no: its reason code and its sentence."""

    code: str
    sentence: str


ACCEPTED = Said("", "accepted")


@dataclass(frozen=True)
class Scene:
    """A copy of the certified folder that an attack may ruin."""

    folder: Path
    specification: str = "specification.yaml"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def model(self) -> Path:
        return self.out / "candidate-b.txt"

    @property
    def certificate(self) -> Path:
        return self.out / "candidate-b.txt.assay"

    @property
    def policy(self) -> Path:
        return self.out / "policy.yaml"

    @property
    def pack(self) -> Path:
        return self.out / "review.zip"

    def gate(self, *, use_case: str = USE, days: int = 0) -> Said:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        try:
            return said_of(assay.gate(self.model, use_case=use_case, policy=self.policy, now=now))
        except assay.AssayError as refused:
            return Said(refused.code, refused.message)

    def verify(self, *, sources: bool = False) -> Said:
        """With the review pack. ``sources`` are compared too, and with them the commit, which this copy does not have."""
        return said_of(
            verify_certificate(
                self.certificate, model=self.model, policy=self.policy, use_case=USE, review=self.pack,
                sources=self.folder if sources else None,
            )
        )  # fmt: skip

    def run(self, *command: str) -> Said:
        """What a command says; of a log that does not hold, the first thing that is wrong."""
        done = subprocess.run(
            [*ASSAY, *command, "--json"], cwd=self.folder, check=False, capture_output=True, text=True
        )
        if done.returncode == 0:
            return ACCEPTED
        told = json.loads(done.stdout)
        found = told["error"] if "error" in told else next(iter(told.get("wrong", ())), None)
        if found is None:  # it is waiting for somebody, which is no refusal
            return ACCEPTED
        return Said(found["code"], found.get("message") or found["sentence"])


def said_of(found: Verification) -> Said:
    if found.accepted or found.refusal is None:
        return ACCEPTED
    return Said(found.refusal.because.value, found.refusal.sentence)
