"""A model, a perturbation or a check that raises, or that ends the program, is a verdict and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
import pytest
from tests.app.conftest import Folder
from tests.cli import warm
from tests.near import fences

import assay
from assay.app.judging import case
from assay.app.judging.case import open_case
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import plan
from assay.checks.catalogue import catalogue
from assay.checks.check import Check
from assay.domain.evidence import Functional, Paired, PairedCell, ScoreCell, Scores, Undefined
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Outcome, Reason, Verdict


def verdicts(done: assay.Certification) -> dict[str, tuple[Verdict, Reason]]:
    return {j.assessment.criterion: (j.verdict, j.reason) for j in done.record.judged + done.record.set_aside}


def installed(monkeypatch: pytest.MonkeyPatch, id_: str, change: Callable[[Check], Check]) -> None:
    """Put another check in the place of an installed one."""
    known = dict(catalogue())
    known[id_] = change(known[id_])
    monkeypatch.setattr(case, "catalogue", lambda: known)


def raising(wrong: BaseException) -> Callable[..., Any]:
    def raises(*_: Any, **__: Any) -> NoReturn:
        raise wrong

    return raises


LEAVING = [ZeroDivisionError("secret of a row"), SystemExit(0)]


@pytest.fixture(autouse=True)
def near_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package does is done in a child of its own all the same."""
    monkeypatch.setitem(warm.told, "fences", fences())


@pytest.fixture
def asked_live(folder: Folder) -> Folder:
    """The portfolio with a model that is asked about income, also with noise."""
    folder.edit(
        "{model: score, format: predictions}", "{model: 'm:f', format: callable, inputs: [age, income]}"
    )
    folder.edit(
        "  - {id: complete,",
        "  - {id: noise, metric: robustness.noise, at_most: 0.2, tier: advisory, owner: validator,\n"
        "     rationale: a late feed must not matter}\n  - {id: complete,",
    )
    folder.edit("complete, ranking]", "complete, ranking, noise]")
    return folder


def by_age(batch: Any) -> Any:
    return batch.column(0).to_numpy() / 200


@pytest.mark.parametrize("wrong", LEAVING, ids=repr)
def test_a_live_model_that_raises_costs_the_criteria_that_need_it(asked_live, wrong):
    done = assay.certify(asked_live.write(), rehearse=True, model=raising(wrong))
    found = verdicts(done)
    assert found["accuracy"] == found["noise"] == (Verdict.ERROR, Reason.MODEL_CRASHED)
    assert found["complete"][0] is Verdict.PASS
    assert done.decision.outcome is Outcome.WITHHELD
    assert "secret" not in str(done.record)


def test_a_live_model_that_breaks_on_perturbed_rows_costs_the_perturbation(asked_live):
    known = set(asked_live.develop["income"].to_pylist())

    def picky(batch: Any) -> Any:
        if not known.issuperset(batch.column(1).to_pylist()):
            raise ZeroDivisionError
        return np.full(batch.num_rows, 0.4)

    found = verdicts(assay.certify(asked_live.write(), rehearse=True, model=picky))
    assert found["noise"] == (Verdict.ERROR, Reason.MODEL_CRASHED)
    assert found["accuracy"][0] is not Verdict.ERROR


@pytest.mark.parametrize("wrong", LEAVING, ids=repr)
def test_a_perturbation_that_raises_costs_itself(asked_live, monkeypatch, wrong):
    installed(
        monkeypatch,
        "robustness.noise",
        lambda known: replace(known, need=Perturbed(change=raising(wrong))),
    )
    found = verdicts(assay.certify(asked_live.write(), rehearse=True, model=by_age))
    assert found["noise"] == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert found["accuracy"][0] is not Verdict.ERROR


def claiming(*_: Any, **__: Any) -> NoReturn:
    raise assay.AssayError("All is well.", code="bound_satisfies")


BREAKING: dict[str, Callable[..., Any]] = {
    "raises": raising(ZeroDivisionError("secret of a row")),
    "exits": raising(SystemExit(0)),
    "exits with a text": raising(SystemExit("secret of a row")),
    "ends a generator": raising(GeneratorExit()),
    "claims that it passed": claiming,
    "returns no counts": lambda *_, **__: 1.0,
    "gives a reason of its own": lambda *_, **__: Undefined("because", "It is so."),
    "says that nothing can be said because all passed": lambda *_, **__: Undefined(
        Reason.ALL_REQUIRED_PASSED, "All is well."
    ),
    "counts more pairs than rows": lambda *_, **__: Paired((PairedCell("", 5, 5, 3),)),
    "counts labels without scores": lambda *_, **__: Scores((ScoreCell("", (), (1,), (1,)),), Functional.AUC),
}


