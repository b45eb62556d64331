"""Plan a judged run from its specification alone: open the case, ask the reference rows, ask the model a few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.app.judging.case import open_case
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import ask_a_few, plan
from assay.app.judging.planned import Plan
from assay.app.judging.repeated_rows import will_be_refused
from assay.store.workspace import Workspace


def make_plan(specification: Path | str, *, data: Mapping[str, Any] | None = None, workers: int = 1) -> Plan:
    """Say what a judged run would read, and how likely a good model is to pass, before anything is measured.

    Nothing of the test rows is read but their number; shares of groups and labels come from the development or
    training rows. The model is asked for the scores of a few of those rows: whether it answers, and how its scores lie.
    Each share of alpha that a schedule of attempts spends is planned by itself.

    Args:
        specification: the YAML file; every path in it is relative to it.
        data: tables that stand in for declared files, by role: anything with ``__arrow_c_stream__``.
        workers: processes that read and count.

    Raises:
        InvalidDocument: the specification or dictionary has problems; all of them are listed.
        SubjectError: data or model cannot be opened, labels are neither 0 nor 1, or the model does not answer.
    """
    path = Path(specification)
    case = open_case(path, data=data, scratch=Workspace.beside(path).tables)
    with open_engine(path, workers=workers) as engine:
        made = plan(case, engine, ask_a_few(case, engine), attempts=case.specification.attempts.alike())
        return replace(made, repeats=" ".join(filter(None, (made.repeats, will_be_refused(case, engine)))))
