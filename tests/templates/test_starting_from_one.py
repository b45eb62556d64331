"""What init makes of a template: roles that are found or named, what is lacking, and templates of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assay.app.starting.choose import choose, template_names, templates
from assay.app.starting.errors import CannotStart
from assay.app.starting.init import initialise, start
from assay.app.starting.scaffold import SPECIFICATION, Scaffold, write_scaffold
from assay.checks.catalogue import metrics
from assay.cli.init import command
from assay.domain.errors import InvalidDocument
from assay.domain.template import Template
from assay.domain.vocabulary import Stage, Tier
from assay.reading.specification import read_specification
from assay.reading.template import read_template
from assay.subject.describe import ColumnFacts

OWN = """
assay_template: 1
name: parole
title: Who is granted parole
roles: [developer, validator]
owners: {data: developer, updates: developer, monitoring: validator, incidents: validator}
approval: {lock: {validator: 1}, quorum: {validator: 1}, valid_for: 30 days}
prediction: {names: [fail*], label: the person failed, favourable: 0, score: risk of failing, decide_at: 0.4}
protected:
  sex: {names: [sex, gender], why: It matters.}
small_groups: {below_share: 0.01, treat: advisory}
failure_modes:
  - {id: harm, harm: Somebody stays in prison for nothing., severity: critical, criteria: [approval]}
criteria:
  - {id: approval, metric: fairness.impact_ratio, across: "*", at_least: 0.80, tier: critical, rationale: Four fifths., owner: validator}
