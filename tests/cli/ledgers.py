"""An organisation's log in a folder, made in a moment: a world of tests/world.py kept in a database."""

from __future__ import annotations

from pathlib import Path

from tests.world import KEYS, LOG_ORIGIN, Issued, rows

from assay.domain.digests import sha256_of
from assay.domain.policy import LogKeys
from assay.reading.policy import policy_text
from assay.store.keys import log_signer
from assay.store.log import Log
from assay.store.workspace import Workspace

LATER = sha256_of(b"a later record")
PASSPHRASE = "correct horse"


def issued() -> Issued:
    """A certificate in a log whose key lies on this machine."""
    keys = LogKeys(origin=LOG_ORIGIN, key=log_signer(LOG_ORIGIN, create=True).key.vkey)
    return Issued.good({"log": keys})


def certified_again(first: Issued) -> Issued:
    """A certificate of a later decision, which supersedes the first."""
    world = first.world
    world.run(rows(100_000))
    world.decide(record=LATER)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role, record=LATER, about=LATER)
    return Issued.of(world, first.policy, world.certificate(LATER), record=LATER)


def keep(made: Issued, folder: Path) -> Path:
    """Write the entries that the folder's log does not have yet, and the policy beside it."""
    folder.mkdir(exist_ok=True, parents=True)
    place = Workspace.of(folder).database
    assert isinstance(place, Path)
    with Log.open(place) as log:
        log.append(lambda stored: made.world.leaves[len(stored) :])
    (folder / "policy.yaml").write_text(policy_text(made.policy))
    (folder / "certifier.pem").write_bytes(KEYS["certifier"].encrypted(PASSPHRASE.encode()))
    return folder
