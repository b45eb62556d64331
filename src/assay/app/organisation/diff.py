"""Compare two specifications, two decisions or two certificates."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.app.organisation.report import NoSuchRun
from assay.app.organisation.seal import load_record
from assay.app.organisation.standing import standing_of
from assay.app.verifying.certificate_folder import CERTIFICATE, SUFFIX
from assay.domain import figures
from assay.domain.assessment import Assessment
from assay.domain.difference import Difference, differences
from assay.domain.errors import AssayError
from assay.domain.plain import to_plain
from assay.domain.record import Record
from assay.domain.scope import Scope
from assay.domain.specification import Specification
from assay.domain.standing import Standing
from assay.domain.vocabulary import Comparator
from assay.proof.bundle import BrokenBundle
from assay.proof.certificate import certificate_in
from assay.proof.statement import BrokenStatement
from assay.reading.kinds import refuse_another_kind
from assay.reading.located import locate
from assay.reading.source import read_source


class Incomparable(AssayError):
    """Two things of different kinds, or something that is neither a specification, a run nor a certificate."""


def compare(one: str, two: str, folder: Path) -> tuple[Difference, ...]:
    """What changed from one to the other.

    Each is a specification file, the folder of a certificate, or the beginning of the digest of a run in ``folder``.

    Raises:
        InvalidDocument: a file is a dictionary or a policy. Incomparable: they are of different kinds. Refused: ``sealed`` while attempts on a run's test rows remain.
    """
    (kind, before), (other, after) = _document(one, folder), _document(two, folder)
    if kind != other:
        raise Incomparable(
            f"{one} is a {kind} and {two} is a {other}.",
            code="not_comparable",
            remedy="Name two of one kind: specification files, folders of certificates, or runs. List the runs with: assay show",
        )
    return differences(before, after)


def _document(named: str, folder: Path) -> tuple[str, Any]:
    path = Path(named)
    if (path / CERTIFICATE).is_file():
        return "certificate", _certificate(path / CERTIFICATE)
    if path.is_file():
        document = locate(read_source(path))
        refuse_another_kind(document, "assay")
        return "specification", document.value
    if not path.exists() and path.suffix in {".yaml", ".yml", ".json", SUFFIX}:
        kind = "folder of a certificate" if path.suffix == SUFFIX else "file"
        raise NoSuchRun(
            f"There is no {kind} {named}.",
            code="not_found",
            remedy="Name a specification file, the folder of a certificate, or the beginning of a run's digest.",
        )
    digest, record = load_record(folder, named)
    return "decision", _decision(record, standing_of(folder, digest))


def _certificate(path: Path) -> dict[str, Any]:
    try:
        made = certificate_in(path.read_bytes())
    except (BrokenBundle, BrokenStatement) as wrong:
        raise Incomparable(f"{path}: {wrong}.", code="not_comparable") from None
    return {
        "files": dict(made.manifest.files),
        "verifier": made.verifier,
        "policy": made.policy,
        "record": made.record,
        "result": made.result,
        "scope": to_plain(made.scope, Scope),
    }


def _decision(record: Record, standing: Standing | None) -> dict[str, Any]:
    """What a reader compares of two runs: why they were decided so, and what was judged."""
    waivers = standing.waivers if standing else ()
    return {
        "decision": record.decision.outcome.value,
        "attempt": record.attempt,
        "kind of run": "a rehearsal" if record.decision.rehearsal else "a judged run",
        "judged on": f"the {record.data} rows",
        "bypasses": list(record.bypasses),
        "waived": {w.criterion: f"by {w.holder} ({w.role}), {w.reason}" for w in waivers},
        "specification": to_plain(record.specification, Specification),
        "criteria": {
            judged.assessment.criterion: {
                "verdict": judged.verdict.value,
                "estimate": _estimate(judged.assessment),
                "bound": _bound(judged.assessment),
                "rows": judged.assessment.rows,
            }
            for judged in (*record.judged, *record.set_aside)
        },
        "sources": {s.role: s.digest[:19] for s in record.sources if s.role != "specification"},
        "commit": record.environment.commit,
        "environment": dict(record.environment.packages),
        "environment of the model": dict(record.environment.model),
        "code of the model": {name: digest[:19] for name, digest in record.environment.modules},
    }


def _estimate(a: Assessment) -> str:
    """The worst value of all pieces, as the dossier shows it."""
    return "none" if a.estimate is None else figures.against(a.estimate.value, a.threshold)


def _bound(a: Assessment) -> str:
    """The limit that decides, with its confidence; what was counted in full has none."""
    if a.bound is None:
        return "none: counted in full" if a.binding is not None and a.binding.exact is not None else "none"
    least = a.comparator is Comparator.AT_LEAST
    limit = figures.lower(a.bound.value) if least else figures.upper(a.bound.value)
    sure = figures.percent(Decimal(figures.confidence(a.alpha)))
    return f"{a.comparator.words} {limit} with {sure} confidence"