JUDGED = [(how, True) for how in BREAKING] + [("raises", False), ("claims that it passed", False)]


@pytest.mark.parametrize(("how", "rehearse"), JUDGED)
def test_a_check_that_breaks_is_withheld_with_that_reason_first(folder, monkeypatch, how, rehearse):
    """Of a run without a lock as of a rehearsal, which asks checks at the same place."""
    installed(monkeypatch, "performance.auc", lambda known: replace(known, measure=BREAKING[how]))
    done = assay.certify(folder.write(), workers=0, rehearse=rehearse, certify_without_a_lock=not rehearse)
    assert verdicts(done)["ranking"] == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert verdicts(done)["accuracy"][0] is not Verdict.ERROR
    assert done.decision.outcome is Outcome.WITHHELD
    assert done.decision.grounds[0].reason is Reason.CRITERION_BROKE
    assert "secret" not in str(done.record)


@pytest.mark.parametrize("measure", BREAKING.values(), ids=BREAKING)
def test_a_plan_shows_a_check_that_breaks_and_goes_on(folder, monkeypatch, measure):
    installed(monkeypatch, "performance.auc", lambda known: replace(known, measure=measure))
    path = folder.write()
    with open_engine(path, workers=0) as engine:
        (made,) = plan(open_case(path), engine, None, attempts=(range(1, 2),)).attempts
    assert [p.criterion.id for p in made.broken] == ["ranking"]
    assert not made.hopeless
    assert made.all_pass == 0
    assert {p.criterion.id for p in made.criteria if p.passes} == {"accuracy", "approval-sex", "refusals-age"}


PLUGIN = '''
import sys
from assay.checks.check import AT_LEAST, Example, check
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict

def example(verdict):
    return Example("It is so.", lambda: outcomes({ALL: (1, 0, 0, 1)}), Comparator.AT_LEAST, "0.5", verdict)

@check(id="performance.leaving", title="Leaving", estimand="Nothing.",
       unit=Unit.SHARE, reading="{value} of the cases are so", need=Outcomes(), comparators=AT_LEAST,
       examples=(example(Verdict.PASS), example(Verdict.FAIL)))
def leaving(view) -> Counts:
    """Ends the program.

    Purpose:
        To end it.
    Method:
        sys.exit.
    Limits:
        None.
    Remedy:
        None.
    """
    sys.exit(0)
'''


def plugged_in(folder: Folder, source: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line beside a package of another's that offers ``performance.leaving``, asked for and critical."""
    (folder.root / "assay_leaving.py").write_text(source)
    told = folder.root / "assay_leaving-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: assay-leaving\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[assay.checks]\nleaving = assay_leaving\n")
    folder.edit(
        "  - {id: complete,",
        "  - {id: leaving, metric: performance.leaving, at_least: 0.5, tier: critical, owner: validator,\n"
        "     rationale: to see what happens}\n  - {id: complete,",
    )
    folder.edit("criteria: [accuracy,", "criteria: [leaving, accuracy,")
    path = folder.write()
    paths = os.pathsep.join([str(folder.root), os.environ.get("PYTHONPATH", "")])

    def run(command: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = (command, path.name, "--workers", "1", *options)
        return warm.run(*words, cwd=folder.root, env={**os.environ, "PYTHONPATH": paths})

    return run


def test_a_check_of_a_third_party_that_exits_ends_neither_plan_nor_certify(folder):
    run = plugged_in(folder, PLUGIN)
    done = run("certify", "--certify-without-a-lock", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    judged = {j["assessment"]["criterion"]: (j["verdict"], j["reason"]) for j in told["judged"]}
    assert judged["leaving"] == ("error", "check_crashed")
    assert judged["accuracy"][0] == "pass"
    planned = run("plan")
    assert planned.returncode == 1, planned.stderr
    assert "BROKEN" in planned.stdout
    assert "leaving would be an error: The check package 'assay-leaving' raised SystemExit" in " ".join(
        planned.stdout.split()
    )


def test_a_package_that_exits_when_it_is_imported_is_refused_by_name(folder):
    done = plugged_in(folder, "raise SystemExit(0)")("certify")
    assert done.returncode == 2
    assert "'leaving' (assay_leaving) of assay-leaving cannot be used: it ends the program" in done.stderr
