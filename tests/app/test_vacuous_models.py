"""A model that decides nothing is called so in the first paragraph of its dossier, whatever was asked of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from tests.app.conftest import Folder, replaced

import assay
from assay.domain import figures
from assay.domain.vacuous import p_of_no_gain, vacuous
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


def test_accuracy_that_the_base_rate_has_too(folder: Folder) -> None:
    rng = np.random.default_rng(3)
    folder.test = replaced(folder.test, "bad", (rng.random(4000) < 0.1).astype(np.int64))
    scored(folder, np.where(rng.random(4000) < 0.05, 0.9, 0.1))
    (said,) = vacuous(record_of(folder))
    label, right = folder.test["bad"].to_numpy(), folder.test["score"].to_numpy() >= 0.5
    shares = (figures.percent(share) for share in ((label == right).mean(), (label == 0).mean()))
    assert "{} of its decisions are right, and {} would be without".format(*shares) in said
    assert said.startswith("These rows do not show that the model decides better than 0 for everybody")


@pytest.mark.parametrize(
    ("better", "worse"), [(0, 0), (3, 3), (10, 2), (70, 50), (2000, 1900), (30_000, 29_500)]
)
def test_the_p_value_is_scipys(better: int, worse: int) -> None:
    expected = binomtest(better, better + worse, 0.5, alternative="greater").pvalue if better > worse else 1.0
    assert p_of_no_gain(better, worse) == pytest.approx(expected, rel=1e-7)
