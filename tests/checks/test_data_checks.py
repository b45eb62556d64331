"""Facts about a file: what is counted, and what the details say."""

from assay.checks.catalogue import catalogue
from assay.checks.examples import profiled, row_set
from assay.domain.evidence import Census, Undefined
from assay.domain.vocabulary import Reason
from assay.tally.views import ColumnProfile, SectionView


def count(id_: str, view, **arguments: str):
    return catalogue()[id_].count(view, arguments=arguments)


def test_the_worst_column_is_the_value_and_all_bad_ones_are_details():
    view = profiled(
        ColumnProfile("age", 100, 0, ill_typed=1, out_of_range=2),
        ColumnProfile("amount", 100, 0, out_of_range=5),
        ColumnProfile("sex", 100, 0),
    )
    assert count("data.dictionary_conformity", view) == Census(
        5,
        100,
        share=True,
        details=(
            ("amount, outside its documented range", 5),
            ("age, outside its documented range", 2),
            ("age, not of its documented type", 1),
        ),
    )


def test_absent_and_undocumented_columns_count_with_all_rows():
    view = profiled(ColumnProfile("age", 100, 0), absent=("amount",), undeclared=("x1",))
    assert count("data.dictionary_conformity", view) == Census(
        100, 100, share=True, details=(("amount (absent)", 100), ("x1 (not documented)", 100))
    )


def test_missing_values_are_counted_where_none_may_be():
    view = profiled(
        ColumnProfile("age", 100, 7),
        ColumnProfile("income", 100, 60, missing_allowed=True),
        ColumnProfile("sex", 100, 1),
    )
    assert count("data.missing_values", view) == Census(7, 100, share=True, details=(("age", 7), ("sex", 1)))
    assert count("data.missing_values", view, column="income") == Census(
        60, 100, share=True, details=(("income", 60),)
    )


def test_a_column_that_is_all_there_has_no_details():
    assert count("data.missing_values", profiled(ColumnProfile("age", 100, 0))) == Census(0, 100, share=True)


def test_missing_values_of_nothing_are_not_measured():
    view = profiled(ColumnProfile("income", 100, 60, missing_allowed=True))
    found = count("data.missing_values", view)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED


def test_undocumented_codes_are_named_with_their_rows():
    view = profiled(
        ColumnProfile("education", 100, 0, undocumented=(("0", 1), ("5", 3)), codes=(("1", 96),)),
        ColumnProfile("marriage", 100, 0, undocumented=(("0", 2),), codes=(("1", 98),)),
    )
    assert count("data.undocumented_codes", view) == Census(
        4, 100, share=True, details=(("education = 0", 1), ("education = 5", 3), ("marriage = 0", 2))
    )
    assert count("data.undocumented_codes", view, column="marriage") == Census(
        2, 100, share=True, details=(("marriage = 0", 2),)
    )


def test_an_undocumented_text_that_nobody_can_see_is_named_all_the_same():
    view = profiled(ColumnProfile("note", 100, 0, undocumented=(("", 15), ("  ", 12)), codes=(("a", 73),)))
    assert count("data.undocumented_codes", view).details == (
        ("note = ''", 15),
        ("note = '  '", 12),
    )


def test_rows_shared_with_several_data_sets_are_not_added_up():
    view = row_set(100, shared={"train": 60, "develop": 70})
    found = count("data.split_overlap", view)
    assert found == Census(70, 100, share=True, details=(("develop", 70), ("train", 60)))
    assert count("data.split_overlap", view, other="train").found == 60


def test_a_data_set_that_is_not_declared_shares_nothing_and_says_so():
    found = count("data.split_overlap", row_set(100, shared={"train": 1}), other="develop")
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED


def test_the_smallest_group_counts_and_all_are_listed():
    view = profiled(ColumnProfile("sex", 100, 0), groups={"sex": {"women": 60, "men": 40}, "age": {"old": 3}})
    found = catalogue()["data.group_representation"].count(view, across="sex")
    assert found == Census(40, 100, details=(("women", 60), ("men", 40)))


def test_empty_sections_are_named():
    view = SectionView((("safety", False), ("monitoring", True), ("charter.tradeoffs", False)))
    assert count("documentation.required_sections", view) == Census(
        2, 3, details=(("safety", 1), ("charter.tradeoffs", 1))
    )
