"""Packages that attack whoever asks their checks: each is an error with a reason, and nothing of it runs here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.app.conftest import Folder, people
from tests.plugins.conftest import Asking, counted, fenced
from tests.plugins.packages import COUNTING, counting, install

import assay
from assay.checks import ALL, Rate, Rates, outcomes
from assay.checks.catalogue import PluginRefused
from assay.domain.assessment import Broken, Judged
from assay.domain.vocabulary import Outcome, Reason, Verdict
from assay.plugins import host
from assay.plugins.catalogue import catalogue
from assay.sandbox.probe import probe


def judged(folder: Folder) -> tuple[assay.Certification, dict[str, Judged]]:
    done = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    )
    return done, {one.assessment.criterion: one for one in done.record.judged}


def test_an_honest_check_counts_as_it_would_here_and_the_run_keeps_its_level(asking: Asking) -> None:
    done, found = judged(asking(counting()))
    other, accuracy = found["other"].assessment.pieces[0], found["accuracy"].assessment.pieces[0]
    test = people(4000, 1)
    negative = test["bad"].to_numpy() == 0
    assert other.n == negative.sum() < accuracy.n
    assert other.estimate == (test["score"].to_numpy()[negative] < 0.5).mean()
    assert found["other"].verdict is Verdict.PASS
    assert done.record.environment.isolation == probe()
    assert [plugin.name for plugin in done.record.environment.plugins] == ["assay_other"]
    assert "assay_other" not in sys.modules


@fenced
def test_a_hostile_check_withholds_and_the_others_are_judged_all_the_same(asking: Asking) -> None:
    done, found = judged(asking(counting("import os; os._exit(0)")))
    assert (found["other"].verdict, found["other"].reason) == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert found["accuracy"].verdict is Verdict.PASS
    assert done.decision.outcome is Outcome.WITHHELD


def test_after_it_broke_a_package_is_asked_again_in_a_new_child(site: Path) -> None:
    install(site, counting(f"import os\nif view.overall.n > 9000: os._exit(0)\n{COUNTING}"))
    assert isinstance(counted(outcomes({ALL: (9000, 1, 1, 1)})), Broken)
    assert counted() == Rates((Rate("", 2500, 3000),))


@fenced
def test_what_a_package_patches_is_patched_in_its_child_alone(site: Path) -> None:
    import assay.domain.judge as judging
    import assay.stats.assess as assessing

    before = judging.judge, assessing.assess, assay.certify, os.environ.get("PATCHED")
    patching = """
        import os, sys
        import assay.domain.judge, assay.stats.assess, assay.domain.evidence, assay.plugins.guest
        os.environ["PATCHED"] = "yes"
        assay.domain.judge.judge = assay.stats.assess.assess = lambda *_: "pass"
        assay.domain.evidence.Rate.__post_init__ = lambda self: None
        """
    install(site, counting("return Rates((Rate('', 99999, 9),))", before=patching))
    broke = counted()
    assert isinstance(broke, Broken)
    assert broke.reason is Reason.CHECK_OUTPUT_INVALID
    assert before == (judging.judge, assessing.assess, assay.certify, os.environ.get("PATCHED"))


IMPORTS = {
    "leaves": ("import sys; sys.exit(0)", "it ends the program when it is imported"),
    "leaves at once": ("import os; os._exit(0)", "ended by itself with exit code 0"),
    "spins": ("while True: pass", "gave no answer within 2 seconds"),
    "raises": ("1 / 0", "ZeroDivisionError"),
    "opens a socket": ("import socket; socket.socket()", "the fence that stopped it: network"),
    "needs what is not there": ("import no_such_module", "No module named 'no_such_module'"),
    "has no check": ("", "the module defines no check"),
}


@fenced
@pytest.mark.parametrize("how", IMPORTS)
def test_a_package_that_attacks_when_it_is_imported_is_refused_by_name(
    site: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    source, said = IMPORTS[how]
    monkeypatch.setattr(host, "START", 2.0 if how == "spins" else 60.0)
    install(site, source)
    with pytest.raises(PluginRefused) as refused:
        catalogue()
    assert refused.value.code == "plugin_malformed"
    assert "'assay_other' (assay_other) of assay_other cannot be used" in refused.value.message
    assert said in refused.value.message


def test_an_id_of_assays_own_cannot_be_taken(site: Path) -> None:
    install(site, counting().replace("performance.other", "performance.accuracy"))
    with pytest.raises(PluginRefused, match=r"'performance.accuracy'.*of assay-ml and .*of assay_other"):
        catalogue()
