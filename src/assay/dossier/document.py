"""From the record to the document: which sections there are and in which order."""

from __future__ import annotations

from assay.domain.record import Record
from assay.domain.standing import Standing
from assay.dossier import wording
from assay.dossier.blocks import Document
from assay.dossier.lookup import Lookup
from assay.dossier.sections.criteria import criteria
from assay.dossier.sections.curves import curves
from assay.dossier.sections.data import data
from assay.dossier.sections.errors import errors
from assay.dossier.sections.explanations import explanations
from assay.dossier.sections.groups import groups
from assay.dossier.sections.limits import not_proven, not_tested
from assay.dossier.sections.methods import methods
from assay.dossier.sections.opening import opening
from assay.dossier.sections.procedure import procedure
from assay.dossier.sections.provenance import provenance
from assay.dossier.sections.purpose import purpose
from assay.dossier.sections.search import search
from assay.dossier.sections.standing import section
from assay.dossier.sections.summary import summary


def compose(record: Record, *, standing: Standing | None = None) -> Document:
    """The whole dossier, with what its log says of it."""
    lookup = Lookup(record)
    sections = (
        summary(lookup),
        criteria(lookup),
        curves(lookup),
        errors(lookup),
        explanations(lookup),
        procedure(lookup),
        groups(lookup),
        search(lookup),
        data(lookup),
        purpose(lookup),
        section(standing) if standing is not None else None,
        not_tested(lookup),
        methods(lookup),
        not_proven(lookup),
        provenance(lookup),
    )
    said = "Rehearsal" if record.decision.rehearsal else wording.OUTCOME[record.decision.outcome]
    return Document(
        title=f"{said}: {record.specification.name}",
        opening=opening(lookup, standing=standing),
        sections=tuple(s for s in sections if s is not None),
    )
