"""Inputs of numbers that the dictionary calls something else: perturbations of numbers would leave them as they are."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain.errors import SubjectError
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.tally.profiles import MANY, ProfileTally


def called_names(case: Case, measured: Measured) -> SubjectError | None:
    """Inputs that are called categories, texts or booleans and hold numbers: a perturbation of numbers would leave them."""
    kinds = {column.name: column.kind for column in case.datasets[measured.judged_on].schema}
    for profile in measured.judged.profiles:
        column = case.dictionary.column(profile.name)
        if (
            column is None
            or profile.name not in case.specification.subject.inputs
            or kinds.get(profile.name) not in {"number", "integer"}
        ):
            continue
        others = profile.ill_typed + sum(rows for _, rows in profile.undocumented)
        if MANY in dict(profile.undocumented) or (
            not column.is_numeric and others > MOST_IN_NO_GROUP * profile.rows and _few(profile)
        ):
            return SubjectError(
                f"Of {profile.rows:,} rows {others:,} have a number in the input {profile.name!r} that is none of its codes in the dictionary: it "
                "is more likely a number, which perturbations would leave as it is.",
                code="data_invalid",
                remedy="Call it 'number' or 'integer' in the dictionary, or list its codes.",
            )
    return None


def _few(profile: ProfileTally) -> bool:
    """Whether fewer documented codes occur than others do; of a boolean without codes any other number is none."""
    codes, others = (sum(rows > 0 for _, rows in found) for found in (profile.codes, profile.undocumented))
    return others > codes or profile.ill_typed > 0
