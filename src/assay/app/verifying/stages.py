"""The signed result of each stage of an assay: made from a record when it is certified, and held against it again by who verifies."""

from __future__ import annotations

from collections.abc import Mapping

from assay.domain.policy import Policy
from assay.domain.record import Record
from assay.domain.refusal import Because, Refusal
from assay.domain.vocabulary import Stage, Tier, Verdict
from assay.proof.bundle import BrokenBundle, read
from assay.proof.canonical import canonical
from assay.proof.certificate import Certificate
from assay.proof.statement import Statement
from assay.proof.steps.certificate import verifier_that_signed
from assay.proof.words import stage_result


def stage_statements(record: Record, digest: str) -> tuple[Statement, ...]:
    """One test result for each stage that has a verdict, in the order of the stages; ``digest`` is that of the record."""
    made = []
    for stage in Stage:
        here = [j for j in record.judged if j.assessment.metric.partition(".")[0] == stage.value]
        if not here:
            continue
        passed = [j.assessment.criterion for j in here if j.verdict is Verdict.PASS]
        others = [j for j in here if j.verdict is not Verdict.PASS]
        failed = [j.assessment.criterion for j in others if j.assessment.tier is not Tier.ADVISORY]
        warned = [j.assessment.criterion for j in others if j.assessment.tier is Tier.ADVISORY]
        made.append(
            stage_result(
                stage.value,
                record=digest,
                specification=record.specification_digest,
                passed=passed,
                failed=failed,
                warned=warned,
            )
        )
    return tuple(made)


def stages_contradict(
    record: Record, certificate: Certificate, documents: Mapping[str, bytes], policy: Policy
) -> Refusal | None:
    """Where the stage results of a certificate are not those of its record; None when each is, and its verifier signed it.

    Args:
        documents: what was handed over, by digest. policy: whose keys count.
    """
    named = [digest for name, digest in certificate.attestations if name == "stage"]
    expected = stage_statements(record, certificate.record)
    if len(named) != len(expected):
        return Refusal(
            Because.JUDGED_DIFFERENTLY,
            f"The record has verdicts in {len(expected)} stages; the certificate stands on the results of {len(named)}.",
        )
    for digest, statement in zip(named, expected, strict=True):
        stage = statement.subjects[0][0].rpartition("/")[2]
        try:
            bundle = read(documents.get(digest, b""))
        except BrokenBundle as broken:
            return Refusal(
                Because.ATTESTATION_CHANGED, f"The result of the stage {stage} cannot be read: {broken}."
            )
        signed = verifier_that_signed(policy, bundle)
        if signed is None or signed[0] != certificate.verifier:
            return Refusal(
                Because.SIGNATURE_WRONG,
                f"The result of the stage {stage} is not signed by the verifier of the certificate.",
            )
        if bundle.payload != canonical(statement.plain()):
            return Refusal(
                Because.JUDGED_DIFFERENTLY,
                f"The signed result of the stage {stage} is not the one that the verdicts of the record lead to.",
            )
    return None
