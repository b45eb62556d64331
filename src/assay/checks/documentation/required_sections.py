"""Whether what must be written down is."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import Sections
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import SectionView


@check(
    id="documentation.required_sections",
    title="Required sections",
    estimand="The number of required documentation sections that are not filled.",
    unit=Unit.COUNT,
    reading="required sections that are not filled: {value}",
    need=Sections(),
    comparators=AT_MOST,
    high=None,
    census=True,
    examples=(
        Example(
            says="Both required sections are filled.",
            view=lambda: SectionView((("monitoring", True), ("safety.fallback", True))),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The fallback is not written.",
            view=lambda: SectionView((("monitoring", True), ("safety.fallback", False))),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No section is required, so nothing is shown.",
            view=lambda: SectionView(()),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def required_sections(view: SectionView) -> Counts:
    """The sections that the specification requires and nobody has filled.

    Purpose:
        Shows that what operators, reviewers and authorities must be able to read has been written.
    Method:
        Sections listed as required, of which those without content are counted and named. Counted in full, no
        inference. (Mitchell et al. 2019, "Model cards for model reporting", FAT*, arXiv:1810.03993;
        Regulation (EU) 2024/1689, Annex IV.)
    Limits:
        Sees whether something stands there, not whether it is true, sufficient or understood.
    Remedy:
        Have the owner named in the specification write the missing sections, and a reviewer read them.
    Oracle:
        sections counted by hand (tests/checks/test_data_checks.py).
    """
    if not view.sections:
        return Undefined(Reason.NOT_MEASURED, "The specification requires no section.")
    empty = tuple((name, 1) for name, filled in view.sections if not filled)
    return Census(len(empty), len(view.sections), details=empty)
