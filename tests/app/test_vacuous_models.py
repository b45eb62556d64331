"""A model that decides nothing is called so in the first paragraph of its dossier, whatever was asked of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from tests.app.conftest import Folder, replaced
from tests.app.diabetes import Clinic
from tests.app.test_multiclass import Cellar

import assay
from assay.domain import figures
from assay.domain.vacuous import p_of_no_gain, vacuous
from assay.domain.vocabulary import Reason, Tier, Verdict
from assay.dossier.document import compose


def record_of(folder: Folder) -> assay.Record:
    return assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record


def scored(folder: Folder, scores: np.ndarray) -> Folder:
    folder.test = replaced(folder.test, "score", scores)
    return folder


def test_a_model_that_decides_is_called_nothing(folder: Folder) -> None:
    assert vacuous(record_of(folder)) == ()


def test_everybody_approved_and_one_score_for_all(folder: Folder) -> None:
    record = record_of(scored(folder, np.full(4000, 0.2)))
    said = vacuous(record)
    assert said == (
        "All 4,000 rows have the same score: the model tells nobody apart.",
        "Everybody is decided favourably (all 4,000 rows as 0): this takes no model.",
    )
    assert all(one in compose(record).opening.means for one in said)
    judged = record.judged[0]
    noise = replace(judged.assessment, criterion="noise", metric="robustness.noise", tier=Tier.CRITICAL)
    broken = replace(judged, assessment=noise, verdict=Verdict.ERROR, reason=Reason.DATA_INVALID)
    assert vacuous(replace(record, judged=(*record.judged, broken))) == said


def test_accuracy_that_the_base_rate_has_too(folder: Folder) -> None:
    rng = np.random.default_rng(3)
    folder.test = replaced(folder.test, "bad", (rng.random(4000) < 0.1).astype(np.int64))
    scored(folder, np.where(rng.random(4000) < 0.05, 0.9, 0.1))
    (said,) = vacuous(record_of(folder))
    label, right = folder.test["bad"].to_numpy(), folder.test["score"].to_numpy() >= 0.5
    shares = (figures.percent(share) for share in ((label == right).mean(), (label == 0).mean()))
    assert "{} of its decisions are right, and {} would be without".format(*shares) in said
    assert said.startswith("These rows do not show that the model decides better than 0 for everybody")


def test_nothing_is_said_of_the_rows_whose_label_is_1_where_labels_are_1_and_2(folder: Folder) -> None:
    folder.develop = replaced(folder.develop, "bad", folder.develop["bad"].to_numpy() + 1)
    record = assay.certify(folder.write(), workers=0, rehearse=True).record
    assert any("neither 0 nor 1" in judged.sentence for judged in record.judged)
    assert vacuous(record) == ()


@pytest.mark.parametrize(
    ("share", "more", "told"),
    [
        (0.03, "", True),
        (0.3, "", False),
        (0.03, "metric: performance.observed_expected, at_most: 1.5", False),
    ],
)
def test_a_calibration_that_one_score_for_everybody_has_too_is_told(
    folder: Folder, share: float, more: str, told: bool
) -> None:
    """Probabilities a thousand times too low: of 3 % of losses their calibration error is .03, and .05 is allowed."""
    rng = np.random.default_rng(5)
    folder.test = replaced(folder.test, "bad", (rng.random(4000) < share).astype(np.int64))
    scored(folder, rng.random(4000) / 1e4)
    asked = ["metric: performance.ks_calibration, at_most: 0.05", *([more] if more else [])]
    for i, one in enumerate(asked):
        folder.text = folder.text.rstrip() + (
            f"\n  - {{id: asked-{i}, {one}, tier: supporting, rationale: as agreed, owner: validator, requirements: [x/1]}}\n"
        )
    record = record_of(folder)
    said = [one for one in vacuous(record) if one.startswith("One score for everybody")]
    assert bool(said) == told
    assert all("would satisfy asked-0 (0.03" in one for one in said)


@pytest.mark.parametrize(
    ("better", "worse"), [(0, 0), (3, 3), (10, 2), (70, 50), (2000, 1900), (30_000, 29_500)]
)
def test_the_p_value_is_scipys(better: int, worse: int) -> None:
    expected = binomtest(better, better + worse, 0.5, alternative="greater").pvalue if better > worse else 1.0
    assert p_of_no_gain(better, worse) == pytest.approx(expected, rel=1e-7)


def test_a_constant_number_explains_nothing(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.model.coef_[:], clinic.model.intercept_ = 0.0, float(np.mean(clinic.test["progression"]))
    record = assay.certify(clinic.write(), workers=0, certify_without_a_lock=True).record
    (said,) = vacuous(record)
    assert said.startswith(
        "These rows do not show that the prediction is better than the mean of the label for everybody"
    )
    assert said in compose(record).opening.means


def test_one_class_for_all_is_no_better_than_the_commonest(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path)
    last = cellar.model[-1]
    last.coef_[:], last.intercept_[:] = 0.0, (0.0, 5.0, 0.0)  # always barolo, which is the commonest
    record = assay.certify(cellar.write(), workers=0, certify_without_a_lock=True).record
    share = figures.percent(float(np.mean(np.array(cellar.test["grape"].to_pylist()) == "barolo")))
    alike, said = vacuous(record)
    assert alike == "All 130 rows have the same score: the model tells nobody apart."
    assert said == (
        f"These rows do not show that the model decides better than 'barolo' for everybody: {share} of its decisions are right, "
        f"and {share} would be without a model."
    )
    assert said in compose(record).opening.means
