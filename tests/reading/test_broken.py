"""Every broken document is refused with its place, its code and its sentence, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from broken import DICTIONARIES, SPECIFICATIONS, Broken, Said
from documents import CATALOGUE, DICTIONARY, SPECIFICATION, edited, write

from assay.domain.errors import InvalidDocument
from assay.reading.dictionary import read_dictionary
from assay.reading.specification import read_specification


def said(error: InvalidDocument, file: str) -> tuple[Said, ...]:
    assert all(Path(problem.place.file).name == file for problem in error.problems)
    return tuple(
        Said(f"{p.place.line}:{p.place.column}", p.code, p.message, p.nearest) for p in error.problems
    )


@pytest.mark.parametrize("case", SPECIFICATIONS, ids=lambda case: case.new.strip()[:40])
def test_a_broken_specification(tmp_path: Path, case: Broken) -> None:
    path = write(tmp_path, edited(SPECIFICATION, case.old, case.new))
    with pytest.raises(InvalidDocument) as refused:
        read_specification(path, CATALOGUE)
    assert said(refused.value, "specification.yaml") == case.said
    assert [p.code for p in refused.value.problems if not p.remedy and not p.nearest] == []


@pytest.mark.parametrize("case", DICTIONARIES, ids=lambda case: case.new.strip()[:40])
def test_a_broken_dictionary(tmp_path: Path, case: Broken) -> None:
    path = write(tmp_path, dictionary=edited(DICTIONARY, case.old, case.new))
    with pytest.raises(InvalidDocument) as refused:
        read_dictionary(path.parent / "dictionary.yaml")
    assert said(refused.value, "dictionary.yaml") == case.said
    assert [p.code for p in refused.value.problems if not p.remedy and not p.nearest] == []
    with pytest.raises(InvalidDocument) as refused:
        read_specification(path, CATALOGUE)
    assert said(refused.value, "dictionary.yaml") == case.said


def test_a_list_where_a_setting_is_expected_is_told_how_several_are_written(tmp_path: Path) -> None:
    path = write(tmp_path, edited(SPECIFICATION, "{scale: 0.1", "{scale: 0.1, column: [1000, 2000]"))
    with pytest.raises(InvalidDocument) as refused:
        read_specification(path, CATALOGUE)
    (problem,) = refused.value.problems
    assert problem.code == "setting_expected"
    assert problem.remedy.endswith("with commas between them: '10, 20'.")


def test_there_are_enough_of_them() -> None:
    assert len(SPECIFICATIONS) + len(DICTIONARIES) >= 45
    assert all(case.said for case in SPECIFICATIONS + DICTIONARIES)


def test_the_unbroken_one_is_read(tmp_path: Path) -> None:
    read = read_specification(write(tmp_path), CATALOGUE)
    assert read.specification.name == "loans"
    assert read.digest.startswith("sha256:")
    assert read.dictionary.dictionary.column("age") is not None
    assert str(read.place("criteria", 0, "at_least")).endswith("specification.yaml:61:15")


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """Structural ones, coherence of the blocks that are valid, and the dictionary's, in one list by place."""
    specification = SPECIFICATION
    for old, new in (
        ("assay: 1\n", "assay: 1\nassay: 1\n"),
        ("valid_for: 180 days", "valid_for: half a year"),
        ("custody: validator", "custody: bank"),
        ("metric: performance.accuracy", "metric: performance.acuracy"),
        ("    rationale: Four fifths, as in 29 CFR 1607.4.\n", '    rationale: ""\n'),
        ("at_most: 0.05", "at_most: 1"),
        ("decide_at: 0.35", "decide_at: 0x1"),
    ):
        specification = edited(specification, old, new)
    dictionary = edited(DICTIONARY, "range: [1, 120]", "range: [120, 1]")
    with pytest.raises(InvalidDocument) as refused:
        read_specification(write(tmp_path, specification, dictionary), CATALOGUE)
    assert [(Path(p.place.file).name, p.place.line, p.code) for p in refused.value.problems] == [
        ("dictionary.yaml", 5, "range_reversed"),
        ("specification.yaml", 2, "duplicate_key"),
        ("specification.yaml", 23, "days_expected"),
        ("specification.yaml", 35, "number_form"),
        ("specification.yaml", 40, "unknown_role"),
        ("specification.yaml", 61, "unknown_metric"),
        ("specification.yaml", 74, "empty_text"),
        ("specification.yaml", 78, "vacuous_criterion"),
    ]
    assert refused.value.code == "range_reversed"
    assert "and 7 more" in str(refused.value)


