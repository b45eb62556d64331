"""The search for a fairer model from end to end: what it reads, what it writes, and what it may say."""

from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.app.conftest import Folder
from tests.app.unequal import METHODS, Unequal, people

from assay.app.judging.case import open_case
from assay.app.judging.certify import certify
from assay.app.mitigating import compare, copies, rows
from assay.app.mitigating import mitigate as search_module
from assay.app.mitigating import train as training
from assay.app.mitigating.asked import criterion_of, learner_of, tries
from assay.app.mitigating.mitigate import Wish, mitigate
from assay.app.mitigating.report import PAGE, RECORD
from assay.app.verifying.search import p_alike
from assay.cli.main import assay
from assay.domain.decide import Outcome
from assay.domain.digests import sha256_of
from assay.domain.errors import AssayError, MissingExtra, SubjectError
from assay.domain.mitigation_record import Kept, from_document, on_frontier
from assay.domain.search_words import statements
from assay.mitigation.trainer import open_trainer
from assay.reading.specification import read_specification
from assay.sandbox.failures import ModuleAbsent


def test_a_search_never_opens_the_test_rows(searched):
    path, search = searched
    assert not (path.parent / "test.parquet").exists(), "there are none to open"
    assert [s.role for s in search.sources] == ["train", "develop"]


def test_candidates_shrink_the_gap_and_the_control_does_not(searched):
    _, search = searched
    told = {m.name: m.gap.value.estimate for m in search.models}
    assert list(told) == ["original", "retrained", *METHODS]
    assert told["original"] < 0.8 > told["retrained"]
    assert told["group-thresholds"] > 0.85
    assert search.alternatives[0].name == "group-thresholds"
    assert all(m.paired.level == pytest.approx(0.05 / 2) for m in search.candidates)


def test_a_candidate_is_a_file_with_its_digest_and_a_copy_of_the_specification_that_can_be_rehearsed(
    searched,
):
    path, search = searched
    one = search.models[2]
    assert sha256_of((path.parent / one.model).read_bytes()) == one.digest
    copy = path.parent / one.specification
    assert sha256_of(copy.read_bytes()) == one.specification_digest
    record = certify(copy, rehearse=True, workers=0).record
    assert record.decision.outcome in set(Outcome)
    assert {s.role: s.digest for s in record.sources}["model"] == one.digest
    judged = {j.assessment.criterion: j.assessment for j in record.judged}
    assert judged["approval-sex"].estimate.value == one.gap.value.estimate
    assert judged["accuracy"].estimate.value == one.performance.estimate
    assert judged["approval-sex"].bound.value == one.gap.value.lower


def test_a_copy_differs_in_its_subject_alone(searched):
    path, search = searched
    before, after = (path.parent / name for name in (path.name, search.models[2].specification))
    old, new = before.read_text().splitlines(), after.read_text().splitlines()
    added = [line for line in new if line not in old]
    assert [line for line in old if line not in new] == [
        "subject:  # scores of the old rule",
        "  {model: score, format: predictions, inputs: [income, proxy]}",
    ]
    assert added[1:] == [
        "subject:",
        "  model: mitigation/group-thresholds.skops",
        "  format: skops",
        "  inputs: [income, proxy, sex]",
        "  search: mitigation/mitigation.json",
    ]
    assert added[0].startswith("# Made by assay mitigate from specification.yaml, sha256:")


def test_the_record_tells_everything_that_was_tried_and_the_page_is_the_same_twice(searched):
    from assay.dossier.search import render_search

    path, search = searched
    document = json.loads((path.parent / "mitigation" / RECORD).read_text())
    assert document["schema"] == "assay.mitigation/1"
    assert [m["name"] for m in document["models"]] == [m.name for m in search.models]
    assert document["seed"] == 5
    assert from_document(document) == search
    for broken in ({}, {**document, "schema": "assay.mitigation/2"}, {**document, "models": 1}):
        with pytest.raises(AssayError, match="no record of a search"):
            from_document(broken)
    page = (path.parent / "mitigation" / PAGE).read_text()
    assert page == render_search(search)
    for words in (
        "never a certificate",
        "ask a lawyer",
        "Bonferroni",
        "none exists",
        "<svg",
        "Group thresholds",
    ):
        assert words in page
    assert "<script" not in page


