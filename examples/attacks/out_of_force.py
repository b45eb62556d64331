"""What was a certificate is none any more: it is too old, taken back, for another use, of another organisation, or not there."""

from __future__ import annotations

import shutil
import subprocess

import assay
from assay.app.organisation.ledger import open_ledger
from assay.proof.bundle import read as read_bundle
from assay.proof.leaf import Draft, read_leaf

from .scene import ACCEPTED, ASSAY, Said, Scene


def expired(scene: Scene) -> Said:
    return scene.gate(days=200)


def stale(scene: Scene) -> Said:
    return scene.gate(days=3)


def no_status(scene: Scene) -> Said:
    (scene.certificate / "status.sigstore.json").unlink()
    return scene.gate()


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


def other_use(scene: Scene) -> Said:
    return scene.gate(use_case="hiring")


def strangers_policy(scene: Scene) -> Said:
    other = scene.folder.parent / "other bank"
    other.mkdir()
    subprocess.run(
        [*ASSAY, "trust", "init", "--organisation", "Other Bank", "--root", "root=demo:root",
         "--certifier", "legal=demo:legal", "--person", "val:validator=demo:validator", "--demo",
         "--output", str(scene.policy)], cwd=other, check=True, capture_output=True)  # fmt: skip
    return scene.gate()


def no_certificate(scene: Scene) -> Said:
    shutil.rmtree(scene.certificate)
    return scene.gate()