def test_a_blank_in_the_block_that_names_the_dictionary_does_not_hide_its_problems(tmp_path: Path) -> None:
    specification = edited(SPECIFICATION, "test: test.parquet", 'test: ""')
    dictionary = edited(DICTIONARY, "range: [1, 120]", "range: [120, 1]")
    with pytest.raises(InvalidDocument) as refused:
        read_specification(write(tmp_path, specification, dictionary), CATALOGUE)
    assert [p.code for p in refused.value.problems] == ["range_reversed", "empty_text"]


def test_a_block_with_another_problem_is_not_called_unknown(tmp_path: Path) -> None:
    """A failure mode may name a criterion that is itself broken, and a criterion an attribute that is."""
    specification = edited(
        SPECIFICATION, "    tier: critical\n    rationale: Four", "    tier: vital\n    rationale: Four"
    )
    specification = edited(specification, "{female: 2, male: 1}", "{female: 2.5, male: 1}")
    with pytest.raises(InvalidDocument) as refused:
        read_specification(write(tmp_path, specification), CATALOGUE)
    assert [p.code for p in refused.value.problems] == ["code_expected", "not_one_of"]


def test_columns_of_the_data_are_compared_when_they_are_known(tmp_path: Path) -> None:
    known = frozenset({"amount", "months", "status", "bad", "sex", "age", "client"})
    with pytest.raises(InvalidDocument) as refused:
        read_specification(write(tmp_path), CATALOGUE).hold_against({"test": known})
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line) == ("column_not_in_data", 49)
    assert "the data set 'test' does not have" in problem.message


def test_a_problem_on_one_line_is_clickable_and_says_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path, edited(SPECIFICATION, "across: sex", "across: sexx"))
    with pytest.raises(InvalidDocument) as refused:
        read_specification(path, CATALOGUE)
    assert str(refused.value) == (
        f"{path}:68:13: 'sexx' is no protected attribute or intersection; declared are 'sex', 'age', 'city', "
        "'sex*age'. Did you mean 'sex'? Declare it under 'protected'."
    )


STRATA = """\
strata:
  region: {column: city, groups: {north: [A, B], south: C}}
intersections"""
BY_ROW = {id_: replace(metric, by_row=True) for id_, metric in CATALOGUE.items()}
NARROWED = "across: sex\n    where: {region: north}"


@pytest.mark.parametrize(
    ("edits", "codes"),
    [
        (
            [
                ("intersections", STRATA),
                ("across: sex", NARROWED),
                (
                    "  unit: client\n",
                    "  unit: client\n  lineage: {sources: {a: {about: b, path: c}}, records: []}\n",
                ),
            ],
            ["empty_list"],
        ),
        ([("intersections", STRATA.replace("strata", "starta")), ("across: sex", NARROWED)], ["unknown_key"]),
        ([("\ncriteria:", "\ncriterias:")], ["unknown_key"]),
        ([("\nprotected:", "\nprotect:")], ["unknown_key"]),
    ],
    ids=["lineage", "starta", "criterias", "protect"],
)
def test_one_mistake_is_one_problem(tmp_path: Path, edits: list[tuple[str, str]], codes: list[str]) -> None:
    specification = SPECIFICATION
    for old, new in edits:
        specification = edited(specification, old, new)
    with pytest.raises(InvalidDocument) as refused:
        read_specification(write(tmp_path, specification), BY_ROW)
    assert [p.code for p in refused.value.problems] == codes