def test_the_same_rows_and_seed_give_the_same_file_in_another_process(searched):
    path, search = searched
    case = open_case(path, rehearse=True)
    grouping = rows.grouping_of(case, criterion_of(case.specification, ""), frozenset())
    asked = training.Asked(case, criterion_of(case.specification, ""), grouping, "logistic", (), 5)
    told = json.loads(json.dumps(asked.fields(0.0)))
    batch = rows.training_batch(case, grouping)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = open_trainer("retrained", told).change(batch)
    assert sha256_of(answer.column("model")[0].as_py()) == search.models[1].digest
    women = people(2_500, 1)["sex"].to_numpy() == 2
    assert batch.column("group").to_pylist() == np.where(women, 0, 1).tolist()


def test_a_copy_is_written_over_a_copy_and_over_nothing_else(tmp_path):
    path = Unequal(tmp_path).write()
    wish = Wish(methods=("reweighing",), margin=0.1)
    (tmp_path / "specification.reweighing.yaml").write_text("mine\n")
    with pytest.raises(AssayError, match="in the way"):
        mitigate(path, wish=wish)
    assert (tmp_path / "specification.reweighing.yaml").read_text() == "mine\n"
    assert not (tmp_path / "mitigation").exists(), "it is told before anything is trained"


def asking_of_a_recipe(folder: Unequal) -> Path:
    """A specification with two criteria of its recipe, one written in a line and one in a block, and comments between."""
    (folder.root / "train.py").write_text("def train(data, seed):\n    raise NotImplementedError\n")
    folder.edit("inputs: [income, proxy]}", "inputs: [income, proxy], recipe: train.py:train}")
    folder.edit(
        "\ncriteria:\n",
        "\n  - {id: luck, harm: decisions by chance, severity: minor, criteria: [seeds, procedure]}\ncriteria:\n",
    )
    folder.edit("refusals-age, complete, ranking]", "refusals-age, complete, procedure, ranking]")
    folder.text = folder.text.rstrip("\n") + (
        "\n  - {id: procedure, metric: performance.cross_validation, at_least: 0.6, tier: advisory, with: {folds: 4},\n"
        "     rationale: the recipe and not luck, owner: validator, requirements: [model-risk/4]}\n"
        "  # of the seed\n"
        "  - id: seeds\n    metric: performance.seed_stability\n    at_most: 0.05\n    tier: advisory\n"
        "    rationale: no decision by chance\n    owner: validator\n    requirements: [model-risk/4]\n"
        "  # the end\n"
    )
    return folder.write()


def trained_before(searched):
    """What the search of the same rows has trained; children take seconds to do it again."""
    path, search = searched
    made = {m.name: m for m in search.models}

    def trained(asked, wanted, rows):
        one = made[wanted.name]
        return training.Trained((path.parent / one.model).read_bytes(), one.inputs, one.facts)

    return trained


def test_criteria_of_the_recipe_are_left_out_of_copies_and_the_record_says_so(
    searched, tmp_path, monkeypatch
):
    path = asking_of_a_recipe(Unequal(tmp_path))
    monkeypatch.setattr(search_module, "trained", trained_before(searched))
    found = mitigate(path, wish=Wish(methods=METHODS, margin=0.1, seed=5), workers=0)
    copy = (tmp_path / "specification.group-thresholds.yaml").read_text()
    assert (
        "procedure" in copy.splitlines()[next(i for i, x in enumerate(copy.splitlines()) if "Made by" in x)]
    )
    assert "cross_validation" not in copy
    assert "seed_stability" not in copy
    assert "  # of the seed\n  # the end\n" in copy
    assert any(s.startswith("Not asked of candidates: procedure, seeds.") for s in statements(found))
    record = certify(tmp_path / "specification.group-thresholds.yaml", rehearse=True, workers=0).record
    assert {c.id for c in record.specification.criteria} == {
        c.id for c in open_case(path, rehearse=True).specification.criteria
    } - {"procedure", "seeds"}
    assert "luck" in copy[copy.index("Made by") :].splitlines()[0]
    named = [name for mode in record.specification.failure_modes for name in mode.criteria]
    assert "approval-sex" in named
    assert not {"procedure", "seeds"} & set(named)


