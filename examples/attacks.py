"""The demo attacks its own certificate: each line is an attempt to pass what was not certified, and what says no."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import assay
from assay.app.verify import verify_certificate
from assay.proof.verify import Verification

ASSAY = (sys.executable, "-m", "assay")
USE = "credit-default"


@dataclass(frozen=True)
class Scene:
    """A copy of the certified folder that an attack may ruin."""

    folder: Path

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

    def gate(self, *, use_case: str = USE, days: int = 0) -> str:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        try:
            return _said(assay.gate(self.model, use_case=use_case, policy=self.policy, now=now))
        except assay.AssayError as refused:
            return refused.message

    def verify(self) -> str:
        return _said(
            verify_certificate(
                self.certificate, model=self.model, policy=self.policy, use_case=USE, review=self.pack,
                sources=self.folder,
            )
        )  # fmt: skip

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [*ASSAY, *command], cwd=self.folder, check=False, capture_output=True, text=True
        )
        told = (done.stderr.strip() or done.stdout.strip()).splitlines()
        return "ACCEPTED" if done.returncode == 0 else told[0].removeprefix("Error: ") if told else "refused"


def _said(found: Verification) -> str:
    if found.accepted:
        return "ACCEPTED"
    return found.refusal.sentence if found.refusal else "refused"


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


def model_byte(scene: Scene) -> str:
    flip(scene.model)
    return scene.gate()


def data_byte(scene: Scene) -> str:
    flip(next(scene.out.glob("test*.parquet")))
    return scene.verify()


def evidence_number(scene: Scene) -> str:
    in_pack(scene, replaced(b'"events":', b'"events":1'))
    return scene.verify()


def verdict(scene: Scene) -> str:
    in_pack(scene, replaced(b'"verdict":"inconclusive"', b'"verdict":"pass"'))
    return scene.verify()


def statement_byte(scene: Scene) -> str:
    path = scene.certificate / "certificate.sigstore.json"
    document = json.loads(path.read_bytes())
    import base64

    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b'"FAILED"', b'"PASSED"')
    payload = payload.replace(b"credit-default", b"credit-deflate")
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True))
    return scene.gate()


def signature_byte(scene: Scene) -> str:
    path = scene.certificate / "certificate.sigstore.json"
    text = path.read_text()
    at = text.index('"sig":"') + 30
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    return scene.gate()


def developer_signs(scene: Scene) -> str:
    return scene.run("sign", "--as", "developer", "--key", "demo:developer")


def developer_as_validator(scene: Scene) -> str:
    return scene.run("sign", "--as", "validator", "--key", "demo:developer")


def other_decision(scene: Scene) -> str:
    return scene.run("sign", "0" * 12, "--as", "validator", "--key", "demo:validator")


def developer_issues(scene: Scene) -> str:
    return scene.run("issue", "--key", "demo:developer")


def expired(scene: Scene) -> str:
    return scene.gate(days=200)


def stale(scene: Scene) -> str:
    return scene.gate(days=3)


def suspended(scene: Scene) -> str:
    return taken_back(scene, "suspend")


def revoked(scene: Scene) -> str:
    return taken_back(scene, "revoke")


def taken_back(scene: Scene, how: str) -> str:
    scene.run(
        how, "--as", "risk_officer", "--key", "demo:risk-officer", "--reason", "the bureau changed its scores"
    )
    scene.run("status", "--key", "demo:certifier", "--output", str(scene.certificate))
    return scene.gate()


def no_status(scene: Scene) -> str:
    (scene.certificate / "status.sigstore.json").unlink()
    return scene.gate()


def other_use(scene: Scene) -> str:
    return scene.gate(use_case="hiring")


def rewritten_log(scene: Scene) -> str:
    in_pack(
        scene,
        lambda name, content: (
            content.replace(b'"because"', b'"becausf"', 1) if name == "log.jsonl" else content
        ),
    )
    in_pack(
        scene,
        lambda name, content: (
            content.replace(b'"reason":""', b'"reason":"x"', 1) if name == "log.jsonl" else content
        ),
    )
    return scene.verify()


def rewritten_database(scene: Scene) -> str:
    database = sqlite3.connect(scene.folder / ".assay" / "log.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute("UPDATE entry SET data = replace(data, 'withheld', 'certified') || ' ' WHERE seq = 6")
    database.commit()
    database.close()
    return scene.run("log", "verify")


def shortened_log(scene: Scene) -> str:
    in_pack(
        scene,
        lambda name, content: (
            b"\n".join(content.splitlines()[:-1]) + b"\n" if name == "log.jsonl" else content
        ),
    )
    return scene.verify()


def strangers_policy(scene: Scene) -> str:
    other = Path(tempfile.mkdtemp())
    subprocess.run(
        [*ASSAY, "trust", "init", "--organisation", "Other Bank", "--root", "root=demo:root",
         "--certifier", "legal=demo:legal", "--person", "val:validator=demo:validator", "--demo",
         "--output", str(scene.policy)], cwd=other, check=True, capture_output=True)  # fmt: skip
    return scene.gate()


def no_certificate(scene: Scene) -> str:
    shutil.rmtree(scene.certificate)
    return scene.gate()


def second_run(scene: Scene) -> str:
    return scene.run("certify", "specification.yaml")


ATTACKS: tuple[tuple[str, Callable[[Scene], str]], ...] = (
    ("one byte of the model", model_byte),
    ("one byte of the test data", data_byte),
    ("a number in the evidence", evidence_number),
    ("a verdict in the record", verdict),
    ("a word in the certificate", statement_byte),
    ("one letter of the signature", signature_byte),
    ("the developer signs off", developer_signs),
    ("the developer signs as validator", developer_as_validator),
    ("the developer issues the certificate", developer_issues),
    ("a sign-off for another decision", other_decision),
    ("a second judged run on the same rows", second_run),
    ("the certificate in 200 days", expired),
    ("a status of three days ago", stale),
    ("no status", no_status),
    ("a suspended certificate", suspended),
    ("a revoked certificate", revoked),
    ("another use: hiring", other_use),
    ("a rewritten log in the review pack", rewritten_log),
    ("a rewritten log in the database", rewritten_database),
    ("a shortened log", shortened_log),
    ("a policy without the key", strangers_policy),
    ("no certificate at all", no_certificate),
)


def attack(certified: Path) -> int:
    """Try every attack on a copy of a certified folder, print what says no, and return how many got through."""
    passed = 0
    width = max(len(name) for name, _ in ATTACKS)
    for name, what in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(Path(folder) / "copy")
            shutil.copytree(certified, scene.folder, symlinks=True)
            said = what(scene)
        through = said == "ACCEPTED" or said.startswith("Assay broke")
        passed += through
        print(f"  {'PASSED ' if through else 'refused'}  {name:<{width}}  {said}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(attack(Path(sys.argv[1])))
