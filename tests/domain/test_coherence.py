"""Coherence rules, one block at a time: each fires for its cause, and none for what is absent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from scipy.stats import binom

from assay.domain.coherence import RULES, Draft, World, dictionary_findings, findings, thresholds
from assay.domain.dictionary import Column, Dictionary
from assay.domain.gating import at_least
from assay.domain.metric import Across, Claim, Metric, Names, Parameter, Unit
from assay.domain.nearest import listed, nearest
from assay.domain.specification import Attribute, CausalGraph, Criterion, FailureMode, Prediction
from assay.domain.specification.protected import MOST_CELLS
from assay.domain.specification.subject import Data, Subject
from assay.domain.vocabulary import Comparator, Stage, Task

LEAST, MOST = Comparator.AT_LEAST, Comparator.AT_MOST
ONE = Decimal(1)
TOLD = (Unit.SHARE, "{value} of the cases are so")
ACCURACY = Metric(
    "performance.accuracy",
    Stage.PERFORMANCE,
    "Accuracy",
    "",
    Decimal(0),
    ONE,
    (LEAST, MOST),
    *TOLD,
    Across.OPTIONAL,
    needs_model=True,
)
RATIO = Metric(
    "fairness.impact_ratio",
    Stage.FAIRNESS,
    "Impact ratio",
    "",
    Decimal(0),
    ONE,
    (LEAST,),
    *TOLD,
    Across.REQUIRED,
    reference=True,
)
OPEN = Metric(
    "performance.observed_expected", Stage.PERFORMANCE, "Ratio", "", Decimal(0), None, (LEAST, MOST), *TOLD
)
CENSUS = Metric(
    "data.missing_values", Stage.DATA, "Missing values", "", Decimal(0), ONE, (MOST,), *TOLD, census=True
)
TEXTS = Metric(
    "documentation.required_sections",
    Stage.DOCUMENTATION,
    "Sections",
    "",
    Decimal(0),
    None,
    (MOST,),
    *TOLD,
    census=True,
)
WITHIN = Metric(
    "fairness.within",
    Stage.FAIRNESS,
    "Within strata",
    "",
    Decimal(0),
    ONE,
    (MOST,),
    *TOLD,
    parameters={"within": Parameter("Which strata.", names=Names.STRATUM, before_decision=True)},
)
AGE = Column(name="age", type="integer", description="Age", range=(Decimal(18), Decimal(90)))
SEX = Column(name="sex", type="category", description="Sex", codes={1: "male", 2: "female"})
DIRECT = Metric(
    "fairness.direct_effect",
    Stage.FAIRNESS,
    "Direct effect",
    "",
    Decimal(-1),
    ONE,
    (MOST,),
    *TOLD,
    Across.REQUIRED,
    needs_model=True,
    claim=Claim.CAUSAL,
)
WORLD = World(
    {metric.id: metric for metric in (ACCURACY, RATIO, DIRECT, OPEN, CENSUS, TEXTS, WITHIN)},
    Dictionary(assay_dictionary=1, columns=(AGE, SEX)),
)


def criterion(id_: str = "a", **fields: Any) -> Criterion:
    given = {"metric": "performance.accuracy", "at_least": Decimal("0.7"), "tier": "critical", **fields}
    given = {"rationale": "Because it must.", "owner": "validator", "requirements": ("x/1",), **given}
    return Criterion.model_validate(
        {"id": id_, **{key: value for key, value in given.items() if value is not None}}
    )


def codes(**blocks: Any) -> list[str]:
    """The codes of what is found in a draft of these blocks; lists are numbered."""
    drafted: dict[str, Any] = {}
    written: dict[str, tuple[str, ...] | None] = {}
    for name, block in blocks.items():
        drafted[name] = dict(enumerate(block)) if isinstance(block, list) else block
        if isinstance(block, list):
            written[name] = tuple("*".join(item) if isinstance(item, tuple) else item.id for item in block)
        elif name in {"protected", "strata"}:
            written[name] = tuple(block)
    return sorted(finding.code for finding in findings(Draft(**drafted, written=written), WORLD))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_says_nothing_about_what_is_absent(rule: Any) -> None:
    assert list(rule(Draft(), World({}))) == []
    assert rule.__doc__


def test_a_sound_criterion_has_no_findings() -> None:
    assert codes(criteria=[criterion()]) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"at_least": Decimal("0.0")}, ["vacuous_criterion"]),
        ({"at_least": Decimal("1.00")}, ["unattainable_threshold"]),
        ({"at_least": Decimal("1.01")}, ["threshold_out_of_range"]),
        ({"at_least": Decimal("-0.1")}, ["threshold_out_of_range"]),
        ({"at_least": None, "at_most": Decimal(1)}, ["vacuous_criterion"]),
        ({"at_least": None, "at_most": Decimal("0.999999999")}, ["vacuous_criterion"]),
        ({"at_least": Decimal("0.001")}, ["vacuous_criterion"]),
        ({"at_least": None, "at_most": Decimal("0.99")}, []),
        ({"at_least": None, "at_most": Decimal(0)}, ["unattainable_threshold"]),
        ({"metric": "performance.observed_expected", "at_least": None, "at_most": Decimal(40)}, []),
        ({"metric": "data.missing_values", "at_least": None, "at_most": Decimal(0)}, []),
        ({"metric": "data.missing_values"}, ["comparator_unsuited"]),
        (
            {"metric": "data.missing_values", "at_least": None, "at_most": Decimal(0), "across": "sex"},
            ["across_without_meaning"],
        ),
        ({"metric": "fairness.impact_ratio"}, ["across_missing"]),
        ({"metric": "fairness.impact_ratio", "across": "sex", "reference": "male"}, []),
        ({"metric": "fairness.impact_ratio", "across": "sex*age", "reference": "male × under 40"}, []),
        ({"metric": "fairness.impact_ratio", "across": "sex*age", "reference": "male"}, ["unknown_group"]),
        ({"metric": "fairness.impact_ratio", "across": "age*sex"}, ["unknown_across"]),
        ({"across": "sex", "reference": "male"}, ["reference_without_meaning"]),
        ({"confidence": Decimal("0.79")}, ["confidence_too_low"]),
        ({"confidence": Decimal("0.80")}, []),
        ({"confidence": Decimal("0.9999999999999999999999999999")}, ["number_too_fine"]),
        ({"at_least": Decimal("1e-14")}, ["number_too_fine", "vacuous_criterion"]),
        ({"at_least": Decimal("0.7000000000001")}, ["number_too_fine"]),
        ({"at_least": Decimal("0.70000000000000000")}, []),
        ({"metric": "performance.observed_expected", "at_least": Decimal("1e20")}, ["number_too_fine"]),
        ({"data": "train"}, ["judged_on_seen_rows"]),
        ({"data": "develop", "tier": "advisory"}, ["judged_on_seen_rows", "no_critical_criterion"]),
        ({"metric": "data.missing_values", "at_least": None, "at_most": Decimal("0.1"), "data": "train"}, []),
        ({"with": {"scale": 1}}, ["unknown_parameter"]),
        ({"rationale": "TBD"}, ["placeholder_text"]),
        ({"rationale": "..."}, ["placeholder_text"]),
        ({"rationale": "todo: ask legal"}, ["placeholder_text"]),
        ({"rationale": "None of the older models did better than this one."}, []),
        ({"rationale": "拒绝的客户不会回来"}, []),
    ],
)
def test_one_criterion(fields: dict[str, Any], expected: list[str]) -> None:
    protected = {
        "sex": Attribute(column="sex", groups={"male": 1, "female": 2}),
        "age": Attribute(column="age", bands=(Decimal(40),)),
    }
    assert (
        codes(criteria=[criterion(**fields)], protected=protected, intersections=[("sex", "age")]) == expected
    )


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"at_least": Decimal("0.8")}, ["same_criterion_twice"]),
        ({"at_least": Decimal("0.8"), "tier": "supporting"}, []),
        ({"at_least": None, "at_most": Decimal("0.9")}, []),
        ({"at_least": None, "at_most": Decimal("0.6")}, ["contradiction"]),
        ({"across": "sex"}, ["unknown_across"]),
    ],
)
def test_two_criteria(second: dict[str, Any], expected: list[str]) -> None:
    assert codes(criteria=[criterion(), criterion("b", **second)]) == expected


def test_something_must_be_required() -> None:
    assert codes(criteria=[]) == ["no_criteria"]
    assert codes(criteria=[criterion(tier="supporting")]) == ["no_critical_criterion"]
    draft = Draft(criteria={0: criterion(tier="supporting")}, written={"criteria": ("a", "broken")})
    assert findings(draft, WORLD) == ()


def test_failure_modes_and_criteria_need_each_other() -> None:
    mode = FailureMode(id="m", harm="People are refused.", severity="major", criteria=("a",))
    guard = criterion(requirements=())
    assert codes(failure_modes=[mode], criteria=[guard]) == []
    assert codes(failure_modes=[mode], criteria=[guard, criterion("b", across="s", requirements=())]) == [
        "criterion_without_purpose",
        "unknown_across",
    ]
    assert codes(failure_modes=[mode, mode], criteria=[guard]) == ["duplicate_id"]
    critical = FailureMode(id="m", harm="People are refused.", severity="critical", criteria=("a", "b"))
    texts = criterion(
        "b", metric="documentation.required_sections", at_least=None, at_most=Decimal(0), requirements=()
    )
    weaker = criterion(tier="supporting", requirements=())
    assert codes(failure_modes=[critical], criteria=[weaker, texts]) == ["critical_harm_not_measured"]
    assert codes(failure_modes=[critical], criteria=[guard, texts]) == []


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ((Decimal(25), Decimal(40)), []),
        ((), ["fewer_than_two_groups"]),
        ((Decimal(25), Decimal(25)), ["bands_not_increasing"]),
        ((Decimal(18), Decimal(40)), ["band_beyond_range"]),
        ((Decimal(25), Decimal(90)), []),
        ((Decimal(25), Decimal(91)), ["band_beyond_range"]),
        ({"young": (None, Decimal(30)), "old": (Decimal(30), None)}, []),
        ({"young": (Decimal(18), Decimal(30)), "old": (Decimal(30), Decimal(91))}, []),
        ({"young": (Decimal(18), Decimal(30)), "old": (Decimal(30), Decimal(90))}, ["bands_uncovered"]),
        ({"young": (Decimal(19), Decimal(30)), "old": (Decimal(30), None)}, ["bands_uncovered"]),
        ({"young": (None, Decimal(30)), "old": (Decimal(31), None)}, ["bands_uncovered"]),
        ({"young": (None, Decimal(31)), "old": (Decimal(30), None)}, ["bands_overlap"]),
        (
            {"old": (Decimal(30), None), "young": (None, Decimal(30))},
            ["bands_overlap", "bands_uncovered", "bands_uncovered"],
        ),
        (
            {"young": (None, Decimal(30)), "none": (Decimal(30), Decimal(30)), "old": (Decimal(30), None)},
            ["empty_band"],
        ),
        ({}, ["fewer_than_two_groups"]),
    ],
)
def test_bands_cover_every_value_once(bands: Any, expected: list[str]) -> None:
    assert codes(protected={"age": Attribute(column="age", bands=bands)}) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"m": 1, "f": 2}, []),
        ({"m": 1, "f": (2, 2)}, ["codes_overlap"]),
        ({"m": 1, "f": (2, 1)}, ["codes_overlap"]),
        ({"m": 1, "f": ()}, ["codes_uncovered", "group_without_code"]),
        ({"m": 1, "f": 3}, ["codes_uncovered", "unknown_code"]),
        ({"m": 1, "f": "2"}, ["unknown_code"]),
        ({"all": (1, 2)}, ["fewer_than_two_groups"]),
    ],
)
def test_groups_cover_every_documented_code_once(groups: Any, expected: list[str]) -> None:
    assert codes(protected={"sex": Attribute(column="sex", groups=groups)}) == expected


@pytest.mark.parametrize("label", ["men × women", "men*women", "×"])
def test_the_name_of_a_group_is_not_that_of_a_crossing(label: str) -> None:
    assert codes(protected={"sex": Attribute(column="sex", groups={label: 1, "f": 2})}) == [
        "group_name_reserved"
    ]


def test_groups_that_cannot_be_counted_are_refused() -> None:
    hundred = {f"g{i}": i for i in range(1, 100)}
    free = {name: Attribute(column="sex", groups=hundred) for name in "abc"}
    assert MOST_CELLS == 100**3
    assert "too_many_cells" not in codes(protected=free)
    more = free | {"d": Attribute(column="sex", groups={"m": 1, "f": 2})}
    assert "too_many_cells" in codes(protected=more)


def test_scores_made_elsewhere_cannot_be_asked_again() -> None:
    noise = Metric(
        "robustness.noise",
        Stage.ROBUSTNESS,
        "Noise",
        "",
        ONE,
        ONE,
        (MOST,),
        *TOLD,
        needs_model=True,
        changes_inputs=True,
    )
    draft = {
        form: Draft(
            subject=Subject(model="score", format=form),
            criteria={0: criterion(metric="robustness.noise", at_least=None, at_most=Decimal(1))},
        )
        for form in ("predictions", "lightgbm")
    }
    found = {
        form: [f.code for f in findings(d, World({"robustness.noise": noise}))] for form, d in draft.items()
    }
    assert "model_not_at_hand" in found["predictions"]
    assert "model_not_at_hand" not in found["lightgbm"]


def test_the_index_of_pandas_is_no_column() -> None:
    data = Data(dictionary="d.yaml", test="t.parquet", train="r.parquet", custody="validator")
    seen = {"test": frozenset({"sex", "__index_level_0__"})}
    found = findings(Draft(data=data), World(WORLD.catalogue, WORLD.dictionary, seen))
    assert [(f.code, f.trail) for f in found] == [("index_of_pandas", ("data", "test"))]
    described = Dictionary(
        assay_dictionary=1,
        columns=(SEX, Column(name="__index_level_0__", type="identifier", description="Row number")),
    )
    assert findings(Draft(data=data), World(WORLD.catalogue, described, seen)) == ()


def test_a_band_without_a_known_range_must_be_open() -> None:
    attribute = Attribute(
        column="age", bands={"young": (Decimal(18), Decimal(30)), "old": (Decimal(30), None)}
    )
    found = findings(Draft(protected={"age": attribute}), World({}))
    assert [(f.code, f.trail) for f in found] == [("bands_uncovered", ("protected", "age", "bands", "young"))]


def test_a_dictionary() -> None:
    assert dictionary_findings({0: AGE, 1: SEX}) == ()
    wrong = Column(name="age", type="date", description="Age", range=(None, None), codes={1: "one"})
    assert sorted(f.code for f in dictionary_findings({0: AGE, 3: wrong})) == [
        "codes_without_meaning",
        "duplicate_column",
        "range_without_meaning",
    ]


def test_a_code_that_a_float_cannot_tell_from_its_neighbours() -> None:
    for code, expected in ((2**53 - 1, []), (2**53, ["code_too_large"]), (-(2**60), ["code_too_large"])):
        column = Column(name="c", type="category", description="c", codes={0: "a", code: "b"})
        assert [f.code for f in dictionary_findings({0: column})] == expected
        attribute = Attribute(column="unknown", groups={"a": 0, "b": code})
        assert [f.code for f in findings(Draft(protected={"c": attribute}), World({}))] == expected


@pytest.mark.parametrize(
    ("events", "rows", "share"),
    [(124, 5000, 0.02), (1, 3, 0.1), (900, 10_000, 0.0999), (5, 5, 0.5), (210_000, 10_000_000, 0.0209)],
)
def test_the_chance_of_so_many_rows_equals_scipy(events: int, rows: int, share: float) -> None:
    expected = float(binom.sf(events - 1, rows, share)) if events > rows * share else 1.0
    assert at_least(events, rows, share) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("parameter", "value", "refusal"),
    [
        (Parameter("", low=Decimal(0), high=Decimal(1)), Decimal("0.5"), ""),
        (Parameter("", low=Decimal(0), high=Decimal(1)), Decimal("1.5"), "a number between 0 and 1"),
        (Parameter("", low=Decimal(0)), -1, "a number of at least 0"),
        (Parameter("", high=Decimal(9)), 10, "a number of at most 9"),
        (Parameter("", low=Decimal(0)), "x", "a number of at least 0"),
        (Parameter("", default=3, integer=True), Decimal("3.0"), ""),
        (Parameter("", default=3, integer=True), Decimal("3.5"), "a whole number"),
        (Parameter("", choices=("a", "b")), "a", ""),
        (Parameter("", choices=("a", "b")), 1, "one of a, b"),
        (Parameter("", default="all"), "x", ""),
        (Parameter("", default="all"), 1, "a text; put quotes around it"),
    ],
)
def test_what_a_parameter_refuses(parameter: Parameter, value: Any, refusal: str) -> None:
    assert parameter.refuses(value) == refusal


@pytest.mark.parametrize(
    ("written", "names", "meant"),
    [
        ("Sex", ["sex", "age"], "sex"),
        ("min", ["at_most", "at_least"], "at_least"),
        ("impact_ratio", ["fairness.impact_ratio", "fairness.impact"], "fairness.impact_ratio"),
        ("acuracy", ["performance.accuracy", "accuracy"], "accuracy"),
        ("zzz", ["sex", "age"], ""),
        (3, [31, 2], "31"),
        ("", [], ""),
    ],
)
def test_the_nearest_name(written: object, names: list[object], meant: str) -> None:
    assert nearest(written, names) == meant


def test_a_list_of_names_is_cut_short() -> None:
    assert listed([]) == "none"
    assert listed("ab") == "'a', 'b'"
    assert listed(range(14)).endswith("'11' and 2 more")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"where": "age", "against": "train"}, []),
        ({"where": "", "against": "none"}, []),
        ({"where": "agee"}, ["unknown_column"]),
        ({"against": "develop"}, ["data_not_declared"]),
        ({"word": "agee"}, []),
        ({"several": "age, sex"}, []),
        ({"several": "age, agee, sxe"}, ["unknown_column", "unknown_column"]),
        ({"parted": "place"}, []),
        ({"parted": "plaec"}, ["unknown_stratum"]),
        ({"parted": "time"}, ["not_declared"]),
        ({"crossed": "sex, sxe"}, ["unknown_attribute"]),
    ],
)
def test_a_parameter_that_names_something_must_name_what_there_is(
    given: dict[str, str], expected: list[str]
) -> None:
    """By what it says that it names, whatever it is called."""
    parameters = {
        "where": Parameter("", default="", names=Names.COLUMN),
        "against": Parameter("", default="none", choices=("none", "train", "develop"), names=Names.DATA),
        "word": Parameter("", default=""),
        "several": Parameter("", default="", names=Names.COLUMNS),
        "parted": Parameter("", default="", names=Names.PARTED),
        "crossed": Parameter("", default="", names=Names.ATTRIBUTES),
    }
    world = replace(WORLD, catalogue={ACCURACY.id: replace(ACCURACY, parameters=parameters)})
    data = Data(dictionary="d.yaml", test="t.parquet", train="r.parquet", custody="validator")
    written = {"strata": ("place",), "protected": ("sex",)}
    found = findings(Draft(data=data, criteria={0: criterion(**{"with": given})}, written=written), world)
    assert [f.code for f in found if f.trail[2:3] == ("with",)] == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"column": "sex", "codes": "2, 1"}, ""),
        ({"column": "sex", "codes": "1, 0.5, 2"}, "The dictionary has no code 0.5 for 'sex'; it has 1, 2."),
        ({"column": "age", "codes": "20, 30"}, "The dictionary documents no codes of 'age', of which 'codes' lists 20, 30."),
        ({"column": "shoe", "codes": "1, 2"}, ""),  # which is said of the column
    ],
)  # fmt: skip
def test_codes_that_a_setting_lists_are_documented(given: dict[str, str], said: str) -> None:
    parameters = {
        "column": Parameter("", default="", names=Names.COLUMN),
        "codes": Parameter("", default="", codes_of="column"),
    }
    world = replace(WORLD, catalogue={ACCURACY.id: replace(ACCURACY, parameters=parameters)})
    found = findings(Draft(criteria={0: criterion(**{"with": given})}), world)
    assert [f.message for f in found if f.code == "codes_not_documented"] == ([said] if said else [])


@pytest.mark.parametrize(
    ("task", "given", "at", "said"),
    [
        ("regression", {}, ("criteria", 0), "'measure' of 'performance.accuracy' is decision where nothing is set, which asks"),
        ("regression", {"measure": "decision"}, ("criteria", 0, "with", "measure"), "'measure' of 'performance.accuracy' is decision, which asks"),
        ("regression", {"measure": "score"}, None, ""),
        ("binary", {}, None, ""),
    ],
)  # fmt: skip
def test_a_model_of_numbers_is_asked_about_no_decision(
    task: str, given: dict[str, str], at: tuple[object, ...] | None, said: str
) -> None:
    measure = Parameter("", default="decision", choices=("score", "decision"), decided=("decision",))
    metric = replace(ACCURACY, parameters={"measure": measure}, tasks=tuple(Task))
    prediction = Prediction.model_validate(
        {
            "task": task,
            "label": "y",
            "score": "what it means",
            **({"range": [0, 9]} if task == "regression" else {"favourable": 1, "decide_at": Decimal("0.5")}),
        }
    )
    draft = Draft(prediction=prediction, criteria={0: criterion(**{"with": given} if given else {})})
    found = [
        f
        for f in findings(draft, replace(WORLD, catalogue={metric.id: metric}))
        if f.code == "nothing_decided"
    ]
    assert [f.trail for f in found] == ([at] if at else [])
    for finding in found:
        assert finding.message.startswith(said)
        assert finding.remedy == "Write 'measure: score' under its 'with:'."


@pytest.mark.parametrize(
    ("task", "given", "code", "remedy"),
    [
        ("multiclass", {}, "no_two_labels", "accuracy' or 'measure: loss"),
        ("multiclass", {"measure": "accuracy"}, "", ""),
        ("regression", {}, "no_two_labels", "loss"),
        ("regression", {"measure": "accuracy"}, "nothing_decided", "loss"),
        ("regression", {"measure": "loss"}, "", ""),
        ("binary", {}, "", ""),
    ],
)
def test_what_is_asked_of_two_labels_is_refused_of_other_tasks(
    task: str, given: dict[str, str], code: str, remedy: str
) -> None:
    measure = Parameter(
        "",
        default="auc",
        choices=("auc", "accuracy", "loss"),
        decided=("accuracy",),
        of_two_labels=("auc",),
    )
    metric = replace(ACCURACY, parameters={"measure": measure}, tasks=tuple(Task))
    wanted = {
        "binary": {"favourable": 1, "decide_at": Decimal("0.5")},
        "regression": {"range": [0, 9]},
        "multiclass": {"classes": ["a", "b"]},
    }
    prediction = Prediction.model_validate({"task": task, "label": "y", "score": "it", **wanted[task]})
    draft = Draft(prediction=prediction, criteria={0: criterion(**{"with": given} if given else {})})
    found = [
        f
        for f in findings(draft, replace(WORLD, catalogue={metric.id: metric}))
        if f.code in {"no_two_labels", "nothing_decided"}
    ]
    assert [f.code for f in found] == ([code] if code else [])
    assert [f.remedy for f in found] == ([f"Write 'measure: {remedy}' under its 'with:'."] if code else [])


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"type": "category", "codes": {0: "no", 1: "yes"}}, ""),
        ({"type": "category", "codes": {"0": "no", "1": "yes", "unclear": "neither"}}, ""),
        ({"type": "boolean"}, ""),
        ({"type": "integer", "range": (0, 1)}, ""),
        ({"type": "integer", "range": (18, 80)}, "describes 'expert' as integer from 18 to 80."),
        ({"type": "number", "range": (0, None)}, "describes 'expert' as number from 0."),
        ({"type": "date"}, "describes 'expert' as date."),
        ({"type": "category", "codes": {1: "male", 2: "female"}}, "as category with the codes 1, 2."),
    ],
)
def test_a_column_of_zeros_and_ones_is_described_as_one(described: dict[str, object], said: str) -> None:
    expert = Column.model_validate({"name": "expert", "description": "what an expert found", **described})
    world = World(
        {ACCURACY.id: replace(ACCURACY, parameters={"audited": Parameter("", default="", zero_or_one=True)})},
        Dictionary(assay_dictionary=1, columns=(expert,)),
    )
    found = findings(Draft(criteria={0: criterion(**{"with": {"audited": "expert"}})}), world)
    messages = [f.message for f in found if f.code == "not_zero_or_one"]
    assert [message.endswith(said) for message in messages] == ([True] if said else [])


def test_strata_are_declared_and_have_the_rules_of_protected_attributes() -> None:
    within = criterion(
        metric="fairness.within", at_least=None, at_most=Decimal("0.1"), **{"with": {"within": "place"}}
    )
    place = Attribute(column="sex", groups={"north": (1,), "south": (2,)})
    assert codes(criteria=[within], strata={"place": place}) == []
    assert codes(strata={"time": place, "data": place}) == ["name_taken"]
    assert codes(criteria=[within], strata={"palce": place}) == ["unknown_stratum"]
    assert codes(strata={"place": Attribute(column="sex", groups={"north": (1,)})}) == [
        "codes_uncovered",
        "fewer_than_two_groups",
    ]


BY_SEX = {"sex": Attribute.model_validate({"column": "sex", "groups": {"women": 2, "men": 1}})}
BY_WAGE = {"wage": Attribute.model_validate({"column": "age", "bands": [Decimal(30)]})}


@pytest.mark.parametrize(
    ("arrows", "unobserved", "expected"),
    [
        ({"sex": ("wage", "decision"), "wage": ("decision",)}, (), []),
        ({"sex": ("wages", "decision")}, (), ["unknown_cause"]),
        ({"sex": ("decision",)}, ("wage",), ["observed_cause"]),
        ({"sex": ("wage",), "wage": ("sex",)}, (), ["causes_in_a_circle"]),
        ({"sex": ("decision",), "decision": ("wage",)}, (), ["decision_acts"]),
        ({"wage": ("decision",)}, (), ["effect_not_identified"]),
        ({"sex": ("decision",), "luck": ("sex", "decision")}, ("luck",), ["effect_not_identified"]),
        (None, (), ["no_causal_graph"]),
    ],
)
def test_a_statement_about_causes_needs_a_graph_that_allows_it(
    arrows: dict[str, tuple[str, ...]] | None, unobserved: tuple[str, ...], expected: list[str]
) -> None:
    graph = CausalGraph(rationale="x", arrows=arrows, unobserved=unobserved) if arrows else None
    asked = criterion(metric="fairness.direct_effect", at_least=None, at_most=Decimal("0.1"), across="sex")
    assert codes(protected=BY_SEX, strata=BY_WAGE, causal_graph=graph, criteria=[asked]) == expected


def test_nothing_is_compared_within_parts_of_the_models_own_scores_nor_do_these_act_on_the_decision() -> None:
    own, asked = Subject(model="age", format="predictions"), {"at_least": None, "at_most": Decimal("0.1")}
    within = criterion(metric="fairness.within", **asked, **{"with": {"within": "wage"}})
    assert codes(criteria=[within], strata=BY_WAGE) == []
    assert codes(criteria=[within], strata=BY_WAGE, subject=own) == ["parts_of_own_scores"]
    graph = CausalGraph(rationale="x", arrows={"sex": ("wage", "decision"), "wage": ("decision",)})
    effect = criterion(metric="fairness.direct_effect", across="sex", **asked)
    declared = {"protected": BY_SEX, "strata": BY_WAGE, "causal_graph": graph, "criteria": [effect]}
    assert codes(**declared, subject=own) == ["own_scores_as_cause"]


@pytest.mark.parametrize(
    ("unit", "value", "meant"),
    [(Unit.SHARE, "7", "0.07"), (Unit.NUMBER, "70", "0.7"), (Unit.NUMBER, "7", "")],
)
def test_a_percentage_is_read_as_one_where_it_can_be_meant(unit: Unit, value: str, meant: str) -> None:
    metric = replace(ACCURACY, unit=unit)
    draft = Draft(criteria={0: replaced_criterion(value)})
    (found,) = thresholds.threshold_out_of_range(draft, World({metric.id: metric}))
    assert (f"Write a share, {meant}, " in found.remedy) if meant else found.remedy.startswith("Choose")


@pytest.mark.parametrize(
    ("unit", "value", "found"),
    [(Unit.COUNT, "0.3", 1), (Unit.COUNT, "30", 0), (Unit.COUNT, "30.0", 0), (Unit.SHARE, "0.3", 0)],
)
def test_what_is_counted_is_asked_for_as_a_whole_number(unit: Unit, value: str, found: int) -> None:
    """A group's share of .3 was .3 rows, which a single one meets."""
    metric = replace(ACCURACY, unit=unit, high=None)
    draft = Draft(criteria={0: replaced_criterion(value)})
    said = list(thresholds.part_of_a_count(draft, World({metric.id: metric})))
    assert [finding.code for finding in said] == ["part_of_a_count"] * found


def replaced_criterion(at_least: str) -> Criterion:
    return Criterion.model_construct(id="c", metric=ACCURACY.id, at_least=Decimal(at_least), at_most=None)