"""


def column(name: str, type_: str = "int64", **more: Any) -> ColumnFacts:
    given = {"rows": 1000, "missing": 0, "codes": None, "minimum": None, "maximum": None, **more}
    return ColumnFacts(name, type_, **given)


SCORE = column("score", "double", minimum=0.01, maximum=0.9)
LABEL = column("invited", codes=(0, 1), minimum=0, maximum=1)
GENDER = column("Gender", "string", codes=("f", "m"))
RACE = column("raceEthnicity", "string", codes=("a", "b", "c"))
AGE = column("age_in_years", minimum=18, maximum=70)


def begun(tmp_path: Path, *facts: ColumnFacts, template: str = "hiring", **more: Any) -> Scaffold:
    data = tmp_path / "develop.parquet"
    data.touch()
    return initialise(
        data,
        "score",
        profile=lambda _: (SCORE, *facts),
        feature_names=lambda *_: (),
        catalogue=metrics(),
        folder=tmp_path,
        template=choose(template),
        **more,
    )


def filled(scaffold: Scaffold, tmp_path: Path) -> Any:
    texts = {
        name: re.sub('""', lambda found: f'"Filled in ({found.start()})."', text)
        for name, text in scaffold.texts.items()
    }
    write_scaffold(Scaffold(texts), tmp_path)
    return read_specification(tmp_path / SPECIFICATION, metrics()).specification


def test_roles_are_found_by_words_of_a_columns_name(tmp_path: Path) -> None:
    made = filled(begun(tmp_path, LABEL, GENDER, RACE, AGE, column("candidateId")), tmp_path)
    assert made.name == "hiring"
    assert made.prediction.label == "invited"
    assert made.prediction.favourable == 1
    assert made.data.unit == "candidateId"
    assert {name: attribute.column for name, attribute in made.protected.items()} == {
        "sex": "Gender",
        "race": "raceEthnicity",
        "age": "age_in_years",
    }
    assert [str(edge) for edge in made.protected["age"].bands] == ["40"]
    assert made.intersections == (("sex", "race"),)
    across = {c.across for c in made.criteria if c.id.startswith("impact-ratio")}
    assert across == {"sex", "race", "age", "sex*race"}


def test_a_column_called_just_so_goes_before_one_of_which_a_word_is(tmp_path: Path) -> None:
    status = column("status_sex", "string", codes=("A91", "A92"))
    made = filled(begun(tmp_path, status, GENDER, RACE, LABEL, column("sex", codes=(1, 2))), tmp_path)
    assert made.protected["sex"].column == "sex"


def test_an_attribute_that_no_column_is_named_like_is_a_blank_and_a_warning(tmp_path: Path) -> None:
    scaffold = begun(tmp_path, LABEL, GENDER)
    (warning,) = [w for w in scaffold.warnings if "asks for" in w]
    assert warning.startswith(
        "The template asks for 'race', and no column is named like it ('race', 'ethnic*'): Title VII"
    )
    assert warning.endswith("or start again with --column race=COLUMN.")
    assert 'column: ""  # Title VII protects it' in scaffold.texts[SPECIFICATION]
    made = scaffold.texts[SPECIFICATION]
    assert (
        "id: impact-ratio-race\n" in made
    )  # its criteria stay: what nobody filled in is not what nobody asked
    write_scaffold(scaffold, tmp_path)
    with pytest.raises(InvalidDocument) as refused:
        read_specification(tmp_path / SPECIFICATION, metrics())
    assert any("protected" in p.message or "column" in p.message for p in refused.value.problems)
    assert {p.code for p in refused.value.problems} == {"empty_text"}


def test_an_attribute_that_is_asked_for_where_it_is_known_is_left_out_where_it_is_not(tmp_path: Path) -> None:
    made = filled(begun(tmp_path, LABEL, GENDER, RACE), tmp_path)
    assert set(made.protected) == {"sex", "race"}
    assert "age" not in {c.across for c in made.criteria}


def test_a_protected_column_that_the_template_does_not_know_is_asked_about_too(tmp_path: Path) -> None:
    disability = column("disability", codes=(0, 1), minimum=0, maximum=1)
    made = filled(begun(tmp_path, LABEL, GENDER, RACE, disability), tmp_path)
    assert made.protected["disability"].column == "disability"
    assert "impact-ratio-disability" in {c.id for c in made.criteria}


def test_columns_are_named_by_their_role(tmp_path: Path) -> None:
    other = column("x7", "string", codes=("p", "q"))
    made = filled(begun(tmp_path, LABEL, GENDER, other, roles={"race": "x7", "unit": "Gender"}), tmp_path)
    assert made.protected["race"].column == "x7"
    assert made.data.unit == "Gender"


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (
            {"rase": "Gender"},
            r"There is no role 'rase'. Did you mean 'race'\?.*'label', 'unit', 'time', 'sex'",
        ),
        ({"race": "Gendre"}, r"There is no column 'Gendre'. Did you mean 'Gender'\?"),
    ],
)
def test_a_role_or_a_column_that_is_not_there_is_told_with_the_nearest(
    tmp_path: Path, roles: dict[str, str], said: str
) -> None:
    with pytest.raises(CannotStart, match=said):
        begun(tmp_path, LABEL, GENDER, roles=roles)


def test_two_signatures_of_a_role_leave_two_blanks(tmp_path: Path) -> None:
    scaffold = begun(tmp_path, column("rearrested", codes=(0, 1)), GENDER, RACE, AGE, template="recidivism")
    assert '  validator: ["", ""]\n' in scaffold.texts[SPECIFICATION]
    assert filled(scaffold, tmp_path).prediction.label == "rearrested"


def test_an_unknown_template_is_told_with_the_nearest_and_all() -> None:
    with pytest.raises(
        CannotStart, match=r"no template 'hirring'. Did you mean 'hiring'\?.*'credit', 'hiring'"
    ) as told:
        choose("hirring")
    assert told.value.code == "unknown_template"


def test_a_template_of_ones_own_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "parole.yaml").write_text(OWN)
    scaffold = begun(tmp_path, column("failed", codes=(0, 1)), GENDER, template=str(tmp_path / "parole.yaml"))
    made = filled(scaffold, tmp_path)
    assert made.prediction.label == "failed"
    assert (made.prediction.favourable, str(made.prediction.decide_at)) == (0, "0.4")
    assert [c.id for c in made.criteria] == ["approval-sex"]
    assert made.approval.review_every is None


def test_a_criterion_that_needs_a_time_is_left_out_without_one_and_that_is_said(tmp_path: Path) -> None:
    defaulted = column("defaulted", codes=(0, 1))
    scaffold = begun(tmp_path, defaulted, GENDER, AGE, template="credit")
    assert "labels-steady" not in scaffold.texts[SPECIFICATION]
    assert any("'labels-steady', for no column was found that is the time" in w for w in scaffold.warnings)
    month = column("month", "string", dates=True)
    dated = begun(tmp_path, defaulted, GENDER, AGE, month, template="credit")
    assert filled(dated, tmp_path).data.time == "month"
    assert "  - id: labels-steady\n" in dated.texts[SPECIFICATION]
    assert not any("labels-steady" in w for w in dated.warnings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title:", "only_with: {aproval: time}\ntitle:", "names aproval, which is no criterion"),
        ("criteria: [approval]}", "criteria: [aproval]}", "differ in approval, aproval"),
        ('across: "*"', "across: race", "do not have race"),
        ("favourable: 0", "favourable: 2", "favourable"),
        ("title: Who", "titel: Who", "Did you mean 'title'"),
        ("title:", "use_case: {porpose: x}\ntitle:", "no use_case.porpose .nearest: purpose"),
        ("assay_template: 1", "assay: 1", "A template is expected, and this is a specification."),
        ("at_least: 0.80", "at_least: high", "at_least"),
    ],
)
def test_what_is_wrong_with_a_template_of_ones_own_is_told(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in OWN
    (tmp_path / "own.yaml").write_text(OWN.replace(old, new))
    with pytest.raises(InvalidDocument, match=said):
        choose(str(tmp_path / "own.yaml"))


def test_no_template_of_ones_own_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match=r"nowhere\.yaml"):
        read_template(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"template": "hiring", "copy_from": Path("other.yaml")}, "both are named"),
        ({"roles": {"race": "x"}}, "no template is"),
    ],
)
def test_options_that_contradict_each_other_are_refused_before_a_row_is_read(
    tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(CannotStart, match=said) as told:
        start(tmp_path / "nowhere.parquet", "score", tmp_path, **more)
    assert told.value.code == "arguments_contradict"


# --- the templates themselves ------------------------------------------------------------------------------------------


@pytest.fixture(params=template_names())
def template(request: pytest.FixtureRequest) -> Template:
    return choose(request.param)


def test_its_metrics_are_installed_and_its_thresholds_can_be_missed(template: Template) -> None:
    for criterion in template.criteria:
        metric = metrics()[criterion.metric]
        assert criterion.comparator in metric.comparators
        assert set(criterion.parameters) <= set(metric.parameters)
        assert criterion.owner in template.roles


def test_a_critical_harm_is_gated_by_what_is_measured(template: Template) -> None:
    gates = {
        c.id for c in template.criteria if c.tier is Tier.CRITICAL and c.stage is not Stage.DOCUMENTATION
    }
    for mode in template.failure_modes:
        assert mode.affected
        assert mode.severity != "critical" or gates & set(mode.criteria)


def test_it_gates_each_protected_attribute_and_asks_for_every_usual_stage(template: Template) -> None:
    gating = [c for c in template.criteria if c.stage is Stage.FAIRNESS and c.tier is Tier.CRITICAL]
    assert "*" in {c.across for c in gating}
    assert {c.stage for c in template.criteria} >= {
        Stage.DATA, Stage.PERFORMANCE, Stage.ROBUSTNESS, Stage.FAIRNESS, Stage.PRIVACY, Stage.DOCUMENTATION,
    }  # fmt: skip


def test_its_rationales_are_sentences_and_its_clauses_have_a_source(template: Template) -> None:
    for criterion in template.criteria:
        assert len(criterion.rationale.split()) >= 8, criterion.id
        assert criterion.rationale.strip().endswith("."), criterion.id
    rationales = [c.rationale for c in template.criteria]
    assert len(set(rationales)) == len(rationales)
    known = (
        "us-eeoc-ug/",
        "nyc-ll144/",
        "eu-ai-act/art-",
        "eu-gdpr/art-",
        "us-sr-26-2",
        "us-reg-b/",
        "us-fha/",
        "us-hmda/",
    )
    assert all(r.startswith(known) for c in template.criteria for r in c.requirements)


def test_they_are_listed_with_what_they_ask_for() -> None:
    done = CliRunner().invoke(command, ["--list-templates"])
    assert done.exit_code == 0
    for template in templates():
        assert f"{template.name:12}{template.title}\n" in done.output
        assert f"asks for: label, {', '.join(template.protected)}\n" in done.output


@pytest.mark.parametrize(
    ("given", "said"),
    [(["race"], "found 'race'"), (["race=a", "race=b"], "given to 'a' and to 'b'"), (["=a"], "found '=a'")],
)
def test_a_column_without_a_role_is_a_usage_error(given: list[str], said: str) -> None:
    options = [part for one in given for part in ("--column", one)]
    done = CliRunner().invoke(command, ["--data", "d", "--model", "m", "--template", "hiring", *options])
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("known", [(), ("gender", "amount")])
def test_the_inputs_do_not_contradict_the_charter(tmp_path: Path, known: tuple[str, ...]) -> None:
    """Credit says that protected attributes are no inputs: a guess leaves them out, and of a fitted model it is told."""
    for name in ("develop.parquet", "model.txt"):
        (tmp_path / name).touch()
    facts = (
        column("default", codes=(0, 1), minimum=0, maximum=1),
        column("gender", "string", codes=("f", "m")),
        column("age", minimum=18, maximum=70),
        column("amount", minimum=1, maximum=900),
    )
    made = initialise(
        tmp_path / "develop.parquet",
        str(tmp_path / "model.txt"),
        profile=lambda _: facts,
        feature_names=lambda *_: known,
        catalogue=metrics(),
        folder=tmp_path,
        template=choose("credit"),
    )
    inputs = re.search(r"inputs: \[(.*?)\]", made.texts[SPECIFICATION])
    assert inputs is not None
    assert inputs[1] == (", ".join(known) or "amount")
    told = [w for w in made.warnings if "no inputs of the model" in w]
    assert [("'gender'" in w, "'age'" in w) for w in told] == ([(True, False)] if known else [])


@pytest.mark.parametrize(("last", "period"), [("2024-11-30", "quarter"), ("2026-02-01", "year")])
def test_a_year_is_compared_only_where_there_are_two(tmp_path: Path, last: str, period: str) -> None:
    label = column("default", codes=(0, 1), minimum=0, maximum=1)
    date = column("date", "string", minimum="2024-01-05", maximum=last, dates=True)
    text = begun(tmp_path, label, GENDER, AGE, date, template="credit").texts[SPECIFICATION]
    assert f"period: {period}" in text[text.index("- id: labels-steady") :][:300]
