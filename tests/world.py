"""A small organisation with keys, a policy and a log in memory: a scenario of trust is a few lines in a test."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.domain.digests import digest_of_listing, sha256_of
from assay.domain.entry import Action, Signed
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, LogKeys, Policy, Requires, Verifier
from assay.domain.quorum import SignOff, Word
from assay.domain.scope import Material, Scope
from assay.domain.sketch import Sketch
from assay.domain.state import State, Status, StatusReason, Void
from assay.domain.state.state import Terms
from assay.domain.state.waivers import waivers_told
from assay.domain.used_rows import Over, UsedRows
from assay.proof import words
from assay.proof.bundle import Bundle, sign
from assay.proof.canonical import digest_of_document
from assay.proof.certificate import Certificate
from assay.proof.checkpoint import Checkpoint
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, next_leaf, read_leaf, state_of, write_leaf
from assay.proof.manifest import Manifest
from assay.proof.merkle import inclusion_proof, root_of
from assay.proof.note import NoteSigner
from assay.proof.status import StatusList
from assay.proof.tlog_proof import TlogProof
from assay.proof.verification import Presented, Purpose, Verification
from assay.proof.verify import verify
from assay.subject.installed import installed_version

START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
SPECIFICATION, OTHER = sha256_of(b"specification"), sha256_of(b"another")
DICTIONARY = sha256_of(b"dictionary")
RECORD, EVIDENCE = sha256_of(b"record"), sha256_of(b"evidence")
DOCUMENTS = {sha256_of(content): content for content in (b"record", b"evidence", b"specification")}
LOG_ORIGIN, VERIFIER = "bank.example/assay", "https://bank.example/certifier"
MODEL, FILES = "model", (("model.txt", sha256_of(b"tree")), ("tokenizer/words.json", sha256_of(b"words")))
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
INSTALLED = tuple(
    (name, version)
    for name in ("lightgbm", "numpy", "pyarrow", "python", "scipy")
    if (version := installed_version(name))
)
"""What would run the model here: a certificate names it, and only there the model is loaded."""


def log_signer() -> NoteSigner:
    """The Ed25519 key of the log."""
    return NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


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
        "requires": Requires(attempts=3, quorum={"validator": 1, "risk_officer": 1}),
        "verifiers": (Verifier(id=VERIFIER, key="certifier"),),
        "log": LogKeys(origin=LOG_ORIGIN, key=log_signer().key.vkey),
    }
    return Policy(**(made | changes))


def terms(**changes: Any) -> Terms:
    """What a specification asks for: two agree, two sign."""
    made: dict[str, Any] = {
        "name": "credit",
        "dictionary": DICTIONARY,
        "lock": {"validator": 1, "risk_officer": 1},
        "quorum": {"validator": 1, "risk_officer": 1},
        "valid_for_days": 180,
        "attempts": 1,
        "first": "1",
        "risk": "high",
        "criteria": {"accuracy": "critical", "impact-ratio-sex": "critical"},
    }
    return Terms(**(made | changes))


def rows(start: int, count: int = 400) -> Sketch:
    """The sketch of ``count`` rows, which overlap with those of another ``start`` where their ranges do."""
    return Sketch(count, tuple(range(start, start + count)))


def used_rows(sketch: Sketch, *columns: str, marks: tuple[Over, ...] = ()) -> UsedRows:
    """Rows in a file of their own, told apart by these columns."""
    return UsedRows(sketch.rows, sha256_of(sketch.text().encode()), (Over(columns, sketch),), marks)


@functools.lru_cache(maxsize=64)
def _opened(leaves: tuple[bytes, ...]) -> tuple[State, tuple[Void, ...]]:
    """A state is frozen and follows from the entries: what is asked of the same log again is not folded again."""
    return state_of(leaves)


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
        """Locked, run and decided; without ``changes`` the same each time, which is made once."""
        leaves, time = _decided(outcome) if not changes else _decided_of(outcome, **changes)
        return cls([*leaves], time)

    def add(self, action: Action, about: str, body: dict[str, Any], *bundles: Bundle) -> None:
        self.time += dt.timedelta(minutes=1)
        self.leaves.append(next_leaf(self.leaves, Draft(action, about, body, bundles), self.time))

    def force(self, action: Action, about: str, body: dict[str, Any], *bundles: Bundle) -> None:
        """Write an entry that the rules may forbid, as somebody who holds the database would."""
        self.time += dt.timedelta(minutes=1)
        self.leaves.append(write_leaf(len(self.leaves), self.time, action, about, body, bundles))

    @property
    def seen(self) -> tuple[int, str]:
        """Size and root of the log as a signer sees it now."""
        return len(self.leaves), root_of(self.leaves).hex()

    @property
    def state(self) -> State:
        return self.opened[0]

    @property
    def opened(self) -> tuple[State, tuple[Void, ...]]:
        return _opened(tuple(self.leaves))

    def set_policy(self, made: Policy, *signers: str) -> None:
        plain = to_plain(made, Policy)
        digest = digest_of_document(plain)
        said = words.policy_statement(digest, organisation=made.organisation, version=made.version).plain()
        bundles = [sign(said, KEYS[name]) for name in (signers or ("root",))]
        self.add(Action.POLICY_SET, digest, {"policy": plain}, *bundles)

    def agree(
        self,
        who: str,
        role: str,
        word: Word = Word.APPROVE,
        about: str = SPECIFICATION,
        seen: tuple[int, str] | None = None,
        dictionary: str = DICTIONARY,
    ) -> None:
        said = words.agreement(
            about, dictionary=dictionary, role=role, word=word, reason="because", seen=seen or self.seen, time=self.time,
        )  # fmt: skip
        self.add(Action.AGREED, about, {}, sign(said.plain(), KEYS[who]))

    def lock(self, about: str = SPECIFICATION, reason: str = "", **changes: Any) -> None:
        for who, role in (("val", "validator"), ("ria", "risk_officer")):
            self.agree(who, role, about=about, dictionary=changes.get("dictionary", DICTIONARY))
        self.lock_only(about, reason, **changes)

    def lock_only(self, about: str = SPECIFICATION, reason: str = "", **changes: Any) -> None:
        self.add(Action.LOCKED, about, {"terms": to_plain(terms(**changes), Terms), "reason": reason})

    def run(
        self,
        sketch: Sketch | UsedRows | None = None,
        about: str = SPECIFICATION,
        attempt: int = 1,
        subject: Manifest | None = None,
        names: dict[str, Any] | None = None,
    ) -> int:
        """A judged run starts; ``names`` stands in its entry in the place of what is true."""
        files = subject.files if subject else FILES
        lock = self.state.locked(about)
        used = sketch or rows(0)
        judged = used if isinstance(used, UsedRows) else used_rows(used)
        body = {
            "lock": lock.digest if lock else "",
            **judged.body(),
            "salt": sha256_of(b"salt"),
            "conditions": sha256_of(b"conditions"),
            "subject": {
                "model": files[0][1] if len(files) == 1 else digest_of_listing(files),
                "test": judged.file,
                "dictionary": lock.terms.dictionary if lock else DICTIONARY,
            },
            "attempt": attempt,
        } | (names or {})
        self.add(Action.RUN_STARTED, about, body)
        return len(self.leaves) - 1

    def run_unlocked(self, sketch: Sketch | UsedRows, **names: Any) -> int:
        """A run without a lock starts; ``names`` stands in its entry in the place of what is true."""
        judged = sketch if isinstance(sketch, UsedRows) else used_rows(sketch)
        body = {**judged.body(), "salt": sha256_of(b"salt"), "subject": {"test": judged.file}} | names
        self.add(Action.RUN_UNLOCKED, SPECIFICATION, body)
        return len(self.leaves) - 1

    def release(self, counts: str, epsilon: str = "1", rows: str = "test rows", **names: Any) -> None:
        """A table is published with noise; ``names`` stands in its entry in the place of what is true."""
        told = {"counts": counts, "rows": sha256_of(rows.encode())}
        body = {**told, "epsilon": epsilon, "salt": sha256_of(b"salt of releases")} | names
        self.add(Action.RELEASED, sha256_of(f"{counts} with noise".encode()), body)

    def decide(
        self,
        outcome: str = "certified",
        record: str = RECORD,
        run: int | None = None,
        evidence: str = EVIDENCE,
        bypasses: tuple[str, ...] = (),
    ) -> None:
        body = {
            "run": len(self.leaves) - 1 if run is None else run,
            "evidence": evidence,
            "outcome": outcome,
            "bypasses": list(bypasses),
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
        seen: tuple[int, str] | None = None,
    ) -> None:
        said = words.sign_off(
            record=record, evidence=evidence, specification=specification, role=role, word=word,
            reason="because", seen=seen or self.seen, time=self.time,
        )  # fmt: skip
        self.add(Action.SIGNED, about, {}, sign(said.plain(), KEYS[who]))

    def certificate(
        self, about: str = RECORD, scope: dict[str, Any] | None = None, **said: Any
    ) -> Certificate:
        """What the log knows of a decision, as a certificate; ``scope`` and ``said`` claim something else."""
        state = self.state
        decision = state.decisions[about]
        run = state.runs[decision.run]
        terms = state.locks[run.lock].terms
        claimed: dict[str, Any] = {
            "name": terms.name,
            "domain": "credit",
            "purpose": "grants small loans",
            "population": "applicants",
            "risk": terms.risk,
            "jurisdictions": ("eu",),
            "format": "lightgbm",
            "inputs": ("income", "debt"),
            "decide_at": "0.35",
            "favourable": 0,
            "outcome": decision.outcome,
            "conditions": (),
            "says_nothing_about": ("over 60",),
            "custody": "validator",
            "attempt": run.attempt,
            "waivers": waivers_told(state, decision, self.time),
            "bypasses": decision.bypasses,
            "isolation": 1,
            "plugins": (),
            "materials": tuple(Material(role, f"{role}.bin", digest) for role, digest in run.subject.items()),
            "commit": "",
            "packages": INSTALLED,
            "demo": bool(state.policy and state.policy.demo),
            "valid_from": self.time.isoformat(),
            "valid_until": (decision.time + dt.timedelta(days=terms.valid_for_days)).isoformat(),
            "lock": run.lock,
            "log": LOG_ORIGIN,
        }
        words = [(f"sign-off/{w.role}", bundle.digest) for w, bundle in self._sign_offs(about)]
        made: dict[str, Any] = {
            "manifest": Manifest.of(MODEL, FILES),
            "verifier": VERIFIER,
            "version": "1.0",
            "policy": state.policy_digest,
            "record": about,
            "attestations": (
                ("evidence", decision.evidence),
                ("specification", decision.specification),
                *words,
            ),
            "result": "PASSED" if decision.outcome in {"certified", "conditional"} else "FAILED",
            "time": self.time,
        } | said
        standing = state.standing(terms.name, made["manifest"].name) if made["result"] == "PASSED" else ()
        claimed["supersedes"] = tuple(c.digest for c in standing)
        return Certificate(**made, scope=Scope(**(claimed | (scope or {}))))

    def documents(self, record: str = RECORD) -> dict[str, bytes]:
        """Everything that its certificate stands on, by digest."""
        return DOCUMENTS | {bundle.digest: bundle.content for _, bundle in self._sign_offs(record)}

    def _sign_offs(self, record: str) -> list[tuple[SignOff, Signed]]:
        words = self.state.decisions[record].sign_offs
        return [(word, read_leaf(self.leaves[word.entry]).signed[0]) for word in words]

    def issue(
        self,
        who: str = "certifier",
        about: str = RECORD,
        *,
        model: str = MODEL,
        scope: dict[str, Any] | None = None,
        **said: Any,
    ) -> str:
        """Issue the certificate of a decision, and say of those whose place it takes that they are superseded."""
        bundle, supersedes = self.issue_only(who, about, model=model, scope=scope, **said)
        for old in supersedes:
            self.add(Action.SUPERSEDED, old, {"by": bundle.digest})
        return bundle.digest

    def issue_only(
        self,
        who: str = "certifier",
        about: str = RECORD,
        *,
        model: str = MODEL,
        scope: dict[str, Any] | None = None,
        **said: Any,
    ) -> tuple[Bundle, tuple[str, ...]]:
        """Only the entry of the certificate; it and those whose place it takes."""
        named = {"manifest": Manifest.of(model, FILES)} | said
        made = self.certificate(about, scope, **named)
        bundle = sign(made.statement().plain(), KEYS[who])
        self.add(Action.ISSUED, bundle.digest, {"record": about}, bundle)
        return bundle, made.scope.supersedes

    def becomes(
        self,
        certificate: str,
        status: Status,
        who: str = "ria",
        role: str = "risk_officer",
        seen: tuple[int, str] | None = None,
        code: StatusReason | None = None,
        reason: str = "drift",
    ) -> None:
        code = code or (StatusReason.RESOLVED if status is Status.GOOD else StatusReason.DRIFT)
        action = {
            Status.REVOKED: Action.REVOKED, Status.SUSPENDED: Action.SUSPENDED, Status.GOOD: Action.REINSTATED,
        }[status]  # fmt: skip
        said = words.revocation(
            certificate,
            becomes=status,
            code=code,
            role=role,
            reason=reason,
            seen=seen or self.seen,
            time=self.time,
        )
        self.add(action, certificate, {}, sign(said.plain(), KEYS[who]))

    def unseal(
        self, who: str, role: str, record: str = RECORD, reason: str = "the vendor must know today"
    ) -> None:
        said = words.unsealing(record, role=role, reason=reason, seen=self.seen, time=self.time)
        self.add(Action.UNSEALED, record, {}, sign(said.plain(), KEYS[who]))

    def waive(
        self,
        who: str,
        role: str,
        criterion: str,
        days: int = 30,
        about: str = SPECIFICATION,
        run: int | None = None,
        **said_instead: Any,
    ) -> None:
        last = max(self.state.runs, default=None) if criterion == "test_set_spent" else None
        said = words.waiver(
            about, criterion=criterion, until=self.time + dt.timedelta(days=days), role=role,
            reason="the vendor delivered them twice", seen=self.seen, time=self.time, run=last if run is None else run,
        )  # fmt: skip
        predicate = {**said.predicate, **said_instead}
        self.add(Action.WAIVED, about, {}, sign(replace(said, predicate=predicate).plain(), KEYS[who]))


def _decided_of(outcome: str, **changes: Any) -> tuple[list[bytes], dt.datetime]:
    world = World.with_policy()
    world.lock(**changes)
    world.run()
    world.decide(outcome)
    return world.leaves, world.time


_decided = functools.cache(_decided_of)


# --- everything that a verifier is shown


@dataclass
class Issued:
    """A world with a certificate, its proof and a status; every part can be made again after a change."""

    world: World
    policy: Policy
    bundle: Bundle
    index: int

    @classmethod
    def good(
        cls,
        policy_changes: dict[str, Any] | None = None,
        *,
        start: dt.datetime = START,
        manifest: Manifest | None = None,
        evidence: str = EVIDENCE,
        specification: str = SPECIFICATION,
        scope: dict[str, Any] | None = None,
        terms: dict[str, Any] | None = None,
        forced: bool = False,
    ) -> Issued:
        """Signed by the quorum and issued; ``scope`` claims something else than the log knows, ``terms`` are locked."""
        manifest = manifest or Manifest.of(MODEL, FILES)
        used = policy(start, **(policy_changes or {}))
        world = World.with_policy(used, start)
        said = dict(scope or {})
        world.lock(specification, **(terms or {}))
        world.run(subject=manifest, about=specification)
        world.decide(said.get("outcome", "certified"), evidence=evidence, bypasses=said.get("bypasses", ()))
        for who, role in (("val", "validator"), ("ria", "risk_officer")):
            world.sign(who, role, evidence=evidence, specification=specification)
        return cls.of(world, used, world.certificate(scope=said, manifest=manifest), forced=forced)

    @classmethod
    def of(
        cls,
        world: World,
        used: Policy,
        made: Certificate,
        key: str = "certifier",
        record: str = RECORD,
        *,
        forced: bool = False,
    ) -> Issued:
        """Issue what is made; ``forced`` writes the entry whatever the rules say, as who holds database and keys would."""
        bundle = sign(made.statement().plain(), KEYS[key])
        (world.force if forced else world.add)(Action.ISSUED, bundle.digest, {"record": record}, bundle)
        index = len(world.leaves) - 1
        for old in made.scope.supersedes:
            (world.force if forced else world.add)(Action.SUPERSEDED, old, {"by": bundle.digest})
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
            certificates={self.bundle.digest: Status.GOOD}
            | {c.digest: c.status for c in state.certificates.values()},
            reasons={c.digest: c.why for c in state.certificates.values() if c.why},
            codes={c.digest: c.code for c in state.certificates.values() if c.code},
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
            "attestations": self.world.documents(),
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
