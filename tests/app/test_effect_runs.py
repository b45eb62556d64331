"""Effects along the paths of a declared graph are planned, judged, told and read back like any other figure."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, replaced

import assay
from assay.domain.errors import AssayError
from assay.domain.evidence import Effects
from assay.domain.record_document import from_document, to_document
from assay.domain.record_groups import groups_contradict
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html

GRAPH = """strata: {wage: {column: income, bands: [3000]}}
causal_graph:
  rationale: people earn what they do because of age and sex
  arrows: {age: [sex, wage, decision], sex: [wage, decision], wage: [decision]}
"""
ASKED = """
  - {{id: {id}, metric: fairness.{id}_effect, across: sex, at_most: {most}, tier: supporting,
     rationale: equal treatment, owner: validator, requirements: [x/1]}}
"""
EFFECTS = {"direct": "0.10", "indirect": "0.10", "spurious": "0.10"}


def asked(folder: Folder, graph: str = GRAPH) -> Folder:
    folder.text = folder.text.replace("small_groups:", graph + "small_groups:").rstrip()
    folder.edit("age: {column: age, bands: [30, 60]}", "age: {column: age, bands: [40]}")
    for id_, most in EFFECTS.items():
        folder.text += ASKED.format(id=id_, most=most).rstrip()
    folder.text += "\n"
    return folder


def of_sex(table: pa.Table) -> pa.Table:
    """Women have higher scores of loss, whatever they earn."""
    score, sex = table["score"].to_numpy(), table["sex"].to_numpy()
    return replaced(table, "score", np.where(sex == 2, np.sqrt(score), score))


def test_a_direct_effect_is_found_and_no_other(folder: Folder) -> None:
    folder.test = of_sex(folder.test)
    record = assay.certify(asked(folder).write(), workers=0, certify_without_a_lock=True).record
    found = {j.assessment.criterion: j.verdict for j in record.judged}
    assert {id_: found[id_] for id_ in EFFECTS} == {
        "direct": Verdict.FAIL,
        "indirect": Verdict.PASS,
        "spurious": Verdict.PASS,
    }
    assert groups_contradict(record, *2 * [{f"fairness.{id_}_effect" for id_ in EFFECTS}]) == ""
    assert sum(isinstance(s.counts, Effects) for s in record.statistics) == 3
    assert from_document(to_document(record)) == record
    page = render_html(record)
    assert "causal only under this graph" in page
    assert "age acts on sex, wage, decision; sex acts on wage, decision; wage acts on decision" in page
    assert "What approval-sex, refusals-age found are" in page
    assert "they do not use the causal graph" in page


def test_a_plan_says_what_the_rows_can_show(folder: Folder) -> None:
    made = assay.make_plan(asked(folder).write())
    power = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    for id_ in EFFECTS:
        assert power[id_] is not None, id_
        assert 0.5 < power[id_].passes <= 1, (id_, power[id_])


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ("", "no causal graph is declared"),
        (
            GRAPH.replace("age: [sex", "wealth: [wage, decision], age: [sex") + "  unobserved: [wealth]\n",
            "does not follow",
        ),
        (GRAPH.replace("wage: [decision]", "wage: [age, decision]"), "age"),
        (GRAPH.replace("wage: [decision]", "wages: [decision]"), "'wages' is no protected attribute"),
    ],
)
def test_without_a_graph_that_allows_it_nothing_is_said_of_causes(
    folder: Folder, graph: str, said: str
) -> None:
    graph = graph or "strata: {wage: {column: income, bands: [3000]}}\n"
    with pytest.raises(AssayError) as refused:
        assay.make_plan(asked(folder, graph).write())
    assert said in str(refused.value)
