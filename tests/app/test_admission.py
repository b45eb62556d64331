"""What a judged run is refused before a row of its test data is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.app.team import KEYS, Team, refused
from tests.plugins.conftest import asking, site  # noqa: F401 - fixtures
from tests.plugins.packages import counting

import assay
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.trust import set_policy, text_in_force
from assay.app.organisation.waive import waive
from assay.domain.entry import Action
from assay.domain.isolation import HIGHEST
from assay.domain.refusal import Because
from assay.domain.vocabulary import Reason, Verdict
from assay.plugins import catalogue as installed
from assay.plugins.catalogue import plugins_of
from assay.proof.leaf import read_leaf
from assay.sandbox.probe import probe
from assay.sandbox.spawn import WITHOUT_FENCES

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


Asking = Callable[..., Folder]


def test_a_package_that_the_policy_does_not_list_is_refused_before_the_test_rows_are_opened(
    asking: Asking,  # noqa: F811
) -> None:
    team = under(asking(counting()))
    (team.root / "test.parquet").unlink()
    with refused(Because.PLUGIN_NOT_ALLOWED) as found:
        team.certify()
    (plugin,) = plugins_of(["performance.other"])
    assert f"assay_other 1.0, whose files have the digest {plugin.digest}" in found.value.message
    assert found.value.exit_code == 1
    action, body = entries(team)[-1]
    assert (action, body["because"]) == (Action.RUN_REFUSED, "plugin_not_allowed")


def test_a_package_that_the_policy_lists_counts_and_its_digest_goes_the_whole_way(
    asking: Asking,  # noqa: F811
) -> None:
    folder = asking(counting())
    (plugin,) = plugins_of(["performance.other"])
    team = under(folder, plugins=(plugin.digest,), isolation=probe().level)
    done = team.certify()
    assert done.record.environment.plugins == (plugin,)
    assert done.record.environment.isolation == probe()
    team.sign()
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    waive(
        team.path,
        criterion="accuracy",
        until=until,
        role="risk_officer",
        signer=KEYS["risk-officer"],
        reason="x",
    )
    made = team.issue().certificate
    assert made.scope.plugins == (plugin.digest,)
    assert made.scope.waivers[0].startswith("accuracy, until ")
    with open_ledger(team.root) as ledger:
        team.policy.write_text(text_in_force(ledger))
    assert team.gate() is None
    without = team.policy.read_text().replace(plugin.digest, f"sha256:{'0' * 64}")
    (other := team.root / "other.yaml").write_text(without)
    found = team.gate(policy=other)
    assert found is not None
    assert found.because is Because.PLUGIN_NOT_ALLOWED


def test_one_byte_of_a_package_makes_it_another(
    asking: Asking,  # noqa: F811
    site: Path,  # noqa: F811
) -> None:
    folder = asking(counting())
    (plugin,) = plugins_of(["performance.other"])
    team = under(folder, plugins=(plugin.digest,))
    with (site / "assay_other.py").open("a") as module:
        module.write("# one\n")
    installed._installed.cache_clear()
    with refused(Because.PLUGIN_NOT_ALLOWED):
        team.certify()


def test_a_package_that_changes_while_it_is_used_is_an_error(
    asking: Asking,  # noqa: F811
    site: Path,  # noqa: F811
) -> None:
    folder = asking(counting())
    plugins_of(["performance.other"])
    with (site / "assay_other.py").open("a") as module:
        module.write("# one\n")
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    found = {j.assessment.criterion: (j.verdict, j.reason) for j in done.record.judged}
    assert found["other"] == (Verdict.ERROR, Reason.FILE_CHANGED)
