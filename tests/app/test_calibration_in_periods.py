"""Calibration in declared periods of a column of dates, or of numbers that name one: as if the other rows were not there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, replaced

import assay
from assay.app.verifying.rejudge import contradicted
from assay.domain.errors import InvalidDocument
from assay.domain.vocabulary import Verdict

DATES = "  - {name: day, type: date, description: day of the application}\n"
NUMBERS = "  - {name: day, type: integer, description: month of the application}\n"
STRATA = (
    "strata:\n  half: {{column: day, bands: {{first: [null, {cut}], second: [{cut}, null]}}}}\nfailure_modes:"
)
ASKED = """
  - {id: early, metric: performance.ks_calibration, where: {half: first}, at_most: 0.05, tier: critical,
     rationale: prices rest on it, owner: validator, requirements: [x/1]}
  - {id: late, metric: performance.ks_calibration, where: {half: second}, at_most: 0.05, tier: critical,
     rationale: prices rest on it, owner: validator, requirements: [x/1]}
"""


def parted(folder: Folder, cut: int, *, dates: bool) -> Folder:
    """Rows of one year, of whose second half the losses are half as many again."""
    folder.edit("failure_modes:", STRATA.format(cut=cut))
    folder.text = folder.text.rstrip() + ASKED
    folder.dictionary += DATES if dates else NUMBERS
    for name, seed in (("test", 4), ("develop", 5)):
        table, draw = getattr(folder, name), np.random.default_rng(seed)
        month, day = draw.integers(1, 13, table.num_rows), draw.integers(1, 28, table.num_rows)
        if dates:
            when = [f"2024-{m:02}-{d:02}" for m, d in zip(month, day, strict=True)]
            column = pa.array(np.array(when, dtype="datetime64[D]"))
        else:
            column = pa.array(202400 + month)
        more = (month >= 7) & (draw.random(table.num_rows) < 0.3)
        table = replaced(table, "bad", np.where(more, 1, table["bad"].to_numpy()))
        setattr(folder, name, table.append_column("day", column))
    return folder


@pytest.mark.parametrize(("cut", "dates"), [(20240701, True), (202407, False)], ids=["dates", "months"])
def test_a_period_is_judged_by_its_own_rows(folder: Folder, cut: int, dates: bool) -> None:
    record = assay.certify(
        parted(folder, cut, dates=dates).write(),
        workers=0,
        certify_without_a_lock=True,
        certify_a_hopeless_specification=True,
    ).record
    found = {j.assessment.criterion: j for j in record.judged}
    assert found["early"].verdict is Verdict.PASS
    assert found["late"].verdict is Verdict.FAIL
    assert contradicted(record) == ""
    late = folder.test["day"].to_numpy() >= (np.datetime64("2024-07-01") if dates else 202407)
    score, bad = (folder.test[name].to_numpy()[late] for name in ("score", "bad"))
    order = np.argsort(score, kind="stable")
    largest = np.abs(np.cumsum(bad[order] - score[order])).max() / late.sum()
    assert found["late"].assessment.estimate.value == pytest.approx(largest, abs=2e-3)
    (counts,) = (s.counts for s in record.statistics if s.criterion == "late")
    assert sum(sum(cell.negatives) + sum(cell.positives) for cell in counts.cells) == late.sum()


def test_an_edge_that_is_no_date_is_refused(folder: Folder) -> None:
    with pytest.raises(InvalidDocument) as refused:
        assay.make_plan(
            parted(folder, 20240731, dates=True).edit("[null, 20240731]", "[null, 20241331]").write()
        )
    assert "edge_no_date" in {problem.code for problem in refused.value.problems}
