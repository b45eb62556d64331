"""Each template on real data: begun, filled in, planned, judged and drawn."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.warm import BLANK
from tests.templates.started import CASES, Case, fill_in, judged, train_and_start

import assay
from assay.app.judging.plan_document import plan_document
from assay.app.starting.choose import template_names, templates
from assay.app.starting.scaffold import DICTIONARY, SPECIFICATION
from assay.checks.catalogue import metrics
from assay.domain.specification import Criterion
from assay.domain.template import Template
from assay.domain.vocabulary import Reason, Stage, Verdict
from assay.dossier.charts import theme
from assay.reading.specification import read_specification

TEMPLATES = {template.name: template for template in templates()}
TOO_FEW = {Reason.EMPTY_GROUP, Reason.TOO_FEW_ROWS_FOR_METHOD}
"""Why a criterion may have no value on real data: the rows do not have the people. Anything else would be our fault."""


@dataclass(frozen=True)
class Ran:
    """What became of a template."""

    case: Case
    template: Template
    folder: Path
    begun: str
    problems: tuple[assay.Problem, ...]
    warnings: tuple[str, ...]
    plan: assay.Plan
    record: assay.Record

    def verdict(self, criterion: str) -> Verdict:
        return next(j.verdict for j in self.record.judged if j.assessment.criterion == criterion)


@pytest.fixture(scope="module")
def runs() -> dict[str, Ran]:
    """Made once for all tests."""
    return {}


@pytest.fixture(params=CASES)
def ran(
    request: pytest.FixtureRequest, runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> Ran:
    return once(request.param, runs, tmp_path_factory)


def once(name: str, runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    if name not in runs:
        case, folder = CASES[name], tmp_path_factory.mktemp(name)
        made = train_and_start(case, folder)
        begun = (folder / SPECIFICATION).read_text("utf-8")
        with pytest.raises(assay.InvalidDocument) as blank:
            read_specification(folder / SPECIFICATION, metrics())
        fill_in(case, folder)
        plan = assay.make_plan(folder / SPECIFICATION, workers=0)
        runs[name] = Ran(
            case,
            TEMPLATES[case.template],
            folder,
            begun,
            blank.value.problems,
            made.warnings,
            plan,
            judged(folder),
        )
    return runs[name]


def test_each_template_is_tried_on_real_data() -> None:
    assert {case.template for case in CASES.values()} == set(template_names()) == set(TEMPLATES)


def test_what_is_left_to_the_user_is_blank_and_nothing_else_is_wrong(ran: Ran) -> None:
    assert {problem.code for problem in ran.problems} == {"empty_text"}
    blanks = [p for p in ran.problems if p.place.file.endswith(SPECIFICATION)]
    assert len(blanks) == ran.begun.partition("assay: 1")[2].count('""') <= 16
    for key in ran.template.ask:
        assert f'{key.partition(".")[2]}: ""  # {ran.template.ask[key]}' in ran.begun


def test_the_judgement_is_the_templates(ran: Ran) -> None:
    specification = ran.record.specification
    for criterion in specification.criteria:
        asked = [c for c in ran.template.criteria if criterion.id in (c.id, f"{c.id}-{_of(criterion)}")]
        assert len(asked) == 1, criterion.id
        for field in (
            "metric",
            "comparator",
            "threshold",
            "confidence",
            "tier",
            "owner",
            "requirements",
            "data",
        ):
            assert getattr(criterion, field) == getattr(asked[0], field), (criterion.id, field)
        assert criterion.rationale == " ".join(asked[0].rationale.split())
    harms = {mode.id: " ".join(mode.harm.split()) for mode in specification.failure_modes}
    asked_harms = {mode.id: " ".join(mode.harm.split()) for mode in ran.template.failure_modes}
    assert harms.items() <= asked_harms.items()
    left = asked_harms.keys() - harms.keys()
    assert left == (
        set() if ran.case.trees else left & {"brittle-decisions", "brittle-order", "brittle-assessment"}
    )


def _of(criterion: Criterion) -> str:
    """What the id of one of several ends with: the attribute, or of a column the part that follows the id."""
    return (criterion.across or criterion.id.rpartition("documented-")[2]).replace("_", "-")


def test_criteria_are_left_out_only_where_there_is_nothing_to_ask_and_that_is_said(ran: Ran) -> None:
    asked = {c.id: c.metric for c in ran.template.criteria}
    written = {c.id.removesuffix(f"-{_of(c)}") for c in ran.record.specification.criteria}
    changing = {name for name, metric in asked.items() if metrics()[metric].changes_inputs}
    dated = set(ran.template.only_with)
    lacking = (set() if ran.case.trees else changing) | (
        set() if ran.record.specification.data.time else dated
    )
    assert asked.keys() - written == lacking
    told = " ".join(warning for warning in ran.warnings if warning.startswith("Left out: "))
    assert all(repr(name) in told for name in lacking)


def test_the_plan_says_what_these_rows_can_show(ran: Ran) -> None:
    assert not ran.plan.attempts[0].broken
    assert {p.criterion.id for p in ran.plan.attempts[0].criteria} == {
        criterion.id for criterion in ran.record.specification.criteria
    }


def test_every_criterion_is_judged(ran: Ran) -> None:
    for found in ran.record.judged:
        told = found.assessment.criterion, found.sentence
        assert found.verdict is not Verdict.ERROR, told
        assert found.verdict is not Verdict.NOT_EVALUABLE or found.reason in TOO_FEW, told
    stages = {criterion.stage for criterion in ran.record.specification.criteria}
    assert stages >= {Stage.DATA, Stage.PERFORMANCE, Stage.FAIRNESS, Stage.DOCUMENTATION}


def test_the_dossier_is_drawn(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its charts for one of them; what charts show is tested where pages are (``tests/dossier``)."""
    if ran.case.template != "credit":
        monkeypatch.setattr(theme, "_drawn", lambda _: BLANK)
    assay.write_document(ran.record, "html", ran.folder / "dossier.html")
    text = (ran.folder / "dossier.html").read_text("utf-8")
    for mode in ran.record.specification.failure_modes:
        assert mode.id in text


