"""The same test rows are known again whatever choice of columns the submitter makes; what few rows two sets share is told."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.app.team import Team, refused

from assay.app.judging.case import open_case
from assay.app.judging.looking import look
from assay.app.judging.open_engine import open_engine
from assay.app.judging.used_rows import used_rows
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import verify_log
from assay.cli.main import main
from assay.domain.refusal import Because, Refused

INCOME = "  - {name: income, type: number, description: monthly income, range: [0, null]}\n"
IDENTIFIER = "  - {name: id, type: identifier, description: number of the applicant}\n"


def undocumented(team: Team, *lines: str) -> None:
    for line in lines:
        assert line in team.folder.dictionary
        team.folder.dictionary = team.folder.dictionary.replace(line, "")


def judged_again(team: Team, dropped: tuple[str, ...] = ()) -> None:
    """A second judged run of a new version, with columns missing from every file."""
    for role in ("test", "develop"):
        table = getattr(team.folder, role)
        setattr(team.folder, role, table.drop_columns([n for n in dropped if n in table.column_names]))
    team.folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    team.lock(reason="the words were wrong").certify()


@pytest.mark.begins("judged")
def test_a_column_that_is_no_longer_documented_makes_no_row_new(team: Team) -> None:
    undocumented(team, INCOME)
    with refused(Because.TEST_SET_SPENT):
        judged_again(team)


@pytest.mark.begins("judged")
def test_nor_does_it_in_another_file_of_the_same_rows(team: Team) -> None:
    undocumented(team, INCOME, IDENTIFIER)
    team.folder.test = team.folder.test.slice(1)
    with refused(Because.TEST_SET_SPENT):
        judged_again(team)


def test_an_input_that_is_left_out_makes_no_row_new(folder: Folder) -> None:
    pytest.importorskip("lightgbm")
    fed(folder, ("income", "score", "age"))
    team = Team(folder).lock()
    team.certify()
    undocumented(team, IDENTIFIER)
    fed(folder, ("income", "score"))
    team.folder.test = team.folder.test.slice(1)
    with refused(Because.TEST_SET_SPENT):
        judged_again(team)


def fed(folder: Folder, inputs: tuple[str, ...]) -> None:
    """Let a small model of these inputs be what is judged."""
    import lightgbm

    rows = folder.develop
    x = np.column_stack([rows[name].to_numpy() for name in inputs])
    data = lightgbm.Dataset(x, rows["bad"].to_numpy(), feature_name=list(inputs))
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1}
    lightgbm.train(settings, data, num_boost_round=5).save_model(folder.root / "model.txt")
    said = f"subject: {{model: model.txt, format: lightgbm, inputs: [{', '.join(inputs)}]}}"
    line = next(one for one in folder.text.splitlines() if one.startswith("subject:"))
    folder.edit(line, said)


@pytest.mark.begins("judged")
def test_a_column_that_is_taken_out_of_the_file_makes_no_row_new(team: Team) -> None:
    """Neither the first run's columns nor its identifier are in the file: the values of a column tell."""
    undocumented(team, INCOME, IDENTIFIER)
    team.folder.test = team.folder.test.slice(1)
    with refused(Because.TEST_SET_SPENT):
        judged_again(team, ("income", "id"))


@pytest.mark.begins("judged")
def test_nor_when_what_is_left_is_renamed(team: Team) -> None:
    undocumented(team, INCOME, IDENTIFIER)
    for role in ("test", "develop"):
        table = getattr(team.folder, role).drop_columns(["income", "id"])
        names = [{"age": "years"}.get(name, name) for name in table.column_names]
        setattr(team.folder, role, table.rename_columns(names))
    team.folder.test = team.folder.test.slice(1)
    team.folder.dictionary = team.folder.dictionary.replace("name: age", "name: years")
    team.folder.edit("column: age", "column: years")
    with refused(Because.TEST_SET_SPENT):
        judged_again(team)


@pytest.mark.begins("judged")
def test_an_identifier_tells_the_same_persons_when_every_value_was_changed(team: Team) -> None:
    rows, rng = team.folder.test, np.random.default_rng(4)
    for name in ("income", "score"):
        values = rows[name].to_numpy() * (1 - 1e-9 * rng.random(rows.num_rows))
        rows = replaced(rows, name, values)
    team.folder.test = rows
    with refused(Because.TEST_SET_SPENT):
        judged_again(team)


