"""A folder with a policy and what its people do in it; and copies of such a folder as a test finds it."""

from __future__ import annotations

import copy
import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.app.conftest import Folder

import assay
from assay.app.judging.lock import agree
from assay.app.organisation.founding import Founding, Person
from assay.app.organisation.issue import IssuedCertificate, issue
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.sign import sign_decision
from assay.app.organisation.trust import found, text_in_force
from assay.app.organisation.waive import waive
from assay.domain.refusal import Because
from assay.proof.keys import PrivateKey

ROLES = {
    "root": (),
    "certifier": (),
    "developer": ("developer",),
    "validator": ("validator",),
    "risk-officer": ("risk_officer",),
}
LOOK_ALIKE: dict[str, object] = {"repeated_rows": Decimal("0.99")}
"""In a policy: people of whom little is documented may look alike, where a specification says so beforehand."""
KEYS = {name: PrivateKey.demo(name) for name in ROLES}


def refused(because: Because) -> object:
    return pytest.raises(assay.Refused, check=lambda e: e.refusal.because is because)


class Team:
    """A folder with a policy, and what its people do."""

    done: assay.Certification
    """The latest run."""
    code: Path
    """Where the code of its model lies, if that is beside the folder: a copy of the folder has the same."""

    def __init__(
        self, folder: Folder, *, attempts: int = 2, requires: dict[str, object] | None = None
    ) -> None:
        self.folder = folder
        self.path = folder.write()
        self.root = folder.root
        person = {name: Person(name, roles, KEYS[name].public) for name, roles in ROLES.items()}
        founding = Founding(
            organisation="Demo Bank",
            origin=f"demo.example/{folder.root.name}",
            verifier="https://demo.example/certifier",
            roots=(person["root"],),
            certifier=person["certifier"],
            persons=tuple(person[n] for n in ("developer", "validator", "risk-officer")),
            demo=True,
            requires=LOOK_ALIKE | {"attempts": attempts} | (requires or {}),
        )
        found(self.root, founding, [KEYS["root"]])
        self.policy = self.root / "policy.yaml"
        with open_ledger(self.root) as ledger:
            self.policy.write_text(text_in_force(ledger))

    def lock(self, reason: str = "", **how: Any) -> Team:
        agree(self.path, role="validator", signer=KEYS["validator"], reason=reason, workers=0, **how)
        return self

    def certify(self, **how: Any) -> assay.Certification:
        self.done = assay.certify(self.path, workers=0, **how)
        return self.done

    def sign(self, *names: str) -> Team:
        for name in names or ("validator", "risk-officer"):
            sign_decision(self.root, "", role=name.replace("-", "_"), signer=KEYS[name])
        return self

    def waive(
        self,
        reason: str,
        criterion: str = "test_set_spent",
        who: str = "risk-officer",
        days: int = 1,
        **which: Any,
    ) -> None:
        """A waiver, of spent test rows where nothing else is named, that holds for some days."""
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        role, signer = who.replace("-", "_"), KEYS[who]
        waive(self.path, criterion=criterion, until=until, role=role, signer=signer, reason=reason, **which)

    def issue(self, name: str = "certifier") -> IssuedCertificate:
        return issue(self.root, signer=KEYS[name], output=self.root / "cert")

    def gate(self, **how: Any) -> assay.Refusal | None:
        asked: dict[str, Any] = {
            "use_case": "small-loans",
            "policy": self.policy,
            "certificate": self.root / "cert",
        } | how
        model = asked.pop("model", self.root / "test.parquet")
        found = assay.gate(model, **asked)
        assert found.accepted is (found.refusal is None)
        return found.refusal

    def moved(self, root: Path) -> Team:
        """The same team in a copy of its folder."""
        folder, moved = copy.copy(self.folder), copy.copy(self)
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        folder.root = moved.root = root
        moved.folder = folder
        moved.path, moved.policy = root / self.path.name, root / self.policy.name
        return moved


def locked(folder: Folder) -> Team:
    return Team(folder).lock()


def judged(folder: Folder) -> Team:
    team = locked(folder)
    team.certify()
    return team


def signed(folder: Folder) -> Team:
    return judged(folder).sign()


def certified(folder: Folder) -> Team:
    team = judged(folder)
    team.sign().issue()
    return team


PASTS: dict[str, Callable[[Folder], Team]] = {
    "locked": locked,
    "judged": judged,
    "signed": signed,
    "certified": certified,
}
"""What can have happened in a folder before a test begins."""
