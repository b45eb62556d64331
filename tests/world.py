"""A small organisation with keys, a policy and a log in memory: a scenario of trust is a few lines in a test."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, LogKeys, Policy, Verifier
from assay.domain.quorum import Word
from assay.domain.sketch import Sketch
from assay.domain.state import State, Status, Void
from assay.domain.state.state import Terms
from assay.proof import words
from assay.proof.bundle import Bundle, sign
from assay.proof.canonical import digest_of_bytes, digest_of_document
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, next_leaf, state_of
from assay.proof.statement import Kind, Statement

START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
SEEN = (0, "")
SPECIFICATION, OTHER = digest_of_bytes(b"specification"), digest_of_bytes(b"another")
RECORD, EVIDENCE = digest_of_bytes(b"record"), digest_of_bytes(b"evidence")
ROLES = {
    "root": (),
    "certifier": (),
    "dora": ("developer",),
    "val": ("validator",),
    "vic": ("validator", "risk_officer"),
    "ria": ("risk_officer",),
    "leo": ("legal",),
}
KEYS = {name: PrivateKey.new() for name in (*ROLES, "stranger")}


def policy(**changes: Any) -> Policy:
    """The first policy of the organisation; ``changes`` replace its fields."""
    keys = {
        name: HeldKey(
            holder=name,
            key=KEYS[name].public.pem,
            roles=roles,
            valid_from=START - dt.timedelta(days=1),
            valid_until=START + dt.timedelta(days=900),
        )
        for name, roles in ROLES.items()
    }
    made: dict[str, Any] = {
        "assay_policy": 1,
        "organisation": "Example Bank",
        "version": 1,
        "keys": keys,
        "roots": ("root",),
        "verifiers": (Verifier(id="https://bank.example/certifier", key="certifier"),),
        "log": LogKeys(origin="bank.example/assay", key="bank.example/assay+0+x"),
    }
    return Policy(**(made | changes))


def terms(**changes: Any) -> Terms:
    """What a specification asks for: two agree, two sign."""
    made: dict[str, Any] = {
        "name": "credit",
        "lock": {"validator": 1, "risk_officer": 1},
        "quorum": {"validator": 1, "risk_officer": 1},
        "valid_for_days": 180,
        "attempts": 1,
        "first": "1",
        "risk": "high",
    }
    return Terms(**(made | changes))


def rows(start: int, count: int = 400) -> Sketch:
    """The sketch of ``count`` rows, which overlap with those of another ``start`` where their ranges do."""
    return Sketch(count, tuple(range(start, start + count)))


@dataclass
class World:
    """A log that grows; every method tries to add one entry and raises when a rule refuses it."""

    leaves: list[bytes] = field(default_factory=list)
    time: dt.datetime = START

    @classmethod
    def with_policy(cls, made: Policy | None = None) -> World:
        world = cls()
        world.set_policy(made or policy())
        return world

    @classmethod
    def decided(cls, outcome: str = "certified", **changes: Any) -> World:
        """Locked, run and decided."""
        world = cls.with_policy()
        world.lock(**changes)
        world.run()
        world.decide(outcome)
        return world

    def add(self, action: Action, about: str, body: dict[str, Any], *bundles: Bundle) -> None:
        self.time += dt.timedelta(minutes=1)
        self.leaves.append(next_leaf(self.leaves, Draft(action, about, body, bundles), self.time))

    @property
    def state(self) -> State:
        return self.opened[0]

    @property
    def opened(self) -> tuple[State, tuple[Void, ...]]:
        return state_of(self.leaves)

    def set_policy(self, made: Policy, *signers: str) -> None:
        plain = to_plain(made, Policy)
        digest = digest_of_document(plain)
        said = words.policy_statement(digest, organisation=made.organisation, version=made.version).plain()
        bundles = [sign(said, KEYS[name]) for name in (signers or ("root",))]
        self.add(Action.POLICY_SET, digest, {"policy": plain}, *bundles)

    def agree(self, who: str, role: str, word: Word = Word.APPROVE, about: str = SPECIFICATION) -> None:
        said = words.agreement(about, role=role, word=word, reason="because", seen=SEEN, time=self.time)
        self.add(Action.AGREED, about, {}, sign(said.plain(), KEYS[who]))

    def lock(self, about: str = SPECIFICATION, reason: str = "", **changes: Any) -> None:
        for who, role in (("val", "validator"), ("ria", "risk_officer")):
            self.agree(who, role, about=about)
        self.lock_only(about, reason, **changes)

    def lock_only(self, about: str = SPECIFICATION, reason: str = "", **changes: Any) -> None:
        self.add(Action.LOCKED, about, {"terms": to_plain(terms(**changes), Terms), "reason": reason})

    def run(self, sketch: Sketch | None = None, about: str = SPECIFICATION, attempt: int = 1) -> int:
        lock = self.state.locked(about)
        used = sketch or rows(0)
        body = {
            "lock": lock.digest if lock else "",
            "rows": used.rows,
            "sketch": used.text(),
            "subject": {"model": digest_of_bytes(b"model")},
            "attempt": attempt,
        }
        self.add(Action.RUN_STARTED, about, body)
        return len(self.leaves) - 1

    def decide(self, outcome: str = "certified", record: str = RECORD, run: int | None = None) -> None:
        body = {
            "run": len(self.leaves) - 1 if run is None else run,
            "evidence": EVIDENCE,
            "outcome": outcome,
            "bypasses": [],
        }
        self.add(Action.DECIDED, record, body)

    def sign(
        self,
        who: str,
        role: str,
        word: Word = Word.APPROVE,
        *,
        record: str = RECORD,
        evidence: str = EVIDENCE,
        specification: str = SPECIFICATION,
        about: str = RECORD,
    ) -> None:
        said = words.sign_off(
            record=record, evidence=evidence, specification=specification, role=role, word=word,
            reason="because", seen=SEEN, time=self.time,
        )  # fmt: skip
        self.add(Action.SIGNED, about, {}, sign(said.plain(), KEYS[who]))

    def issue(self, who: str = "certifier", record: str = RECORD, result: str = "PASSED") -> str:
        said = Statement(
            Kind.CERTIFICATE, (("model", digest_of_bytes(b"model")),), {"verificationResult": result}
        )
        bundle = sign(said.plain(), KEYS[who])
        self.add(Action.ISSUED, bundle.digest, {"record": record}, bundle)
        return bundle.digest

    def becomes(self, certificate: str, status: Status, who: str = "ria", role: str = "risk_officer") -> None:
        action = {
            Status.REVOKED: Action.REVOKED, Status.SUSPENDED: Action.SUSPENDED, Status.GOOD: Action.REINSTATED,
        }[status]  # fmt: skip
        said = words.revocation(
            certificate, becomes=status, role=role, reason="drift", seen=SEEN, time=self.time
        )
        self.add(action, certificate, {}, sign(said.plain(), KEYS[who]))

    def waive(self, who: str, role: str, criterion: str, days: int = 30, about: str = SPECIFICATION) -> None:
        said = words.waiver(
            about, criterion=criterion, until=self.time + dt.timedelta(days=days), role=role,
            reason="the vendor delivered them twice", seen=SEEN, time=self.time,
        )  # fmt: skip
        self.add(Action.WAIVED, about, {}, sign(said.plain(), KEYS[who]))
