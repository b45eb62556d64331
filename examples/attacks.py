"""The demo attacks its own certificate: each line is an attempt to pass what was not certified, and what says no."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import assay
from assay.app.organisation.ledger import open_ledger
from assay.app.verifying.verify import verify_certificate
from assay.domain.entry import Action
from assay.domain.quorum import Word
from assay.domain.sketch import Sketch
from assay.domain.used_rows import Over, UsedRows
from assay.proof.bundle import read as read_bundle
from assay.proof.bundle import sign
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, read_leaf
from assay.proof.verification import Verification
from assay.proof.words import sign_off
from assay.store.workspace import Workspace

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
            return _said(assay.gate(self.model, use_case=use_case, policy=self.policy, now=now))
        except assay.AssayError as refused:
            return Said(refused.code, refused.message)

    def verify(self, *, sources: bool = False) -> Said:
        """With the review pack. ``sources`` are compared too, and with them the commit, which this copy does not have."""
        return _said(
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


def _said(found: Verification) -> Said:
    if found.accepted or found.refusal is None:
        return ACCEPTED
    return Said(found.refusal.because.value, found.refusal.sentence)


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    at = len(content) // 2 if place is None else place
    content[at] ^= 1
    path.write_bytes(content)


def in_pack(scene: Scene, change: Callable[[str, bytes], bytes]) -> None:
    """Change members of the review pack."""
    with zipfile.ZipFile(scene.pack) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    with zipfile.ZipFile(scene.pack, "w") as pack:
        for name, content in members.items():
            pack.writestr(name, change(name, content))


def replaced(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """Replace a text once, wherever it stands in a document of the pack."""
    return lambda name, content: content.replace(old, new, 1) if name.startswith("documents/") else content


def of_log(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    """Change the log of the pack, and nothing else in it."""
    return lambda name, content: change(content) if name == "log.jsonl" else content


def model_byte(scene: Scene) -> Said:
    flip(scene.model)
    return scene.gate()


def data_byte(scene: Scene) -> Said:
    flip(next(scene.out.glob("test*.parquet")))
    return scene.verify(sources=True)


def evidence_number(scene: Scene) -> Said:
    in_pack(scene, replaced(b'"events":', b'"events":1'))
    return scene.verify()


def verdict(scene: Scene) -> Said:
    in_pack(scene, replaced(b'"verdict":"inconclusive"', b'"verdict":"pass"'))
    return scene.verify()


def statement_byte(scene: Scene) -> Said:
    path = scene.certificate / "certificate.sigstore.json"
    document = json.loads(path.read_bytes())
    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b'"FAILED"', b'"PASSED"')
    payload = payload.replace(b"credit-default", b"credit-deflate")
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True))
    return scene.gate()


def signature_byte(scene: Scene) -> Said:
    path = scene.certificate / "certificate.sigstore.json"
    text = path.read_text()
    at = text.index('"sig":"') + 30
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    return scene.gate()


def developer_signs(scene: Scene) -> Said:
    return scene.run("sign", "--as", "developer", "--key", "demo:developer")


def developer_as_validator(scene: Scene) -> Said:
    return scene.run("sign", "--as", "validator", "--key", "demo:developer")


def other_decision(scene: Scene) -> Said:
    """A true signature of the validator, over the record of another decision, put under this one."""
    with open_ledger(scene.folder) as ledger:
        (decision,) = ledger.state().decisions.values()
        said = sign_off(
            record="sha256:" + "0" * 64, evidence=decision.evidence, specification=decision.specification,
            role="validator", word=Word.APPROVE, reason="", seen=ledger.seen(), time=ledger.clock(),
        )  # fmt: skip
        signed = sign(said.plain(), PrivateKey.demo("validator"))
        try:
            ledger.add(Draft(Action.SIGNED, decision.record, {}, (signed,)))
        except assay.Refused as refused:
            return Said(refused.code, refused.message)
    return ACCEPTED


def developer_issues(scene: Scene) -> Said:
    return scene.run("issue", "--key", "demo:developer")


def expired(scene: Scene) -> Said:
    return scene.gate(days=200)


def stale(scene: Scene) -> Said:
    return scene.gate(days=3)


def suspended(scene: Scene) -> Said:
    return taken_back(scene, "suspend")


def revoked(scene: Scene) -> Said:
    return taken_back(scene, "revoke")


def taken_back(scene: Scene, how: str) -> Said:
    change_status(scene, how)
    scene.run("status", "--key", "demo:certifier", "--output", str(scene.certificate))
    return scene.gate()


def change_status(scene: Scene, how: str) -> None:
    """As a risk officer may."""
    code = () if how == "reinstate" else ("--code", "drift")
    said = scene.run(
        how, "--as", "risk_officer", "--key", "demo:risk-officer", *code, "--reason", "the bureau changed its scores"
    )  # fmt: skip
    if said is not ACCEPTED:
        raise SystemExit(f"The demo stops: assay {how} is refused: {said.sentence}")


def issued_again(scene: Scene) -> Said:
    """The signatures under the decision are as good as they were; the certificate was taken back."""
    change_status(scene, "revoke")
    return scene.run("issue", "--key", "demo:certifier")


def old_reinstatement(scene: Scene) -> Said:
    """Who can append, and has nobody's key, logs again what a risk officer once signed."""
    for how in ("suspend", "reinstate", "suspend"):
        change_status(scene, how)
    with open_ledger(scene.folder) as ledger:
        old = read_leaf(ledger.leaves()[-2])
        bundles = tuple(read_bundle(one.content) for one in old.signed)
        try:
            ledger.add(Draft(old.action, old.object, dict(old.body), bundles))
        except assay.Refused as refused:
            return Said(refused.code, refused.message)
    return ACCEPTED


