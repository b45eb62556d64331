"""Verify a certificate with everything that was handed over, and judge its criteria again from the tallies."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from assay.app.verifying.agreement import (
    certificate_contradicts,
    counts_contradict,
    documents_contradict,
    log_contradicts,
    unreadable,
)
from assay.app.verifying.certificate_folder import Pack
from assay.app.verifying.gate import gate
from assay.app.verifying.packs import read_pack, read_public, record_of
from assay.app.verifying.stages import stages_contradict
from assay.domain.demands import unsatisfied
from assay.domain.errors import MissingExtra
from assay.domain.policy import Policy
from assay.domain.record import Record
from assay.domain.record_document import UnreadableRecord, read_record
from assay.domain.refusal import Because, Refusal
from assay.proof.certificate import Certificate
from assay.proof.leaf import state_of
from assay.proof.verification import Answer, Purpose, Step, Verification
from assay.reading.policy import read_policy


def verify_certificate(
    certificate: Path,
    *,
    model: Path,
    policy: Path,
    use_case: str,
    review: Path | None = None,
    public: Path | None = None,
    sources: Path | None = None,
    environment: bool = False,
    python: Path | str | None = None,
    remember: Path | None = None,
    now: dt.datetime | None = None,
) -> Verification:
    """The eleven steps; with a review pack the last one also judges every criterion again and compares.

    Args:
        certificate: its folder. model, policy, use_case: as for the gate. review: the review pack.
        public: the public pack, in its place: the log is read, and the documents of the review are not at hand.
        sources, environment, python, remember: as for the gate. now: the time to judge at.

    Raises:
        InvalidDocument: the policy has problems. BrokenPack: the review pack is none. SubjectError: there is no model.
    """
    pack = read_pack(review) if review is not None else Pack()
    if public is not None:
        pack = Pack(leaves=read_public(public).leaves)
    found = gate(
        model,
        use_case=use_case,
        policy=policy,
        certificate=certificate,
        purpose=Purpose.DEPLOYMENT,
        pack=pack,
        remember=remember,
        sources=sources,
        environment=environment,
        python=python,
        now=now,
    )
    if review is None or found.certificate is None or found.steps[-1].answer is not Answer.HOLDS:
        return found
    last = _judged_again(found.steps[-1], pack, found.certificate, read_policy(policy).policy)
    return replace(found, steps=(*found.steps[:-1], last))


def _judged_again(step: Step, pack: Pack, certificate: Certificate, policy: Policy) -> Step:
    """Step 11, with the record opened: it says what the certificate says, and its verdicts follow from its tallies."""
    content = record_of(pack, certificate)
    try:
        record = read_record(content or b"")
        wrong = (
            certificate_contradicts(record, certificate)
            or stages_contradict(record, certificate, pack.attestations or {}, policy)
            or _log_of(record, certificate, pack)
            or documents_contradict(record, lambda digest: (pack.attestations or {}).get(digest, b""))
            or unsatisfied(policy, record.specification)
        )
    except UnreadableRecord as broken:
        wrong = unreadable(broken)
    if wrong is None:
        return _compared(step, record)
    return replace(step, answer=Answer.REFUSED, sentence=wrong.sentence, because=wrong.because)


def _log_of(record: Record, certificate: Certificate, pack: Pack) -> Refusal | None:
    """Where the log that was handed over says something else than the record: its rules never see one."""
    state, _ = state_of(pack.leaves or ())
    decision = state.decisions.get(certificate.record)
    if decision is None or decision.run not in state.runs:
        return Refusal(Because.NOT_LOGGED, "The log holds no decision of the record.")
    return log_contradicts(record, decision, state)


def _compared(step: Step, record: Record) -> Step:
    try:
        wrong = counts_contradict(record)
    except MissingExtra as absent:
        return replace(step, sentence=f"{step.sentence} The criteria were not judged again: {absent.message}")
    if wrong is not None:
        return replace(step, answer=Answer.REFUSED, sentence=wrong.sentence, because=wrong.because)
    again = f"All {len(record.judged)} criteria were judged again from the tallies, alike."
    return replace(step, sentence=f"{step.sentence} {again}")