@pytest.mark.begins("judged")
def test_rows_that_nothing_is_left_to_tell_apart_are_not_taken_for_new(team: Team) -> None:
    undocumented(team, INCOME, IDENTIFIER)
    rows, rng = team.folder.test, np.random.default_rng(4)
    team.folder.test = replaced(
        rows, "score", rows["score"].to_numpy() * (1 - 1e-9 * rng.random(rows.num_rows))
    )
    with pytest.raises(Refused, match="no columns are left by which they could be told apart"):
        judged_again(team, ("income", "id"))


def billed(team: Team, seed: int = 9, names: str = "bill", without: str = "") -> None:
    """Whole numbers only: a column of bills for each of six months instead of the income, and a counter of the rows."""
    rng = np.random.default_rng(seed)
    for role in ("test", "develop"):
        table = getattr(team.folder, role).drop_columns(["income"])
        count = table.num_rows
        columns = {f"{names}_{k}": rng.lognormal(6, 1, count).astype(np.int64) for k in range(6)}
        columns |= {"row": np.arange(count)}
        for name, values in columns.items():
            if name != without:
                table = table.append_column(name, pa.array(values))
        setattr(team.folder, role, table)
    lines = "".join(whole(name) for name in columns if name != without)
    team.folder.dictionary = team.folder.dictionary.replace(INCOME, lines)


def whole(name: str) -> str:
    return INCOME.replace("name: income", f"name: {name}").replace("number,", "integer,")


def other_score(team: Team) -> None:
    """The scores of another model, which orders persons otherwise."""
    for role in ("test", "develop"):
        rows, rng = getattr(team.folder, role), np.random.default_rng(4)
        score = (rows["score"].to_numpy() + rng.beta(1.2, 1.2, rows.num_rows)) / 2
        setattr(team.folder, role, replaced(rows, "score", score))


def without_identifier(team: Team) -> None:
    undocumented(team, IDENTIFIER)
    for role in ("test", "develop"):
        setattr(team.folder, role, getattr(team.folder, role).drop_columns(["id"]))


@pytest.mark.parametrize("names", ["bill", "renamed"])
def test_whole_numbers_are_known_again_without_identifier_one_input_and_some_rows(
    team: Team, names: str
) -> None:
    billed(team)
    team.folder.write()
    team.lock().certify()
    team.folder.test, team.folder.develop = people(4000, 1), people(2000, 2)
    team.folder.dictionary = Folder(team.root).dictionary
    billed(team, names=names, without=f"{names}_3")
    other_score(team)
    without_identifier(team)
    team.folder.test = team.folder.test.slice(500)
    with pytest.raises(Refused, match=f"by the values of .*{names}_") as told:
        judged_again(team)
    assert told.value.refusal.because is Because.TEST_SET_SPENT


@pytest.mark.begins("judged")
def test_measured_values_are_known_again_however_they_are_laid_out(team: Team) -> None:
    """In an Arrow file each different value may be kept once, or be a decimal; one input and one row are left out."""
    without_identifier(team)
    other_score(team)
    undocumented(team, INCOME)
    income = team.folder.test["income"]
    laid = {"wages": income.dictionary_encode(), "pay": income.cast(pa.decimal128(20, 2))}
    for name, column in laid.items():
        table = team.folder.test.append_column(name, column).drop_columns(["income"]).slice(500)
        line = INCOME.replace("name: income", f"name: {name}")
        assert spent(team, table, line) == "by the values of " + name


