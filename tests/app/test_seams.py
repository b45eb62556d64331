"""Every kind of need has a view, and every kind of counts has its pieces and its plan: a table each, and none is longer."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import assay
from assay.app.judging import case
from assay.app.judging.views import VIEWS
from assay.checks.catalogue import catalogue
from assay.checks.counting.cells import rates_compared
from assay.domain import needs
from assay.domain.evidence import Compare, Counts, Rates
from assay.domain.needs import Need, Part
from assay.domain.vocabulary import Reason, Stage, Verdict
from assay.engine.scan import COUNTERS
from assay.plan.counts import PLANS
from assay.plan.imagined import IMAGINED
from assay.plan.passes import Change, Pass, Table
from assay.stats.pieces.kinds import PIECES
from assay.tally.views import OutcomeView


def test_every_kind_of_need_has_a_view():
    kinds = {k for k in vars(needs).values() if isinstance(k, type) and issubclass(k, Need)}
    assert set(VIEWS) == kinds - {Need}


def test_every_need_that_asks_the_model_or_brings_its_tables_can_be_imagined():
    assert set(IMAGINED) == {kind for kind in VIEWS if kind.parts & {Part.OUTCOMES, Part.TABLES}}


def test_every_part_of_a_pass_has_one_counter():
    counted = [part for kind in COUNTERS for part in kind.counts]
    assert sorted(counted) == sorted(Part)


@pytest.mark.parametrize(
    "wanted", [{"parts": frozenset({Part.SCORES})}, {"changes": (Change("noise", len, ()),)}]
)
def test_nothing_is_counted_of_outcomes_where_there_are_none(wanted):
    with pytest.raises(ValueError, match="does not count"):
        Pass("test", **wanted)
    whole = Pass("test", frozenset(Part), (Change("noise", len, ()),))
    assert whole.unasked == Pass("test", frozenset(Part) - {Part.OUTCOMES, Part.SCORES})
    table = Table("moved", len, None, (), asks=True, changes=True)
    both = replace(whole, tables=(table,))
    assert both.again == (*whole.changes, table)
    assert both.once.again == ()
    assert [both.alone(one).again for one in both.again] == [whole.changes, (table,)]
    assert whole.of_units is None
    counted = (Table("of_all", len, None, ()), Table("of_each", len, None, (), per_unit=True))
    assert replace(whole, tables=counted).of_units == replace(
        whole, parts=frozenset({Part.TABLES}), changes=(), tables=counted[1:]
    )


def test_every_kind_of_counts_is_judged_and_planned():
    assert set(PIECES) == set(PLANS) == set(get_args(Counts))


KEYS = {"documentation.required", "safety.fallback", "data.time", "data.lineage"}
"""Keys of a template or of a specification that look like a metric."""


def test_every_metric_that_the_domain_or_a_use_case_names_is_in_the_catalogue():
    source = Path(assay.__file__).parent
    metric = re.compile(rf"({'|'.join(stage.value for stage in Stage)})\.[a-z_0-9]+")
    named = {
        node.value: str(path.relative_to(source))
        for part in ("domain", "app")
        for path in sorted((source / part).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and metric.fullmatch(node.value)
    }
    assert {"fairness.impact_ratio", "data.label_errors", "data.split_overlap"} <= set(named)
    assert {name: where for name, where in named.items() if name not in catalogue().keys() | KEYS} == {}


def gaps(view: OutcomeView) -> Counts:
    return rates_compared(
        view,
        {"": lambda group: (group.correct, group.n)},
        Compare.DIFFERENCE,
        reference=None,
        lacking=Reason.NO_ROWS,
        detail="No group has rows.",
    )


def test_a_small_group_is_compared_also_by_a_check_that_knows_no_reference(folder, monkeypatch):
    known = dict(catalogue())
    made = known["fairness.equal_opportunity"]
    known[made.id] = replace(made, metric=replace(made.metric, reference=False), measure=gaps)
    monkeypatch.setattr(case, "catalogue", lambda: known)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    (aside,) = (j for j in done.record.set_aside if j.assessment.metric == made.id)
    assert aside.verdict is not Verdict.NOT_EVALUABLE
    assert {p.label for p in aside.assessment.pieces} == {
        "60 and over against under 30",
        "under 30 against 60 and over",
        "60 and over against 30 to under 60",
        "30 to under 60 against 60 and over",
    }
    (counts,) = (s.counts for s in done.record.statistics if s.aside and s.metric == made.id)
    assert isinstance(counts, Rates)
    assert counts.focus == ("60 and over",)
