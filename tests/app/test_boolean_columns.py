"""A column of true and false as a protected attribute: however its codes are written, and however a file holds it, it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from tests.app.conftest import Folder, in_process, replaced
from tests.world import policy

import assay
from assay.app.judging import open_engine
from assay.app.judging.case import open_case
from assay.app.judging.replay import Alike, replay
from assay.domain.demands import unsatisfied
from assay.domain.errors import InvalidDocument, SubjectError
from assay.domain.policy import Requires
from assay.proof.canonical import canonical
from assay.reading.policy import policy_text, read_policy

NUMBERS, WORDS = "{men: 1, women: 0}", "{men: true, women: false}"
CODED = "{name: sex, type: category, description: sex as registered, codes: {1: male, 2: female}}"
BOOLEAN = "{name: sex, type: boolean, description: whether registered as male}"
DOCUMENTED = [
    BOOLEAN,
    BOOLEAN.replace("}", ", codes: {true: male, false: female}}"),
    BOOLEAN.replace("}", ", codes: {1: male, 0: female}}"),
    CODED.replace("{1: male, 2: female}", "{true: male, false: female}"),
]


def boolean(folder: Folder, groups: str = WORDS, dictionary: str = BOOLEAN) -> Folder:
    """Everybody's sex as true or false, in both data sets."""
    for name in ("develop", "test"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "sex", pc.equal(table["sex"], 1)))
    folder.dictionary = folder.dictionary.replace(CODED, dictionary)
    return folder.edit("{women: 2, men: 1}", groups)


def as_csv(folder: Folder, written: dict[bool, str]) -> None:
    """The data sets as CSV files in which true and false have these words."""
    folder.text = folder.text.replace(".parquet", ".csv")
    folder.write()
    for name in ("develop", "test"):
        table = getattr(folder, name)
        words = [written[value.as_py()] for value in table["sex"]]
        options = pyarrow.csv.WriteOptions(quoting_style="none")
        pyarrow.csv.write_csv(replaced(table, "sex", words), folder.root / f"{name}.csv", options)


def judged(folder: Folder) -> assay.Certification:
    folder.write()
    return assay.certify(folder.root / "specification.yaml", workers=0, certify_without_a_lock=True)


