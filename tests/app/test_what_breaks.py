"""A model, a perturbation or a check that raises, or that ends the program, is a verdict and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
import pytest

import assay
from assay.app import case
from assay.checks.catalogue import catalogue
from assay.checks.check import Check
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Outcome, Reason, Verdict
from conftest import Folder  # type: ignore[import-not-found]


def verdicts(done: assay.Certification) -> dict[str, tuple[Verdict, Reason]]:
    return {j.assessment.criterion: (j.verdict, j.reason) for j in done.record.judged + done.record.set_aside}


def sentences(done: assay.Certification) -> dict[str, str]:
    return {j.assessment.criterion: j.sentence for j in done.record.judged}


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
