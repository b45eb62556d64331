"""The golden log: the whole life of an organisation, written once and read by every later version as it was then.

State is a fold over the log, so a rule that becomes stricter, a default that enters a document or a sentence that a certificate
is compared by can make an old entry void. What is kept of the life is its entries, its checkpoints with a witness, proofs
under them, a status, and what the entries came to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests import world
from tests.world import DICTIONARY, FILES, KEYS, LOG_ORIGIN, MODEL, OTHER, SPECIFICATION, Issued, World

from assay.app.verifying.certificate_folder import STATUS
from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.epsilon import Spent
from assay.domain.plain import to_plain
from assay.domain.policy import Least, LogKeys, Meant, Policy, Requires
from assay.domain.quorum import Word
from assay.domain.sketch import ALL, Sketch, weights_of
from assay.domain.state import State, Status, StatusReason
from assay.domain.state.runs import spent_by
from assay.domain.state.state import Terms
from assay.domain.used_rows import Over, UsedRows
from assay.proof.bundle import read as read_bundle
from assay.proof.canonical import digest_of_document
from assay.proof.checkpoint import Checkpoint, TrustedLog, by_origin
from assay.proof.cosignature import Cosigner
from assay.proof.leaf import read_leaf, state_of
from assay.proof.manifest import Manifest
from assay.proof.merkle import consistency_proof, inclusion_proof, root_of
from assay.proof.note import Note, NoteSigner
from assay.proof.tlog_proof import TlogProof
from assay.proof.witness import Submission, add_checkpoint

LOG, STATE, CHECKPOINTS, PROOFS = "log.jsonl", "state.json", "checkpoints", "proofs"
NEW_KEYS = ("root-2", "root-3", "val-2")
"""Of persons who get another key, or one at all, after the first policy."""
PACKAGES = (("lightgbm", "4.6.0"), ("numpy", "2.3.5"), ("python", "3.11.2"))
QUESTIONS, ANSWERS = tuple(f"q{number}" for number in range(1, 8)), (1, 2, 3, 4)
WITNESS = "witness.example/golden"
DAY = dt.timedelta(days=1)


def _ed25519(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"assay golden {name}".encode()).digest())


def _hashed(*row: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big")


def _sketch(rows: list[int]) -> Sketch:
    """The sketch of these hashes of rows, repeated ones included."""
    times = sorted(Counter(rows).items())
    return Sketch(len(rows), tuple(row for row, _ in times), ALL, weights_of([often for _, often in times]))


def questionnaire(seed: int, count: int = 300) -> UsedRows:
    """Answers on one scale: different persons give the same ones, so chance repeats rows within a set and between two."""
    drawn = random.Random(seed)
    rows = [tuple(drawn.choices(ANSWERS, weights=(6, 3, 2, 1), k=len(QUESTIONS))) for _ in range(count)]
    told = Over(
        QUESTIONS,
        _sketch([_hashed(*sorted(row)) for row in rows]),
        _sketch([_hashed(*sorted(zip(QUESTIONS, row, strict=True))) for row in rows]),
    )
    return UsedRows(count, sha256_of(f"questionnaire {seed}".encode()), (told,))


def portfolio(start: int, count: int = 120) -> UsedRows:
    """Measured rows: of a set that is larger than its sketch, known by an identifier and by marks as well."""
    sampled = Sketch(count * 40, world.rows(start, count).hashes, ALL // 40)
    identified = Over(("id",), Sketch(count * 40, world.rows(start + 10**6, count).hashes, ALL // 40))
    marks = (Over(("income",), Sketch(count * 40, world.rows(start + 10**7, 64).hashes, ALL // 75)),)
    file = sha256_of(f"portfolio {start} {count}".encode())
    return UsedRows(count * 40, file, (Over(("income", "debt", "bad"), sampled), identified), marks)


def first_policy() -> Policy:
    """Two root keys that must both sign, a witness, and every kind of rule that a specification must keep."""
    used = world.policy()
    held = dict(used.keys)
    for name in ("root-2", "root-3"):
        held[name] = held["root"].model_copy(update={"holder": name, "key": KEYS[name].public.pem.strip()})
    requires = Requires(
        metrics=("performance.auc",),
        bounds=(Least(metric="fairness.impact_ratio", across="sex*age", at_least=Decimal("0.80")),),
        protected={
            "sex": Meant(column="sex", groups={"women": 2, "men": [1]}),
            "age": Meant(column="age", bands=(Decimal(30), Decimal(60))),
        },
        confidence=Decimal("0.9"),
        lock={"validator": 1},
        quorum={"validator": 1, "risk_officer": 1},
        attempts=3,
        repeated_rows=Decimal("0.99"),
    )
    return world.policy(
        keys=held, roots=("root", "root-2"), root_threshold=2, requires=requires, plugins=(sha256_of(b"plugin"),),
        log=_log_keys("log"),
    )  # fmt: skip


def _log_keys(name: str) -> LogKeys:
    witness = Cosigner(WITNESS, _ed25519("witness")).key.vkey
    return LogKeys(
        origin=LOG_ORIGIN,
        key=NoteSigner(LOG_ORIGIN, _ed25519(name)).key.vkey,
        witnesses=(witness,),
        witnesses_needed=1,
    )


def rotated(before: Policy, since: dt.datetime) -> Policy:
    """Its successor: a root, a validator and the log have another key, and more roles may open rows and revoke."""
    ended = before.keys["val"].model_copy(update={"valid_until": since})
    fresh = before.keys["val"].model_copy(
        update={"key": KEYS["val-2"].public.pem.strip(), "valid_from": since}
    )
    requires = before.requires.model_copy(
        update={"waive": ("legal",), "revoke": ("legal", "risk_officer"), "longest_waiver": 60 * DAY}
    )
    return before.model_copy(
        update={
            "version": 2,
            "previous": digest_of_document(to_plain(before, Policy)),
            "keys": {**before.keys, "val": ended, "val-2": fresh},
            "roots": ("root-2", "root-3"),
            "requires": requires,
            "log": _log_keys("another log key"),
        }
    )


@dataclass
class Life:
    """A log that grows, and what its machine, a witness and its verifier keep of it."""

    world: World = field(default_factory=World)
    signer: NoteSigner = field(default_factory=lambda: NoteSigner(LOG_ORIGIN, _ed25519("log")))
    notes: list[Note] = field(default_factory=list)
    proofs: dict[int, bytes] = field(default_factory=dict)

    def _subtree(self, level: int, index: int) -> bytes:
        return root_of(self.world.leaves[index << level : (index + 1) << level])

    def checkpoint(self) -> None:
        """Sign what is there, and have the witness cosign that it continues what it saw."""
        leaves = self.world.leaves
        note = Checkpoint(LOG_ORIGIN, len(leaves), root_of(leaves)).signed_by(self.signer)
        last = Checkpoint.parse(self.notes[-1].text) if self.notes else None
        old = last.size if last else 0
        answer = add_checkpoint(
            bytes(Submission(old, consistency_proof(old, len(leaves), self._subtree), note)),
            logs=by_origin([TrustedLog.of(self.signer.key.vkey)]),
            last=lambda _: last,
            cosigner=Cosigner(WITNESS, _ed25519("witness")),
            now=int(self.world.time.timestamp()),
        )
        if answer.keep is None:
            raise RuntimeError(answer.body.decode())
        self.notes.append(answer.keep[1])

    def prove(self, *entries: int) -> None:
        """Keep proofs of these entries under the newest checkpoint."""
        note = self.notes[-1]
        size = Checkpoint.parse(note.text).size
        for entry in entries:
            path = inclusion_proof(entry, size, self._subtree)
            self.proofs[entry] = bytes(TlogProof(entry, path, bytes(note), self.world.leaves[entry]))

    def agreed(self, validator: str, about: str = SPECIFICATION, dictionary: str = DICTIONARY) -> None:
        """A validator and a risk officer agree to a specification."""
        self.world.agree(validator, "validator", about=about, dictionary=dictionary)
        self.world.agree("ria", "risk_officer", about=about, dictionary=dictionary)

    def lock(self, about: str, reason: str, bypasses: tuple[str, ...] = (), **terms: Any) -> None:
        """Lock it with these terms."""
        plain = to_plain(world.terms(**terms), Terms)
        self.world.add(Action.LOCKED, about, {"terms": plain, "reason": reason, "bypasses": list(bypasses)})

    def judged(self, name: str, outcome: str, rows: UsedRows, attempt: int = 1, **how: Any) -> str:
        """A judged run that ends with a decision; the digest of its record."""
        self.world.run(rows, attempt=attempt, **how)
        record = sha256_of(f"record {name}".encode())
        self.world.decide(outcome, record, evidence=sha256_of(f"evidence {name}".encode()))
        return record

    def said(self, record: str, who: str, role: str, word: Word = Word.APPROVE) -> None:
        """One word of a person on a decision."""
        decision = self.world.state.decisions[record]
        self.world.sign(
            who, role, word, record=record, evidence=decision.evidence, specification=decision.specification, about=record
        )  # fmt: skip

    def issued(self, record: str, **scope: Any) -> str:
        """The certificate of a decision, under a checkpoint; its digest."""
        said = {"packages": PACKAGES, **scope}
        digest = self.world.issue(about=record, scope=said, manifest=Manifest.of(MODEL, FILES))
        self.checkpoint()
        self.prove(self.world.state.certificates[digest].entry)
        return digest

    def status(self) -> bytes:
        """The signed word on all certificates, as of now."""
        state = self.world.state
        last = max(state.certificates.values(), key=lambda c: c.entry)
        (signed,) = read_leaf(self.world.leaves[last.entry]).signed
        policy = _in_force(state)
        return Issued(self.world, policy, read_bundle(signed.content), last.entry).status()


def life() -> Life:
    """From the first policy to the last status: each kind of entry at least once, and each of what it changes."""
    made = Life()
    one = made.world
    policy = first_policy()
    one.set_policy(policy, "root", "root-2")
    one.run_unlocked(portfolio(0))
    made.checkpoint()
    made.prove(0, 1)

    # The first version is rejected, the reject is taken back, and it is locked with what the plan warned of.
    one.agree("val", "validator")
    one.agree("ria", "risk_officer", Word.REJECT)
    one.agree("ria", "risk_officer", Word.WITHDRAW)
    one.agree("ria", "risk_officer")
    bypass = ("The plan called it hopeless: accuracy",)
    made.lock(SPECIFICATION, "", bypass, attempts=2, first="0.8", valid_for_days=120)
    refused = {"because": "test_set_spent", "sentence": "These rows were seen."}
    one.add(Action.RUN_REFUSED, SPECIFICATION, refused)

    # A run fails, and its seal is broken; with new keys of all kinds, waivers open its rows twice more, once beyond the schedule.
    answers = questionnaire(1)
    first = made.judged("1", "withheld", answers)
    one.unseal("val", "validator", record=first)
    made.checkpoint()
    one.time += 5 * DAY
    one.set_policy(rotated(policy, one.time), "root", "root-2", "root-3")
    made.signer = NoteSigner(LOG_ORIGIN, _ed25519("another log key"))
    made.checkpoint()
    one.waive("leo", "legal", "test_set_spent", days=30)
    made.judged("2", "withheld", answers, 2)
    one.waive("ria", "risk_officer", "test_set_spent", days=30)
    third = made.judged("3", "conditional", answers, 3)
    one.waive("ria", "risk_officer", "impact-ratio-sex", days=59)

    # It is rejected, issuing is refused, the reject is taken back; then it is certified.
    made.said(third, "val-2", "validator")
    made.said(third, "ria", "risk_officer", Word.REJECT)
    one.add(Action.ISSUE_REFUSED, third, {"because": "rejected", "sentence": "ria rejects."})
    made.said(third, "ria", "risk_officer", Word.WITHDRAW)
    made.said(third, "ria", "risk_officer")
    certified = made.issued(third, conditions=("over 60: too few rows",))
    one.becomes(certified, Status.SUSPENDED, "leo", "legal")
    one.time += DAY
    one.becomes(certified, Status.GOOD, "val-2", "validator")

    # Fresh rows, which have some in common with the used ones by chance: a certificate that takes the place of the first.
    fourth = made.judged("4", "certified", questionnaire(2))
    made.said(fourth, "val-2", "validator")
    made.said(fourth, "vic", "risk_officer")
    made.issued(fourth)

    # The next version, with another dictionary, on rows of which a few were seen; its certificate is revoked.
    other = sha256_of(b"another dictionary")
    made.agreed("val-2", OTHER, other)
    made.lock(OTHER, "another threshold", dictionary=other, risk="limited", lock={"validator": 1})
    fifth = made.judged("5", "certified", portfolio(115), about=OTHER)
    made.said(fifth, "vic", "validator")
    made.said(fifth, "ria", "risk_officer")
    revoked = made.issued(fifth)
    one.becomes(revoked, Status.REVOKED, code=StatusReason.DEFECT_FOUND, reason="labels were swapped")
    made.issued(first)

    # Another use, in its second attempt, which has not ended; and a draft that somebody rejects.
    pricing = sha256_of(b"pricing")
    made.agreed("val-2", pricing)
    made.lock(pricing, "", name="pricing", attempts=2, first="0.7")
    made.judged("6", "withheld", portfolio(5000), about=pricing)
    one.run(portfolio(5000), attempt=2, about=pricing)
    one.agree("vic", "validator", Word.REJECT, about=sha256_of(b"draft"))
    made.checkpoint()
    return made


def life_with_releases() -> Life:
    """What came later: of a certified run tables are published with noise, and of others of the same rows and of other rows."""
    made = Life()
    one = made.world
    one.set_policy(first_policy(), "root", "root-2")
    one.release("of a rehearsal", "0.25", "development rows")
    made.agreed("val")
    made.lock(SPECIFICATION, "")
    record = made.judged("of releases", "certified", portfolio(0))
    one.release("of the run", "1")
    made.checkpoint()
    made.prove(1, 7)
    made.said(record, "val", "validator")
    made.said(record, "ria", "risk_officer")
    one.release("of the run, in other groups", "0.5")
    made.issued(record)
    return made


def _in_force(state: State) -> Policy:
    if state.policy is None:
        raise ValueError("a log with a policy is expected")
    return state.policy


def told(state: State) -> dict[str, Any]:
    """Who may do what by a state, in short and without a sentence of ours: what every later version must come to as well."""
    policy, now = _in_force(state), state.time or world.START
    return {
        "policy": {"version": policy.version, "digest": state.policy_digest, "all": state.policies},
        "time": now.isoformat(),
        "keys": {
            name: [held.holder, *held.roles] for name, held in policy.keys.items() if held.counts_at(now)
        },
        "roots": list(policy.roots),
        "locks": [
            {
                "entry": lock.entry, "name": lock.terms.name, "specification": lock.specification, "seed": lock.seed,
                "agreed": _persons(lock.agreed.approved), "reason": lock.reason, "bypasses": list(lock.bypasses),
                "in_force": state.lock_in_force(lock.terms.name) is lock,
            }
            for lock in state.locks.values()
        ],
        "runs": {str(run.entry): _run(state, run.entry) for run in state.runs.values()},
        "fresh": {
            "portfolio": _spent_for(state, portfolio(20_000)), "a tenth of it": _spent_for(state, portfolio(5108)),
            "questionnaire": _spent_for(state, questionnaire(3)),
        },
        "decisions": {
            record: {
                "run": decision.run, "outcome": decision.outcome, "approved": _persons(state.signed(record).approved),
                "words": [[w.holder, w.role, w.word.value] for w in decision.sign_offs],
            }
            for record, decision in state.decisions.items()
        },
        "rejected": {
            about: [w.holder for w in said if w.word is Word.REJECT] for about, said in state.agreements.items()
        },
        "waivers": [[w.criterion, w.until.isoformat(), w.holder, w.role, w.run] for w in state.waivers],
        "certificates": {
            digest: {
                "entry": c.entry, "result": c.result, "status": c.status.value, "code": c.code.value if c.code else "",
                "supersedes": list(c.supersedes), "stands": c in state.standing(c.use_case, c.model),
            }
            for digest, c in state.certificates.items()
        },
        **({"releases": _releases(state)} if state.releases else {}),
    }  # fmt: skip


def _persons(approved: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [list(one) for one in approved]


def _run(state: State, entry: int) -> dict[str, Any]:
    """A run, with the runs that have rows of it, of which those count as on the same rows that its attempt counts."""
    run = state.runs[entry]
    return {
        "attempt": run.attempt,
        "ahead": run.ahead,
        "outcome": run.outcome,
        "waived": bool(run.waived),
        "unsealed": bool(run.unsealed),
        "shares_rows_with": [other for other, _ in run.overlaps],
        "spent_for": _spent_for(state, run.rows),
    }


def _releases(state: State) -> dict[str, Any]:
    """What was published with noise, and what it costs together."""
    every = state.releases.values()
    return {
        "tables": {counts: [one.entry, one.document, one.rows] for counts, one in state.releases.items()},
        "spent": {rows: astuple(Spent.by(every, rows)) for rows in dict.fromkeys(one.rows for one in every)},
    }


def _spent_for(state: State, rows: UsedRows) -> list[str]:
    """The names of the locks in force under which these rows may not be judged on."""
    before = state.overlapping(rows)
    return [
        lock.terms.name
        for lock in state.locks.values()
        if state.lock_in_force(lock.terms.name) is lock and spent_by(rows, before, lock)
    ]


def write(folder: Path) -> None:
    """Write everything that is kept of the life."""
    _write(folder, life())


def write_with_releases(folder: Path) -> None:
    """Write everything that is kept of the life with releases."""
    _write(folder, life_with_releases())


def _write(folder: Path, made: Life) -> None:
    state, void = state_of(made.world.leaves)
    if void:
        raise RuntimeError(f"the golden log has a void entry: {void[0]}")
    for name in (CHECKPOINTS, PROOFS):
        (folder / name).mkdir(parents=True)
    (folder / LOG).write_bytes(b"".join(leaf + b"\n" for leaf in made.world.leaves))
    for note in made.notes:
        (folder / CHECKPOINTS / f"{Checkpoint.parse(note.text).size:02}").write_bytes(bytes(note))
    for entry, proof in made.proofs.items():
        (folder / PROOFS / f"{entry:02}").write_bytes(proof)
    (folder / STATUS).write_bytes(made.status())
    (folder / STATE).write_text(json.dumps(told(state), indent=1) + "\n", encoding="utf-8")
