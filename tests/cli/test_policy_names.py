"""Names in a policy that name nothing are told at once: where, what was expected, what was probably meant."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from assay.cli.main import main
from assay.domain.roles import misspelt

FIRST = ("trust", "init", "--demo", "--organisation", "Bank", "--root", "root=demo:root", "--certifier",
         "certifier=demo:certifier", "--person")  # fmt: skip
VAL = "val:validator=demo:validator"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSAY_STORE", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out + said.err


def following(place: Path, capsys: pytest.CaptureFixture[str], *changes: tuple[str, str]) -> Path:
    """The policy in force as its successor, edited."""
    text = run(capsys, "trust", "show", "--next")[1]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (place / "next.yaml").write_text(text)
    return place / "next.yaml"


def edited(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict]]:
    code, said = run(capsys, "trust", "edit", "next.yaml", "--root", "demo:root", "--json")
    return code, json.loads(said).get("error", {}).get("problems", [])


def test_trust_edit_tells_every_name_that_names_nothing_with_its_place(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *FIRST, VAL, "--person", "ria:risk_officer=demo:risk-officer")[0] == 0
    asks = (
        "requires:\n  metrics: [performance.auk]\n  bounds:\n  - {metric: fairness.impact_ration, at_least: 0.8}\n"
        "  quorum: {risk_oficer: 1}\n  waive: [developer]\n  revok: [risk_officer]\n"
    )
    text = following(place, capsys, ("requires:\n", asks), ("    - validator", "    - validater")).read_text()
    text = text.replace("roots:\n- root", "roots:\n- roott").replace("key: certifier\n", "key: certifer\n")
    (place / "next.yaml").write_text(text)
    lines = text.splitlines()
    code, problems = edited(capsys)
    assert code == 2
    found = {(p["code"], p["nearest"]): lines[p["line"] - 1] for p in problems}
    wanted = {
        ("role_misspelt", "validator"): "validater",
        ("unknown_metric", "performance.auc"): "performance.auk",
        ("unknown_metric", "fairness.impact_ratio"): "fairness.impact_ration",
        ("role_not_held", "risk_officer"): "risk_oficer",
        ("role_never_approves", ""): "developer",
        ("unknown_key", "revoke"): "revok:",
        ("key_unnamed", "root"): "roott",
        ("key_unnamed", "certifier"): "certifer",
    }
    assert {key: wanted[key] in line for key, line in found.items() if key in wanted} == dict.fromkeys(
        wanted, True
    )
    # Each slip is told once: not as well that the certifier and the root key, which nothing names any more, could sign nothing.
    assert len(problems) == len(wanted) == len(found)
    assert json.loads(run(capsys, "trust", "show", "--json")[1])["version"] == 1


def test_trust_init_says_what_to_do_about_a_demo_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--demo" in FIRST
    words = [word for word in (*FIRST, VAL) if word != "--demo"]
    code, said = run(capsys, *words)
    assert code == 1
    assert "is a demo key" in said
    assert "assay keys new NAME; or, to try it out, say that it is a demo: --demo" in said


def test_trust_edit_tells_a_role_that_is_no_name_once(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    following(place, capsys, ("    - validator", "    - val idator"))
    code, (problem,) = edited(capsys)
    assert (code, problem["code"], problem["nearest"]) == (2, "role_misspelt", "validator")


def test_trust_edit_says_that_a_policy_is_in_force_already(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    following(place, capsys)
    for words in ((), ("--output", "policy.yaml")):
        code, said = run(capsys, "trust", "edit", "next.yaml", "--root", "demo:root", *words)
        assert (code, said.count("in force")) == (0, 1)
        code, said = run(capsys, "trust", "edit", "next.yaml", "--root", "demo:root", *words)
        assert code == 1
        assert (
            "which is in force already: nothing was changed. Begin again with: assay trust show --next"
            in said
        )
        following(place, capsys)


def test_trust_edit_refuses_a_person_without_a_role_and_takes_a_role_of_ones_own(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    following(place, capsys, ("    roles:\n    - validator\n", ""))
    code, (problem,) = edited(capsys)
    assert (code, problem["code"]) == (2, "person_without_role")
    assert "The key 'val' has no role" in problem["message"]
    following(place, capsys, ("    - validator", "    - privacy_officer"))
    assert edited(capsys)[0] == 0


def test_a_key_that_was_replaced_needs_no_role(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    assert run(capsys, "keys", "rotate", "certifier", "--to", "demo:legal", "--root", "demo:root")[0] == 0
    following(place, capsys, ("isolation: 1", "isolation: 2"))
    assert edited(capsys)[0] == 0


def test_trust_init_tells_all_that_is_wrong_with_its_entries(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("leo:legall=demo:legal", "--person", "ria=demo:risk-officer", "--person", "dora:developer=demo:devloper",
            "--person", "val:validator=demo:validator", "--person", "vic:validator=demo:validator")  # fmt: skip
    code, said = run(capsys, *FIRST, *more, "--json")
    problems = json.loads(said)["error"]["problems"]
    assert code == 2
    assert [(p["code"], p["nearest"]) for p in problems] == [
        ("role_misspelt", "legal"), ("person_without_role", ""), ("key_absent", "demo:developer"), ("entry_key_twice", ""),
    ]  # fmt: skip
    for problem, where in zip(problems, more[::2], strict=False):
        assert problem["code"] == "entry_key_twice" or f"--person {where}: " in problem["message"]
    assert not (place / ".assay").exists()


@pytest.mark.parametrize(
    ("role", "meant"),
    [
        ("validater", "validator"), ("Validator", "validator"), ("risk-officer", "risk_officer"), ("leagl", "legal"),
        ("develloper", "developer"), ("developers", "developer"), ("data_stewart", "data_steward"), ("validator", ""),
        ("security_officer", ""), ("chief_risk_officer", ""), ("validator-2", ""), ("auditor", ""), ("privacy_officer", ""),
    ],
)  # fmt: skip
def test_a_role_is_misspelt_when_it_is_almost_a_usual_one(role: str, meant: str) -> None:
    assert misspelt(role) == meant


def test_the_longest_waiver_and_the_threshold_of_root_keys_are_said_when_the_policy_is_made(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--root", "second=demo:legal", "--threshold", "2", "--longest-waiver", "30")
    assert run(capsys, *FIRST, VAL, *more)[0] == 0
    made = json.loads(run(capsys, "trust", "show", "--json")[1])
    assert made["root_threshold"] == 2
    assert dt.timedelta(days=30) == dt.timedelta(days=int(made["requires"]["longest_waiver"].split()[0]))
    assert run(capsys, *FIRST, VAL, "--threshold", "2")[0] == 2


@pytest.mark.parametrize(
    ("bound", "code", "said"),
    [
        ("{metric: performance.accuracy, across: sex, at_least: 0.8}", "", ""),
        ("{metric: fairness.impact_ratio, across: sex*age, at_least: 0.8}", "", ""),
        ("{metric: fairness.impact_ratio, across: sex*origin, at_least: 0.8}", "attribute_without_column", "groups of 'origin'"),
        ("{metric: fairness.impact_ratio, across: ages, at_least: 0.8}", "attribute_without_column", "groups of 'ages'"),
        ("{metric: data.missing_values, across: sex, at_most: 0}", "across_without_meaning", "does not compare groups"),
        ("{metric: fairness.impact_ratio, across: sex*, at_least: 0.8}", "not_valid", "an intersection such as sex*age, found 'sex*'"),
        ("{metric: fairness.impact_ratio, across: sex*sex, at_least: 0.8}", "not_valid", "found 'sex*sex'"),
        ("{metric: fairness.impact_ratio, acros: sex, at_least: 0.8}", "unknown_key", "acros"),
    ],
)  # fmt: skip
def test_the_groups_of_a_bound_are_looked_at_when_a_policy_is_to_come_into_force(
    place: Path, capsys: pytest.CaptureFixture[str], bound: str, code: str, said: str
) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    metric = bound.split(",")[0].removeprefix("{metric: ")
    text = following(
        place,
        capsys,
        (
            "requires:\n",
            f"requires:\n  protected: {{sex: {{column: SEX, groups: {{men: 1, women: 2}}}}, age: {{column: AGE, bands: [25, 40]}}}}\n  metrics: [{metric}]\n  bounds:\n  - {bound}\n",
        ),
    ).read_text()
    ended, problems = edited(capsys)
    assert [p["code"] for p in problems] == ([code] if code else [])
    assert ended == (2 if code else 0)
    for problem in problems:
        assert said in problem["message"] + problem["found"]
        assert bound in text.splitlines()[problem["line"] - 1]
    if not code:
        shown = run(capsys, "trust", "show")[1]
        assert f"requires {metric} across sex" in shown
        assert "the protected attribute sex is men (SEX = 1), women (SEX = 2)" in shown
        assert "the protected attribute age is under 25 (AGE < 25), 25 to under 40 (25 ≤ AGE < 40)" in shown


@pytest.mark.parametrize(
    ("bound", "code", "at", "nearest", "said"),
    [
        ("{metric: fairness.equal_opportunity, across: sex, at_most: 10}", "threshold_out_of_range", "10", "",
         "lies between 0 and 1; found 10. Write a share, 0.1, not a percentage."),
        ("{metric: performance.auc, at_least: 80}", "threshold_out_of_range", "80", "", "Write a share, 0.8, not a percentage."),
        ("{metric: performance.auc, at_most: 0.7}", "comparator_unsuited", "at_most: 0.7", "at_least", "judged with 'at_least'"),
        ("{metric: fairness.equal_opportunity, across: sex, at_least: 0.1}", "comparator_unsuited", "at_least: 0.1", "at_most",
         "judged with 'at_most'; found 'at_least'"),
        ("{metric: performance.accuracy, at_least: 0}", "vacuous_criterion", "0}", "", "Every model satisfies accuracy at least 0."),
        ("{metric: performance.accuracy, at_least: 1}", "unattainable_threshold", "1}", "", "No number of rows can show"),
        ("{metric: fairness.impact_ratio, across: sex, at_least: 0.8, reference: wooman}", "unknown_group", "wooman", "women",
         "'wooman' is no group of 'sex'; its groups are 'men', 'women'."),
        ("{metric: fairness.impact_ratio, across: sex*age, at_least: 0.8, reference: men}", "unknown_group", "men", "",
         "its groups are 'men × under 25', "),
        ("{metric: performance.accuracy, at_least: 0.8, with: {deepth: 3}}", "unknown_parameter", "deepth", "", "has no setting 'deepth'"),
    ],
)  # fmt: skip
def test_a_bound_is_held_against_the_rules_for_the_criterion_that_asks_just_it(
    place: Path, capsys: pytest.CaptureFixture[str], bound: str, code: str, at: str, nearest: str, said: str
) -> None:
    """What no specification may ask no policy demands: it would stop every one, or be met by each and stop nothing."""
    assert run(capsys, *FIRST, VAL)[0] == 0
    groups = "{sex: {column: SEX, groups: {men: 1, women: 2}}, age: {column: AGE, bands: [25, 40]}}"
    asks = f"requires:\n  protected: {groups}\n  bounds:\n  - {{metric: performance.auc, at_least: 0.7}}\n  - {bound}\n"
    text = following(place, capsys, ("requires:\n", asks)).read_text()
    ended, (problem,) = edited(capsys)
    assert (ended, problem["code"], problem["nearest"]) == (2, code, nearest)
    assert said in f"{problem['message']} {problem['remedy']}"
    assert text.splitlines()[problem["line"] - 1][problem["column"] - 1 :].startswith(at)
    assert json.loads(run(capsys, "trust", "show", "--json")[1])["version"] == 1


def test_bounds_of_a_reference_that_is_a_group_come_into_force(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *FIRST, VAL)[0] == 0
    groups = "{sex: {column: SEX, groups: {men: 1, women: 2}}, age: {column: AGE, bands: [25, 40]}}"
    asks = (
        f"requires:\n  protected: {groups}\n  bounds:\n"
        "  - {metric: fairness.impact_ratio, across: sex, at_least: 0.8, reference: men}\n"
        "  - {metric: fairness.impact_ratio, across: sex*age, at_least: 0.8, reference: men × 40 and over}\n"
        "  - {metric: fairness.equal_opportunity, at_most: 0.1}\n"
    )
    following(place, capsys, ("requires:\n", asks))
    assert edited(capsys)[0] == 0
    assert json.loads(run(capsys, "trust", "show", "--json")[1])["version"] == 2
