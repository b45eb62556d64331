"""Rows that stand several times in the test data make no bound narrower without a word: attacks, and honest look-alikes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.app.team import Team, refused
from tests.app.test_attempts import fed

import assay
from assay.app.judging.case import open_case
from assay.app.judging.looking import look
from assay.app.judging.open_engine import open_engine
from assay.app.judging.planning import make_plan
from assay.app.organisation.ledger import open_ledger
from assay.domain.errors import InvalidDocument
from assay.domain.figures import PERCENT
from assay.domain.refusal import Because
from assay.domain.repeats import RepeatedIn, Repeats
from assay.domain.specification import Data

CUSTODY = "custody: validator}"
NOISE = "  - {name: noise, type: number, description: a number that means nothing}\n"
SAID = "Whether equal rows are of one person"


def judged(folder: Folder) -> assay.Record:
    return assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    ).record


def told(record: assay.Record) -> list[str]:
    return [sentence for sentence in record.says_nothing_about if sentence.startswith(SAID)]


def numbered(table: pa.Table) -> pa.Table:
    """With an identifier of its own for each row."""
    return replaced(table, "id", np.arange(table.num_rows))


def many_times(rows: int = 200, times: int = 20) -> pa.Table:
    return numbered(pa.concat_tables([people(rows, 1)] * times))


def noisy(folder: Folder) -> None:
    """A documented column that is no input and makes every row another."""
    folder.dictionary += NOISE
    for role in ("test", "develop"):
        table = getattr(folder, role)
        noise = np.random.default_rng(5).random(table.num_rows)
        setattr(folder, role, table.append_column("noise", pa.array(noise)))


def test_rows_repeated_twenty_times_are_refused_though_no_criterion_asks(folder: Folder) -> None:
    folder.test = many_times()
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "3,800 of 4,000 rows" in found.value.message
    assert (
        f"95.00{PERCENT} of what these rows tell is lost, and 2{PERCENT} allowed undeclared"
        in found.value.message
    )
    assert "data.repeated_rows" in found.value.remedy


def test_under_a_lock_it_is_logged_and_spends_no_row(folder: Folder) -> None:
    honest, folder.test = folder.test, many_times()
    team = Team(folder).lock()
    with refused(Because.ROWS_REPEAT):
        team.certify()
    with open_ledger(folder.root) as ledger:
        assert b'"because":"rows_repeat"' in ledger.leaves()[-1]
        assert not ledger.state().runs
    folder.test = honest
    folder.write()
    assert team.certify().attempt == 1


def test_an_invented_person_for_each_row_hides_no_copy_and_a_true_one_counts_once(folder: Folder) -> None:
    folder.edit(CUSTODY, "custody: validator, unit: id}")
    folder.test = many_times()
    with refused(Because.ROWS_REPEAT):
        judged(folder)
    folder.test = replaced(folder.test, "id", np.arange(4000) % 200)
    record = judged(folder)
    assert record.rows_used == 200
    assert not told(record)


def test_a_column_of_noise_hides_no_copy_from_what_the_model_is_fed(folder: Folder) -> None:
    pytest.importorskip("lightgbm")
    fed(folder, ("income", "age"))
    folder.test = many_times(2000, 2)
    noisy(folder)
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "2,000 of 4,000 rows repeat an earlier row in all that the model is fed" in found.value.message


def test_copies_in_one_group_or_of_one_label_alone_are_found(folder: Folder) -> None:
    old = np.flatnonzero(folder.test["age"].to_numpy() >= 60)
    rest = np.setdiff1d(np.arange(4000), old)
    folder.test = numbered(folder.test.take(np.concatenate([rest, np.repeat(old[:3], 3)])))
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "6 of 9 rows of 60 and over" in found.value.message
    folder.test = people(4000, 1)
    lost = np.flatnonzero(folder.test["bad"].to_numpy() == 1)
    folder.test = numbered(folder.test.take(np.concatenate([np.arange(4000), lost[:30]])))
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "with the label 1" in found.value.message


def test_one_row_that_stands_there_often_counts_for_more_than_as_many_pairs(folder: Folder) -> None:
    """Thirty-one equal rows of 4,000 widen an interval by a tenth; thirty pairs do by less than one hundredth."""
    folder.test = numbered(pa.concat_tables([folder.test.slice(0, 3970), *([folder.test.slice(0, 1)] * 30)]))
    with refused(Because.ROWS_REPEAT):
        judged(folder)


def test_a_few_equal_rows_are_told_and_judged(folder: Folder) -> None:
    folder.test = numbered(pa.concat_tables([folder.test, folder.test.slice(0, 10)]))
    assert told(judged(folder)) == [
        f"{SAID}: 10 of 4,010 repeat an earlier row in all documented columns and in the label, and every bound counts each."
    ]
    folder.test = people(4000, 1)
    assert not told(judged(folder))


def test_people_who_look_alike_are_judged_when_it_was_agreed_before_and_the_certificate_says_so(
    folder: Folder,
) -> None:
    """Two columns of few values describe everybody: what repeats is no copy, and no look at the rows could tell."""
    coarse(folder)
    with refused(Because.ROWS_REPEAT):
        judged(folder)
    folder.look_alike()
    team = Team(folder).lock()
    team.certify()
    scope = team.sign().issue().certificate.scope
    assert any(
        s.startswith(SAID) and s.endswith("do not tell people apart.") for s in scope.says_nothing_about
    )


def coarse(folder: Folder) -> None:
    for role in ("test", "develop"):
        table = getattr(folder, role)
        setattr(folder, role, replaced(table, "income", np.full(table.num_rows, 2000.0)))


def test_less_than_was_declared_is_refused_all_the_same(folder: Folder) -> None:
    coarse(folder)
    folder.edit(CUSTODY, "custody: validator,\n  repeated_rows: {at_most: 0.5, rationale: Few columns.}}")
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert f"50{PERCENT} declared" in found.value.message


@pytest.mark.parametrize(
    ("cap", "at_most", "said"),
    [
        (None, "0.999999999", "at_most is 0.999999999 of what the test rows tell; the policy's most is 0.5 where it says nothing"),
        (None, "0.5", ""),
        ("0.05", "0.051", "at_most is 0.051 of what the test rows tell; the policy's most is 0.05."),
        ("0.999", "0.99", ""),
    ],
)  # fmt: skip
def test_how_many_rows_may_repeat_is_no_choice_of_the_specification_alone(
    folder: Folder, cap: str | None, at_most: str, said: str
) -> None:
    """A hundred rows forty times were certified by a word of the developer, for intervals six times too narrow."""
    folder.edit(
        CUSTODY, f"custody: validator,\n  repeated_rows: {{at_most: {at_most}, rationale: Few columns.}}}}"
    )
    folder.test = pa.concat_tables([people(100, 1)] * 40)
    team = Team(folder, requires={"repeated_rows": cap and Decimal(cap)})
    if said:
        with refused(Because.POLICY_NOT_SATISFIED) as found:
            team.lock()
        assert said in found.value.message
    else:
        assert team.lock()


def test_a_rehearsal_tells_what_a_judged_run_would_refuse(folder: Folder) -> None:
    folder.develop = many_times(100, 20)
    record = assay.certify(folder.write(), workers=0, rehearse=True).record
    (said,) = told(record)
    assert "1,900 of 2,000" in said
    assert "A judged run of such rows is refused" in said


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_counts_of_equal_rows_do_not_depend_on_how_rows_are_split(folder: Folder, rows: int) -> None:
    folder.test = many_times(40, 100)
    with refused(Because.ROWS_REPEAT) as found:
        assay.certify(folder.write(row_group=4000 // rows), workers=0, certify_without_a_lock=True)
    assert "3,960 of 4,000 rows repeat" in found.value.message


def test_which_row_of_a_person_is_looked_at_is_the_locks_choice_and_no_wording_of_the_specification(
    folder: Folder,
) -> None:
    """Of each of 1,000 persons one row is a copy of a common one and one is not: how many copies are chosen is chance, and
    whoever could reword the specification until few are would have made the choice.
    """
    ids = np.arange(1000)
    common = pa.concat_tables([people(1, 7)] * 1000)
    folder.test = pa.concat_tables([replaced(rows, "id", ids) for rows in (people(1000, 1), common)])
    folder.edit(
        CUSTODY, "custody: validator, unit: id,\n  repeated_rows: {at_most: 0.9999, rationale: Few columns.}}"
    )
    team = Team(folder, requires={"repeated_rows": Decimal("0.9999")}).lock()
    record = team.certify(certify_a_hopeless_specification=True).record
    assert record.rows_used == 1000
    (said,) = told(record)
    with open_engine(team.path, workers=0) as engine:
        case = replace(open_case(team.path), drawn=record.seed)
        chosen = look(case, engine, beside=None).looked.repeated
    assert (said,) == chosen.told(record.specification.data)


INDEPENDENT = "Whether rows of one 'id' are independent"


def of_few_people(folder: Folder, people_: int = 2500) -> None:
    for role in ("test", "develop"):
        table = getattr(folder, role)
        setattr(folder, role, replaced(table, "id", np.arange(table.num_rows) % people_))


def test_several_rows_of_one_person_are_refused_though_nobody_named_the_unit(folder: Folder) -> None:
    of_few_people(folder)
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "1,500 of 4,000 rows have a 'id' that an earlier row has" in found.value.message
    assert (
        f"42.86{PERCENT} of what these rows tell is lost, and 2{PERCENT} allowed undeclared"
        in found.value.message
    )
    assert "data.unit" in found.value.remedy
    folder.edit(CUSTODY, "custody: validator, unit: id}")
    record = judged(folder)
    assert record.rows_used == 2500
    assert not [s for s in record.says_nothing_about if s.startswith(INDEPENDENT)]


def test_an_identifier_that_names_no_person_is_judged_when_it_was_agreed_before(folder: Folder) -> None:
    of_few_people(folder)
    folder.edit(
        CUSTODY,
        "custody: validator,\n  repeated_identifiers: {id: {at_most: 0.9, rationale: It names a branch.}}}",
    )
    (said,) = (s for s in judged(folder).says_nothing_about if s.startswith(INDEPENDENT))
    assert "1,500 of 4,000 have one that an earlier row has, and every bound counts each." in said
    assert said.endswith("It names a branch.")
    folder.text = folder.text.replace("at_most: 0.9,", "at_most: 0.4,")
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert f"40{PERCENT} declared" in found.value.message


def test_a_person_who_stands_there_twice_is_told_and_judged(folder: Folder) -> None:
    ids = folder.test["id"].to_numpy().copy()
    ids[-1] = ids[0]
    folder.test = replaced(folder.test, "id", ids)
    (said,) = (s for s in judged(folder).says_nothing_about if s.startswith(INDEPENDENT))
    assert "1 of 4,000" in said


def test_another_identifier_than_the_unit_counts_among_the_rows_that_count(folder: Folder) -> None:
    """A stay for each row hides no patient; a branch of each of many rows is asked for too."""
    folder.edit(CUSTODY, "custody: validator, unit: id}")
    folder.dictionary += "  - {name: patient, type: identifier, description: number of the patient}\n"
    for role in ("test", "develop"):
        table = getattr(folder, role)
        setattr(folder, role, table.append_column("patient", pa.array(np.arange(table.num_rows) // 2)))
    with refused(Because.ROWS_REPEAT) as found:
        judged(folder)
    assert "2,000 of 4,000 rows have a 'patient'" in found.value.message
    folder.text = folder.text.replace("unit: id}", "unit: patient}")
    assert judged(folder).rows_used == 2000


def test_missing_identifiers_are_shared_with_nobody(folder: Folder) -> None:
    ids = [None if i % 2 else i for i in range(4000)]
    folder.test = replaced(folder.test, "id", ids)
    assert not [s for s in judged(folder).says_nothing_about if s.startswith(INDEPENDENT)]


def test_a_plan_and_a_rehearsal_say_before_that_an_identifier_repeats(folder: Folder) -> None:
    assert not make_plan(folder.write(), workers=0).repeats
    of_few_people(folder, 1000)
    path = folder.write()
    assert "1,000 of 2,000 rows have a 'id'" in make_plan(path, workers=0).repeats
    record = assay.certify(path, workers=0, rehearse=True).record
    (said,) = (s for s in record.says_nothing_about if s.startswith(INDEPENDENT))
    assert said.endswith("A judged run of such rows is refused.")


def test_a_word_about_an_identifier_that_is_none_or_is_the_unit_is_refused(folder: Folder) -> None:
    said = "repeated_identifiers: {id: {at_most: 0.9, rationale: It is a branch.}}}"
    folder.edit(CUSTODY, f"custody: validator, unit: id,\n  {said}")
    with pytest.raises(InvalidDocument) as found:
        judged(folder)
    assert [p.code for p in found.value.problems] == ["repeats_of_no_identifier"]
    folder.text = folder.text.replace("unit: id,", "").replace("{id: {at", "{age: {at")
    with pytest.raises(InvalidDocument) as found:
        judged(folder)
    assert [p.code for p in found.value.problems] == ["repeats_of_no_identifier"]


def test_a_plan_says_before_that_rows_which_look_alike_are_refused_and_a_word_opens_them(
    folder: Folder,
) -> None:
    coarse(folder)
    said = make_plan(folder.write(), workers=0).repeats
    assert "repeat an earlier row in all documented columns and in the label" in said
    assert "of what 4,000 such test rows tell is lost" in said
    assert "data.repeated_rows" in said
    folder.edit(CUSTODY, "custody: validator,\n  repeated_rows: {at_most: 0.999, rationale: Few columns.}}")
    assert not make_plan(folder.write(), workers=0).repeats


def test_a_plan_of_few_test_rows_does_not_go_by_how_many_reference_rows_there_are() -> None:
    """Chance gives each row as many equals as there are rows: of 10,000 people with a million kinds of answers one in a hundred looks like another."""
    kinds = np.random.default_rng(3).integers(0, 1_000_000, 100_000)
    many, few = alike(kinds), alike(kinds[:10_000])
    data = Data(dictionary="dictionary.yaml", test="test.csv", custody="validator")
    assert RepeatedIn((many,)).too_many(data)
    assert RepeatedIn((many,)).would_be_too_many(data, 1.0)
    assert not RepeatedIn((many,)).would_be_too_many(data, 0.1)
    assert not RepeatedIn((few,)).too_many(data)
    assert RepeatedIn((few,)).would_be_too_many(data, 10.0)


def alike(kinds: np.ndarray) -> Repeats:
    times = np.unique(kinds, return_counts=True)[1]
    return Repeats("", len(kinds), len(kinds) - len(times), int((times * (times - 1)).sum()))