def test_a_copy_that_could_not_be_read_is_told_before_anything_is_trained(tmp_path, monkeypatch):
    path = asking_of_a_recipe(Unequal(tmp_path))
    monkeypatch.setattr(search_module, "trained", None)
    path.write_text(path.read_text().replace("subject:", '"subject":'))
    with pytest.raises(AssayError) as refused:
        mitigate(path, wish=Wish(methods=("reweighing",)), workers=0)
    assert refused.value.code == "subject_not_a_block"
    assert not (tmp_path / "mitigation").exists()


def test_a_copy_that_the_record_of_another_search_names_is_never_written_over(searched, tmp_path):
    shutil.copytree(searched[0].parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / searched[0].name
    copy = tmp_path / f"specification.{METHODS[0]}.yaml"
    before, record = copy.read_bytes(), tmp_path / "mitigation" / RECORD
    with pytest.raises(AssayError) as refused:
        mitigate(path, wish=Wish(methods=METHODS, margin=0.1), out=tmp_path / "m2", workers=0)
    assert refused.value.code == "copy_of_another_search"
    assert str(record) in str(refused.value)
    assert copy.read_bytes() == before
    record.unlink()
    copies.see_free(path, METHODS, tmp_path / "m2" / RECORD)


def test_a_proxy_that_no_method_asked_for_would_look_at_is_refused(tmp_path):
    path = Unequal(tmp_path).write()
    with pytest.raises(AssayError, match="'proxy'") as refused:
        mitigate(path, wish=Wish(methods=("reweighing",), proxies=("proxy",)), workers=0)
    assert refused.value.code == "proxy_not_used"


def test_a_method_that_fails_is_told_and_so_is_that_none_is_left(searched, monkeypatch):
    path, _ = searched

    def fails(asked, wanted, batch):
        raise SubjectError("The training of a candidate found too few rows.", code="training_one_class")

    monkeypatch.setattr(search_module, "trained", fails)
    with pytest.raises(AssayError, match="No candidate could be made; of the first: The training of a"):
        mitigate(path, wish=Wish(methods=METHODS), workers=0)


def test_without_training_rows_nothing_can_be_learned(tmp_path):
    folder = Unequal(tmp_path)
    folder.edit("train: train.parquet, ", "")
    with pytest.raises(SubjectError, match="specification declares none"):
        mitigate(folder.write(), wish=Wish(methods=("retrained",)), workers=0)


def test_an_absent_library_is_an_error_that_names_the_extra(searched, monkeypatch):
    path, _ = searched

    class Without:
        @classmethod
        def start(cls, *arguments, **named):
            raise ModuleAbsent("fairlearn", "python")

    monkeypatch.setattr(training, "Child", Without)
    with pytest.raises(MissingExtra, match=r"assay-ml\[fairness\]"):
        mitigate(path, wish=Wish(methods=METHODS[:1]), workers=0)


# What is asked


@pytest.fixture
def specification(folder: Folder):
    folder.edit(
        "subject: {model: score, format: predictions}",
        "subject: {model: score, format: predictions, inputs: [income]}",
    )
    return _read(folder.write())


def _read(path: Path):
    from assay.plugins.catalogue import catalogue

    return read_specification(path, {id_: c.metric for id_, c in catalogue().items()}).specification


def test_the_first_critical_criterion_between_groups_is_chosen(specification):
    assert criterion_of(specification, "").id == "approval-sex"
    assert criterion_of(specification, "refusals-age").id == "refusals-age"
    with pytest.raises(AssayError, match="nearest: 'refusals-age'"):
        criterion_of(specification, "refusal-age")
    none = specification.model_copy(update={"criteria": specification.criteria[:2]})
    with pytest.raises(AssayError, match="no gap to make smaller"):
        criterion_of(none, "")


def test_methods_that_do_not_apply_say_why(specification):
    criterion = criterion_of(specification, "")
    wanted, left = tries(specification, criterion, methods=(), bounds=(0.02, 0.1), proxies=())
    assert [t.name for t in wanted] == [
        "retrained",
        "reweighing",
        "resampling",
        "correlation-removal",
        "constrained-training-0.02",
        "constrained-training-0.1",
        "group-thresholds",
        "group-calibration",
    ]
    assert [n.name for n in left] == ["feature-adjustment", "proxy-residuals"]
    with pytest.raises(AssayError, match="No proxy is declared"):
        tries(specification, criterion, methods=("proxy-residuals",), bounds=(), proxies=())
    calibration = criterion.model_copy(update={"metric": "fairness.calibration_by_group"})
    _, left = tries(specification, calibration, methods=(), bounds=(0.02,), proxies=("income",))
    assert [n.name for n in left] == ["constrained-training", "group-thresholds"]


def test_the_family_of_the_declared_model_is_taken_where_its_format_tells_it(specification):
    assert learner_of(specification, "") == "logistic"
    trees = specification.subject.model_copy(update={"format": "lightgbm", "model": "m.txt"})
    boosted = specification.model_copy(update={"subject": trees})
    assert learner_of(boosted, "") == "boosting"
    assert learner_of(boosted, "logistic") == "logistic"


# What is said


def test_performance_is_preserved_only_where_an_exact_test_shows_it():
    right = np.arange(1_000) < 800
    same = compare.paired(right, right, margin=0.01, level=0.05)
    assert (same.worse, same.better, same.verdict) == (0, 0, Kept.PRESERVED)
    # of no change at all the test is binomial: (1 - margin) ** rows bounds what it can say
    assert same.p <= 0.05 < compare.paired(right[:100], right[:100], margin=0.01, level=0.05).p
    worse = right & (np.arange(1_000) >= 100)
    assert compare.paired(right, worse, margin=0.01, level=0.05).verdict is Kept.WORSE
    slightly = right & (np.arange(1_000) >= 8)
    assert compare.paired(right, slightly, margin=0.01, level=0.05).verdict is Kept.NOT_SHOWN


def test_the_share_of_right_decisions_has_exact_limits():
    from scipy.stats import beta

    found = compare.share(np.arange(50) < 40, 0.05)
    assert found.estimate == 0.8
    assert found.lower == pytest.approx(beta.ppf(0.05, 40, 11))
    assert found.upper == pytest.approx(beta.ppf(0.95, 41, 10))


def test_a_model_is_on_the_frontier_unless_another_is_as_good_in_both_and_better_in_one(searched):
    _, search = searched
    one = search.models[1]

    def at(gap: float | None, right: float):
        return replace(
            one,
            gap=replace(one.gap, value=replace(one.gap.value, estimate=gap)),
            performance=replace(one.performance, estimate=right),
        )

    models = [at(0.8, 0.9), at(0.9, 0.8), at(0.8, 0.85), at(0.9, 0.8), at(None, 1.0)]
    assert on_frontier(models, at_least=True) == (True, True, False, True, False)
    assert on_frontier(models, at_least=False) == (True, False, False, False, False)


def test_too_few_rows_for_the_margin_are_told(searched):

    _, search = searched
    few = [
        replace(c, paired=replace(c.paired, rows=20)) if c.paired is not None else c for c in search.models
    ]
    assert any(
        "On 20 rows not even" in s
        for s in statements(replace(search, models=tuple(few), p_alike=p_alike(20, search.sought.margin)))
    )
    assert not any("not even" in s for s in statements(search))


def test_the_command_says_what_was_found_what_it_is_worth_and_what_is_next(searched, monkeypatch):
    path, search = searched
    monkeypatch.setattr(search_module, "mitigate", lambda *_, **__: search)
    done = CliRunner().invoke(assay, ["mitigate", str(path)], terminal_width=200)
    assert done.exit_code == 0, done.output
    for words in ("group-", "preserved", "it certifies nothing", "ask a lawyer", "Page:"):
        assert words in done.output
    assert f"assay certify {path.parent}/specification.group-thresholds.yaml --rehearse" in done.output
    told = json.loads(CliRunner().invoke(assay, ["mitigate", str(path), "--json"]).output)
    assert from_document(told) == search


def test_nothing_found_is_said_as_that(searched):
    from assay.dossier.sections.searched import found

    _, search = searched
    assert "has the smallest estimated gap across sex" in found(search)
    lost = replace(search.models[1].paired, verdict=Kept.NOT_SHOWN)
    alone = (search.models[0], replace(search.models[1], paired=lost))
    assert "(1 tried) none has both" in found(replace(search, models=alone))
