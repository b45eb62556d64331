"""A scaffold has the real columns, leaves judgement to people, and is refused until they have filled it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from assay.app.starting.errors import CannotStart
from assay.app.starting.guess import guess_column, guess_favourable, guess_label, guess_protected, guess_unit
from assay.app.starting.init import initialise
from assay.app.starting.scaffold import DICTIONARY, SCHEMA, SPECIFICATION, Scaffold, write_scaffold
from assay.checks.catalogue import metrics
from assay.domain.errors import InvalidDocument
from assay.reading.specification import SpecificationFile, read_specification
from assay.reading.writing import written
from assay.subject.describe import ColumnFacts

EXAMPLES = Path(__file__).parents[2] / "examples"


def column(name: str, type_: str = "int64", **more: Any) -> ColumnFacts:
    given = {"rows": 1000, "missing": 0, "codes": None, "minimum": None, "maximum": None, **more}
    return ColumnFacts(name, type_, **given)


LOANS = (
    column("client_id", minimum=1, maximum=1000),
    column("amount", "double", minimum=0.5, maximum=1e6, missing=3),
    column("months", minimum=1, maximum=120),
    column("sex", "string", codes=("f", "m")),
    column("age", minimum=18, maximum=55),
    column("has_job", "bool", codes=(False, True)),
    column("since", "date32[day]", minimum="2020-01-01", maximum="2020-12-31"),
    column("remark", "string"),
    column("bad", codes=(0, 1), minimum=0, maximum=1),
)


def start(
    tmp_path: Path,
    facts: tuple[ColumnFacts, ...] = LOANS,
    model: str = "out/model.txt",
    known: tuple[str, ...] = (),
    **more: Any,
) -> Scaffold:
    (tmp_path / "out").mkdir(exist_ok=True)
    for name in ("develop.parquet", "out/model.txt"):
        (tmp_path / name).touch()
    return initialise(
        tmp_path / "develop.parquet",
        model if model in {fact.name for fact in facts} else str(tmp_path / model),
        profile=lambda _: facts,
        feature_names=lambda *_: known,
        catalogue=metrics(),
        folder=tmp_path,
        **more,
    )


def filled(scaffold: Scaffold) -> Scaffold:
    """As a person leaves it who has a word for everything."""
    return Scaffold({name: text.replace('""', '"Filled in."') for name, text in scaffold.texts.items()})


def read(scaffold: Scaffold, folder: Path) -> SpecificationFile:
    write_scaffold(scaffold, folder)
    return read_specification(folder / SPECIFICATION, metrics())


def test_it_is_refused_until_every_text_is_filled(tmp_path: Path) -> None:
    scaffold = start(tmp_path)
    with pytest.raises(InvalidDocument) as refused:
        read(scaffold, tmp_path)
    assert {problem.code for problem in refused.value.problems} == {"empty_text"}
    for name, begins in ((SPECIFICATION, "assay: 1"), (DICTIONARY, "assay_dictionary: 1")):
        empty = scaffold.texts[name].split(begins)[1].count('""')
        assert sum(problem.place.file.endswith(name) for problem in refused.value.problems) == empty > 5
    rationales = [p for p in refused.value.problems if "'rationale' must not be empty" in p.message]
    assert len(rationales) == scaffold.texts[SPECIFICATION].count("\n    rationale:")


def test_filled_it_is_accepted(tmp_path: Path) -> None:
    file = read(filled(start(tmp_path)), tmp_path)
    specification, dictionary = file.specification, file.dictionary.dictionary
    assert specification.subject.model == "out/model.txt"
    assert specification.subject.format == "lightgbm"
    assert specification.subject.inputs == ("amount", "months", "sex", "age", "has_job", "since", "remark")
    assert specification.prediction.label == "bad"
    assert specification.data.unit == "client_id"
    assert specification.data.develop == "develop.parquet"
    assert specification.protected["sex"].codes() == (("f", ("f",)), ("m", ("m",)))
    assert [str(edge) for edge in specification.protected["age"].bands or ()] == ["25", "40"]
    assert [c.type for c in dictionary.columns] == [
        "identifier",
        "number",
        "integer",
        "category",
        "integer",
        "boolean",
        "date",
        "text",
        "category",
    ]
    amount = dictionary.column("amount")
    assert amount is not None
    assert amount.missing == "allowed"
    assert amount.range == (None, None)


def test_a_protected_column_of_true_and_false_is_proposed_with_both(tmp_path: Path) -> None:
    facts = (*LOANS[:-1], column("foreign_worker", "bool", codes=(False, True)), LOANS[-1])
    scaffold = start(tmp_path, facts)
    assert '      "yes": true\n      "no": false\n' in scaffold.texts[SPECIFICATION]
    file = read(filled(scaffold), tmp_path)
    assert file.specification.protected["foreign_worker"].codes() == (("yes", (1,)), ("no", (0,)))
    # Nothing asks for undocumented codes of it: true and false are the whole of a boolean, which conformity asks for.
    assert {c.across for c in file.specification.criteria} >= {"foreign_worker"}
    assert not [c for c in file.specification.criteria if c.parameters.get("column") == "foreign_worker"]


def test_the_first_line_lets_editors_complete_it(tmp_path: Path) -> None:
    scaffold = start(tmp_path)
    assert scaffold.texts[SPECIFICATION].startswith(
        "# yaml-language-server: $schema=specification.schema.json\n"
    )
    assert '"$schema": "https://json-schema.org/draft/2020-12/schema"' in scaffold.texts[SCHEMA]
    for text in (scaffold.texts[SPECIFICATION], scaffold.texts[DICTIONARY]):
        assert "# guess" in text
        assert not re.search(r"[ \t]\n|\{\{|\}\}|\{%", text)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / DICTIONARY).write_text("mine", encoding="utf-8")
    with pytest.raises(
        CannotStart, match=r"dictionary.yaml is there already.*Nothing was written"
    ) as refused:
        write_scaffold(start(tmp_path), tmp_path)
    assert refused.value.code == "file_exists"
    assert (tmp_path / DICTIONARY).read_text("utf-8") == "mine"
    assert not (tmp_path / SPECIFICATION).exists()


def test_judgement_is_copied_with_its_words_and_comments_and_columns_are_not(tmp_path: Path) -> None:
    other = EXAMPLES / "german-credit" / SPECIFICATION
    facts = (
        *LOANS[:3],
        column("SEX", "string", codes=("female", "male")),
        column("AGE", minimum=18, maximum=70),
        LOANS[-1],
    )
    scaffold = start(tmp_path, facts, copy_from=other)
    text = scaffold.texts[SPECIFICATION]
    assert "read every rationale again" in text
    for block in ("use_case", "charter", "roles", "criteria", "failure_modes", "safety"):
        copied = re.search(rf"^{block}:.*?(?=^\S)", other.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        assert copied is not None
        assert copied.group().strip() in text
    file = read(filled(scaffold), tmp_path)
    assert file.specification.subject.inputs == ("amount", "months", "SEX", "AGE")
    assert file.specification.prediction.score == "probability that the loan turns bad"
    assert str(file.specification.prediction.decide_at) == "0.5"
    assert file.specification.charter.sponsor == "Head of retail lending"
    assert file.specification.data.develop == "develop.parquet"


def test_copied_groups_of_an_absent_column_are_refused_by_name(tmp_path: Path) -> None:
    scaffold = start(tmp_path, copy_from=EXAMPLES / "german-credit" / SPECIFICATION)
    with pytest.raises(InvalidDocument) as refused:
        read(filled(scaffold), tmp_path)
    assert [(p.code, p.nearest) for p in refused.value.problems] == [
        ("unknown_column", "sex"),
        ("unknown_column", "age"),
    ]


@pytest.mark.parametrize("broken", ["a: [1", "- a\n", "{assay: 1}\n"])
def test_what_cannot_be_copied_is_refused(tmp_path: Path, broken: str) -> None:
    (tmp_path / "other.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises((InvalidDocument, CannotStart)):
        start(tmp_path, copy_from=tmp_path / "other.yaml")


NAMES = [
    "a: b",
    "yes",
    "null",
    "# x",
    'q"uote',
    "it's",
    "ünï",
    "😀",
    "1",
    "0x10",
    "a\\b",
    "[x]",
    "*a",
    "&a",
    "- a",
    "a #b",
    "~",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_column_name_and_any_code_survives(tmp_path: Path, name: str) -> None:
    facts = (
        column(name, "double", minimum=0.0, maximum=1.0),
        column("sex", "string", codes=tuple(sorted({"no", "1", name, " a", "x\ny"}))),
        LOANS[-1],
    )
    file = read(filled(start(tmp_path, facts)), tmp_path)
    assert file.specification.subject.inputs == (name, "sex")
    sex = file.dictionary.dictionary.column("sex")
    assert sex is not None
    # What nobody could see on a page is left out, and found as an undocumented code.
    assert tuple(sex.codes or ()) == tuple(code for code in facts[1].codes if code != "\u200b")


def test_a_name_cannot_break_out_of_a_comment(tmp_path: Path) -> None:
    model = str(tmp_path / "a\ncriteria: [].txt")
    data = tmp_path / "x\nassay: 2.parquet"
    for file in (data, Path(model)):
        file.touch()
    scaffold = initialise(
        data,
        model,
        profile=lambda _: LOANS,
        feature_names=lambda *_: (),
        catalogue=metrics(),
        folder=tmp_path,
    )
    file = read(filled(scaffold), tmp_path)
    assert file.specification.subject.model == "a\ncriteria: [].txt"
    assert len(file.specification.criteria) > 5


@pytest.mark.parametrize(
    ("more", "code", "phrase"),
    [
        ({"label": "badd"}, "unknown_column", "Did you mean 'bad'"),
        ({"label": "nope"}, "unknown_column", "has no column 'nope'. Name the column"),
        ({"model": "nope.skops"}, "model_not_found", "There is no model file"),
        ({"model": "model.h5"}, "unknown_model_format", ".skops"),
    ],
)
def test_what_it_cannot_start_from(tmp_path: Path, more: dict[str, Any], code: str, phrase: str) -> None:
    with pytest.raises(CannotStart) as refused:
        start(tmp_path, **more)
    assert refused.value.code == code
    assert phrase in str(refused.value)


@pytest.mark.parametrize("model", ["out/modle.txt", "out/model.text"])
def test_a_model_that_is_misspelt_is_told_the_file_beside_it(tmp_path: Path, model: str) -> None:
    with pytest.raises(CannotStart, match=r"Did you mean 'model\.txt'\?"):
        start(tmp_path, model=model)


def test_a_column_of_scores_is_a_model(tmp_path: Path) -> None:
    facts = (*LOANS, column("p", "double", minimum=0.0, maximum=1.0))
    file = read(filled(start(tmp_path, facts, model="p")), tmp_path)
    assert (file.specification.subject.format, file.specification.subject.model) == ("predictions", "p")
    assert "p" not in file.specification.subject.inputs
    assert not [c for c in file.specification.criteria if c.metric.startswith("robustness.")]


def test_a_range_is_open_until_a_person_closes_it(tmp_path: Path) -> None:
    """The extremes of the rows at hand are surely not those of the next ones: a good model would be withheld."""
    text = start(tmp_path).texts[DICTIONARY]
    assert text.count("range: [null, null]  # seen: ") == 3
    assert "# seen: 18 to 55; write the limits of what may occur" in text


def test_the_inputs_are_those_of_the_model_file(tmp_path: Path) -> None:
    facts = (*LOANS, column("first job", "double"))
    scaffold = start(tmp_path, facts, known=("months", "first_job", "amount"))
    assert "  # from the model file, in its order" in scaffold.texts[SPECIFICATION]
    file = read(filled(scaffold), tmp_path)
    assert file.specification.subject.inputs == ("months", "first job", "amount")


def test_what_can_be_declared_is_shown(tmp_path: Path) -> None:
    text = start(tmp_path, LOANS[1:]).texts[SPECIFICATION]
    for line in ("  # train: train.parquet", "  # unit: client_id", "  #   metric: data.split_overlap"):
        assert f"\n{line}" in text
    named = text.replace("  # - id: train-test", "  - id: train-test").replace("  #   ", "    ")
    named = named.replace("  # train: ", "  train: ").replace(
        "criteria: [col", "criteria: [train-test-apart, col"
    )
    scaffold = Scaffold({**start(tmp_path, LOANS[1:]).texts, SPECIFICATION: named})
    assert "train-test-apart" in {c.id for c in read(filled(scaffold), tmp_path).specification.criteria}


def test_an_empty_text_is_no_group_and_no_code(tmp_path: Path) -> None:
    facts = (*LOANS[:3], column("sex", "string", codes=("", "f", "m × x")), LOANS[-1])
    scaffold = start(tmp_path, facts)
    assert "some are an empty text" in scaffold.texts[DICTIONARY]
    file = read(filled(scaffold), tmp_path)
    assert file.specification.protected["sex"].labels() == ("f", "m x x")
    sex = file.dictionary.dictionary.column("sex")
    assert sex is not None
    assert (tuple(sex.codes or ()), sex.missing) == (("f", "m × x"), "allowed")


def test_the_index_of_pandas_is_left_out_and_said(tmp_path: Path) -> None:
    facts = (*LOANS, column("__index_level_0__", minimum=0, maximum=9))
    scaffold = start(tmp_path, facts)
    assert "# Left out: __index_level_0__, the row index" in scaffold.texts[DICTIONARY]
    file = read(filled(scaffold), tmp_path)
    assert file.dictionary.dictionary.column("__index_level_0__") is None
    assert "__index_level_0__" not in file.specification.subject.inputs


def test_data_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="There is no file") as refused:
        initialise(
            tmp_path / "nope.csv",
            "m.txt",
            profile=lambda _: LOANS,
            feature_names=lambda *_: (),
            catalogue=metrics(),
        )
    assert "relative to the specification" not in str(refused.value)


@pytest.mark.parametrize(
    ("facts", "type_", "sensitivity"),
    [
        (column("x", codes=(1, 2, 3)), "category", "none"),
        (column("x", codes=(1, 2, 3), rows=10), "integer", "none"),
        (column("x", codes=tuple(range(20))), "integer", "none"),
        (column("user_id"), "identifier", "personal"),
        (column("userId", "string"), "identifier", "personal"),
        (column("paid"), "integer", "none"),
        (column("x", "decimal128(10, 2)", minimum="0.10", maximum="5"), "number", "none"),
        (column("x", "timestamp[us]"), "date", "none"),
        (column("gender", "string", codes=("a", "b")), "category", "special"),
        (column("income", "float"), "number", "personal"),
        (column("package", "string"), "text", "none"),
        (column("customer", "string", unique=True), "identifier", "personal"),
        (column("code", "string", unique=True, codes=("a", "b")), "category", "none"),
        (column("since", "string", dates=True, codes=("2020-01-01", "2021-01-01")), "date", "none"),
        (column("note", "string", codes=("",)), "text", "none"),
        (column("patient", "string"), "identifier", "personal"),
        (column("account", "double"), "number", "none"),
        (column("ref", "string", numbered=True), "identifier", "personal"),
    ],
)
def test_guesses_about_a_column(facts: ColumnFacts, type_: str, sensitivity: str) -> None:
    guess = guess_column(facts)
    assert (guess.type, guess.sensitivity) == (type_, sensitivity)


def test_the_unit_is_the_person_of_whom_there_are_several_rows_and_not_the_number_of_the_row(
    tmp_path: Path,
) -> None:
    stays = (column("stay_no", "string", unique=True), column("patient", "string"), *LOANS[1:])
    scaffold = start(tmp_path, stays)
    assert "\n  unit: patient  # guess:" in scaffold.texts[SPECIFICATION]
    assert "name: patient\n    type: identifier  # guess" in scaffold.texts[DICTIONARY]
    read(filled(scaffold), tmp_path)


def test_guesses_about_the_whole() -> None:
    binary = [column(name, codes=(0, 1)) for name in ("flag", "target", "other")]
    assert guess_label(binary).name == "target"
    assert guess_label([binary[0], binary[2]]).name == "other"
    assert guess_label(binary, {"target", "other"}).name == "flag"
    assert guess_label([column("x")]).name is None
    guesses = [
        guess_column(fact)
        for fact in (*LOANS, column("Sex", codes=(1, 2)), column("average", minimum=1, maximum=90))
    ]
    assert guess_unit(guesses) == "client_id"
    assert [(a.name, a.column, a.bands) for a in guess_protected(guesses, "bad")] == [
        ("sex", "sex", ()),
        ("age", "age", (25, 40)),
        ("sex_2", "Sex", ()),
    ]
    assert guess_protected(guesses, "age")[0].name == "sex"


DISABLED = column("disabled", "bool", codes=(False, True))
SUITABLE = column("suitable", "string", codes=("no", "yes"))


def test_a_protected_column_is_never_the_guessed_label_and_one_of_two_texts_is_asked_about(
    tmp_path: Path,
) -> None:
    scaffold = start(tmp_path, (column("client_id"), column("amount", "double"), DISABLED, SUITABLE))
    text = scaffold.texts[SPECIFICATION]
    assert '\n  label: ""  # guess: the column with the truth, 0 or 1; perhaps suitable, of two texts' in text
    assert "\n  inputs: [amount, disabled]  # guess" in text
    assert "  disabled:\n    column: disabled\n    groups:" in text
    (warning,) = scaffold.warnings
    assert warning.startswith("No label was guessed, for no column is named like one: 'suitable' holds two")
    assert "start again with --label" in warning


def test_a_column_of_two_texts_is_an_input_where_something_else_is_the_label(tmp_path: Path) -> None:
    for more in ({}, {"label": "bad"}):
        scaffold = start(tmp_path, (*LOANS, SUITABLE), **more)
        assert "remark, suitable]" in scaffold.texts[SPECIFICATION]
        assert not scaffold.warnings
    asked = start(tmp_path, (*LOANS[:-1], SUITABLE), known=("amount", "suitable"))
    assert "perhaps" not in asked.texts[SPECIFICATION]


@pytest.mark.parametrize(
    ("facts", "label", "said"),
    [
        ((DISABLED,), None, "No label was guessed: no column of 0 and 1 could be the truth."),
        ((column("flag", codes=(0, 1)),), "flag", "'flag' is a weak guess: it holds 0 and 1, and no column"),
        (
            (column("flag", codes=(0, 1)), column("won", codes=(0, 1)), DISABLED),
            "won",
            "like a label. So does 'flag'. If it is not the truth, ",
        ),
        ((column("flag", codes=(0, 1)), SUITABLE), None, "'suitable' holds two texts, 'flag' 0 and 1. Which"),
        (
            (column("class", "string", codes=("a", "b")), SUITABLE),
            "class",
            "holds 'a', 'b', and the numbers 0",
        ),
    ],
    ids=["nothing", "only one", "two", "texts too", "texts by name"],
)
def test_a_label_that_nothing_but_its_values_speaks_for_is_told(
    tmp_path: Path, facts: tuple[ColumnFacts, ...], label: str | None, said: str
) -> None:
    scaffold = start(tmp_path, (column("amount", "double"), *facts))
    assert f"\n  label: {written(label or '')}  # guess" in scaffold.texts[SPECIFICATION]
    (warning,) = scaffold.warnings
    assert said in warning


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (
            column("bad", "string", codes=("no", "yes")),
            "holds 'no', 'yes', and the numbers 0 and 1",
        ),
        (
            column("bad", "int64", codes=(-1, 1), minimum=-1, maximum=1),
            "holds -1, 1, and the numbers",
        ),
        (column("bad", "string"), "holds string, and the numbers"),
        (column("bad", "double", minimum=0.0, maximum=1.0), ""),
        (column("bad", "bool", codes=(False, True)), ""),
    ],
    ids=["words", "signs", "many texts", "doubles", "booleans"],
)
def test_a_label_that_is_not_0_and_1_is_told_before_anybody_fills_a_blank(
    tmp_path: Path, label: ColumnFacts, said: str
) -> None:
    warnings = start(tmp_path, (*LOANS[:-1], label), label="bad").warnings
    assert len(warnings) == bool(said)
    assert not said or said in warnings[0]
    assert not said or "Recode it in all data sets" in warnings[0]


@pytest.mark.parametrize(
    ("label", "good"),
    [
        ("approved", 1),
        ("loan_granted", 1),
        ("Accepted", 1),
        ("not_approved", 0),
        ("disapproved", 0),
        ("bad", 0),
        ("readmitted", 0),
        (None, 0),
    ],
)
def test_a_label_that_names_what_people_hope_for_is_favourable(label: str | None, good: int) -> None:
    assert guess_favourable(label) == good


def test_the_favourable_decision_is_guessed_from_the_label(tmp_path: Path) -> None:
    approved = column("approved", codes=(0, 1), minimum=0, maximum=1)
    text = start(tmp_path, (*LOANS[:-1], approved), label="approved").texts[SPECIFICATION]
    assert "\n  favourable: 1  # guess" in text


@pytest.mark.parametrize(
    ("label", "said", "metric"),
    [
        (column("bad", "double", minimum=0.0, maximum=2.5), "task: regression", "performance.mae"),
        (column("bad", "string", codes=("a", "b", "c")), "task: multiclass", "performance.class_recall"),
        (column("bad", "double", minimum=0.0, maximum=1.0), "task: binary", "performance.auc"),
    ],
    ids=["numbers", "classes", "doubles of 0 and 1"],
)
def test_the_task_follows_from_the_values_of_the_label(
    tmp_path: Path, label: ColumnFacts, said: str, metric: str
) -> None:
    text = start(tmp_path, (*LOANS[:-1], label), label="bad").texts[SPECIFICATION]
    assert f"  {said}" in text
    assert f"metric: {metric}\n" in text
    assert ('\n  range: ["", ""]  # seen: 0.0 to 2.5;' in text) is ("regression" in said)
    assert ("\n  classes: [" in text) is ("multiclass" in said)
    assert ("decide_at" in text) is ("binary" in said)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (
            column("score", codes=(1, 2, 3, 4, 5), minimum=1, maximum=5),
            "holds int64 from 1 to 5, and probabi",
        ),
        (column("score", "double", minimum=-0.1, maximum=0.9), "holds double from -0.1 to 0.9, and probabi"),
        (column("score", "string", codes=("high", "low")), "holds string, and probabilities from 0 to 1"),
        (column("score", "double", minimum=0.0, maximum=1.0), ""),
    ],
    ids=["grades", "margins", "words", "probabilities"],
)
def test_a_column_that_holds_no_probabilities_is_told_where_it_is_named_as_the_scores(
    tmp_path: Path, scores: ColumnFacts, said: str
) -> None:
    warnings = start(tmp_path, (*LOANS, scores), model="score", label="bad").warnings
    assert len(warnings) == bool(said)
    assert not said or said in warnings[0]


def test_inputs_that_the_data_does_not_have_are_told_with_the_nearest(tmp_path: Path) -> None:
    (warning,) = start(tmp_path, known=("amount", "mnths", "job_1", "job_2")).warnings
    assert warning.startswith(
        "The model was fitted on 'mnths', 'job_1', 'job_2', which develop.parquet does not have"
    )
    assert "(nearest to 'mnths': 'months')" in warning


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ((*LOANS, column("region", "string", codes=("east", "west"))), [{}]),
        (
            (
                column("amount", "double", minimum=0.5, maximum=1e6),
                column("cost", "double", minimum=0.5, maximum=2),
            ),
            [],
        ),
    ],
)
def test_it_is_asked_of_all_columns_whether_their_codes_are_documented(
    tmp_path: Path, facts: tuple[ColumnFacts, ...], asked: list[dict[str, object]]
) -> None:
    text = start(tmp_path, facts, label=facts[-1].name if not asked else "bad").texts["specification.yaml"]
    assert text.count("data.undocumented_codes") == len(asked)
    assert "codes-documented-" not in text


def test_a_protected_column_of_which_no_groups_can_be_made_is_told(tmp_path: Path) -> None:
    coded = column("gender", "double", minimum=1.0, maximum=2.0)
    (said,) = start(tmp_path, (*LOANS, coded)).warnings
    assert said.startswith("'gender' is named like a protected attribute")
    assert "number from 1.0 to 2.0" in said
    assert not start(tmp_path).warnings


def test_scores_made_elsewhere_have_no_file_and_no_inputs(tmp_path: Path) -> None:
    facts = (*LOANS, column("score", "double", minimum=0.01, maximum=0.9))
    scaffold = start(tmp_path, facts, model="score")
    assert (
        "format: predictions  # the model is a column of scores that were made elsewhere"
        in scaffold.texts[SPECIFICATION]
    )
    assert read(filled(scaffold), tmp_path).specification.subject.inputs == ()
