"""Who has no key of the log adds entries that its custodian signs; who has a wrong one adds nothing; no key comes by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.app.team import refused

import assay
from assay.app.organisation.founding import Founding, Person
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import checkpoint, prove, verify_log
from assay.app.organisation.trust import found
from assay.domain.entry import Action
from assay.domain.refusal import Because, Refusal
from assay.proof.checkpoint import Checkpoint
from assay.proof.keys import PrivateKey
from assay.store.keys import log_key_file, log_signer

ORIGIN = "bank.example/of-this-test"
ROOT, VALIDATOR, CERTIFIER = (PrivateKey.new() for _ in range(3))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log that was founded on this machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    founding = Founding(
        organisation="Bank",
        origin=ORIGIN,
        verifier="https://bank.example/certifier",
        roots=(Person("root", (), ROOT.public),),
        certifier=Person("certifier", (), CERTIFIER.public),
        persons=(Person("val", ("validator",), VALIDATOR.public),),
        demo=False,
        requires={},
    )
    found(tmp_path, founding, [ROOT])
    return tmp_path


def noted(root: Path) -> int:
    """Add an entry that anybody may; how many there are now."""
    with open_ledger(root) as ledger:
        refusal = assay.Refused(Refusal(Because.NOT_LOCKED, "The specification is not locked."))
        ledger.log_refusal(Action.RUN_REFUSED, "sha256:" + "0" * 64, refusal)
        return ledger.log.size


def signed(root: Path) -> int:
    """The size that the newest checkpoint is of."""
    with open_ledger(root) as ledger:
        note = ledger.log.last_checkpoint()
    return Checkpoint.parse(note.text).size if note else 0


def test_without_the_key_entries_are_added_and_its_holder_signs_the_next_checkpoint(root: Path) -> None:
    assert signed(root) == 1
    kept = log_key_file(ORIGIN).rename(root / "custodian.key")
    assert noted(root) == 2
    assert signed(root) == 1
    assert not log_key_file(ORIGIN).exists()  # none was made by itself
    with refused(Because.CHECKPOINT_UNTRUSTED):
        checkpoint(root)
    with pytest.raises(assay.Refused, match="Entry 1 is under no signed checkpoint yet"):
        prove(root, 1, root / "proof")
    kept.rename(log_key_file(ORIGIN))
    checkpoint(root)
    assert signed(root) == 2
    prove(root, 1, root / "proof")
    assert verify_log(root).wrong == ()


def test_the_next_entry_of_who_holds_the_key_is_signed_with_the_ones_before(root: Path) -> None:
    kept = log_key_file(ORIGIN).rename(root / "custodian.key")
    noted(root)
    kept.rename(log_key_file(ORIGIN))
    assert noted(root) == 3
    assert signed(root) == 3


def test_with_another_key_under_the_log_s_name_nothing_is_written(root: Path) -> None:
    log_key_file(ORIGIN).unlink()
    assert log_signer(ORIGIN, create=True) is not None  # another one than the policy names
    with pytest.raises(assay.Distrusted, match="not the one that the policy names"):
        noted(root)
    with open_ledger(root) as ledger:
        assert ledger.log.size == 1


def test_asking_for_the_key_of_a_log_makes_none(root: Path) -> None:
    assert log_signer("bank.example/never-founded") is None
    assert not log_key_file("bank.example/never-founded").exists()
