"""Which columns the tables of a pass read: documented ones, all of the file, or those that made-up scores are made of."""

from __future__ import annotations

from assay.domain.dictionary import Column
from assay.domain.needs import Part
from assay.engine.frame import Frame
from assay.engine.scan import columns_of
from assay.plan.passes import Pass, Table


def read(undeclared: bool) -> tuple[str, ...]:
    frame = Frame((), "bad", (), 0.5, (Column(name="age", type="integer", description="age"),))
    table = Table("t", lambda *_: {}, None, (), undeclared=undeclared)
    return columns_of(frame, Pass("train", frozenset({Part.TABLES}), tables=(table,)), ("age", "bad", "name"))


def test_only_where_they_are_asked_for() -> None:
    assert read(undeclared=False) == ("bad", "age")
    assert read(undeclared=True) == ("bad", "age", "name")


def test_scores_are_made_up_of_all_columns_only_where_a_table_asks_for_scores() -> None:
    frame = Frame((), "bad", (), 0.5, (Column(name="age", type="integer", description="age"),))
    for asks, expected in ((False, ("bad",)), (True, ("bad", "age"))):
        table = Table("t", lambda *_: {}, lambda _: (), (), asks=asks)
        assert (
            columns_of(frame, Pass("train", frozenset({Part.TABLES}), tables=(table,), imagined=True))
            == expected
        )
