"""What is counted does not depend on the names or the order of groups, and absence is never a number."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.checks.check import Check
from assay.checks.examples import ALL, outcomes, paired, profiled, row_set, scored
from assay.checks.tabled import table_view
from assay.domain.answers import BINARY, Answers
from assay.domain.evidence import Counts, MeanCell, PairedCell, Rate, Rates, ScoreCell, Undefined
from assay.domain.metric import Across, Names
from assay.domain.needs import Outcomes, Perturbed, Reads, Stated, Tabulated
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Reason, Task
from assay.tally.refits import RefitView, TrainingRows
from assay.tally.table import TableView
from assay.tally.views import ColumnProfile, LineageView, OutcomeView, SectionView

CHECKS = tuple(catalogue().values())
GROUPED = [c for c in CHECKS if isinstance(c.need, Outcomes) and c.metric.across is not Across.NEVER]
REQUIRED = [c for c in GROUPED if c.metric.across is Across.REQUIRED]
COMPARED = [c for c in REQUIRED if c.metric.reference]
NOBODY = np.empty(0, dtype=np.int64)
confusion = st.tuples(*[st.integers(0, 60)] * 4)


def count(check: Check, view: OutcomeView, *, across: str) -> Counts:
    """What it counts, with the arguments of its first example where it needs some."""
    return check.count(view, across=across, arguments=check.examples[0].arguments)


def cells(check: Check, view: OutcomeView) -> dict[str, object]:
    """The cells by family and label; empty when the statistic is undefined."""
    counts = count(check, view, across="group")
    if isinstance(counts, Undefined):
        return {"": counts.reason}
    return {f"{getattr(cell, 'family', '')}/{cell.label}": cell for cell in counts.cells}


@pytest.mark.parametrize("check", GROUPED, ids=lambda c: c.id)
@settings(max_examples=20)
@given(seed=st.integers(0, 50), order=st.permutations(range(3)))
def test_the_order_of_groups_changes_nothing(check: Check, seed: int, order: list[int]):
    view = random_rows(seed, n=60).view()
    if len(view.groups) != 3:
        return
    turned = replace(view, groups=tuple(view.groups[k] for k in order))
    assert cells(check, view) == cells(check, turned)


@pytest.mark.parametrize("check", GROUPED, ids=lambda c: c.id)
@settings(max_examples=20)
@given(seed=st.integers(0, 50))
def test_the_names_of_groups_change_nothing(check: Check, seed: int):
    view = random_rows(seed, n=60).view()
    renamed = replace(view, groups=tuple(replace(g, label=f"{g.label} anew") for g in view.groups))
    found, anew = cells(check, view), cells(check, renamed)
    assert len(found) == len(anew)
    for before, after in zip(found.values(), anew.values(), strict=True):
        assert before == (
            replace(after, label=after.label.removesuffix(" anew")) if hasattr(after, "label") else after
        )


@settings(max_examples=40)
@given(table=st.dictionaries(st.sampled_from("abcd"), confusion, min_size=2))
def test_cells_never_hold_more_events_than_trials(table: dict[str, tuple[int, int, int, int]]):
    for check in GROUPED:
        counts = count(check, outcomes(table), across="group")
        if isinstance(counts, Rates):
            assert all(0 <= cell.events <= cell.trials for cell in counts.cells)


def no_rows(check: Check, across: str | None) -> TableView:
    need = check.need
    assert isinstance(need, Tabulated)
    several = Task.MULTICLASS in check.metric.tasks
    score = np.empty((0, 3) if several else 0) if need.asks_model else None
    return table_view(
        need.tabulate,
        {
            name: []
            for name in (
                "income",
                "department",
                "label",
                *named(check, Names.COLUMN),
                *named(check, Names.COLUMNS),
            )
        },
        label=[],
        score=score,
        answers=Answers(Task.MULTICLASS, classes=("a", "b", "c")) if several else BINARY,
        groups={"sex": (("women", "men"), [])},
        across=("sex",) if across else (),
        parameters=check.bind(check.examples[0].arguments),
        others={"train": {"income": []}} if need.reads is Reads.EVERY else None,
        strata={
            name: Attribute(column="income", groups={"A": (0,), "B": (1,)})
            for name in named(check, Names.STRATUM)
        },
    )


def named(check: Check, kind: Names) -> tuple[str, ...]:
    """The columns, or the strata, that the first example of a check names."""
    given = check.bind(check.examples[0].arguments)
    found = (str(given[n]) for n, p in check.metric.parameters.items() if p.names is kind)
    return tuple(name.strip() for text in found for name in text.split(",") if name.strip())


# -- absence ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [c for c in CHECKS if not isinstance(c.need, Stated)], ids=lambda c: c.id)
def test_no_rows_are_undefined_everywhere(check: Check):
    across = "sex" if check.metric.across is Across.REQUIRED else None
    label = "women" if across else ALL
    views = {
        "Outcomes": lambda: scored({label: ()}),
        "Perturbed": lambda: paired({label: (0, 0, 0, 0)}),
        "Profiles": lambda: profiled(
            ColumnProfile("age", 0, 0, codes=(("1", 0),)), groups={"sex": {"women": 0}}
        ),
        "Refits": lambda: RefitView(TrainingRows(NOBODY, NOBODY), (), 0.5, 1),
        "RowSets": lambda: row_set(0, shared={"train": 0}),
        "Lineage": lambda: LineageView(()),
        "Sections": lambda: SectionView(()),
        "Tabulated": lambda: no_rows(check, across),
        "TabulatedBeside": lambda: no_rows(check, across),
        "TabulatedChanges": lambda: no_rows(check, across),
        "TabulatedEverywhere": lambda: no_rows(check, across),
        "TabulatedOutcomes": lambda: no_rows(check, across),
    }
    arguments = check.examples[0].arguments
    counts = check.count(views[type(check.need).__name__](), across=across, arguments=arguments)
    assert isinstance(counts, Undefined)
    assert counts.reason in {Reason.NO_ROWS, Reason.NOT_MEASURED}
    assert counts.detail


@pytest.mark.parametrize("check", GROUPED, ids=lambda c: c.id)
def test_a_grouping_without_groups_is_not_answered_by_all_rows(check: Check):
    counts = count(check, random_rows(0).uncut(), across="sex")
    assert counts == Undefined(Reason.EMPTY_GROUP, "No group of 'sex' is in this data.")


@pytest.mark.parametrize("check", COMPARED, ids=lambda c: c.id)
def test_one_group_is_no_comparison(check: Check):
    counts = check.count(outcomes({"women": (10, 10, 10, 10)}), across="sex")
    assert counts == Undefined(
        Reason.FEWER_THAN_TWO_GROUPS,
        "A comparison needs two groups that gate; there is women alone. Groups that 'small_groups' sets aside are not compared.",
    )


@pytest.mark.parametrize("check", COMPARED, ids=lambda c: c.id)
def test_that_the_reference_is_absent_is_said_before_that_groups_are_few(check: Check):
    counts = check.count(outcomes({"women": (10, 10, 10, 10)}), across="sex", reference="nobody")
    assert counts == Undefined(
        Reason.REFERENCE_ABSENT, "The reference 'nobody' is none of the groups compared: women."
    )


@pytest.mark.parametrize("check", COMPARED, ids=lambda c: c.id)
def test_a_reference_must_be_there_and_is_kept(check: Check):
    view = outcomes({"women": (10, 10, 10, 10), "men": (10, 10, 10, 10)})
    absent = check.count(view, across="sex", reference="nobody")
    assert isinstance(absent, Undefined)
    assert absent.reason is Reason.REFERENCE_ABSENT
    assert check.count(view, across="sex", reference="men").reference == "men"


def _rows(cell: Rate | ScoreCell | PairedCell | MeanCell) -> int:
    if isinstance(cell, Rate):
        return cell.trials
    if isinstance(cell, MeanCell):
        return sum(cell.rows)
    return cell.n if isinstance(cell, PairedCell) else len(cell.scores)


@pytest.mark.parametrize("check", GROUPED, ids=lambda c: c.id)
def test_an_empty_group_keeps_its_cell(check: Check):
    table = ((0.2, 50, 10), (0.8, 10, 50))
    counts = count(check, scored({"women": table, "men": table, "others": ()}), across="sex")
    empty = [cell for cell in counts.cells if cell.label == "others"]
    assert empty
    assert all(_rows(cell) == 0 for cell in empty)


@pytest.mark.parametrize("reference", [None, "men"])
def test_a_ratio_to_nothing_is_undefined(reference: str | None):
    check = catalogue()["fairness.impact_ratio"]
    table = {"women": (5, 5 if reference else 0, 5, 5 if reference else 0), "men": (10, 0, 10, 0)}
    counts = check.count(outcomes(table), across="sex", reference=reference)
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.ZERO_DENOMINATOR


def test_a_group_that_is_never_favoured_is_a_ratio_of_zero():
    counts = catalogue()["fairness.impact_ratio"].count(
        outcomes({"women": (10, 0, 10, 0), "men": (5, 5, 5, 5)}), across="sex"
    )
    assert [cell.events for cell in counts.cells] == [0, 10]


# -- arguments ----------------------------------------------------------------------------------------------------


def test_what_a_check_does_not_know_is_refused():
    accuracy, parity = catalogue()["performance.accuracy"], catalogue()["fairness.demographic_parity"]
    view = outcomes({"women": (1, 1, 1, 1), "men": (1, 1, 1, 1)})
    with pytest.raises(ValueError, match="has no parameter 'bins'"):
        accuracy.count(view, across="sex", arguments={"bins": 3})
    with pytest.raises(ValueError, match="no reference group"):
        accuracy.count(view, across="sex", reference="men")
    with pytest.raises(ValueError, match="needs 'across'"):
        parity.count(view)
    with pytest.raises(ValueError, match="does not compare groups"):
        catalogue()["data.duplicates"].count(row_set(3), across="sex")


@pytest.mark.parametrize("check", [c for c in CHECKS if isinstance(c.need, Perturbed)], ids=lambda c: c.id)
def test_the_measure_of_a_perturbation_needs_no_arguments(check: Check):
    view = paired({"x": (90, 3, 2, 5)})
    across = "sex" if check.metric.across is Across.REQUIRED else None
    assert check.measure(view) == check.count(view, across=across, arguments=check.examples[0].arguments)


def test_a_view_is_not_changed_by_a_check():
    view = random_rows(3).view()
    before = [g.counts.copy() for g in view.groups]
    for check in GROUPED:
        count(check, view, across="group")
    assert all(np.array_equal(a, g.counts) for a, g in zip(before, view.groups, strict=True))
