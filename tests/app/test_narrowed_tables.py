"""A criterion about a part of the rows says what it would say of a file with no other rows, whichever table its check brings."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.app.conftest import Folder, in_process, people

import assay
from assay.app.judging import open_engine
from assay.checks.catalogue import catalogue
from assay.domain.metric import Across, Claim
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Task, Verdict

GIVEN: dict[str, dict[str, object]] = {
    "data.frame_coverage": {"of": "time", "frame": "202401 to 202404"},
    "data.label_errors": {"audited": "audit"},
    "data.population": {"of": "age", "population": "under 30=300, 30 to under 60=690, 60 and over=10"},
    "data.sampling": {"of": "site", "frame": "north=50000, south=50000"},
    **{
        f"fairness.{name}_by_probability": {
            "probability": "before",
            "member": "some",
            "calibration_error": 0.01,
        }
        for name in ("impact_ratio", "parity")
    },
    "performance.auc_gain_over_incumbent": {"incumbent": "before"},
    "performance.calibration_by_grade": {"grades": "A: 0.3, B: 1"},
    "performance.found_slices": {"depth": 1},
    "performance.gain_over_incumbent": {"incumbent": "before"},
    "performance.psi": {"column": "income", "edges": "2000, 4000"},
    "performance.threshold_regret": {"cost_fp": 1, "cost_fn": 1},
    "performance.worst_slice": {"within": "site"},
    "fairness.stage_gap": {"after": "reviewed"},
    "fairness.stage_parity": {"after": "reviewed"},
    "performance.slice_search": {"depth": 1},
    "privacy.l_diversity": {"sensitive": "site"},
    "privacy.t_closeness": {"sensitive": "site"},
    "fairness.proxy_strength": {"learnt_on": "develop"},
    **{
        f"fairness.{name}": {"within": "site"}
        for name in (
            "composition_gap",
            "conditional_disparity",
            "conditional_impact_ratio",
            "conditional_parity",
            "mantel_haenszel",
            "simpson",
            "treatment_gap",
        )
    },
}
"""Parameters that have no default."""
STRATA = """\
strata:
  site: {column: site, groups: {north: 1, south: 2}}
  part: {column: sex, groups: {women: 2, men: 1}}
  late: {column: age, bands: [105]}
"""
NARROWED = {
    name: found
    for name, found in sorted(catalogue().items())
    if isinstance(found.need, Tabulated)
    and found.metric.by_row
    and Task.BINARY in found.metric.tasks
    and not found.need.changes_inputs  # of scores in a column there is no model to ask again
    and found.metric.claim is Claim.ASSOCIATION  # no graph is declared
    and not found.need.known  # what is drawn of the reference rows is not narrowed
}


def rows(n: int, seed: int) -> pa.Table:
    """People with gaps, codes that stand for a gap, dates, sites, the scores of an older model, decisions after a review and audited labels."""
    table = people(n, seed)
    rng = np.random.default_rng(seed)
    women = table["sex"].to_numpy() == 2
    income = table["income"].to_numpy().copy()
    income[women & (rng.random(n) < 0.3)] = 99999
    lost = ~women & (rng.random(n) < 0.2)
    more = {
        "income": pa.array(income, mask=lost),
        "day": pa.array(rng.integers(202401, 202405, n)),
        "site": pa.array(rng.integers(1, 3, n)),
        "before": pa.array(np.clip(table["score"].to_numpy() + rng.normal(0, 0.2, n), 0, 1)),
        "reviewed": pa.array((rng.random(n) < 0.3).astype(np.int64)),
        "audit": pa.array(table["bad"].to_numpy(), mask=rng.random(n) < 0.9),
    }
    for name, values in more.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, values) if place >= 0 else table.append_column(name, values)
    return table


def run(folder: Folder, where: str, *, only: int | None = None) -> assay.Record:
    folder.dictionary = folder.dictionary.replace("range: [0, null]}", "range: [0, null], missing: allowed}")
    folder.dictionary += """\
  - {name: day, type: integer, description: month, range: [202301, null]}
  - {name: site, type: category, description: branch, codes: {1: north, 2: south}}
  - {name: before, type: number, description: score of the model in use, range: [0, 1]}
  - {name: reviewed, type: category, description: decision after the review, codes: {0: paid, 1: refused}}
  - {name: audit, type: category, description: label by an expert, codes: {0: repaid, 1: lost}, missing: allowed}
"""
    folder.look_alike()
    folder.edit("custody: validator,", "custody: validator, time: day,")
    folder.edit("small_groups:", STRATA + "small_groups:")
    lines = []
    for name, check in NARROWED.items():
        asked = check.examples[0]
        across = "across: age, " if check.metric.across is Across.REQUIRED else ""
        given = f"with: {json.dumps(GIVEN[name])}, " if name in GIVEN else ""
        sign = asked.comparator.value
        tier = "advisory" if check.metric.evidence_only else "supporting"
        lines.append(
            f"  - {{id: {name}, metric: {name}, {across}{where}{given}{sign}: {Decimal(asked.threshold)}, tier: {tier}, "
            "rationale: asked of a part, owner: validator, requirements: [x/1]}"
        )
    folder.text = folder.text.rstrip() + "\n" + "\n".join(lines) + "\n"
    folder.test, folder.develop = rows(3000, 1), rows(3000, 2)
    if only is not None:
        folder.test, folder.develop = (
            table.filter(pc.equal(table["sex"], only)) for table in (folder.test, folder.develop)
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_engine, "executor_of", in_process)
        return assay.certify(
            folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        ).record


@pytest.fixture(scope="module")
def of_women_alone(tmp_path_factory: pytest.TempPathFactory) -> assay.Record:
    return run(Folder(tmp_path_factory.mktemp("alone")), "", only=2)


@pytest.fixture(scope="module")
def narrowed(tmp_path_factory: pytest.TempPathFactory) -> assay.Record:
    return run(Folder(tmp_path_factory.mktemp("narrowed")), "where: {part: women}, ")


@pytest.fixture(scope="module")
def of_nobody(tmp_path_factory: pytest.TempPathFactory) -> assay.Record:
    return run(Folder(tmp_path_factory.mktemp("nobody")), "where: {late: 105 and over}, ")


@pytest.mark.parametrize("name", NARROWED)
def test_a_part_of_the_rows_counts_as_if_there_were_no_others(
    name: str, narrowed: assay.Record, of_women_alone: assay.Record
) -> None:
    found = [
        {s.criterion: s.counts for s in record.statistics}[name] for record in (narrowed, of_women_alone)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("name", NARROWED)
def test_of_no_rows_nothing_passes(name: str, of_nobody: assay.Record) -> None:
    (judged,) = (j for j in of_nobody.judged if j.assessment.criterion == name)
    assert judged.verdict is Verdict.NOT_EVALUABLE, judged.sentence
