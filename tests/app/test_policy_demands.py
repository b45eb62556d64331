"""What a policy requires is asked of the model: a criterion of the same name that asks next to nothing does not count."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.app.conftest import Folder
from tests.app.team import Team, refused
from tests.world import policy

import assay
from assay.app.judging.case import open_case
from assay.app.verifying.agreement import scope_of
from assay.domain.demands import unsatisfied
from assay.domain.errors import InvalidDocument
from assay.domain.policy import Requires
from assay.domain.refusal import Because
from assay.reading.policy import policy_text, read_policy

COMPLETE = "metric: data.missing_values, at_most: 0, tier: critical"


def asked(metric: str = "data.missing_values", **bound: Any) -> dict[str, Any]:
    """A policy that requires a metric, and if given a bound of it."""
    return {"metrics": (metric,), "bounds": ({"metric": metric} | bound,) if bound else ()}


def lacking(folder: Folder, requires: dict[str, Any], criterion: str = COMPLETE) -> str:
    folder.edit(COMPLETE, criterion)
    found = unsatisfied(
        policy(requires=Requires.model_validate(requires)), open_case(folder.write()).specification
    )
    assert found is None or found.because is Because.POLICY_NOT_SATISFIED
    return found.sentence if found else ""


BOUND = {"at_most": 0}
COLUMN = {"column": "sex"}


@pytest.mark.parametrize("requires", [asked(), asked(**BOUND), asked(**BOUND, tier="supporting")])
@pytest.mark.parametrize(
    "weak",
    [
        "data: develop, at_most: 0, tier: critical",
        "with: {column: sex}, at_most: 0, tier: critical",
        "at_most: 0, tier: advisory",
    ],
)
def test_a_criterion_that_asks_next_to_nothing_meets_no_requirement(
    folder: Folder, requires: dict[str, Any], weak: str
) -> None:
    said = lacking(folder, requires, f"metric: data.missing_values, {weak}")
    assert said.count("The policy requires data.missing_values") == 1 + len(requires["bounds"])
    assert "on the test rows (data: test) with no other settings (with:) than the policy's" in said


@pytest.mark.parametrize("requires", [asked(), asked(**BOUND), asked(**BOUND, tier="critical")])
def test_a_criterion_that_asks_it_of_the_test_rows_meets_it(folder: Folder, requires: dict[str, Any]) -> None:
    assert not lacking(folder, requires)


def test_a_supporting_criterion_meets_a_bound_only_where_the_policy_says_so(folder: Folder) -> None:
    """One that fails makes a condition, and every gate lets the model through."""
    supporting = COMPLETE.replace("critical", "supporting")
    assert "no critical criterion asks for that" in lacking(folder, asked(**BOUND), supporting)


@pytest.mark.parametrize("tier", ["critical", "supporting"])
def test_a_bound_of_tier_supporting_is_met_by_both_tiers(folder: Folder, tier: str) -> None:
    assert not lacking(folder, asked(**BOUND, tier="supporting"), COMPLETE.replace("critical", tier))


@pytest.mark.parametrize(
    ("settings", "met"), [("", False), ("with: {column: sex}, ", True), ("with: {column: age}, ", False)]
)
def test_settings_that_the_policy_lists_are_those_that_are_asked(
    folder: Folder, settings: str, met: bool
) -> None:
    """Of the bound and of the metric both: the policy knows what it asks for."""
    said = lacking(
        folder, asked(**BOUND, **{"with": COLUMN}), COMPLETE.replace("at_most", f"{settings}at_most")
    )
    assert ("data.missing_values at most 0 with column sex or stricter" not in said) is met


def test_the_attack_is_refused_at_the_lock(folder: Folder) -> None:
    folder.edit(
        "across: sex, at_least: 0.80, tier: critical", "across: sex, at_least: 0.80, tier: supporting"
    )
    with refused(Because.POLICY_NOT_SATISFIED):
        Team(folder, requires=asked("fairness.impact_ratio", at_least=0)).lock()


def test_tier_and_settings_of_a_bound_are_read_as_they_are_written(tmp_path: Path) -> None:
    made = policy(
        requires=Requires.model_validate(asked(**BOUND, tier="supporting", **{"with": COLUMN | {"bins": 3}}))
    )
    (tmp_path / "policy.yaml").write_text(policy_text(made), encoding="utf-8")
    assert read_policy(tmp_path / "policy.yaml").policy == made
    text = (tmp_path / "policy.yaml").read_text().replace("tier: supporting", "tier: advisory")
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDocument, match="tier"):
        read_policy(tmp_path / "policy.yaml")


RATIO = "metric: fairness.impact_ratio, across: sex, at_least: 0.80, tier: critical"


@pytest.mark.parametrize(
    ("across", "said"),
    [
        (None, ""),
        ("sex", ""),
        ("age", "requires fairness.impact_ratio across age at least 0.8 or stricter, and no critical criterion"),
        ("sex*age", "across sex*age at least 0.8, and the specification has no such groups"),
        ("region", "across region at least 0.8, and the specification has no such groups (protected, intersections); it has 'sex', 'age'."),
    ],
)  # fmt: skip
def test_a_bound_across_groups_is_met_by_a_criterion_across_those_groups_alone(
    folder: Folder, across: str | None, said: str
) -> None:
    bound = {"at_least": Decimal("0.8")} | ({"across": across} if across else {})
    found = lacking(folder, asked("fairness.impact_ratio", **bound))
    assert said in found
    assert bool(said) is bool(found)


@pytest.mark.parametrize("across", ["age*sex", "sex*age"])
def test_the_attributes_of_an_intersection_come_in_any_order(folder: Folder, across: str) -> None:
    folder.edit("small_groups:", "intersections: [[sex, age]]\nsmall_groups:")
    folder.edit(RATIO, RATIO.replace("sex", "sex*age"))
    assert not lacking(folder, asked("fairness.impact_ratio", at_least=Decimal("0.8"), across=across))
    other = lacking(folder, asked("fairness.impact_ratio", at_least=Decimal("0.8"), across="sex"), COMPLETE)
    assert "across sex at least 0.8 or stricter, and no critical criterion" in other


def test_a_comparison_across_other_groups_is_refused_at_the_lock(folder: Folder) -> None:
    """The policy asks for sex; the developer compares age, by the same metric and threshold."""
    folder.edit(RATIO, RATIO.replace("across: sex", "across: age"))
    with refused(Because.POLICY_NOT_SATISFIED) as told:
        Team(folder, requires=asked("fairness.impact_ratio", at_least=Decimal("0.8"), across="sex")).lock()
    assert "across sex at least 0.8" in told.value.message


@pytest.mark.parametrize(
    ("bound", "criterion", "said"),
    [
        ("", "", ""),
        ("men", "men", ""),
        ("", "men", "and of all pairs of groups (no 'reference:')."),
        ("women", "men", "across sex with the reference women at least 0.8 or stricter, and no critical criterion"),
        ("men", "", "and 'reference: men'."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("across", ["sex", None])
def test_a_comparison_with_one_group_meets_no_bound_that_means_all_pairs(
    folder: Folder, bound: str, criterion: str, said: str, across: str | None
) -> None:
    if criterion:
        folder.edit(RATIO, RATIO.replace("across: sex", f"across: sex, reference: {criterion}"))
    asks = {"at_least": Decimal("0.8")} | ({"reference": bound} if bound else {})
    if across is None and bound:
        with pytest.raises(ValueError, match="name that as across"):
            Requires.model_validate(asked("fairness.impact_ratio", **asks))
        return
    asks |= {"across": across} if across else {}
    found = lacking(folder, asked("fairness.impact_ratio", **asks))
    assert said in found
    assert bool(said) is bool(found)


SEX = "sex: {column: sex, groups: {women: 2, men: 1}}"
"""As the specification has it."""


@pytest.mark.parametrize(
    ("protected", "declared", "said"),
    [
        ({"column": "sex", "groups": {"men": 1, "women": [2]}}, SEX, ""),
        ({"column": "sex", "groups": {"men": 1, "women": 2}}, "sex: {column: income, bands: [3000]}", "is men (sex = 1), women (sex = 2); the specification has under 3000 (income < 3000)"),
        ({"column": "SEX", "groups": {"men": 1, "women": 2}}, SEX, "is men (SEX = 1), women (SEX = 2); the specification has women (sex = 2), men (sex = 1)."),
        ({"column": "sex", "bands": [Decimal(2)]}, SEX, "is under 2 (sex < 2), 2 and over (2 ≤ sex); the specification has women (sex = 2), men (sex = 1)."),
        ({"column": "sex", "groups": {"men": 1, "women": 2}}, "sex: {column: sex, groups: {all: [1, 2], none: 3}}", "is men (sex = 1), women (sex = 2); the specification has all"),
        ({"column": "sex", "groups": {"men": 1, "women": 2}}, "sex: {column: sex, groups: {women: 1, men: 2}}", "the specification has women (sex = 1)"),
        ({"column": "income", "bands": [Decimal(3000)]}, "sex: {column: income, bands: [3000]}", ""),
        ({"column": "income", "bands": [Decimal(3000)]}, "sex: {column: income, bands: [9000]}", "is under 3000 (income < 3000)"),
    ],
)  # fmt: skip
def test_an_attribute_is_the_column_and_the_groups_that_the_policy_names(
    folder: Folder, protected: dict[str, Any], declared: str, said: str
) -> None:
    """Under the name alone any column would meet the bound, one of noise too."""
    folder.edit(SEX, declared)
    if "none: 3" in declared:
        folder.dictionary = folder.dictionary.replace("2: female}", "2: female, 3: unknown}")
    bound = asked("fairness.impact_ratio", at_least=Decimal("0.8"), across="sex")
    found = lacking(folder, bound | {"protected": {"sex": protected}})
    assert said in found
    assert bool(said) is bool(found)


def test_a_column_of_noise_under_the_name_of_the_attribute_is_refused_at_the_lock(folder: Folder) -> None:
    folder.edit(SEX, "sex: {column: income, bands: [3000]}")
    bound = asked("fairness.impact_ratio", at_least=Decimal("0.8"), across="sex")
    with refused(Because.POLICY_NOT_SATISFIED) as told:
        Team(
            folder,
            requires=bound | {"protected": {"sex": {"column": "sex", "groups": {"men": 1, "women": 2}}}},
        ).lock()
    assert "the protected attribute sex is men (sex = 1), women (sex = 2)" in told.value.message


def test_the_attributes_of_a_policy_are_read_as_they_are_written(tmp_path: Path) -> None:
    protected = {
        "sex": {"column": "SEX", "groups": {"men": 1, "women": [2, 3]}},
        "age": {"column": "AGE", "bands": [Decimal(25), Decimal("40.5")]},
        "origin": {"column": "ORIGIN", "groups": {"here": "H", "there": "T"}},
    }
    made = policy(requires=Requires.model_validate({"protected": protected}))
    (tmp_path / "policy.yaml").write_text(policy_text(made), encoding="utf-8")
    assert read_policy(tmp_path / "policy.yaml").policy == made


@pytest.mark.parametrize("ways", ["", "      bands:\n      - 25\n      groups:\n        young: 18\n"])
def test_an_attribute_of_a_policy_has_either_groups_or_bands(tmp_path: Path, ways: str) -> None:
    """With the column alone a specification could put all codes but one in one group, and compare next to nothing."""
    protected = {"age": {"column": "AGE", "bands": [Decimal(25)]}}
    text = policy_text(policy(requires=Requires.model_validate({"protected": protected})))
    written = "      bands:\n      - 25\n"
    assert written in text
    (tmp_path / "policy.yaml").write_text(text.replace(written, ways), encoding="utf-8")
    with pytest.raises(InvalidDocument) as told:
        read_policy(tmp_path / "policy.yaml")
    assert "exactly one of groups and bands is expected" in str(told.value)


@pytest.mark.parametrize(
    ("cap", "share", "said"),
    [
        (None, "0.02", ""),
        (None, "0.09", "small_groups.below_share is 0.09 of the rows; the policy's most is 0.02 where it says nothing (requires.small_groups)."),
        (Decimal("0.05"), "0.05", ""),
        (Decimal("0.05"), "0.051", "the policy's most is 0.05."),
        (Decimal(0), "0.02", "the policy's most is 0."),
    ],
)  # fmt: skip
def test_a_policy_caps_how_large_a_group_may_be_that_gates_nothing(
    folder: Folder, cap: Decimal | None, share: str, said: str
) -> None:
    """Else a group that the policy itself names could be refused entirely, and the model certified."""
    folder.edit("below_share: 0.02", f"below_share: {share}")
    found = lacking(folder, asked() | ({} if cap is None else {"small_groups": cap}))
    assert said in found
    assert bool(said) is bool(found)


def test_a_certificate_names_each_attribute_with_its_column_and_groups(folder: Folder) -> None:
    """Whoever reads it need not believe that what is called sex is that."""
    folder.edit(SEX, "sex: {column: income, bands: [3000]}")
    record = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    ).record
    (said,) = [s for s in scope_of(record)["says_nothing_about"] if s.startswith("Any group of people")]
    assert "declared: sex is under 3000 (income < 3000), 3000 and over (3000 ≤ income); age is " in said
