"""Somebody signs who may not, or a signature is put under another decision."""

from __future__ import annotations

import assay
from assay.app.organisation.ledger import open_ledger
from assay.domain.entry import Action
from assay.domain.quorum import Word
from assay.proof.bundle import sign
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft
from assay.proof.words import sign_off

from .scene import ACCEPTED, Said, Scene


def developer_signs(scene: Scene) -> Said:
    return scene.run("sign", "--as", "developer", "--key", "demo:developer")


def developer_as_validator(scene: Scene) -> Said:
    return scene.run("sign", "--as", "validator", "--key", "demo:developer")


def developer_issues(scene: Scene) -> Said:
    return scene.run("issue", "--key", "demo:developer")


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
