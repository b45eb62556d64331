"""The detector of unusual rows: distances as scipy's, p-values as ranks, no more false alarms than said, and it finds what others find."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from scipy.spatial.distance import mahalanobis
from scipy.stats import percentileofscore, spearmanr
from sklearn.covariance import EllipticEnvelope

from assay.checks.catalogue import catalogue
from assay.checks.performance.ood_acceptance import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column, ColumnType
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Reason
from assay.stats.detector import Detector

MIXED = np.array([[1.0, 0.8, 0.0], [0.0, 0.6, 0.5], [0.0, 0.0, 0.9]])
NUMERIC = frozenset("abc")


def people(draw: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    values = draw.normal(size=(n, 3)) @ MIXED
    return {"a": 10 + 3 * values[:, 0], "b": values[:, 1], "c": 100 * values[:, 2]}


def matrix(columns) -> np.ndarray:
    return np.column_stack(list(columns.values()))


def accepted(judged, known, level: str = "0.05", dictionary=None):
    bound = {"level": Decimal(level)}
    n = len(next(iter(judged.values())))
    view = table_view(tabulate, judged, label=[0] * n, known=known, parameters=bound, dictionary=dictionary)
    return catalogue()["performance.ood_acceptance"].count(view, arguments=bound)


def rate(found) -> float:
    assert isinstance(found, Rates)
    (cell,) = found.cells
    return cell.events / cell.trials


def test_numbers_are_ranked_as_by_the_distance_from_their_true_law() -> None:
    draw = np.random.default_rng(1)
    made = Detector.fitted(people(draw, 4000), NUMERIC)
    asked = people(draw, 400)
    scale = np.diag([3.0, 1.0, 100.0])
    inverse = np.linalg.inv(scale @ MIXED.T @ MIXED @ scale)
    middle = [10.0, 0.0, 0.0]
    expected = [mahalanobis(row, middle, inverse) ** 2 for row in matrix(asked)]
    assert spearmanr(made.numbers.distance(asked), expected).statistic > 0.98
    assert abs(np.mean(made.numbers.distance(asked)) / np.mean(expected) - 1) < 0.15


def test_p_values_are_ranks_as_scipy_counts_them_and_ties_count_as_usual() -> None:
    known = {
        "word": np.array(["x"] * 70 + ["y"] * 20 + ["z"] * 10, dtype=object)[
            np.random.default_rng(2).permutation(100)
        ]
    }
    made = Detector.fitted(known, frozenset())
    asked = {"word": np.array(["x", "y", "z", "new", None], dtype=object)}
    at_least = [50 - percentileofscore(made.usual, s, kind="strict") / 100 * 50 for s in made.score(asked)]
    assert np.allclose(made.p_values(asked), (np.array(at_least) + 1) / 51)
    assert made.p_values(asked)[0] == 1
    assert made.p_values(asked)[3] == made.p_values(asked)[4] == made.least_p


def test_rows_like_the_known_ones_are_refused_no_more_often_than_said() -> None:
    draw, refused, rows = np.random.default_rng(3), 0.0, 0
    for _ in range(300):
        known, judged = (
            {"a": draw.lognormal(size=n), "b": draw.poisson(1, n), "c": draw.choice(["x", "y", None], n)}
            for n in (80, 50)
        )
        refused, rows = refused + 50 * (1 - rate(accepted(judged, known))), rows + 50
    assert (
        0.02 < refused / rows <= 0.0555
    )  # at most .05 on average; two standard errors of 300 sets of known rows


def test_it_refuses_what_scikit_learns_envelope_refuses() -> None:
    draw = np.random.default_rng(5)
    known, usual, others = people(draw, 2000), people(draw, 2000), people(draw, 2000)
    others["b"] = others["b"][
        ::-1
    ]  # each number as usual as before, and no longer beside those that it goes with
    envelope = EllipticEnvelope(contamination=0.05, random_state=0).fit(matrix(known))
    assert abs(rate(accepted(usual, known)) - 0.95) < 0.02
    theirs = float((envelope.predict(matrix(others)) == 1).mean())
    assert rate(accepted(others, known)) < theirs + 0.03 < 0.9


def test_new_codes_lost_values_and_infinite_numbers_are_unusual() -> None:
    draw = np.random.default_rng(6)
    known = {"code": draw.integers(1, 4, 500), "number": draw.normal(size=500), "same": np.ones(500)}
    columns = tuple(
        Column(name=n, type=t, description=n, codes=c, missing="allowed")
        for n, t, c in (
            ("code", "category", {1: "a", 2: "b", 3: "c"}),
            ("number", "number", None),
            ("same", "number", None),
        )
    )
    usual = {"code": [1, 2], "number": [0.1, -0.2], "same": [1, 1]}
    assert rate(accepted(usual, known, dictionary=columns)) == 1
    for name, value in (("code", 9), ("number", np.inf), ("number", None), ("same", 2), ("code", None)):
        odd = usual | {name: [value, value]}
        assert rate(accepted(odd, known, dictionary=columns)) == 0, (name, value)


def test_rows_by_themselves_are_judged_as_all_together() -> None:
    draw = np.random.default_rng(7)
    made, asked = Detector.fitted(people(draw, 500), NUMERIC), people(draw, 60)
    alone = [made.p_values({n: v[i : i + 1] for n, v in asked.items()})[0] for i in range(60)]
    assert made.p_values(asked).tolist() == alone


def test_where_too_little_is_known_nothing_is_accepted() -> None:
    known = {"a": [1.0, 2.0, 3.0, 4.0]}
    assert isinstance(accepted({"a": [1.0]}, known), Undefined)
    assert isinstance(accepted({"a": ["free", "text"]}, {"a": ["x"] * 500}), Undefined)


def test_numbers_that_are_called_codes_are_not_all_as_usual_as_any() -> None:
    """A hundredfold income was accepted: one of its values was documented as a code, or it stood there as text, and each was as rare as any."""
    draw = np.random.default_rng(11)
    known, judged = (
        {"income": draw.lognormal(10, 1, 2000).round(), "age": draw.normal(40, 9, 2000)} for _ in range(2)
    )
    judged["income"] *= 100
    age = Column(name="age", type="number", description="age")

    def told(income: Column) -> object:
        return accepted(judged, known, dictionary=(income, age))

    assert rate(told(Column(name="income", type="integer", description="income"))) < 0.05
    kinds: tuple[ColumnType, ...] = ("integer", "category", "text")
    for kind in kinds:
        found = told(Column(name="income", type=kind, description="income", codes={-1: "unknown"}))
        assert isinstance(found, Undefined)
        assert "a code that others of them do not have, most often of 'income'" in found.detail
    number = Column(name="income", type="number", description="income")
    as_text = [{**rows, "income": rows["income"].astype(str).astype(object)} for rows in (judged, known)]
    assert isinstance(accepted(*as_text, dictionary=(number, age)), Undefined)
    one_of_few = {**known, "income": draw.integers(0, 30, 2000)}
    few = Column(name="income", type="category", description="branch", codes={-1: "unknown"})
    assert rate(accepted(one_of_few, one_of_few, dictionary=(few, age))) > 0.9


def test_nor_are_many_columns_of_which_each_has_few_new_codes() -> None:
    """Of thirteen whole numbers called categories each had a new code in 1 to 3 % of the reference rows, which one row in four had in some column: no new code was rare."""
    draw = np.random.default_rng(12)
    known = {f"n{i}": draw.normal(0, 25, 2000).round() for i in range(13)}
    judged = {name: 100 * values if name == "n0" else values for name, values in known.items()}

    def told(columns: int) -> object:
        names = list(known)[:columns]
        kinds = [Column(name=n, type="category", description=n, codes={-999: "unknown"}) for n in names]
        return accepted({n: judged[n] for n in names}, {n: known[n] for n in names}, dictionary=tuple(kinds))

    assert rate(told(1)) < 0.1
    found = told(13)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
