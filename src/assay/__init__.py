"""Assay certifies machine-learning models for high-risk use, with a known error rate.

The names below are what a program that certifies needs; each is imported when it is first used. What a check is
written with stands in `assay.checks`, the bounds and sample sizes in `assay.stats`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay._lazy import lazy
from assay._version import __version__

if TYPE_CHECKING:
    from assay.app.judging.certify import Certification, certify
    from assay.app.judging.plan import Hopeless
    from assay.app.judging.planned import Plan
    from assay.app.judging.planning import make_plan
    from assay.app.organisation.report import NoSuchRun, runs, write_document
    from assay.app.organisation.seal import load_record
    from assay.app.verifying.gate import gate, require
    from assay.app.verifying.load_certified import CertifiedModel, load_certified
    from assay.app.verifying.rejudge import judged_again
    from assay.checks.check import Check, Example, check
    from assay.domain.assessment import Assessment, Judged, Piece
    from assay.domain.decide import Decision, Ground
    from assay.domain.errors import AssayError, InvalidDocument, MissingExtra, Problem, SubjectError
    from assay.domain.record import Record
    from assay.domain.record_document import from_document, to_document
    from assay.domain.refusal import Because, Distrusted, Refusal, Refused
    from assay.domain.vocabulary import Outcome, Reason, Stage, Tier, Verdict
    from assay.store.runs import Run

__all__ = [
    "AssayError",
    "Assessment",
    "Because",
    "Certification",
    "CertifiedModel",
    "Check",
    "Decision",
    "Distrusted",
    "Example",
    "Ground",
    "Hopeless",
    "InvalidDocument",
    "Judged",
    "MissingExtra",
    "NoSuchRun",
    "Outcome",
    "Piece",
    "Plan",
    "Problem",
    "Reason",
    "Record",
    "Refusal",
    "Refused",
    "Run",
    "Stage",
    "SubjectError",
    "Tier",
    "Verdict",
    "__version__",
    "certify",
    "check",
    "from_document",
    "gate",
    "judged_again",
    "load_certified",
    "load_record",
    "make_plan",
    "require",
    "runs",
    "to_document",
    "write_document",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "assay.app.judging.certify": ("Certification", "certify"),
        "assay.app.verifying.gate": ("gate", "require"),
        "assay.app.verifying.load_certified": ("CertifiedModel", "load_certified"),
        "assay.app.judging.plan": ("Hopeless",),
        "assay.app.judging.planned": ("Plan",),
        "assay.app.judging.planning": ("make_plan",),
        "assay.app.verifying.rejudge": ("judged_again",),
        "assay.app.organisation.report": ("NoSuchRun", "runs", "write_document"),
        "assay.app.organisation.seal": ("load_record",),
        "assay.checks.check": ("Check", "Example", "check"),
        "assay.domain.assessment": ("Assessment", "Judged", "Piece"),
        "assay.domain.decide": ("Decision", "Ground"),
        "assay.domain.errors": ("AssayError", "InvalidDocument", "MissingExtra", "Problem", "SubjectError"),
        "assay.domain.record": ("Record",),
        "assay.domain.record_document": ("from_document", "to_document"),
        "assay.domain.refusal": ("Because", "Distrusted", "Refusal", "Refused"),
        "assay.domain.vocabulary": ("Outcome", "Reason", "Stage", "Tier", "Verdict"),
        "assay.store.runs": ("Run",),
    },
)
