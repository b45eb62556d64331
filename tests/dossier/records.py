"""Made-up records of runs, as realistic as the page must stand: credit default with all that can happen."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import NormalDist
from typing import Any

from assay.checks.catalogue import metrics
from assay.domain.assessment import Assessment, Broken, Judged, NoValue, Piece, headlined
from assay.domain.decide import Required, decide
from assay.domain.dictionary import Column, Dictionary
from assay.domain.difference import Difference
from assay.domain.digests import sha256_of
from assay.domain.evidence import (
    Census,
    Compare,
    Functional,
    Paired,
    PairedCell,
    Rate,
    Rates,
    ScoreCell,
    Scores,
    Statistic,
    Undefined,
)
from assay.domain.judge import judge
from assay.domain.metric import Unit
from assay.domain.quorum import Word
from assay.domain.record import (
    CurveRecord,
    Environment,
    GroupRecord,
    MetricRecord,
    ProfileRecord,
    Record,
    SourceRecord,
)
from assay.domain.specification import Criterion, Specification
from assay.domain.standing import Bound, Revision, SignedWord, Standing, Waiver
from assay.domain.state import Status
from assay.domain.vocabulary import Comparator, Grade, Reason, Stage

NORMAL = NormalDist()
D = Decimal

SPECIFICATION: dict[str, Any] = {
    "assay": 1,
    "name": "credit-default",
    "use_case": {
        "domain": "credit",
        "purpose": "Support the decision whether to grant a credit card limit, by ranking applicants by their probability of default next month.",
        "population": "Adults who hold or apply for a credit card with the bank in Taiwan.",
        "test_population": "15,000 clients drawn at random, once, from 30,000 clients of 2005; applicants who were refused in 2005 are not among them, though they are in the population of use.",
        "misuse": [
            "Setting interest rates by the score.",
            "Collections: the score says nothing about the amount that can be recovered.",
        ],
        "out_of_scope": ["Companies", "Clients under 21"],
        "risk": "high",
        "jurisdictions": ["eu", "us-ny"],
    },
    "charter": {
        "sponsor": "Head of consumer credit",
        "risk_appetite": "A wrongly granted limit costs about four wrongly refused ones.",
        "success": "Losses fall by a tenth at the same rate of approval, and no group is refused wrongly more often than another by over ten points.",
        "tradeoffs": "The model sees neither sex, age, marriage nor education. That costs about .002 of AUC; the risk committee decided so on 3 March.",
    },
    "roles": {
        "developer": ["a.lin"],
        "data_steward": ["m.cho"],
        "validator": ["j.wu"],
        "risk_officer": ["s.huang"],
        "legal": ["t.yang"],
    },
    "owners": {
        "data": "data_steward",
        "updates": "developer",
        "monitoring": "validator",
        "incidents": "risk_officer",
    },
    "approval": {
        "lock": {"validator": 1, "risk_officer": 1},
        "quorum": {"validator": 1, "risk_officer": 1},
        "valid_for": "180 days",
        "review_every": "90 days",
    },
    "subject": {
        "model": "models/candidate-b.txt",
        "format": "lightgbm",
        "inputs": ["LIMIT_BAL", "PAY_0", "PAY_2", "BILL_AMT1", "PAY_AMT1"],
        "environment": "requirements.lock",
        "recipe": "train.py:train",
    },
    "prediction": {
        "task": "binary",
        "label": "default",
        "favourable": 0,
        "score": "probability of default",
        "decide_at": D("0.35"),
    },
    "data": {
        "dictionary": "dictionary.yaml",
        "test": "data/test.parquet",
        "train": "data/train.parquet",
        "develop": "data/develop.parquet",
        "custody": "validator",
        "unit": "ID",
    },
    "protected": {
        "sex": {"column": "SEX", "groups": {"female": 2, "male": 1}},
        "age": {"column": "AGE", "bands": [D(25), D(40), D(60)]},
        "education": {
            "column": "EDUCATION",
            "groups": {"graduate school": 1, "university": 2, "high school": 3, "other": (0, 4, 5, 6)},
        },
    },
    "intersections": [["sex", "age"]],
    "small_groups": {"below_share": D("0.02"), "treat": "advisory"},
    "failure_modes": [
        {
            "id": "unequal-denial",
            "harm": "People of one sex, age or schooling are refused a card more often than others who repay as well, and lose access to credit.",
            "severity": "critical",
            "affected": ["women", "clients under 25", "clients without a degree"],
            "criteria": [
                "impact-ratio-sex",
                "impact-ratio-age",
                "wrongful-refusals-sex",
                "wrongful-refusals-age",
                "equal-odds-education",
                "opportunity-over-60",
            ],
        },
        {
            "id": "misranked-risk",
            "harm": "Clients who will default are ranked as safe; the bank lends to people who then fall into debt.",
            "severity": "critical",
            "affected": ["all clients"],
            "criteria": ["auc", "brier", "gini", "recall"],
        },
        {
            "id": "miscalibrated-price",
            "harm": "The probability is read as a probability and is wrong by a factor, so limits are set wrongly.",
            "severity": "major",
            "criteria": ["calibration-ks", "observed-expected", "calibration-age"],
        },
        {
            "id": "brittle",
            "harm": "A small error of entry flips a decision.",
            "severity": "major",
            "criteria": ["noise", "rounding", "missingness"],
        },
        {
            "id": "leak",
            "harm": "The test says more than is true because rows were seen in training.",
            "severity": "critical",
            "criteria": ["shared-rows", "duplicates", "dictionary", "missing", "representation"],
        },
    ],
    "criteria": [],
    "monitoring": {
        "watch": "approval ratio by sex and age; AUC on labels as they arrive",
        "cadence": "monthly",
        "recertify_when": "the model, the cut-off or the population changes",
    },
    "safety": {
        "constraints": ["A refusal is always reviewed by a person on request."],
        "fallback": "The scorecard of 2019, with limits halved.",
    },
    "compliance": {
        "purposes": "Assessment of creditworthiness before a contract.",
        "retention": "Five years after the contract ends.",
        "consent": "Contractual necessity; informed at application.",
    },
    "documentation": {"required": ["charter", "safety", "monitoring"]},
}

METRICS = (
    (
        "data.dictionary",
        "Dictionary conformity",
        "the number of cells whose value the dictionary does not allow",
    ),
    ("data.missing", "Missing values", "the share of cells without a value"),
    ("data.duplicates", "Duplicate rows", "the number of rows that are equal in every column"),
    ("data.shared_rows", "Rows shared between splits", "the number of test rows that are also training rows"),
    ("data.representation", "Group representation", "the share of each group among all rows"),
    (
        "performance.auc",
        "Area under the ROC curve",
        "the probability that a client who defaults is scored above one who does not",
    ),
    ("performance.gini", "Gini coefficient", "twice the area under the ROC curve, less one"),
    ("performance.recall", "Recall", "the share of defaults that the model refuses"),
    (
        "performance.brier",
        "Brier score",
        "the mean squared distance between the predicted probability and the outcome",
    ),
    (
        "performance.calibration_ks",
        "Calibration error (KS)",
        "the largest cumulative gap between predicted and observed defaults, by score",
    ),
    (
        "performance.observed_expected",
        "Observed over expected",
        "observed defaults divided by predicted ones",
    ),
    (
        "robustness.noise",
        "Drop of accuracy under noise",
        "the share of rows that become wrong, less those that become right, when small noise is added",
    ),
    (
        "robustness.rounding",
        "Drop of accuracy under rounding",
        "the share of rows that become wrong, less those that become right, when amounts are rounded",
    ),
    (
        "robustness.missingness",
        "Drop of accuracy with missing inputs",
        "the share of rows that become wrong, less those that become right, when inputs are blanked",
    ),
    (
        "fairness.impact_ratio",
        "Impact ratio",
        "the rate of approval of one group divided by that of another, for every ordered pair",
    ),
    (
        "fairness.equal_opportunity",
        "Equal opportunity difference",
        "the largest difference between groups in the share of good clients who are refused",
    ),
    (
        "fairness.equalized_odds",
        "Equalized odds difference",
        "the largest difference between groups in true- or false-positive rate",
    ),
    (
        "fairness.calibration_by_group",
        "Calibration error by group (KS)",
        "the largest cumulative gap between predicted and observed defaults in any group",
    ),
    (
        "documentation.sections",
        "Required sections present",
        "the number of required sections that are missing",
    ),
)


def how_it_is_told(metric: str, title: str) -> tuple[Unit, str]:
    known = metrics().get(metric)
    return (known.unit, known.reading) if known else (Unit.NUMBER, f"{title}[ for {{group}}] is {{value}}")


def criterion(
    name: str, metric: str, at: str, threshold: str, tier: str, rationale: str, **more: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "metric": metric,
        at: D(threshold),
        "tier": tier,
        "rationale": rationale,
        "owner": more.pop("owner", "validator"),
        **more,
    }


def tail(z: float) -> float:
    return 1 - NORMAL.cdf(z)


@dataclasses.dataclass
class Bench:
    """Criteria with their pieces, as they are added; makes consistent assessments."""

    criteria: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    assessments: list[Assessment] = dataclasses.field(default_factory=list)
    statistics: list[Statistic] = dataclasses.field(default_factory=list)

    def add(self, asked: dict[str, Any], pieces: list[Piece], counts: Any = None, **more: Any) -> None:
        self.criteria.append(asked)
        c = Criterion.model_validate(asked)
        pieces = worst_bound_first(pieces, c.comparator)
        self.assessments.append(
            assessed(
                criterion=c.id,
                metric=c.metric,
                across=c.across or "",
                data=c.data,
                tier=c.tier,
                comparator=c.comparator,
                threshold=c.threshold,
                alpha=c.alpha,
                pieces=tuple(pieces),
                pieces_total=more.pop("pieces_total", len(pieces)),
                all_pass=bool(pieces) and all(p.passes for p in pieces),
                rows=more.pop("rows", 15_000),
                point_passes=all(p.point_passes for p in pieces) if pieces else None,
                **more,
            )
        )
        if counts is not None:
            self.statistics.append(
                Statistic(
                    c.metric,
                    c.across or "",
                    c.data,
                    counts,
                    parameters=(("bins", "15"),),
                    criterion=c.id,
                )
            )


def worst_bound_first(pieces: Sequence[Piece], comparator: Comparator) -> list[Piece]:
    if comparator is LEAST:
        return sorted(pieces, key=lambda p: -math.inf if p.lower is None else p.lower)
    return sorted(pieces, key=lambda p: -math.inf if p.upper is None else -p.upper)


def assessed(*said: Any, confidence_reached: float | None = None, **more: Any) -> Assessment:
    made = headlined(Assessment(*said, **more))
    return dataclasses.replace(made, confidence_reached=confidence_reached)


def inferred(
    label: str, estimate: float, se: float, n: int, comparator: Comparator, threshold: str, **more: Any
) -> Piece:
    """A piece with a normal interval: good enough for a page, not for a verdict."""
    alpha = more.pop("alpha", 0.05)
    z = NORMAL.inv_cdf(1 - alpha)
    signed = (estimate - float(threshold)) / se * (1 if comparator is Comparator.AT_LEAST else -1)
    return Piece(
        label=label,
        estimate=estimate,
        lower=estimate - z * se,
        upper=estimate + z * se,
        n=n,
        p_pass=tail(signed),
        level_pass=alpha,
        p_fail=1 - tail(signed),
        point_passes=signed >= 0,
        grade=more.pop("grade", Grade.A),
        method=more.pop("method", "MOVER-CP with size audit"),
        **more,
    )


def compared(one: str, two: str, *found: Any, family: str = "") -> Piece:
    """A piece between two groups."""
    label = f"{one} against {two}" + (f" ({family})" if family else "")
    return inferred(label, *found, between=(one, two), family=family)


def counted(label: str, value: float, n: int, comparator: Comparator, threshold: str) -> Piece:
    good = value >= float(threshold) if comparator is Comparator.AT_LEAST else value <= float(threshold)
    return Piece(
        label,
        value,
        value,
        value,
        n,
        exact=good,
        point_passes=good,
        method="counted in full",
        counts=(("", "found", int(value)), ("", "total", n)),
    )


LEAST, MOST = Comparator.AT_LEAST, Comparator.AT_MOST
CP = {"method": "Clopper-Pearson"}
B = {"grade": Grade.B, "simulated_size": 0.057}


def bench(*, auc: float = 0.7774, sex_ratio: float = 0.957) -> Bench:
    b = Bench()
    _data(b)
    _performance(b, auc)
    _robustness(b)
    _fairness(b, sex_ratio)
    b.add(
        criterion(
            "documents",
            "documentation.sections",
            "at_most",
            "0",
            "supporting",
            "A reader must find the charter, the fallback and the watch.",
        ),
        [counted("", 0, 3, MOST, "0")],
        Census(0, 3),
    )
    return b


def _data(b: Bench) -> None:
    b.add(
        criterion(
            "dictionary",
            "data.dictionary",
            "at_most",
            "400",
            "supporting",
            "Codes that nobody documented mean that nobody knows what the model learnt from them.",
            owner="data_steward",
        ),
        [counted("", 201, 15_000 * 25, MOST, "400")],
        Census(201, 375_000, details=(("EDUCATION = 5", 140), ("MARRIAGE = 0", 27), ("EDUCATION = 6", 34))),
    )
    b.add(
        criterion(
            "missing",
            "data.missing",
            "at_most",
            "0.001",
            "supporting",
            "The source has no missing values; any would mean a broken extract.",
            owner="data_steward",
        ),
        [
            Piece(
                "",
                0.0,
                0.0,
                0.0,
                375_000,
                exact=True,
                point_passes=True,
                method="counted in full",
                counts=(("", "found", 0), ("", "total", 375_000)),
            )
        ],
        Census(0, 375_000, share=True),
    )
    b.add(
        criterion(
            "duplicates",
            "data.duplicates",
            "at_most",
            "10",
            "advisory",
            "A duplicated client counts twice.",
            owner="data_steward",
        ),
        [counted("", 35, 15_000, MOST, "10")],
        Census(35, 15_000),
    )
    b.add(
        criterion(
            "shared-rows",
            "data.shared_rows",
            "at_most",
            "20",
            "critical",
            "A row that was seen in training tests memory, not skill. Sixteen are known from the source.",
            owner="data_steward",
            requirements=["eu-ai-act/10.3"],
        ),
        [counted("", 16, 15_000, MOST, "20")],
        Census(16, 15_000),
    )
    b.add(
        criterion(
            "representation",
            "data.representation",
            "at_least",
            "0.02",
            "advisory",
            "Under this share a group is set aside by the small-group rule.",
            across="age",
            requirements=["eu-ai-act/10.3"],
        ),
        [
            inferred("60 and over", 170 / 15_000, 0.00086, 15_000, LEAST, "0.02", **CP),
            inferred("under 25", 0.0895, 0.0023, 15_000, LEAST, "0.02", **CP),
            inferred("40 to under 60", 0.291, 0.0037, 15_000, LEAST, "0.02", **CP),
            inferred("25 to under 40", 0.608, 0.004, 15_000, LEAST, "0.02", **CP),
        ],
        Rates((Rate("under 25", 1342, 15_000), Rate("60 and over", 170, 15_000))),
        strictest=0.0099,
        confidence_reached=0.0,
        rows_needed=None,
    )


def _performance(b: Bench, auc: float) -> None:
    delong = {"method": "min(logit-DeLong, Newcombe)", **B}
    b.add(
        criterion(
            "auc",
            "performance.auc",
            "at_least",
            "0.75",
            "critical",
            "Below this the old scorecard of 2019 is as good and better understood.",
            requirements=["us-sr-11-7/V.1"],
        ),
        [inferred("", auc, 0.0050, 15_000, LEAST, "0.75", **delong)],
        Scores((ScoreCell("", (0.1, 0.25, 0.8), (9000, 2000, 681), (1200, 900, 1219)),), Functional.AUC),
        strictest=auc - 0.0083,
        confidence_reached=0.9999,
        rows_needed=3_100,
    )
    b.add(
        criterion(
            "gini",
            "performance.gini",
            "at_least",
            "0.56",
            "supporting",
            "Investors read Gini; the covenant asks for .56.",
        ),
        [inferred("", 2 * auc - 1, 0.0100, 15_000, LEAST, "0.56", **delong)],
        None,
        strictest=2 * auc - 1 - 0.0165,
        confidence_reached=0.69,
        rows_needed=264_000,
    )
    b.add(
        criterion(
            "recall",
            "performance.recall",
            "at_least",
            "0.48",
            "supporting",
            "At this cut-off about half of the defaults should be caught.",
            confidence=D("0.975"),
        ),
        [inferred("", 0.5123, 0.0087, 3_319, LEAST, "0.48", alpha=0.025, **CP)],
        Rates((Rate("", 1700, 3319),)),
        strictest=0.4953,
        confidence_reached=0.9999,
        rows_needed=9_900,
    )
    b.add(
        criterion(
            "brier",
            "performance.brier",
            "at_most",
            "0.145",
            "supporting",
            "Limits are computed from the probability itself.",
        ),
        [
            inferred(
                "",
                0.1347,
                0.0013,
                15_000,
                MOST,
                "0.145",
                method="Hall skew-corrected t",
                grade=Grade.B,
                simulated_size=0.052,
            )
        ],
        None,
        strictest=0.1369,
        confidence_reached=0.9999,
        rows_needed=1_200,
    )
    b.add(
        criterion(
            "calibration-ks",
            "performance.calibration_ks",
            "at_most",
            "0.03",
            "critical",
            "A probability that is off by three points moves limits by a class.",
            requirements=["us-sr-11-7/V.2"],
        ),
        [
            inferred(
                "",
                0.0098,
                0.0032,
                15_000,
                MOST,
                "0.03",
                method="KS by sign",
                grade=Grade.B,
                simulated_size=0.047,
            )
        ],
        None,
        strictest=0.0151,
        confidence_reached=0.9999,
        rows_needed=6_000,
    )
    b.add(
        criterion(
            "observed-expected",
            "performance.observed_expected",
            "at_least",
            "0.90",
            "advisory",
            "Total losses are budgeted from the sum of the probabilities.",
        ),
        [
            inferred(
                "",
                1.012,
                0.014,
                15_000,
                LEAST,
                "0.90",
                method="skew-corrected t",
                grade=Grade.B,
                simulated_size=0.053,
            )
        ],
        None,
        strictest=0.989,
        confidence_reached=0.9999,
        rows_needed=2_000,
    )


def _robustness(b: Bench) -> None:
    b.add(
        criterion(
            "noise",
            "robustness.noise",
            "at_most",
            "0.01",
            "supporting",
            "Amounts are keyed by hand; a slip of a per cent must not move the accuracy by a point.",
            **{"with": {"sigma": D("0.01"), "columns": "amounts", "repeats": 1}},
        ),
        [inferred("", 0.0021, 0.0011, 15_000, MOST, "0.01", method="paired MOVER with size audit")],
        Paired((PairedCell("", 152, 121, 15_000),)),
        strictest=0.0039,
        confidence_reached=0.9999,
        rows_needed=5_000,
    )
    b.add(
        criterion(
            "rounding",
            "robustness.rounding",
            "at_most",
            "0.01",
            "advisory",
            "Some branches report in thousands.",
        ),
        [inferred("", 0.0083, 0.0014, 15_000, MOST, "0.01", method="paired MOVER with size audit")],
        Paired((PairedCell("", 250, 125, 15_000),)),
        strictest=0.0106,
        confidence_reached=0.89,
        rows_needed=87_400,
    )
    b.add(
        criterion(
            "missingness",
            "robustness.missingness",
            "at_most",
            "0.02",
            "advisory",
            "A bureau outage blanks the payment history.",
        ),
        [],
        None,
        error=Broken(
            Reason.MODEL_CRASHED,
            "The model's process ended with signal 11 while it scored the changed rows.",
        ),
    )


AGES = ("under 25", "25 to under 40", "40 to under 60")


def _fairness(b: Bench, sex_ratio: float) -> None:
    ratio = {"requirements": ["us-eeoc-ug/1607.4-D", "nyc-ll144/5-301"]}
    b.add(
        criterion(
            "impact-ratio-sex",
            "fairness.impact_ratio",
            "at_least",
            "0.80",
            "critical",
            "The four-fifths rule: no sex is approved less than four fifths as often as the other.",
            across="sex",
            **ratio,
        ),
        [
            compared("male", "female", sex_ratio, 0.0058, 15_000, LEAST, "0.80"),
            compared("female", "male", 1 / sex_ratio, 0.0063, 15_000, LEAST, "0.80"),
        ],
        Rates((Rate("female", 7912, 9091), Rate("male", 4921, 5909)), Compare.RATIO),
        strictest=sex_ratio - 0.0095,
        confidence_reached=0.9999,
        rows_needed=600,
    )
    b.add(
        criterion(
            "impact-ratio-age",
            "fairness.impact_ratio",
            "at_least",
            "0.80",
            "critical",
            "The four-fifths rule by age band; bands follow the bank's product lines.",
            across="age",
            **ratio,
        ),
        [
            inferred(
                f"{x} / {y}",
                v,
                s,
                n,
                LEAST,
                "0.80",
            )
            for (x, y), v, s, n in zip(
                itertools.permutations(AGES, 2),
                (0.887, 0.911, 1.127, 1.026, 1.098, 0.974),
                (0.0145, 0.016, 0.018, 0.007, 0.019, 0.007),
                (10_462, 5_707, 10_462, 13_485, 5_707, 13_485),
                strict=True,
            )
        ],
        None,
        strictest=0.8631,
        confidence_reached=0.9999,
        rows_needed=4_100,
    )
    b.add(
        criterion(
            "wrongful-refusals-sex",
            "fairness.equal_opportunity",
            "at_most",
            "0.05",
            "critical",
            "Good clients of one sex must not be refused more often than those of the other by over five points.",
            across="sex",
        ),
        [
            compared("male", "female", 0.0162, 0.0061, 11_681, MOST, "0.05"),
            compared("female", "male", -0.0162, 0.0061, 11_681, MOST, "0.05"),
        ],
        None,
        strictest=0.0263,
        confidence_reached=0.9999,
        rows_needed=3_000,
    )
    b.add(
        criterion(
            "wrongful-refusals-age",
            "fairness.equal_opportunity",
            "at_most",
            "0.10",
            "critical",
            "The same by age; ten points because the youngest band is small and has short histories.",
            across="age",
            reference="25 to under 40",
        ),
        [
            compared("under 25", "25 to under 40", 0.0512, 0.0131, 8_160, MOST, "0.10"),
            compared("40 to under 60", "25 to under 40", 0.0221, 0.0069, 10_502, MOST, "0.10"),
        ],
        None,
        strictest=0.0727,
        confidence_reached=0.9999,
        rows_needed=8_700,
    )
    schools = ("graduate school", "university", "high school")
    b.add(
        criterion(
            "equal-odds-education",
            "fairness.equalized_odds",
            "at_most",
            "0.08",
            "supporting",
            "Schooling stands for means; neither refusals of good clients nor approvals of bad ones should follow it.",
            across="education",
        ),
        [
            compared(x, y, v, s, n, MOST, "0.08", family=rate)
            for ((x, y), rate), v, s, n in zip(
                itertools.product(
                    itertools.permutations(schools, 2), ("true-positive rate", "false-positive rate")
                ),
                (0.041, -0.02, -0.033, -0.059, -0.041, 0.02, -0.071, -0.04, 0.033, 0.059, 0.071, 0.04),
                (0.019, 0.007, 0.024, 0.009, 0.019, 0.007, 0.022, 0.008, 0.024, 0.009, 0.022, 0.008),
                itertools.cycle((2_750, 9_300, 1_700, 6_100)),
            )
        ],
        None,
        strictest=0.1072,
        confidence_reached=0.66,
        rows_needed=118_300,
    )
    b.add(
        criterion(
            "opportunity-over-60",
            "fairness.equal_opportunity",
            "at_most",
            "0.10",
            "advisory",
            "Asked for by the ombudsman; 170 clients cannot settle it, and the page should say so.",
            across="age",
            reference="25 to under 40",
        ),
        [compared("60 and over", "25 to under 40", 0.0461, 0.0389, 7_210, MOST, "0.10")],
        None,
        strictest=0.1103,
        confidence_reached=0.917,
        rows_needed=47_000,
    )
    b.add(
        criterion(
            "calibration-age",
            "fairness.calibration_by_group",
            "at_most",
            "0.04",
            "advisory",
            "Losses per age band are budgeted from the probabilities.",
            across="sex*age",
        ),
        [inferred(AGES[1], 0.011, 0.004, 9_120, MOST, "0.04", grade=Grade.B, simulated_size=0.047)],
        Undefined(Reason.ONE_CLASS_ONLY, "no client defaulted"),
        undefined=(NoValue("male, 60 and over", Reason.ONE_CLASS_ONLY, "none of the 9 clients defaulted"),),
    )


AGE_COUNTS = (("under 25", 1_342, 360), ("25 to under 40", 9_120, 1_890), ("40 to under 60", 4_365, 1_020))


def groups() -> tuple[GroupRecord, ...]:
    rows = [
        ("sex", "female", "SEX = 2", 9_091, 1_893, False),
        ("sex", "male", "SEX = 1", 5_909, 1_426, False),
        *(
            ("age", label, definition, n, bad, small)
            for (label, n, bad), definition, small in zip(
                (*AGE_COUNTS, ("60 and over", 173, 49)),
                ("AGE < 25", "25 ≤ AGE < 40", "40 ≤ AGE < 60", "60 ≤ AGE"),
                (False, False, False, True),
                strict=True,
            )
        ),
        ("education", "graduate school", "EDUCATION = 1", 5_310, 1_020, False),
        ("education", "university", "EDUCATION = 2", 7_020, 1_665, False),
        ("education", "high school", "EDUCATION = 3", 2_440, 616, False),
        ("education", "other", "EDUCATION = 0 or 4 or 5 or 6", 230, 18, True),
    ]
    return tuple(
        GroupRecord(g, label, text, n, bad, round(n * 0.86 - bad * 0.05), round(n * 0.82), small)
        for g, label, text, n, bad, small in rows
    )


def curves() -> tuple[CurveRecord, ...]:
    grid = [i / 40 for i in range(41)]
    roc = tuple((x, x**0.36) for x in grid)
    bins = (0.04, 0.09, 0.13, 0.18, 0.24, 0.33, 0.46, 0.61, 0.74, 0.86)
    reliability = tuple(
        (m, m + d, m + d - 1.645 * s, m + d + 1.645 * s, float(n))
        for m, d, s, n in zip(
            bins,
            (0.004, -0.006, 0.008, 0.01, -0.012, 0.006, -0.02, 0.015, -0.022, 0.03),
            (0.004, 0.005, 0.007, 0.009, 0.011, 0.014, 0.018, 0.021, 0.03, 0.06),
            (2_400, 3_100, 2_600, 1_900, 1_500, 1_200, 900, 700, 500, 200),
            strict=True,
        )
    )
    by_sex = [
        CurveRecord("roc", "sex", s, tuple((x, x**e) for x in grid))
        for s, e in (("female", 0.35), ("male", 0.38))
    ]
    rest = [CurveRecord("reliability", "sex", s, reliability) for s in ("female", "male")]
    return (
        CurveRecord("roc", "", "all rows", roc),
        *by_sex,
        CurveRecord("roc", "age", "under 25", roc),
        CurveRecord("reliability", "", "all rows", reliability),
        *rest,
    )


def dictionary() -> Dictionary:
    def column(name: str, kind: str, text: str, **more: Any) -> Column:
        return Column.model_validate({"name": name, "type": kind, "description": text, **more})

    return Dictionary(
        assay_dictionary=1,
        columns=(
            column("ID", "identifier", "Running number of the client."),
            column(
                "LIMIT_BAL",
                "number",
                "Credit limit, client and family together.",
                unit="NT dollar",
                range=(D(10_000), D(1_000_000)),
            ),
            column(
                "SEX", "category", "Sex as registered.", codes={1: "male", 2: "female"}, sensitivity="special"
            ),
            column(
                "EDUCATION",
                "category",
                "Highest degree.",
                codes={1: "graduate school", 2: "university", 3: "high school", 4: "other"},
                sensitivity="personal",
                note="0, 5 and 6 occur and are not documented by the source.",
            ),
            column(
                "MARRIAGE",
                "category",
                "Marital status.",
                codes={1: "married", 2: "single", 3: "other"},
                sensitivity="personal",
            ),
            column(
                "AGE", "integer", "Age in years.", unit="years", range=(D(18), D(100)), sensitivity="personal"
            ),
            *(
                column(
                    f"PAY_{m}",
                    "integer",
                    f"Months of delay of the payment {m} months before.",
                    range=(D(-2), D(9)),
                )
                for m in (0, 2, 3, 4, 5, 6)
            ),
            *(
                column(
                    f"{name}{m}",
                    "number",
                    f"Amount of the {text} {m} months before.",
                    unit="NT dollar",
                    range=(None if name == "BILL_AMT" else D(0), None),
                )
                for name, text in (("BILL_AMT", "bill"), ("PAY_AMT", "payment"), ("CASH_ADV", "cash advance"))
                for m in range(1, 7)
            ),
            column("default", "boolean", "Whether the client defaulted in the next month."),
        ),
    )


def profiles() -> tuple[ProfileRecord, ...]:
    odd = {"EDUCATION": ((("5"), 140), ("6", 34), ("0", 7)), "MARRIAGE": (("0", 27),)}
    return tuple(
        ProfileRecord("test", c.name, 15_000, 0, 0, 12 if c.name == "PAY_0" else 0, odd.get(c.name, ()))
        for c in dictionary().columns
    )


def specification(criteria: list[dict[str, Any]], **changes: Any) -> Specification:
    return Specification.model_validate({**SPECIFICATION, "criteria": criteria, **changes})


def required(spec: Specification) -> Required:
    return Required(
        tuple((c.id, c.tier, Stage(c.metric.partition(".")[0])) for c in spec.criteria), spec.stages
    )


def set_aside() -> tuple[Judged, ...]:
    pieces = (
        compared("60 and over", "25 to under 40", 0.934, 0.031, 9_293, LEAST, "0.80"),
        compared("60 and over", "under 25", 1.021, 0.045, 1_515, LEAST, "0.80"),
    )
    schools = (compared("other", "university", 1.062, 0.028, 7_250, LEAST, "0.80"),)
    gap = (compared("60 and over", "25 to under 40", 0.0461, 0.0389, 7_210, MOST, "0.10"),)

    def one(
        name: str, metric: str, at: Comparator, threshold: str, across: str, p: tuple[Piece, ...]
    ) -> Assessment:
        return assessed(
            name,
            metric,
            across,
            "test",
            "advisory",  # type: ignore[arg-type]
            at,
            D(threshold),
            0.05,
            p,
            len(p),
            all(x.passes for x in p),
            point_passes=all(x.point_passes for x in p),
            rows=15_000,
            strictest=0.1,
            confidence_reached=0.9,
            rows_needed=40_000,
        )

    from assay.domain.vocabulary import Tier

    made = [
        one("impact-ratio-age", "fairness.impact_ratio", LEAST, "0.80", "age", pieces),
        one("impact-ratio-education", "fairness.impact_ratio", LEAST, "0.80", "education", schools),
        one("wrongful-refusals-age", "fairness.equal_opportunity", MOST, "0.10", "age", gap),
    ]
    return judge([dataclasses.replace(a, tier=Tier.ADVISORY) for a in made])


def record(b: Bench | None = None, *, rehearsal: bool = False, **changes: Any) -> Record:
    """A record from a bench; the decision is the real one."""
    b = b or bench()
    spec = changes.pop("spec", None) or specification(b.criteria)
    judged = judge(b.assessments)
    made = Record(
        specification=spec,
        specification_digest="5b0c" * 16,
        dictionary=dictionary(),
        sources=(
            SourceRecord("specification", "assay.yaml", "5b0c" * 16),
            SourceRecord("dictionary", "dictionary.yaml", "77aa" * 16),
            SourceRecord("model", "models/candidate-b.txt", "c01d" * 16),
            SourceRecord("train", "data/train.parquet", "0a1b" * 16, 10_000),
            SourceRecord("develop", "data/develop.parquet", "0a1c" * 16, 5_000),
            SourceRecord("test", "data/test.parquet", "9f3e" * 16, 15_000),
        ),
        seed="a3f1" * 16,
        data="develop" if rehearsal else "test",
        rows=15_000,
        rows_used=14_984,
        statistics=tuple(b.statistics),
        judged=judged,
        set_aside=set_aside(),
        decision=decide(judged, required(spec), rehearsal=rehearsal),
        groups=groups(),
        curves=curves(),
        profiles=profiles(),
        not_tested=(
            "Stability over time: all rows are of one month.",
            "Privacy: no attack on the training data was tried.",
            "Intersections of sex and education.",
        ),
        environment=Environment(
            assay="0.1.0.dev0",
            python="3.11.2",
            packages=(("lightgbm", "4.7.0"), ("numpy", "2.4.6"), ("pyarrow", "26.0.1"), ("scipy", "1.17.1")),
            platform="Linux x86_64",
            model=(("lightgbm", "4.6.0"), ("python", "3.10.12")),
        ),
        evidence_digest="e71d" * 16,
        metrics=tuple(MetricRecord(*m, *how_it_is_told(m[0], m[1])) for m in METRICS),
    )
    return dataclasses.replace(made, **changes)


def conditional() -> Record:
    """The rich case: some supporting criteria are inconclusive, one advisory crashed, one not evaluable."""
    return record()


def certified() -> Record:
    """Everything critical and supporting passes."""
    b = bench()
    keep = [i for i, c in enumerate(b.criteria) if c["id"] not in {"gini", "equal-odds-education"}]
    modes = [
        {**m, "criteria": [c for c in m["criteria"] if c not in {"gini", "equal-odds-education"}]}
        for m in SPECIFICATION["failure_modes"]
    ]
    b.criteria = [b.criteria[i] for i in keep]
    b.assessments = [b.assessments[i] for i in keep]
    return record(b, spec=specification(b.criteria, failure_modes=modes))


def withheld() -> Record:
    """Candidate A: ranks worse than asked and refuses one sex more."""
    return record(bench(auc=0.721, sex_ratio=0.765))


def rehearsed() -> Record:
    """All passes, on development rows: never a certificate."""
    made = certified()
    return dataclasses.replace(
        made, data="develop", decision=dataclasses.replace(made.decision, rehearsal=True)
    )


def empty() -> Record:
    """Nothing was asked, nothing measured."""
    b = Bench()
    spec = specification([], failure_modes=[], protected={}, intersections=[], small_groups=None)
    return record(
        b,
        spec=spec,
        set_aside=(),
        groups=(),
        curves=(),
        profiles=(),
        not_tested=(),
        metrics=(),
        dictionary=Dictionary(assay_dictionary=1, columns=()),
        rows=0,
        rows_used=0,
        sources=(),
    )


HOSTILE = (
    "<script>alert('x')</script><img src=https://evil.example/a.png> \u202egnitset\u202c {{ 7*7 }} </style> ]]> & \"q\" "
    + "W" * 180
)


def hostile() -> Record:
    """Every free text tries to break out of the page; one group's name too."""
    b = bench()
    for c in b.criteria:
        c["rationale"] = HOSTILE
        c["owner"] = HOSTILE
        c["requirements"] = [HOSTILE]
    b.assessments = [
        dataclasses.replace(
            a,
            pieces=tuple(dataclasses.replace(p, label=HOSTILE, method=HOSTILE) for p in a.pieces),
            definition=HOSTILE,
            error=Broken(a.error.reason, HOSTILE + "\x00\x0b") if a.error else None,
        )
        for a in b.assessments
    ]
    spec = specification(
        b.criteria,
        use_case={**SPECIFICATION["use_case"], "purpose": HOSTILE, "misuse": [HOSTILE]},
        charter=dict.fromkeys(SPECIFICATION["charter"], HOSTILE),
        protected={
            "sex": {"column": HOSTILE, "groups": {HOSTILE: 2, "male": 1}},
            **{k: v for k, v in SPECIFICATION["protected"].items() if k != "sex"},
        },
        failure_modes=[{**m, "harm": HOSTILE, "affected": [HOSTILE]} for m in SPECIFICATION["failure_modes"]],
    )
    return record(
        b,
        spec=spec,
        groups=tuple(dataclasses.replace(g, label=HOSTILE, definition=HOSTILE) for g in groups()),
        curves=tuple(dataclasses.replace(c, label=HOSTILE) for c in curves()),
        not_tested=(HOSTILE,),
        metrics=tuple(
            MetricRecord(i, HOSTILE, HOSTILE, Unit.NUMBER, f"{HOSTILE} {{value}}") for i, _, _ in METRICS
        ),
        dictionary=Dictionary(
            assay_dictionary=1,
            columns=tuple(
                c.model_copy(update={"description": HOSTILE, "note": HOSTILE}) for c in dictionary().columns
            ),
        ),
        bypasses=(HOSTILE,),
    )