def one_input_less(scene: Scene) -> Said:
    """Everyone agrees to a version whose model is trained without one column, so that the rows look new."""
    rewrite(scene.folder / scene.specification, ", PAY_AMT6]", "]")
    rewrite(
        scene.folder / "candidate_b.py",
        'PAY_AMT{month}" for month in MONTHS)',
        'PAY_AMT{month}" for month in MONTHS[:-1])',
    )
    subprocess.run([sys.executable, "train.py"], cwd=scene.folder, check=True, capture_output=True)
    for role in ("validator", "risk_officer", "legal"):
        scene.run(
            "lock", scene.specification, "--as", role, "--key", f"demo:{role.replace('_', '-')}",
            "--reason", "one input less", "--certify-a-hopeless-specification",
        )  # fmt: skip
    return second_run(scene)


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise SystemExit(f"The demo stops: {old!r} should stand once in {path.name}.")
    path.write_text(text.replace(old, new), encoding="utf-8")


def rehearsal_as_decision(scene: Scene) -> Said:
    """Who can append enters the record of the rehearsal, where every number was shown, as a run that certified."""
    found = next(run.record for run in Workspace.of(scene.folder).runs.all() if run.rehearsal)
    digest, record = assay.load_record(scene.folder, found)
    with open_ledger(scene.folder) as ledger:
        (lock,) = ledger.state().locks.values()
        salt = next((run.salt for run in ledger.state().runs.values()), digest)
        made_up = Sketch(1, (1,), 1 << 32)
        rows = UsedRows(1, digest, (Over(("made", "up"), made_up),), ())
        body = {
            "lock": lock.digest, "attempt": 1, "salt": salt, "conditions": digest, **rows.body(),
            "subject": {source.role: source.digest for source in record.sources} | {"test": rows.file},
        }  # fmt: skip
        (leaf,) = ledger.add(Draft(Action.RUN_STARTED, lock.specification, body))
        said = {
            "run": read_leaf(leaf).seq, "evidence": record.evidence_digest, "outcome": "certified", "bypasses": [],
        }  # fmt: skip
        ledger.add(Draft(Action.DECIDED, digest, said))
    return scene.run("sign", "--as", "validator", "--key", "demo:validator")


def no_status(scene: Scene) -> Said:
    (scene.certificate / "status.sigstore.json").unlink()
    return scene.gate()


def other_use(scene: Scene) -> Said:
    return scene.gate(use_case="hiring")


def rewritten_log(scene: Scene) -> Said:
    in_pack(
        scene,
        of_log(
            lambda log: log.replace(b'"because"', b'"becausf"', 1).replace(b'"reason":""', b'"reason":"x"', 1)
        ),
    )
    return scene.verify()


