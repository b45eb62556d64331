"""What a judged run is refused before a row of its test data is opened."""

from __future__ import annotations

import pytest
from tests.app.conftest import Folder
from tests.app.test_chain import KEYS, Team, refused

from assay.app.ledger import open_ledger
from assay.app.trust import set_policy
from assay.domain.entry import Action
from assay.domain.isolation import HIGHEST
from assay.domain.refusal import Because
from assay.proof.leaf import read_leaf
from assay.sandbox.launch import WITHOUT_FENCES
from assay.sandbox.probe import probe

fenced = pytest.mark.skipif(probe().level < HIGHEST, reason="this machine lacks fences: see assay sandbox")


def under(folder: Folder, **changes: object) -> Team:
    """A team that locked under a policy with these changes."""
    team = Team(folder)
    with open_ledger(team.root) as ledger:
        state, policy = ledger.state(), ledger.policy()
    following = policy.model_copy(update={"version": 2, "previous": state.policy_digest, **changes})
    set_policy(team.root, following, [KEYS["root"]])
    return team.lock()


def entries(team: Team) -> list[tuple[Action, dict[str, object]]]:
    with open_ledger(team.root) as ledger:
        return [(leaf.action, leaf.body) for leaf in map(read_leaf, ledger.leaves())]


@fenced
def test_too_few_fences_are_refused_before_the_test_rows_are_opened(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = under(folder, isolation=3)
    rows = team.root / "test.parquet"
    kept = rows.read_bytes()
    rows.unlink()  # whoever opened it would say that it is not there
    monkeypatch.setenv(WITHOUT_FENCES, "network,file system")
    with refused(Because.ISOLATION_TOO_LOW) as found:
        team.certify()
    assert found.value.exit_code == 1
    said = found.value.message
    assert "level 1 of 3, and the policy's least is 3" in said
    assert "file system: switched off by whoever started this run; network: switched off" in said
    assert "system calls" not in said, "a fence that is up is not missing"
    assert "assay sandbox" in found.value.remedy
    action, body = entries(team)[-1]
    assert (action, body) == (Action.RUN_REFUSED, {"because": "isolation_too_low", "sentence": said})
    rows.write_bytes(kept)
    monkeypatch.delenv(WITHOUT_FENCES)
    assert team.certify().attempt == 1, "the refusal spent nothing"


@fenced
def test_just_as_many_fences_as_the_policy_asks_for_are_enough(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WITHOUT_FENCES, "network")
    assert under(folder, isolation=2).certify().record.environment.isolation.level == 2


def test_what_is_not_locked_opens_no_test_rows(folder: Folder) -> None:
    team = Team(folder)
    (team.root / "test.parquet").unlink()
    with refused(Because.NOT_LOCKED):
        team.certify()


@fenced
def test_a_rehearsal_is_not_held_against_the_policy(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    team = under(folder, isolation=3)
    monkeypatch.setenv(WITHOUT_FENCES, "network")
    assert team.certify(rehearse=True).record.environment.isolation.level == 2
