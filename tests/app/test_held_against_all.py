"""A criterion about a part of the rows is held against all rows of the other data sets, where copies, later days or usual spellings may be of any part."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from tests.app.conftest import Folder, people, replaced

import assay
from assay.domain.vocabulary import Verdict

ASKED = {
    "data.category_conformity": "0.02",
    "data.label_spellings": "0",
    "data.near_duplicates": "0.01",
    "data.time_overlap": "0",
}


def of_site(table: pa.Table, site: str, job: str, day: str) -> pa.Table:
    for name, value in (("site", site), ("job", job), ("day", day)):
        table = table.append_column(name, pa.array([value] * table.num_rows))
    return table


def test_what_the_south_has_counts_against_the_north(folder: Folder) -> None:
    """The north's rows are copies of the south's with small errors, older than these, and spell otherwise; of the north itself little is known."""
    south, few = people(2000, 2), people(100, 3)
    folder.develop = pa.concat_tables(
        [of_site(south, "s", "self-employed", "2024-06-01"), of_site(few, "n", "clerk", "2023-01-01")]
    )
    copied = replaced(south, "id", np.arange(2000) + 9_000_000)
    copied = replaced(
        copied, "income", copied["income"].to_numpy() * (1 + np.random.default_rng(1).normal(0, 0.0002, 2000))
    )
    folder.test = of_site(copied, "n", "Self Employed", "2024-01-01")
    folder.dictionary += """\
  - {name: site, type: category, description: where, codes: {n: north, s: south}}
  - {name: job, type: text, description: what}
  - {name: day, type: date, description: when}
"""
    folder.edit("format: predictions}", "format: predictions, inputs: [sex, age, income]}")
    folder.look_alike().edit("custody: validator,", "custody: validator, time: day,")
    folder.edit(
        "small_groups:", "strata:\n  site: {column: site, groups: {north: n, south: s}}\nsmall_groups:"
    )
    folder.text = folder.text.rstrip() + "".join(
        f"\n  - {{id: {metric}, metric: {metric}, where: {{site: north}}, at_most: {most}, tier: supporting, rationale: it is so, "
        "owner: validator, requirements: [x/1]}"
        for metric, most in ASKED.items()
    )
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    found = {j.assessment.criterion: j.verdict for j in record.judged if j.assessment.criterion in ASKED}
    assert found == dict.fromkeys(ASKED, Verdict.FAIL)
