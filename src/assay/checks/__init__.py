"""Everything that a check is written and tested with, for built-in checks and for those of other packages.

One file per check stands in the folder of its stage; `catalogue.py` finds them through the entry-point group
``assay.checks``. Each name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay._lazy import lazy
from assay.checks.check import check  # at once: the module of this name would stand in its place

if TYPE_CHECKING:
    from assay.checks.check import AT_LEAST, AT_MOST, EITHER, ONE, ZERO, Check, Example
    from assay.checks.counting.cells import (
        NO_ROWS,
        pairs_of_each,
        rate_of_each,
        rates_compared,
        scores_of_each,
        worst_share,
    )
    from assay.checks.examples import ALL, outcomes, paired, profiled, row_set, scored
    from assay.checks.verifying import ExampleFails, judged_example, verify
    from assay.domain.evidence import (
        Census,
        Compare,
        Composite,
        Counts,
        Functional,
        Paired,
        PairedCell,
        Rate,
        Rates,
        ScoreCell,
        Scores,
        Stratified,
        Undefined,
    )
    from assay.domain.metric import Across, Declared, Metric, Names, Parameter, Unit
    from assay.domain.needs import Need, Outcomes, Perturbed, Profiles, RowSets, Sections, Stated
    from assay.domain.settled import Settled, Settles
    from assay.domain.vocabulary import Comparator, Reason, Stage, Verdict
    from assay.tally.perturbation import ChangeContext, Columns, normals, uniforms, whole
    from assay.tally.views import (
        ColumnProfile,
        DataProfile,
        GroupOutcomes,
        OutcomeView,
        PairedGroup,
        PairedView,
        ProfileView,
        RowSetView,
        SectionView,
        StatedView,
    )

__all__ = [
    "ALL",
    "AT_LEAST",
    "AT_MOST",
    "EITHER",
    "NO_ROWS",
    "ONE",
    "ZERO",
    "Across",
    "Census",
    "ChangeContext",
    "Check",
    "ColumnProfile",
    "Columns",
    "Comparator",
    "Compare",
    "Composite",
    "Counts",
    "DataProfile",
    "Declared",
    "Example",
    "ExampleFails",
    "Functional",
    "GroupOutcomes",
    "Metric",
    "Names",
    "Need",
    "OutcomeView",
    "Outcomes",
    "Paired",
    "PairedCell",
    "PairedGroup",
    "PairedView",
    "Parameter",
    "Perturbed",
    "ProfileView",
    "Profiles",
    "Rate",
    "Rates",
    "Reason",
    "RowSetView",
    "RowSets",
    "ScoreCell",
    "Scores",
    "SectionView",
    "Sections",
    "Settled",
    "Settles",
    "Stage",
    "Stated",
    "StatedView",
    "Stratified",
    "Undefined",
    "Unit",
    "Verdict",
    "check",
    "judged_example",
    "normals",
    "outcomes",
    "paired",
    "pairs_of_each",
    "profiled",
    "rate_of_each",
    "rates_compared",
    "row_set",
    "scored",
    "scores_of_each",
    "uniforms",
    "verify",
    "whole",
    "worst_share",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "assay.checks.check": ("AT_LEAST", "AT_MOST", "EITHER", "ONE", "ZERO", "Check", "Example", "check"),
        "assay.checks.examples": ("ALL", "outcomes", "paired", "profiled", "row_set", "scored"),
        "assay.checks.verifying": ("ExampleFails", "judged_example", "verify"),
        "assay.domain.evidence": (
            "Census",
            "Compare",
            "Composite",
            "Counts",
            "Functional",
            "Paired",
            "PairedCell",
            "Rate",
            "Rates",
            "ScoreCell",
            "Scores",
            "Stratified",
            "Undefined",
        ),
        "assay.domain.metric": ("Across", "Declared", "Metric", "Names", "Parameter", "Unit"),
        "assay.domain.needs": ("Need", "Outcomes", "Perturbed", "Profiles", "RowSets", "Sections", "Stated"),
        "assay.domain.settled": ("Settled", "Settles"),
        "assay.domain.vocabulary": ("Comparator", "Reason", "Stage", "Verdict"),
        "assay.checks.counting.cells": (
            "NO_ROWS",
            "pairs_of_each",
            "rate_of_each",
            "rates_compared",
            "scores_of_each",
            "worst_share",
        ),
        "assay.tally.perturbation": ("ChangeContext", "Columns", "normals", "uniforms", "whole"),
        "assay.tally.views": (
            "ColumnProfile",
            "DataProfile",
            "GroupOutcomes",
            "OutcomeView",
            "PairedGroup",
            "PairedView",
            "ProfileView",
            "RowSetView",
            "SectionView",
            "StatedView",
        ),
    },
)