def verdicts(done: assay.Certification) -> dict[str, Any]:
    return {
        j.assessment.criterion: (j.verdict, j.assessment.estimate and j.assessment.estimate.value)
        for j in done.record.judged
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The verdicts where sex is 1 and 2, and the specification says so."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        return verdicts(judged(Folder(tmp_path_factory.mktemp("coded"))))


@pytest.mark.parametrize("dictionary", DOCUMENTED)
@pytest.mark.parametrize("groups", [NUMBERS, WORDS])
def test_true_is_1_and_false_is_0_in_the_groups_and_in_the_dictionary(
    folder: Folder, expected: dict[str, Any], groups: str, dictionary: str
) -> None:
    done = judged(boolean(folder, groups, dictionary))
    assert verdicts(done) == expected
    assert {(g.label, g.definition) for g in done.record.groups if g.grouping == "sex"} == {
        ("men", "sex = 1"),
        ("women", "sex = 0"),
    }
    assert not [p for p in done.record.profiles if p.ill_typed or p.undocumented]
    assert replay(folder.root, workers=0).alike is Alike.IDENTICAL


@pytest.mark.parametrize("written", [("true", "false"), ("True", "False"), ("TRUE", "FALSE")])
def test_a_file_of_csv_has_them_in_the_spellings_of_python_and_of_spreadsheets(
    folder: Folder, expected: dict[str, Any], written: tuple[str, str]
) -> None:
    as_csv(boolean(folder), {True: written[0], False: written[1]})
    done = assay.certify(folder.root / "specification.yaml", workers=0, certify_without_a_lock=True)
    assert verdicts(done) == expected


@pytest.mark.parametrize("dictionary", DOCUMENTED[:2])
def test_texts_that_say_true_and_false_are_what_the_dictionary_calls_a_boolean(
    folder: Folder, expected: dict[str, Any], dictionary: str
) -> None:
    boolean(folder, WORDS, dictionary)
    for name in ("develop", "test"):
        table = getattr(folder, name)
        texts = pc.if_else(table["sex"], "True", "false")
        setattr(folder, name, replaced(table, "sex", texts.combine_chunks()))
    done = judged(folder)
    assert verdicts(done) == expected
    assert not [p for p in done.record.profiles if p.ill_typed or p.undocumented]


def test_a_value_that_is_missing_is_in_no_group(folder: Folder) -> None:
    boolean(folder)
    sex = folder.test["sex"].to_pylist()
    folder.test = replaced(folder.test, "sex", [None if i < 8 else value for i, value in enumerate(sex)])
    done = judged(folder)
    assert sum(g.rows for g in done.record.groups if g.grouping == "sex") == len(sex) - 8


@pytest.mark.parametrize(
    ("groups", "dictionary", "said"),
    [
        ("{men: 'true', women: 'false'}", BOOLEAN, "The dictionary has no code 'true' for 'sex'; it has true, false. Write true without quotes."),
        ("{men: 1, women: 2}", BOOLEAN, "The dictionary has no code 2 for 'sex'; it has true, false."),
        ("{men: true, all: [1, 0]}", BOOLEAN, "The code 1 belongs to the group 'all' and to 'men'"),
        ("{men: true, others: 7}", BOOLEAN, "in none: false"),
        ("{true: men, false: women}", BOOLEAN, "found 'true'. Write the name of the group before its code: 'NAME: true'."),
        (WORDS, BOOLEAN.replace("}", ", codes: {'true': male, 'false': female}}"), "true or false, or 1 or 0, is expected as a code of 'sex', which is a boolean; found 'true'. Write true without quotes"),
        (WORDS, CODED.replace("{1: male, 2: female}", "{'true': male, 'false': female}"), "The dictionary has no code 1 for 'sex'; it has 'true', 'false'. Write 'true' with quotes."),
        (WORDS, BOOLEAN.replace("}", ", codes: {true: male, 1: female}}"), "The key '1' stands twice"),
    ],
)  # fmt: skip
def test_what_is_no_code_of_a_boolean_is_refused_with_what_to_write(
    folder: Folder, groups: str, dictionary: str, said: str
) -> None:
    path = boolean(folder, groups, dictionary).write()
    with pytest.raises(InvalidDocument) as told:
        open_case(path)
    assert any(said in str(problem) for problem in told.value.problems), list(map(str, told.value.problems))


def test_codes_in_quotes_are_no_values_of_a_column_of_true_and_false(folder: Folder) -> None:
    """They would be in no group, every one of them."""
    quoted = CODED.replace("{1: male, 2: female}", "{'true': male, 'false': female}")
    path = boolean(folder, "{men: 'true', women: 'false'}", quoted).write()
    with pytest.raises(SubjectError) as told:
        open_case(path)
    assert told.value.code == "column_is_boolean"
    assert "Write its codes without quotes: true and false" in told.value.remedy


PROTECTED = "requires: {{protected: {{sex: {{column: sex, groups: {groups}}}}}}}"


def required(groups: dict[str, object]) -> Requires:
    bound = {"metric": "fairness.impact_ratio", "at_least": 0, "across": "sex"}
    return Requires.model_validate(
        {
            "metrics": ("fairness.impact_ratio",),
            "bounds": (bound,),
            "protected": {"sex": {"column": "sex", "groups": groups}},
        }
    )


@pytest.mark.parametrize("groups", [NUMBERS, WORDS])
@pytest.mark.parametrize("asked", [{"men": True, "women": False}, {"women": 0, "men": [1]}])
def test_a_policy_knows_the_groups_again_however_either_writes_them(
    folder: Folder, groups: str, asked: dict[str, object]
) -> None:
    specification = open_case(boolean(folder, groups).write()).specification
    assert unsatisfied(policy(requires=required(asked)), specification) is None
    other = unsatisfied(policy(requires=required({"men": False, "women": True})), specification)
    assert other is not None
    assert "is men (sex = 0), women (sex = 1); the specification has men (sex = 1)" in other.sentence


def test_a_policy_has_one_digest_however_its_codes_are_written(tmp_path: Path) -> None:
    text = policy_text(policy(requires=required({"men": 1, "women": 0})))
    assert "men:\n        - 1\n" in text
    plain = []
    for name, one, nought in (("numbers", "1", "0"), ("words", "true", "false")):
        file = tmp_path / f"{name}.yaml"
        file.write_text(
            text.replace("        - 1\n", f"        - {one}\n").replace(
                "        - 0\n", f"        - {nought}\n"
            )
        )
        plain.append(canonical(read_policy(file).plain))
    assert "- true" in (tmp_path / "words.yaml").read_text()
    assert plain[0] == plain[1]


def test_the_plan_knows_the_groups(folder: Folder) -> None:
    made = assay.make_plan(boolean(folder).write(), workers=0)
    rows = {g.label: g.rows for g in made.groups if g.grouping == "sex"}
    men = pc.sum(pc.cast(folder.develop["sex"], pa.int64())).as_py()
    assert rows == {"men": 2 * men, "women": 4000 - 2 * men}