def spent(team: Team, table: pa.Table, line: str) -> str:
    """By what the rows of a table, in an Arrow file, are known to be those of the first run; empty when they are not."""
    with open_ledger(team.root) as ledger:
        first = ledger.state().runs[min(ledger.state().runs)]
        salt = ledger.log.value(first.salt)
    assert salt is not None
    folder = Folder(team.root)
    folder.text = team.folder.text.replace("test: test.parquet", "test: test.arrow")
    folder.dictionary = team.folder.dictionary + line
    folder.test, folder.develop = table, table
    path = folder.write()
    with pa.OSFile(str(team.root / "test.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)
    with open_engine(path, workers=0) as engine:
        case = look(open_case(path, rehearse=False), engine, beside=())
        used = used_rows(case, engine, salt, [first.rows])
    return used.overlap(first.rows).told


def test_other_whole_numbers_are_new_though_both_files_count_their_rows(team: Team) -> None:
    billed(team)
    team.folder.write()
    team.lock().certify()
    team.folder.test, team.folder.develop = people(3900, 3), people(2000, 4)
    team.folder.dictionary = Folder(team.root).dictionary
    billed(team, seed=10, without="bill_3")
    other_score(team)
    without_identifier(team)
    judged_again(team)
    with open_ledger(team.root) as ledger:
        runs = list(ledger.state().runs.values())
    assert [run.attempt for run in runs] == [1, 1]
    assert not any(overlap.share > 0.3 for run in runs for _, overlap in run.overlaps)


def test_rows_that_tell_nothing_and_are_about_as_many_are_not_taken_for_new(team: Team) -> None:
    """Neither file has columns that tell rows apart, and ages have become bands: nobody could say that it is new."""
    for role in ("test", "develop"):
        rows = getattr(team.folder, role)
        setattr(team.folder, role, replaced(rows, "score", rows["score"].to_numpy().round(2)))
    undocumented(team, INCOME, IDENTIFIER)
    team.folder.look_alike()
    team.folder.write()
    team.lock().certify()
    team.folder.test = team.folder.test.slice(150)
    team.folder.dictionary = team.folder.dictionary.replace("name: age", "name: years")
    for role in ("test", "develop"):
        rows = getattr(team.folder, role)
        names = [{"age": "years"}.get(name, name) for name in rows.column_names]
        rows = rows.rename_columns(names)
        setattr(team.folder, role, replaced(rows, "years", rows["years"].to_numpy() // 5 * 5))
    other_score(team)
    for role in ("test", "develop"):
        rows = getattr(team.folder, role)
        setattr(team.folder, role, replaced(rows, "score", rows["score"].to_numpy().round(2)))
    team.folder.edit("column: age", "column: years")
    with pytest.raises(Refused, match="no columns are left by which they could be told apart"):
        judged_again(team, ("id", "income"))


@pytest.mark.begins("judged")
@pytest.mark.parametrize("made_up", ["", "number", "identifier", "score"])
def test_one_row_less_and_a_made_up_column_do_not_make_rows_new_that_nothing_is_left_to_tell_apart(
    team: Team, made_up: str
) -> None:
    """Neither marks of a column that the first file had not nor identifiers that are numbered anew say anything of the rows."""
    undocumented(team, INCOME, IDENTIFIER)
    other_score(team)
    rng = np.random.default_rng(5)
    for role in ("test", "develop"):
        rows = getattr(team.folder, role).slice(1).drop_columns(["id", "income"])
        if made_up != "score":  # which else tells rows apart, and is another model's
            rows = replaced(rows, "score", rows["score"].to_numpy().round(2))
        if made_up == "number":
            rows = rows.append_column("noise", pa.array(rng.normal(size=rows.num_rows)))
        if made_up == "identifier":
            rows = rows.append_column("id", pa.array(rng.permutation(10**6)[: rows.num_rows]))
        setattr(team.folder, role, rows)
    line = {
        "number": "  - {name: noise, type: number, description: a number}\n",
        "identifier": IDENTIFIER,
    }
    team.folder.dictionary += line.get(made_up, "")
    team.folder.look_alike()
    with pytest.raises(Refused, match="cannot be told from those of the judged run of entry 3") as told:
        judged_again(team)
    assert told.value.refusal.because is Because.TEST_SET_SPENT


@pytest.mark.begins("judged")
@pytest.mark.parametrize("kind", [pa.string(), pa.float32()])
def test_numbers_that_are_written_otherwise_make_no_row_new(team: Team, kind: pa.DataType) -> None:
    with open_ledger(team.root) as ledger:
        (first,) = ledger.state().runs.values()
        salt = ledger.log.value(first.salt)
    assert salt is not None
    for role in ("test", "develop"):
        written = getattr(team.folder, role)
        for name in ("income", "score"):
            written = written.set_column(written.column_names.index(name), name, written[name].cast(kind))
        setattr(team.folder, role, written.slice(1))
    case = open_case(team.folder.write(), rehearse=False)
    with open_engine(team.path, workers=0) as engine:
        used = used_rows(look(case, engine, beside=()), engine, salt, [first.rows])
    assert used.sketches[0].sketch.overlap(first.rows.sketches[0].sketch) > 0.99


@pytest.mark.begins("judged")
def test_new_rows_with_other_columns_are_new(team: Team) -> None:
    undocumented(team, INCOME)
    team.folder.look_alike()
    team.folder.test = people(4000, 7)
    judged_again(team)
    with open_ledger(team.root) as ledger:
        assert [run.attempt for run in ledger.state().runs.values()] == [1, 1]


@pytest.mark.parametrize("count", [1500, 1450])
def test_another_use_case_on_other_people_is_new_though_identifier_age_and_label_have_the_same_names(
    folder: Folder, count: int
) -> None:
    """Numbers of rows are round: a second model of one organisation has as many test rows as the first, or nearly."""
    pytest.importorskip("lightgbm")
    folder.test = people(1500, 1)
    fed(folder, ("income", "score", "age"))
    folder.write()
    team = Team(folder).lock(certify_a_hopeless_specification=True)
    team.certify(certify_a_hopeless_specification=True)
    renamed = {"income": "minutes", "score": "calls"}
    for role, seed, rows in (("test", 11, count), ("develop", 12, 2000)):
        table = people(rows, seed)
        setattr(folder, role, table.rename_columns([renamed.get(name, name) for name in table.column_names]))
    for old, new in renamed.items():
        folder.dictionary = folder.dictionary.replace(f"name: {old},", f"name: {new},")
    fed(folder, ("minutes", "calls", "age"))
    folder.edit("name: small-loans", "name: churn").write()
    team.lock(certify_a_hopeless_specification=True).certify(certify_a_hopeless_specification=True)
    with open_ledger(team.root) as ledger:
        runs = list(ledger.state().runs.values())
    assert [run.attempt for run in runs] == [1, 1]
    assert not runs[1].overlaps


def few_values(seed: int) -> pa.Table:
    """Applicants of whom nothing is known but small whole numbers."""
    rows = people(4000, seed)
    rng = np.random.default_rng(seed)
    return replaced(rows, "income", rng.choice(20, 4000, p=np.arange(1, 21) / 210))


def judged_on_few_values(team: Team) -> None:
    team.folder.dictionary = team.folder.dictionary.replace(INCOME, whole("income"))
    team.folder.look_alike()
    team.folder.test, team.folder.develop = few_values(1), few_values(2)
    team.folder.write()
    assert team.lock().certify().attempt == 1


def test_fresh_rows_that_equal_used_ones_by_chance_are_new_and_it_is_told(team: Team) -> None:
    judged_on_few_values(team)
    team.folder.test = few_values(7)
    team.folder.write()
    done = team.certify()
    assert done.attempt == 1
    (sentence,) = done.record.overlaps
    said = re.fullmatch(
        r"These test rows have some in common with those of the judged run of entry 3 "
        r"\(by sex, age, income and 1 more; (\d,\d{3}) of 4,000 coincide, about (\d,\d{3}) expected by chance, "
        r"and up to (\d{1,2})% may be used ones\)\.",
        sentence,
    )
    assert said
    coincide, expected, perhaps = (int(number.replace(",", "")) for number in said.groups())
    assert coincide == pytest.approx(expected, abs=160)
    assert perhaps < 22  # two errors of at most 6 points each above less than a tenth


def test_used_rows_of_few_values_are_known_with_other_identifiers_and_scores_and_three_of_ten_changed(
    team: Team,
) -> None:
    judged_on_few_values(team)
    used, rng = team.folder.test.slice(500), np.random.default_rng(4)
    incomes = used["income"].to_numpy()
    changed = np.where(rng.random(len(incomes)) < 0.3, rng.choice(20, len(incomes)), incomes)
    team.folder.test = replaced(replaced(used, "income", changed), "id", np.arange(len(incomes)) + 10**8)
    other_score(team)
    team.folder.write()
    with pytest.raises(Refused, match=r"coincide, about \d,\d{3} expected by chance") as told:
        team.certify()
    assert told.value.refusal.because is Because.TEST_SET_SPENT


@pytest.mark.begins("judged")
def test_few_shared_rows_are_no_attempt_and_are_told_in_record_certificate_and_dossier(team: Team) -> None:
    team.folder.test = pa.concat_tables([people(3800, 7), team.folder.test.slice(0, 200)])
    team.folder.write()
    done = team.certify()
    (sentence,) = done.record.overlaps
    assert done.attempt == 1
    # By a sample of 2,048 of 4,000 rows: 5 % of them, give or take one.
    assert re.match("[456]% of these test rows were used by the judged run of entry 3 [(]by ", sentence)
    made = team.sign().issue()
    assert made.certificate.scope.overlaps == (sentence,)
    from assay.app.organisation.report import document

    assert "of these test rows were used by the judged run of entry 3" in document(done.record, "html")


@pytest.mark.begins("judged")
def test_who_is_to_sign_is_shown_all_that_speaks_against_it(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    team.folder.test = pa.concat_tables([people(3800, 7), team.folder.test.slice(0, 200)])
    team.folder.edit("at_most: 0.15, tier: supporting", "at_most: 0.01, tier: advisory").write()
    team.lock(reason="one in seven was too much to ask").certify()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["sign", "--look", "--in", str(team.root)])
    said = " ".join(capsys.readouterr().out.split())
    for told in (
        "advisory 0 of 1 criteria pass",
        "changed after run 3 was certified, by entry 6: one in seven was too much to ask",
        "used before 6% of these test rows were used by the judged run of entry 3",
        "not decided age: 60 and over",
        "not tested Whether the model gives away who was in its training data",
    ):
        assert told in said


def test_people_whom_each_file_counts_from_one_are_new_and_used_ones_are_not(team: Team) -> None:
    def counted_from_one(rows: pa.Table) -> pa.Table:
        return replaced(rows, "id", np.arange(1, rows.num_rows + 1))

    used = team.folder.test
    team.folder.test = counted_from_one(used)
    team.folder.write()
    team.lock().certify()
    team.folder.test = counted_from_one(people(3500, 9))
    team.folder.write()
    done = team.certify()
    assert (done.attempt, done.record.overlaps) == (1, ())
    team.folder.test = counted_from_one(used.slice(700))  # everybody has another number than before
    team.folder.write()
    with refused(Because.TEST_SET_SPENT):
        team.certify()


@pytest.mark.begins("judged")
def test_the_attempt_counts_other_choices_of_columns_too(team: Team) -> None:
    undocumented(team, INCOME)
    team.folder.look_alike()
    team.folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    team.lock(reason="the words were wrong")
    team.waive("the first run used a wrong score column")
    assert team.certify().attempt == 2


@pytest.mark.begins("judged")
def test_an_erased_salt_makes_all_rows_spent_and_leaves_the_log_whole(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_ledger(team.root) as ledger:
        (run,) = ledger.state().runs.values()
    for ends in (0, 2):  # the second time nothing is there
        with pytest.raises(SystemExit) as ended:
            main(["log", "erase", run.salt, "--yes", "--in", str(team.root)])
        assert ended.value.code == ends
    assert "Nothing is kept under" in capsys.readouterr().err
    assert verify_log(team.root).wrong == ()
    team.folder.test = people(4000, 7)
    team.folder.write()
    with refused(Because.TEST_SET_SPENT):
        team.certify()


def test_rows_that_are_spent_are_told_and_logged_as_that_though_the_next_run_would_be_hopeless_too(
    folder: Folder,
) -> None:
    """The second share of alpha is too small for anything; the first run passed, which ends the schedule."""
    folder.edit("subject: {model", "attempts: {count: 2, first: 0.999999}\nsubject: {model")
    team = Team(folder).lock(certify_a_hopeless_specification=True)
    assert team.certify(certify_a_hopeless_specification=True).decision.outcome == "certified"
    with refused(Because.TEST_SET_SPENT):
        team.certify()
    with open_ledger(team.root) as ledger:
        assert b'"because":"test_set_spent"' in ledger.leaves()[-1]
