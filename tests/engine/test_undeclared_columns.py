"""A table may ask for the columns of a file that nobody documented; nothing else reads them."""

from __future__ import annotations

from assay.domain.dictionary import Column
from assay.engine.frame import Frame
from assay.engine.scan import columns_of
from assay.plan.passes import Pass, Table


def read(undeclared: bool) -> tuple[str, ...]:
    frame = Frame((), "bad", (), 0.5, (Column(name="age", type="integer", description="age"),))
    table = Table("t", lambda *_: {}, None, (), undeclared=undeclared)
    return columns_of(frame, Pass("train", tables=(table,)), ("age", "bad", "name"))


def test_only_where_they_are_asked_for() -> None:
    assert read(undeclared=False) == ("bad", "age")
    assert read(undeclared=True) == ("bad", "age", "name")