# --- what the rows support ---------------------------------------------------------------------------------------------


def test_two_hundred_patients_show_little_and_the_template_asks_no_less_for_it(
    runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """17 of 100 test patients died: a model that missed none of 17 could not show a recall of 0.90 (0.05 ** (1 / 17) = 0.84)."""
    ran = once("triage", runs, tmp_path_factory)
    assert ran.verdict("patients-found") is Verdict.INCONCLUSIVE
    planned = {p.criterion.id: p for p in ran.plan.attempts[0].criteria}
    assert (planned["patients-found"].passes or 0) < 0.25
    assert (planned["patients-found"].rows_needed or 0) > 200
    assert ran.verdict("found-alike-race") is Verdict.NOT_EVALUABLE
    assert ran.verdict("enough-of-each-race") is Verdict.FAIL
    assert ran.record.decision.outcome is assay.Outcome.WITHHELD


def test_a_score_that_detains_who_would_be_released_is_withheld_and_the_gap_by_race_is_told(
    runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ran = once("recidivism", runs, tmp_path_factory)
    assert ran.verdict("wrongly-detained") is Verdict.FAIL
    race = next(j for j in ran.record.judged if j.assessment.criterion == "equal-mistakes-race")
    assert (race.verdict, race.reason) == (Verdict.INCONCLUSIVE, Reason.VIOLATES_ONLY_BEFORE_CORRECTION)
    assert ran.verdict("few-duplicates") is Verdict.FAIL  # seven columns do not tell 5,226 people apart
    assert ran.record.decision.outcome is assay.Outcome.WITHHELD


def test_the_column_that_the_label_was_made_of_is_found_in_the_rows(
    runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ran = once("recidivism", runs, tmp_path_factory)
    leak = next(j for j in ran.record.judged if j.assessment.criterion == "no-column-knows-the-answer")
    assert leak.verdict is Verdict.FAIL
    assert leak.assessment.bound is not None
    assert "released" in leak.assessment.bound.label


def test_a_zero_that_is_no_income_is_asked_about(
    runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ran = once("mortgage", runs, tmp_path_factory)
    zero = next(j for j in ran.record.judged if j.assessment.criterion == "nothing-stands-for-missing")
    assert zero.verdict is Verdict.FAIL
    assert "cototinc = 0" in zero.sentence


def test_a_copy_elsewhere_is_planned_alike(
    runs: dict[str, Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every path in what was written is relative to it."""
    ran = once("mortgage", runs, tmp_path_factory)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in (SPECIFICATION, DICTIONARY, "model.txt", "train.parquet", "develop.parquet", "test.parquet"):
        shutil.copy(ran.folder / name, elsewhere / name)
    there = plan_document(assay.make_plan(elsewhere / SPECIFICATION, workers=0))
    assert there.attempts == plan_document(ran.plan).attempts
