"""The published tables keep the promise they print."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "guarantee" / "binomial.py"


@pytest.fixture(scope="module")
def tables():
    spec = spec_from_file_location("guarantee_binomial", PATH)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.tables(module.QUICK)


def column(tables, word, name):
    return [row[name] for title, rows in tables.items() if word in title for row in rows]


def test_no_rule_errs_more_often_than_alpha(tables):
    sizes = column(tables, "One rate", "bound")
    for word in ("difference", "ratio", "Paired"):
        sizes += column(tables, word, "bound, audited")
    assert len(sizes) > 30
    assert max(sizes) <= 0.05


def test_the_audit_was_needed(tables):
    assert max(column(tables, "difference", "bound, nominal 0.05")) > 0.054


def test_point_estimates_certify_about_half_of_the_models_that_just_fail(tables):
    assert min(column(tables, "One rate", "point estimate")) > 0.4


def test_realised_power_is_what_the_planner_said(tables):
    planner = [row for title, rows in tables.items() if "Planner" in title for row in rows]
    assert len(planner) >= 15
    assert max(abs(row["off the prediction, points"]) for row in planner) < 3
    assert sum(abs(row["off the asked, points"]) < 3 for row in planner) >= 15
    assert min(row["realised"] - row["asked"] for row in planner) > -0.03
