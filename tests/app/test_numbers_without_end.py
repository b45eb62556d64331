"""Infinite, huge and missing numbers in any column cost no criterion but one that they break, and no check of data or privacy breaks on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, replaced
from tests.app.test_every_check_runs import OTHERS, Everything, criterion

import assay
from assay.app.judging import case
from assay.app.judging.case import open_case
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import plan
from assay.checks.catalogue import catalogue
from assay.domain.vocabulary import Outcome, Reason, Verdict

ODD = {
    "infinite": (np.inf, -np.inf),
    "huge": (1e308, -1e308, 5e-324),
    "no numbers": (np.nan, np.inf),
    "the ends of 64 bits": (-(2**63), 2**63 - 1),
}


class OfData(Everything):
    """The folder that asks everything, of its criteria those of data and privacy."""

    def __init__(self, root) -> None:
        super().__init__(root)
        asked = {
            name: given
            for name, given in OTHERS.items()
            if name.startswith(("data.", "privacy.")) and name != "privacy.dp_claim"
        }
        head = self.text.partition("documentation:")[0].replace("performance-accuracy", "data-rows")
        made = "".join(
            criterion(m.replace(".", "-").replace("_", "-"), m, given) for m, given in asked.items()
        )
        self.text = f"{head}criteria:{made}\n"
        self.asked = tuple(m.replace(".", "-").replace("_", "-") for m in asked)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_no_check_of_data_or_privacy_breaks_on_numbers_without_end(tmp_path, odd: tuple[Any, ...]) -> None:
    folder = OfData(tmp_path)
    whole = all(isinstance(value, int) for value in odd)
    for table in ("test", "develop"):
        rows = getattr(folder, table)
        for name in ("age",) if whole else ("income",):
            values = rows[name].to_numpy().copy()
            values[: 40 * len(odd)] = np.repeat(np.array(odd, values.dtype), 40)
            rows = replaced(rows, name, values)
        extra = np.resize(np.array(odd, np.int64 if whole else float), rows.num_rows)
        setattr(folder, table, rows.append_column("extra", pa.array(extra)))
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    found = {j.assessment.criterion: j for j in record.judged}
    assert set(found) == set(folder.asked)
    assert {n: j.assessment.error for n, j in found.items() if j.verdict is Verdict.ERROR} == {}
    assert found["data-dictionary-conformity"].verdict is Verdict.FAIL
    assert found["privacy-direct-identifiers"].verdict is Verdict.PASS


def test_a_function_of_a_table_that_raises_costs_its_own_criterion_in_a_run_and_in_a_plan(
    folder: Folder, monkeypatch
) -> None:
    def breaks(rows: Any, context: Any) -> Any:
        raise OverflowError("secret of a row")

    known = dict(catalogue())
    found = known["data.missing_by_group"]
    known["data.missing_by_group"] = replace(found, need=replace(found.need, tabulate=breaks))
    monkeypatch.setattr(case, "catalogue", lambda: known)
    folder.text = folder.text.rstrip() + (
        "\n  - {id: gap, metric: data.missing_by_group, across: sex, with: {column: income}, at_most: 0.05, tier: critical,"
        " rationale: as agreed, owner: validator, requirements: [x/1]}\n"
    )
    path = folder.write()
    record = assay.certify(path, workers=0, certify_without_a_lock=True).record
    verdicts = {j.assessment.criterion: (j.verdict, j.reason) for j in record.judged}
    assert verdicts.pop("gap") == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert Verdict.ERROR not in {verdict for verdict, _ in verdicts.values()}
    assert record.decision.outcome is Outcome.WITHHELD
    assert "OverflowError at test_numbers_without_end.py" in str(record)
    assert "secret" not in str(record)
    with open_engine(path, workers=0) as engine:
        (made,) = plan(open_case(path), engine, None, attempts=(range(1, 2),)).attempts
    assert [p.criterion.id for p in made.broken] == ["gap"]