def unbounded() -> Record:
    """Limits that are infinite, and a value of exactly the threshold."""
    b = bench()
    first = next(i for i, a in enumerate(b.assessments) if a.criterion == "impact-ratio-sex")
    pieces = tuple(dataclasses.replace(p, upper=math.inf) for p in b.assessments[first].pieces)
    b.assessments[first] = dataclasses.replace(b.assessments[first], pieces=pieces)
    return record(b)


ALL = {
    "conditional": conditional,
    "certified": certified,
    "withheld": withheld,
    "rehearsed": rehearsed,
    "empty": empty,
    "hostile": hostile,
    "unbounded": unbounded,
}


def standing(**changes: Any) -> Standing:
    """Where the decision stands: signed, two waivers, changed after a result, and with a certificate."""
    changes = {
        "record": sha256_of(b"record"),
        "log": "bank.example/assay",
        "size": 12,
        "root": "whh26htcygNQTrQANIazXrax0Prq5xyISimn2nWYXLw=",
        "attempt": 2,
        "signed": (
            SignedWord(9, "s.huang", "risk_officer", Word.REJECT, "the waiver is not dated", "2026-03-02T09:00:00+00:00"),
            SignedWord(10, "s.huang", "risk_officer", Word.APPROVE, "", "2026-03-03T09:00:00+00:00"),
        ),
        "missing": (),
        "waivers": (
            Waiver(6, "test_set_spent", "s.huang", "risk_officer", "2026-04-01T00:00:00+00:00",
                   "the first run used a wrong score column", used=True, over=False),
            Waiver(8, "approval-education", "t.yang", "legal", "2026-02-01T00:00:00+00:00",
                   "reviewed by hand until the next sample", used=False, over=True),
        ),
        "revisions": (
            Revision(5, "the committee asks for less", 3, "withheld", sha256_of(b"before"), sha256_of(b"after"),
                     (Difference("criteria.ranking.at_least", "0.80", "0.75"),
                      *(Difference(f"charter.line-{n}", "", f"text {n}") for n in range(5)))),
        ),
        "demo": False,
            "bypasses": ("The plan called it hopeless: probabilities-true: 3,545 rows are needed",),
        "certificate": Bound(11, sha256_of(b"certificate"), "PASSED", "2026-08-30T09:00:00+00:00", Status.GOOD, ""),
    } | changes  # fmt: skip
    return Standing(**changes)
