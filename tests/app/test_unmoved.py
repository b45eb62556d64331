"""A change of the inputs that leaves the rows as they are shows nothing about the model, and does not pass."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tests.app.conftest import Folder, replaced

import assay
from assay.domain.vocabulary import Reason, Verdict
from assay.tally.groups import Layout
from assay.tally.paired import PairedTally

INPUTS = "abc"


def asked(folder: Folder, wanted: str) -> Folder:
    """Three whole numbers from 0 to 8, with a spread of 2.6, of which two decide."""
    for name, seed in (("test", 3), ("develop", 4)):
        draw, table = np.random.default_rng(seed), getattr(folder, name)
        values = {x: draw.integers(0, 9, table.num_rows) for x in INPUTS}
        chance = 1 / (1 + np.exp(8.0 - values["a"] - values["b"]))
        table = replaced(table, "bad", (draw.random(table.num_rows) < chance).astype(int))
        for x, column in values.items():
            table = table.append_column(x, pa.array(column))
        setattr(folder, name, table)
    for x in INPUTS:
        folder.dictionary += f"  - {{name: {x}, type: integer, description: {x}}}\n"
    rows = np.column_stack([folder.develop[x].to_numpy() for x in INPUTS])
    skops.io.dump(
        LogisticRegression().fit(rows, folder.develop["bad"].to_numpy()), folder.root / "model.skops"
    )
    folder.edit(
        "subject: {model: score, format: predictions}",
        "subject: {model: model.skops, format: skops, inputs: [a, b, c]}",
    ).look_alike()
    folder.text = folder.text.rstrip() + (
        f"\n  - {{id: moved, {wanted}, tier: supporting, rationale: it is so, owner: validator, requirements: [x/1]}}\n"
    )
    return folder


@pytest.mark.parametrize(
    "wanted",
    [
        "metric: fairness.consistency, across: sex, with: {distance: 0.19}, at_least: 0.99",
        "metric: robustness.noise, with: {scale: 0.02}, at_most: 0.01",
        "metric: robustness.rounding, with: {digits: 3}, at_most: 0.01",
    ],
)
def test_whole_numbers_that_do_not_move_show_nothing(folder: Folder, wanted: str) -> None:
    record = assay.certify(asked(folder, wanted).write(), workers=0, certify_without_a_lock=True).record
    judged = next(j for j in record.judged if j.assessment.criterion == "moved")
    assert judged.verdict is Verdict.ERROR
    assert judged.reason is Reason.NOTHING_TO_CHANGE
    assert "made 0 of 4,000 rows others than they were" in judged.sentence


def test_a_change_to_a_code_that_no_row_has_shows_nothing(folder: Folder) -> None:
    """A model that decides by ``a`` alone: where each row is made what nobody is, it may never have learnt to decide otherwise."""
    asked(folder, "metric: fairness.flip_rate, across: sex, with: {column: a, codes: 'CODES'}, at_most: 0.99")
    meanings = ", ".join(f"{code}: so many" for code in range(10))
    folder.dictionary = folder.dictionary.replace(
        "{name: a, type: integer, description: a}",
        f"{{name: a, type: integer, description: a, codes: {{{meanings}}}}}",
    )
    text, sentences = folder.text, []
    for codes in ("0, 1, 2, 3, 4, 5, 6, 7, 8, 9", "0, 1, 2, 3, 4, 5, 6, 7, 8"):
        folder.text = text.replace("CODES", codes)
        record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
        sentences += [j.sentence for j in record.judged if j.assessment.criterion == "moved"]
    assert "No row has the code 9 of 'a', which 'codes' lists" in sentences[0]
    assert "satisfies the threshold" in sentences[1]


def test_rows_that_moved_are_counted_by_group() -> None:
    layout = Layout((("sex", ("women", "men")),))
    right = np.ones(6, dtype=bool)
    moved = np.array([True, False, True, True, False, True])
    tally = PairedTally.empty(layout).counting(np.array([0, 0, 1, 1, 1, 2]), right, right, moved, ("a",))
    assert (tally + tally).moved_of(("sex",)) == (("", 8, 12), ("women", 2, 4), ("men", 4, 6))
    assert tally.moved_of((), {"sex": "men"}) == (("", 2, 3),)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("metric: robustness.missingness, with: {share: 0.005}, at_most: 0.02", True),
        ("metric: robustness.missingness, with: {share: 0.05}, at_most: 0.02", False),
        ("metric: robustness.missingness, across: sex, with: {share: 0.005}, at_most: 0.02", True),
        ("metric: robustness.noise, with: {scale: 0.19}, at_most: 0.95", True),
        ("metric: fairness.consistency, across: sex, with: {distance: 0.25}, at_least: 0.4", True),
        ("metric: fairness.consistency, across: sex, with: {distance: 0.25}, at_least: 0.9", False),
    ],
)
def test_a_threshold_that_no_model_could_miss_passes_nothing(folder: Folder, wanted: str, told: bool) -> None:
    """Of 200 values one is lost: whatever the model makes of it, accuracy drops by no more than a point and a half."""
    asked(folder, wanted)
    rows, label = (
        np.column_stack([folder.develop[x].to_numpy() for x in INPUTS]),
        folder.develop["bad"].to_numpy(),
    )
    model = make_pipeline(SimpleImputer(strategy="constant", fill_value=99), LogisticRegression())
    skops.io.dump(model.fit(rows.astype(float), label), folder.root / "model.skops")
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    judged = next(j for j in record.judged if j.assessment.criterion == "moved")
    assert ("no model could miss" in judged.sentence) == told, judged.sentence
    assert (judged.reason is Reason.NOTHING_TO_CHANGE) == told