def rewritten_database(scene: Scene) -> Said:
    """By somebody who takes the triggers off, and puts them on again afterwards."""
    database = sqlite3.connect(scene.folder / ".assay" / "log.db")
    guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        database.execute(f"DROP TRIGGER {name}")
    for place, data in database.execute("SELECT seq, data FROM entry").fetchall():
        rewritten = bytes(data).replace(b'"outcome":"certified"', b'"outcome":"withheld"')
        database.execute("UPDATE entry SET data = ? WHERE seq = ?", (rewritten, place))
    for _, guard in guards:
        database.execute(guard)
    database.commit()
    database.close()
    return scene.run("log", "verify")


def shortened_log(scene: Scene) -> Said:
    in_pack(scene, of_log(lambda log: b"\n".join(log.splitlines()[:-1]) + b"\n"))
    return scene.verify()


def strangers_policy(scene: Scene) -> Said:
    other = Path(tempfile.mkdtemp())
    subprocess.run(
        [*ASSAY, "trust", "init", "--organisation", "Other Bank", "--root", "root=demo:root",
         "--certifier", "legal=demo:legal", "--person", "val:validator=demo:validator", "--demo",
         "--output", str(scene.policy)], cwd=other, check=True, capture_output=True)  # fmt: skip
    return scene.gate()


def no_certificate(scene: Scene) -> Said:
    shutil.rmtree(scene.certificate)
    return scene.gate()


def second_run(scene: Scene) -> Said:
    # The copy of the folder is outside version control, which is a reason of its own to refuse.
    return scene.run("certify", scene.specification, "--certify-code-without-a-commit")


ATTACKS: tuple[tuple[str, Callable[[Scene], Said], str], ...] = (
    ("one byte of the model", model_byte, "bytes_changed"),
    ("one byte of the test data", data_byte, "bytes_changed"),
    ("a number in the evidence", evidence_number, "attestation_changed"),
    ("a verdict in the record", verdict, "attestation_changed"),
    ("a word in the certificate", statement_byte, "signature_wrong"),
    ("one letter of the signature", signature_byte, "signature_wrong"),
    ("the developer signs off", developer_signs, "role_never_approves"),
    ("the developer signs as validator", developer_as_validator, "role_not_held"),
    ("the developer issues the certificate", developer_issues, "key_unknown"),
    ("a sign-off for another decision", other_decision, "signed_something_else"),
    ("a second judged run on the same rows", second_run, "test_set_spent"),
    ("the certificate in 200 days", expired, "expired"),
    ("a status of three days ago", stale, "status_stale"),
    ("no status", no_status, "status_missing"),
    ("a suspended certificate", suspended, "suspended"),
    ("a revoked certificate", revoked, "revoked"),
    ("issued again after it was revoked", issued_again, "revoked"),
    ("an old reinstatement logged again", old_reinstatement, "signed_twice"),
    ("the same test file with one input less", one_input_less, "test_set_spent"),
    ("a rehearsal entered as a decision", rehearsal_as_decision, "judged_differently"),
    ("another use: hiring", other_use, "other_use_case"),
    ("a rewritten log in the review pack", rewritten_log, "log_rewritten"),
    ("a rewritten log in the database", rewritten_database, "subtree_differs"),
    ("a shortened log", shortened_log, "log_shortened"),
    ("a policy without the key", strangers_policy, "key_unknown"),
    ("no certificate at all", no_certificate, "no_certificate"),
)


def attack(certified: Path, specification: str) -> int:
    """Try every attack on a copy of a certified folder, print what says no, and return how many got through.

    One that is refused for another reason than the one that it is about counts as having got through.
    """
    passed = 0
    width = max(len(name) for name, _, _ in ATTACKS)
    columns = shutil.get_terminal_size((110, 40)).columns
    for name, what, code in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(Path(folder) / "copy", specification)
            shutil.copytree(certified, scene.folder, symlinks=True)
            said = what(scene)
        through = said.code != code
        passed += through
        sentence = said.sentence.replace(f"{scene.folder}/", "")
        line = f"{'PASSED ' if through else 'refused'}  {name:<{width}}  {sentence} [{said.code}]"
        print(textwrap.fill(line, columns - 2, initial_indent="  ", subsequent_indent=" " * (width + 13)))
        sys.stdout.flush()
    return passed


if __name__ == "__main__":
    sys.exit(attack(Path(sys.argv[1]), "specification.yaml"))
