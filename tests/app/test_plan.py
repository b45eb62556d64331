"""What a plan assumes, what it knows, and what is refused before a test row is spent."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, people, replaced

import assay
from assay.app.judging.case import open_case
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import ask_a_few, plan
from assay.app.judging.planned import Plan
from assay.cli.main import main
from assay.cli.output import explain
from assay.domain.errors import InvalidDocument
from assay.domain.vocabulary import Verdict
from assay.store.workspace import Workspace

CALIBRATION = (
    "  - {id: true-probabilities, metric: performance.ks_calibration, at_most: 0.04, expected: 0.015, tier: critical,\n"
    "     rationale: the price rests on it, owner: validator}\n  - {id: complete,"
)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code and what was printed, with single blanks."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(str(ended.value.code)), " ".join(capsys.readouterr().out.split())


def planned(folder: Folder) -> Plan:
    path = folder.write()
    case = open_case(path)
    with open_engine(path, workers=0) as engine:
        return plan(case, engine, ask_a_few(case, engine), attempts=case.specification.attempts.alike())


def hopeless(made: Plan) -> dict[str, str]:
    return {p.criterion.id: str(p) for p in made.attempts[0].hopeless}


def sure_of_itself(table, rng):
    """Scores near 0 and near 1, and true: chance leaves much less to them than the base rate would."""
    score = np.where(rng.random(len(table)) < 0.5, 0.01, 0.99)
    bad = (rng.random(len(table)) < score).astype(np.int64)
    return replaced(replaced(table, "score", score), "bad", bad)


def with_calibration(folder: Folder, rows: int) -> Folder:
    rng = np.random.default_rng(5)
    folder.develop, folder.test = (sure_of_itself(table, rng) for table in (folder.develop, people(rows, 3)))
    return folder.edit("  - {id: complete,", CALIBRATION).edit(
        "complete, ranking]", "complete, ranking, true-probabilities]"
    )


def test_a_model_is_not_refused_for_scores_that_a_plan_only_guesses(folder):
    made = planned(with_calibration(folder, 500))
    by_id = {p.criterion.id: p for p in made.attempts[0].criteria}["true-probabilities"]
    assert by_id.power is not None
    assert by_id.power.passes < 0.05 < by_id.power.at_best
    assert by_id.power.assumed.startswith("E[s(1 - s)] of the scores s is ")
    assert "true-probabilities" not in hopeless(made)
    done = assay.certify(
        folder.write(),
        workers=0,
        certify_a_hopeless_specification=bool(made.attempts[0].hopeless),
        certify_without_a_lock=True,
    )
    found = {j.assessment.criterion: j.verdict for j in done.record.judged}
    assert found["true-probabilities"] is Verdict.PASS


def test_what_no_model_can_reach_is_refused(folder):
    folder = with_calibration(folder, 500).edit(
        "at_most: 0.04, expected: 0.015", "at_most: 0.006, expected: 0.001"
    )
    assert "true-probabilities" in hopeless(planned(folder))


def test_of_rows_that_share_a_unit_one_is_planned_with(folder, capsys):
    all_rows = planned(folder)
    for name in ("develop", "test"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "id", np.arange(len(table)) // 4 + 10_000 * (name == "test")))
    made = planned(folder.edit("custody: validator}", "custody: validator, unit: id}"))
    assert (all_rows.rows, all_rows.rows_used, made.rows, made.rows_used) == (4000, 4000, 4000, 1000)
    assert sum(g.rows for g in made.groups if g.grouping == "sex") == 1000
    before, after = (
        {p.criterion.id: p.power.margin for p in found.attempts[0].criteria if p.power}
        for found in (all_rows, made)
    )
    assert after["accuracy"] > 1.8 * before["accuracy"]
    _, printed = said(capsys, "plan", str(folder.root / "specification.yaml"))
    assert "Of the 4,000 test rows about 1,000 will count, one per id" in printed
    assert "Groups of about 1,000 test rows that count, one per id, by the shares" in printed
    assert "rows 90%: how many rows, one per id, would give" in printed
    needed = {p.criterion.id: p.rows_needed for p in all_rows.attempts[0].criteria if p.rows_needed}
    for p in made.attempts[0].criteria:
        if p.rows_needed:  # of what the groups count, and so no more of the fewer
            assert p.rows_needed == pytest.approx(needed[p.criterion.id], rel=0.1)
    _, document = said(capsys, "plan", str(folder.root / "specification.yaml"), "--json")
    told = json.loads(document)
    assert (told["rows"], told["rows_used"], told["unit"]) == (4000, 1000, "id")
    assert sum(g["rows"] for g in told["groups"] if g["grouping"] == "sex") == 1000


def test_what_is_hopeless_is_told_in_rows_that_count(folder):
    for name in ("develop", "test"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "id", np.arange(len(table)) // 40 + 10_000 * (name == "test")))
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    folder.edit("at_least: 0.70, expected: 0.8,", "at_least: 0.79, expected: 0.8,")
    with pytest.raises(assay.AssayError) as told:
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert told.value.code == "hopeless_criteria"
    assert "cannot do their work on about 100 test rows that count, one per id:" in told.value.message
    assert "rows are needed, one per id" in told.value.message


def test_several_hopeless_criteria_are_told_on_a_line_each(folder, capsys):
    folder.edit("at_least: 0.70, expected: 0.8,", "at_least: 0.7999, expected: 0.8,")
    folder.edit("at_least: 0.75, expected", "at_least: 0.999, expected")
    path = folder.write()
    with pytest.raises(assay.AssayError) as told:
        assay.certify(path, workers=0, certify_without_a_lock=True)
    assert len(told.value.points) > 1
    assert all(point in told.value.message for point in told.value.points)
    explain(told.value, as_json=False)
    first, *points, last = capsys.readouterr().err.splitlines()
    assert first == "Error: These criteria cannot do their work on the 4,000 test rows:"
    assert points == [f"  - {point}." for point in told.value.points]
    assert last == told.value.remedy


def test_no_probability_is_told_as_certain_or_as_a_bound_of_nothing(folder, capsys):
    path = (
        folder.edit(
            "approval-sex, metric: fairness.impact_ratio, across: sex, at_least: 0.80",
            "approval-sex, metric: fairness.impact_ratio, across: sex, at_least: 0.40",
        )
        .edit("at_least: 0.70, expected", "at_least: 0.50, expected")
        .edit("at_least: 0.75, expected", "at_least: 0.55, expected")
        .write()
    )
    code, printed = said(capsys, "plan", str(path))
    assert code == 0
    assert "together with probability above 99%." in printed
    folder.test = people(1, 3)
    _, printed = said(capsys, "plan", str(folder.write()))
    assert "together with probability that may be below 1%." in printed


CONFORMITY = (
    "  - {id: as-documented, metric: data.dictionary_conformity, at_most: 0, tier: critical,\n"
    "     rationale: what is certified is what is described, owner: data_steward}\n  - {id: complete,"
)
SECTIONS = (
    "  - {id: sections, metric: documentation.required_sections, at_most: 0, tier: critical,\n"
    "     rationale: somebody answers for it, owner: risk_officer}\n  - {id: complete,"
)


def test_a_failure_that_is_certain_is_refused_before_a_test_row_is_spent(folder, capsys):
    folder.edit("  - {id: complete,", SECTIONS).edit(
        "complete, ranking]", "complete, ranking, sections, as-documented]"
    )
    folder.edit("  - {id: complete,", CONFORMITY)
    folder.text += "documentation: {required: [safety]}\n"
    assert set(hopeless(planned(folder))) == {"sections"}
    for dictionary, unmatched in (
        (folder.dictionary.replace("  - {name: income,", "  # "), "income (not documented)"),
        (
            folder.dictionary + "  - {name: debt, type: number, description: never delivered}\n",
            "debt (absent)",
        ),
    ):
        folder.dictionary = dictionary
        assert unmatched in hopeless(planned(folder))["as-documented"]
    with pytest.raises(assay.AssayError, match="debt"):
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert not Workspace.beside(folder.root / "specification.yaml").runs.all()
    code, printed = said(capsys, "plan", str(folder.root / "specification.yaml"))
    assert "sections fails whatever the rows hold: " in printed
    assert code == 1


class Nothing:
    """A model without predict_proba."""


def test_a_model_that_does_not_answer_costs_no_judged_run(folder, capsys):
    (folder.root / "model.joblib").write_bytes(pickle.dumps(Nothing()))
    folder.edit(
        "{model: score, format: predictions}", "{model: model.joblib, format: joblib, inputs: [age, income]}"
    )
    code, printed = said(
        capsys, "certify", str(folder.write()), "--certify-without-a-lock", "--workers", "1", "--json"
    )
    assert code == 2
    assert json.loads(printed)["error"]
    assert not Workspace.beside(folder.root / "specification.yaml").runs.all()


LONG = "true-probabilities-of-everybody-whom-nobody-was-asked-about"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_narrow_terminal_folds_names_and_cuts_no_number(folder, capsys, monkeypatch, width):
    with_calibration(folder, 500)
    folder.text = folder.text.replace("true-probabilities", LONG)
    made = planned(folder)
    monkeypatch.setenv("COLUMNS", str(width))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["plan", str(folder.root / "specification.yaml")])
    shown = capsys.readouterr().out
    _, heading, table = shown.partition("criterion ")
    assert heading
    criteria = made.attempts[0].criteria
    needed = {f"{p.rows_needed:,}" for p in criteria if p.rows_needed is not None}
    margins = {f"{p.power.margin:.3f}" for p in criteria if p.power and p.power.margin is not None}
    assert len(needed) > 1
    assert needed | margins <= set(table.split())
    title = "Groups of the 500 test rows, by the shares of the development rows"
    assert (title in shown) is (width >= len(title)), "as wide as the terminal, and not as its table"
    names = {line.split(" ")[0] for line in table.splitlines()}
    assert (LONG in names) is (width == 120)
    if width == 80:
        assert all(len(line.rstrip()) <= width for line in table.splitlines()[:6])
        assert {name[-1] for name in names if name and LONG.startswith(name)} == {"-"}


def test_what_a_plan_counts_keeps_itself_out_of_git(folder: Folder) -> None:
    """It may be the first command in a folder, and what it keeps has hashes of rows."""
    assay.make_plan(folder.write(), workers=1)
    assert (folder.root / ".assay" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        ("metric: data.lineage, at_most: 0", "lineage"),
        ("metric: data.period, at_least: 2, with: {period: year, rows: 30}", "time"),
        ("metric: data.label_drift, at_most: 0.1, with: {period: year}", "time"),
        ("metric: data.missing_by_period, at_most: 0.1, with: {period: year}", "time"),
        ("metric: data.time_overlap, at_most: 0.1", "time"),
    ],
)
def test_what_is_not_declared_is_told_with_its_line_where_it_is_asked_for(folder, asked, lacking):
    folder.text = (
        folder.text.rstrip()
        + f"\n  - {{id: undeclared, {asked}, tier: supporting, rationale: r, owner: data_steward, requirements: [x/1]}}\n"
    )
    with pytest.raises(InvalidDocument) as refused:
        planned(folder)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line) == ("not_declared", len(folder.text.splitlines()))
    assert f"without {lacking!r} under 'data'" in problem.message


def test_a_good_model_is_none_that_the_rows_do_not_allow(folder):
    """Deciding alike is right of all but the rarer label, so that nobody gains more than its share; nor is a lift more than 1 / share."""
    extra = "".join(
        f"  - {{id: {name}, metric: performance.{metric}, at_least: {limit}, tier: {tier}{more},\n     rationale: r, owner: validator}}\n"
        for name, metric, limit, tier, more in (
            ("gain", "gain_over_baseline", 0.1, "supporting", ""),
            ("beyond", "gain_over_baseline", 0.6, "advisory", ""),
            ("lift", "lift", 1.1, "supporting", ", with: {k: 0.1}"),
        )
    )
    folder.edit("  - {id: complete,", f"{extra}  - {{id: complete,")
    folder.edit("complete, ranking]", "complete, ranking, gain, beyond, lift]")
    labels = folder.develop["bad"].to_numpy()
    share = labels.mean()
    rarer = min(share, 1 - share)
    made = {p.criterion.id: p for p in planned(folder).attempts[0].criteria}

    assert made["gain"].power.expected == pytest.approx((0.1 + rarer) / 2, abs=0.002)
    assert made["beyond"].power.expected == pytest.approx(rarer, abs=0.002)
    assert made["beyond"].hopeless
    assert made["lift"].power.expected == pytest.approx((1.1 + 1 / share) / 2, abs=0.01)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "metric: data.label_drift, at_most: 0.3, with: {period: month}",
            "have no time in 'day' that can be read",
        ),
        ("metric: data.period, at_least: 2, with: {period: month, rows: 30}", "rows of 'test' have no day"),
    ],
)
def test_what_is_said_of_rows_that_are_imagined_is_said_to_be(folder, asked, said):
    """Nobody has read a test row: how many of them have no day is known of the development rows alone."""
    days = ["soon", *["2024-01-03", "2024-02-03"] * 4]
    folder.develop, folder.test = (
        table.append_column("day", pa.array([days[i % len(days)] for i in range(len(table))]))
        for table in (folder.develop, folder.test)
    )
    folder.dictionary += "  - {name: day, type: text, description: when it was decided}\n"
    folder.edit("custody: validator}", "custody: validator, time: day}")
    folder.text = (
        folder.text.rstrip()
        + f"\n  - {{id: timed, {asked}, tier: supporting, rationale: r, owner: data_steward, requirements: [x/1]}}\n"
    )
    (timed,) = (p for p in planned(folder).attempts[0].criteria if p.criterion.id == "timed")
    assert said in timed.undefined
    assert timed.undefined.startswith(
        ("If they are like the development rows: ", "Of the development rows: ")
    )
    assert not timed.foregone


def test_rows_whose_unit_nobody_knows_are_told_before_the_test_rows_are_spent(folder, capsys):
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    known = folder.develop["id"].to_pylist()
    folder.develop = replaced(folder.develop, "id", [None, None, *known[2:]])
    path = folder.write()
    _, printed = said(capsys, "plan", str(path))
    assert f"Of the development rows: 2 of {len(known):,} rows have no value in the column 'id'" in printed
    assert "Write the unit of every row" in printed
