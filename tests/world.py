"""A small organisation with keys, a policy and a log in memory: a scenario of trust is a few lines in a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, LogKeys, Policy, Verifier
from assay.domain.quorum import Word
from assay.domain.sketch import Over, Sketch, UsedRows
from assay.domain.state import State, Status, Void
from assay.domain.state.certificates import EXTENSION
from assay.domain.state.state import Terms
from assay.proof import words
from assay.proof.bundle import Bundle, sign
from assay.proof.canonical import digest_of_document
from assay.proof.certificate import Certificate, Scope
from assay.proof.checkpoint import Checkpoint
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, next_leaf, state_of
from assay.proof.manifest import Manifest
from assay.proof.merkle import inclusion_proof
from assay.proof.note import NoteSigner
from assay.proof.statement import Kind, Statement
from assay.proof.status import StatusList
from assay.proof.tlog_proof import TlogProof
from assay.proof.verify import Presented, Purpose, Verification, root_of, verify

START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
SEEN = (0, "")
SPECIFICATION, OTHER = sha256_of(b"specification"), sha256_of(b"another")
RECORD, EVIDENCE = sha256_of(b"record"), sha256_of(b"evidence")
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


def policy(since: dt.datetime = START, **changes: Any) -> Policy:
    """The first policy of the organisation; ``changes`` replace its fields."""
    keys = {
        name: HeldKey(
            holder=name,
            key=KEYS[name].public.pem,
            roles=roles,
            valid_from=since - dt.timedelta(days=1),
            valid_until=since + dt.timedelta(days=900),
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


def used_rows(sketch: Sketch, *columns: str, marks: tuple[Over, ...] = ()) -> UsedRows:
    """Rows in a file of their own, told apart by these columns."""
    return UsedRows(sketch.rows, sha256_of(sketch.text().encode()), (Over(columns, sketch),), marks)


@dataclass
class World:
    """A log that grows; every method tries to add one entry and raises when a rule refuses it."""

    leaves: list[bytes] = field(default_factory=list)
    time: dt.datetime = START

    @classmethod
    def with_policy(cls, made: Policy | None = None, start: dt.datetime = START) -> World:
        world = cls(time=start)
        world.set_policy(made or policy(start))
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

    def run(
        self, sketch: Sketch | UsedRows | None = None, about: str = SPECIFICATION, attempt: int = 1
    ) -> int:
        lock = self.state.locked(about)
        used = sketch or rows(0)
        body = {
            "lock": lock.digest if lock else "",
            **(used if isinstance(used, UsedRows) else used_rows(used)).body(),
            "salt": sha256_of(b"salt"),
            "subject": {"model": sha256_of(b"model")},
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

    def issue(
        self,
        who: str = "certifier",
        record: str = RECORD,
        result: str = "PASSED",
        *,
        model: str = "model",
        supersedes: tuple[str, ...] | None = None,
    ) -> str:
        """Issue, and say of those whose place it takes that they are superseded; by default of all that stand."""
        if supersedes is None:
            before = self.state.standing("credit", model) if result == "PASSED" else ()
            supersedes = tuple(c.digest for c in before)
        bundle = self.issue_only(who, record, result, model=model, supersedes=supersedes)
        for old in supersedes:
            self.add(Action.SUPERSEDED, old, {"by": bundle.digest})
        return bundle.digest

    def issue_only(
        self, who: str, record: str, result: str, *, model: str = "model", supersedes: tuple[str, ...] = ()
    ) -> Bundle:
        """Only the entry of the certificate."""
        about = {"uri": "assay:record", "digest": {"sha256": record.removeprefix("sha256:")}}
        predicate = {
            "verificationResult": result,
            "inputAttestations": [about],
            EXTENSION: {"supersedes": list(supersedes)},
        }
        said = Statement(Kind.CERTIFICATE, ((model, sha256_of(b"model")),), predicate)
        bundle = sign(said.plain(), KEYS[who])
        self.add(Action.ISSUED, bundle.digest, {"record": record}, bundle)
        return bundle

    def becomes(self, certificate: str, status: Status, who: str = "ria", role: str = "risk_officer") -> None:
        action = {
            Status.REVOKED: Action.REVOKED, Status.SUSPENDED: Action.SUSPENDED, Status.GOOD: Action.REINSTATED,
        }[status]  # fmt: skip
        said = words.revocation(
            certificate, becomes=status, role=role, reason="drift", seen=SEEN, time=self.time
        )
        self.add(action, certificate, {}, sign(said.plain(), KEYS[who]))

    def unseal(
        self, who: str, role: str, record: str = RECORD, reason: str = "the vendor must know today"
    ) -> None:
        said = words.unsealing(record, role=role, reason=reason, seen=SEEN, time=self.time)
        self.add(Action.UNSEALED, record, {}, sign(said.plain(), KEYS[who]))

    def waive(self, who: str, role: str, criterion: str, days: int = 30, about: str = SPECIFICATION) -> None:
        said = words.waiver(
            about, criterion=criterion, until=self.time + dt.timedelta(days=days), role=role,
            reason="the vendor delivered them twice", seen=SEEN, time=self.time,
        )  # fmt: skip
        self.add(Action.WAIVED, about, {}, sign(said.plain(), KEYS[who]))


# --- everything that a verifier is shown


LOG_ORIGIN = "bank.example/assay"
FILES = (("model.txt", sha256_of(b"tree")), ("tokenizer/words.json", sha256_of(b"words")))
DOCUMENTS = {sha256_of(content): content for content in (b"record", b"evidence", b"specification")}


def log_signer() -> NoteSigner:
    """The Ed25519 key of the log."""
    return NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


def scope(start: dt.datetime, **changes: Any) -> Scope:
    """What the certificate of this world says it is about."""
    made: dict[str, Any] = {
        "name": "credit",
        "domain": "credit",
        "purpose": "grants small loans",
        "population": "applicants",
        "risk": "high",
        "jurisdictions": ("eu",),
        "format": "lightgbm",
        "inputs": ("income", "debt"),
        "decide_at": "0.35",
        "favourable": 0,
        "outcome": "certified",
        "conditions": (),
        "says_nothing_about": ("over 60",),
        "custody": "validator",
        "attempt": 1,
        "waivers": (),
        "bypasses": (),
        "isolation": 1,
        "plugins": (),
        "demo": False,
        "valid_from": start.isoformat(),
        "valid_until": (start + dt.timedelta(days=180)).isoformat(),
        "lock": sha256_of(b"lock"),
        "log": LOG_ORIGIN,
    }
    return Scope(**(made | changes))


def certificate(time: dt.datetime, **changes: Any) -> Certificate:
    """The certificate of this world."""
    made: dict[str, Any] = {
        "manifest": Manifest.of("model", FILES),
        "verifier": "https://bank.example/certifier",
        "version": "1.0",
        "policy": sha256_of(b"policy"),
        "record": RECORD,
        "attestations": (("evidence", EVIDENCE), ("specification", SPECIFICATION)),
        "result": "PASSED",
        "time": time,
        "scope": scope(time),
    }
    return Certificate(**(made | changes))


@dataclass
class Issued:
    """A world with a certificate, its proof and a status; every part can be made again after a change."""

    world: World
    policy: Policy
    bundle: Bundle
    index: int

    @classmethod
    def good(
        cls, policy_changes: dict[str, Any] | None = None, *, start: dt.datetime = START, **changes: Any
    ) -> Issued:
        """Signed by the quorum and issued; ``changes`` are of the certificate."""
        log = LogKeys(origin=LOG_ORIGIN, key=log_signer().key.vkey)
        used = policy(start, **({"log": log} | (policy_changes or {})))
        world = World.with_policy(used, start)
        world.lock()
        world.run()
        world.decide()
        world.sign("val", "validator")
        world.sign("ria", "risk_officer")
        return cls.of(world, used, certificate(world.time, **changes))

    @classmethod
    def of(
        cls, world: World, used: Policy, made: Certificate, key: str = "certifier", record: str = RECORD
    ) -> Issued:
        """Issue what is made, in the place of whatever stands."""
        standing = (
            world.state.standing(made.scope.name, made.manifest.name) if made.result == "PASSED" else ()
        )
        before = tuple(c.digest for c in standing)
        told = replace(made, scope=replace(made.scope, supersedes=before)) if before else made
        bundle = sign(told.statement().plain(), KEYS[key])
        world.add(Action.ISSUED, bundle.digest, {"record": record}, bundle)
        index = len(world.leaves) - 1
        for old in before:
            world.add(Action.SUPERSEDED, old, {"by": bundle.digest})
        return cls(world, used, bundle, index)

    def proof(self, index: int | None = None, signer: NoteSigner | None = None) -> bytes:
        """The tlog-proof of an entry, under a checkpoint of the whole log."""
        place = self.index if index is None else index
        leaves = self.world.leaves
        checkpoint = Checkpoint(LOG_ORIGIN, len(leaves), root_of(leaves)).signed_by(signer or log_signer())
        path = inclusion_proof(place, len(leaves), _subtrees(leaves))
        return bytes(TlogProof(place, path, bytes(checkpoint), leaves[place]))

    def status(self, *, key: str = "certifier", age: dt.timedelta = dt.timedelta(0), **changes: Any) -> bytes:
        """The signed word on all certificates, as of now."""
        state, issued = self.world.state, self.world.time - age
        made = StatusList(
            log=LOG_ORIGIN,
            size=len(self.world.leaves),
            root=root_of(self.world.leaves).hex(),
            issued=issued,
            expires=issued + dt.timedelta(days=1),
            certificates={c.digest: c.status for c in state.certificates.values()},
            reasons={c.digest: c.why for c in state.certificates.values() if c.why},
        )
        return sign(replace(made, **changes).statement().plain(), KEYS[key]).content

    def presented(self, **changes: Any) -> Presented:
        """Everything in hand, as it should be."""
        made: dict[str, Any] = {
            "certificate": self.bundle.content,
            "files": FILES,
            "use_case": "credit",
            "status": self.status(),
            "proof": self.proof(),
            "leaves": tuple(self.world.leaves),
            "attestations": DOCUMENTS,
        }
        return Presented(**(made | changes))

    def verify(self, *, after: dt.timedelta = dt.timedelta(0), **changes: Any) -> Verification:
        """What the verifier says of it, ``after`` so long."""
        purpose = changes.pop("purpose", Purpose.DEPLOYMENT)
        used = changes.pop("policy", self.policy)
        return verify(self.presented(**changes), used, now=self.world.time + after, purpose=purpose)


def _subtrees(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    def subtree(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    return subtree
