"""Issue a certificate for a decision: bind it to the exact bytes, sign it, log it, and write what a verifier needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assay._version import __version__
from assay.app.organisation.ledger import Ledger, open_ledger, policy_of
from assay.app.organisation.seal import require_unsealed
from assay.app.organisation.sign import decision_named
from assay.app.organisation.status import verifier_of, write_status
from assay.app.organisation.witnessed import still_needed
from assay.app.verifying.agreement import dictionary_of, judged_model, opened, scope_of
from assay.app.verifying.certificate_folder import CERTIFICATE, MODEL_SIGNATURE, PROOF, STATUS, SUFFIX
from assay.app.verifying.stages import stage_statements
from assay.domain.demands import unsatisfied
from assay.domain.entry import Action
from assay.domain.policy import Policy
from assay.domain.record import Record
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.domain.scope import Scope
from assay.domain.state import DecisionState, State, Status
from assay.domain.state.certificates import certifiable, use_case_of
from assay.domain.state.waivers import waivers_told
from assay.domain.vocabulary import Result
from assay.proof.bundle import Bundle, sign
from assay.proof.certificate import Certificate
from assay.proof.keys import Signer
from assay.proof.leaf import Draft, SignedStatement, read_leaf
from assay.proof.manifest import Manifest
from assay.store.blobs import see_writable, write_whole
from assay.store.workspace import Workspace
from assay.subject.files_in_hand import files_of


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate that was issued: where it lies, its digest and what it says.

    ``entry`` of the log has it; ``before`` says that this entry was there already, and that only the files were written again. ``witnesses`` is how many must still cosign a checkpoint before the proof counts.
    """

    folder: Path
    digest: str
    certificate: Certificate
    entry: int
    before: bool
    witnesses: int


def issue(
    folder: Path, beginning: str = "", *, signer: Signer, output: Path | None = None
) -> IssuedCertificate:
    """Issue the certificate of a decision; a withheld one is issued as FAILED, and needs no signatures.

    A decision has one certificate. Where the log holds it already, because its files were lost or because the command was
    stopped before they were written, the same certificate is written again and nothing is added.

    Args:
        folder: of the specification. beginning: of the digest of the decision's record; empty for the latest.
        signer: the key of a verifier of the policy. output: where to write; by default beside the model.

    Raises:
        Refused: signatures are missing or somebody rejects what is not withheld, the policy trusts no such verifier, or the run is sealed.
        Distrusted: the model, the record or another document is no longer what was judged.
    """
    workspace = Workspace.of(folder)
    with open_ledger(folder) as ledger:
        state = ledger.state()
        decision = decision_named(state, beginning)
        there = _standing(state, decision)
        try:
            require_unsealed(state, decision.record)
            blobs = workspace.blobs
            record = opened(blobs.get(decision.record), blobs.get, decision, state)
            target = output if output is not None else default_folder(folder, record)
            see_writable(target / CERTIFICATE)  # before the log holds a certificate that nobody has
            if there is None:
                entry = _issue(folder, workspace, ledger, decision, record, signer)
            else:
                entry = there
                verifier_of(policy_of(state), signer, ledger.clock())
                _manifest(folder, record)
                ledger.sign_checkpoint()
        except Distrusted:
            raise
        except Refused as refused:
            ledger.log_refusal(Action.ISSUE_REFUSED, decision.record, refused)
            raise
        leaf = ledger.leaves()[entry]
        (signed,) = read_leaf(leaf).signed
        bundle = SignedStatement.read(signed.content)
        made = Certificate.read(bundle.statement)
        workspace.blobs.put(bundle.content)
        if made.result != Result.PASSED:
            # First: an earlier certificate's would vouch for the model beside this one.
            (target / MODEL_SIGNATURE).unlink(missing_ok=True)
        write_whole(target / CERTIFICATE, bundle.content)
        write_whole(target / PROOF, ledger.proof(entry, leaf))
        if made.result == Result.PASSED:
            write_whole(target / MODEL_SIGNATURE, sign(made.manifest.signing_statement(), signer).content)
        write_status(ledger, signer, target / STATUS)
        witnesses = still_needed(ledger)
    return IssuedCertificate(
        target, bundle.digest, made, entry, before=there is not None, witnesses=witnesses
    )


def _standing(state: State, decision: DecisionState) -> int | None:
    """The entry of the good certificate that a decision has already."""
    found = (c for c in state.certificates.values() if c.record == decision.record)
    return next((c.entry for c in found if c.status is Status.GOOD), None)


def _issue(
    folder: Path,
    workspace: Workspace,
    ledger: Ledger,
    decision: DecisionState,
    record: Record,
    signer: Signer,
) -> int:
    """Sign a certificate and log it; its entry."""
    _issuable(ledger.state(), decision)
    ledger.signer()  # without the log's key there is no proof, and the certificate would be logged for nothing
    lacking = unsatisfied(policy_of(ledger.state()), record.specification)
    if lacking is not None:
        raise Refused(
            lacking,
            remedy="The policy asks for more than the specification that was judged; lock a new version and certify again.",
        )
    made = _certificate(folder, workspace, ledger, decision, record, signer)
    bundle = sign(made.statement().plain(), signer)
    leaf, *_ = ledger.add(
        Draft(Action.ISSUED, bundle.digest, {"record": decision.record}, (bundle,)),
        *(Draft(Action.SUPERSEDED, old, {"by": bundle.digest}) for old in made.scope.supersedes),
    )
    return read_leaf(leaf).seq


def default_folder(folder: Path, record: Record) -> Path:
    """Beside the model: ``model.txt.assay``; for scores in a column, ``NAME.assay`` beside the specification."""
    subject = record.specification.subject
    name = subject.model if subject.has_model else record.specification.name
    return folder / f"{name}{SUFFIX}"


_REMEDIES = {
    Because.QUORUM_MISSING: "See who is missing with: assay sign --look",
    Because.REJECTED: "See who rejects with: assay sign --look",
    Because.BYPASS_USED: "Run it again without the bypass.",
}


def _issuable(state: State, decision: DecisionState) -> None:
    found = certifiable(state, decision.record)
    if isinstance(found, Refusal):
        raise Refused(found, remedy=_REMEDIES.get(found.because, ""))


def _certificate(
    folder: Path,
    workspace: Workspace,
    ledger: Ledger,
    decision: DecisionState,
    record: Record,
    signer: Signer,
) -> Certificate:
    state = ledger.state()
    policy = policy_of(state)
    now = ledger.now(state)
    said = stage_statements(record, decision.record)
    stages = tuple(sign(statement.plain(), signer) for statement in said)
    for stage in stages:
        workspace.blobs.put(stage.content)
    manifest = _manifest(folder, record)
    result = Result.of(decision.outcome)
    before = (
        state.standing(use_case_of(state, decision.record), manifest.name) if result is Result.PASSED else ()
    )
    return Certificate(
        manifest=manifest,
        verifier=verifier_of(policy, signer, now),
        version=__version__,
        policy=state.policy_digest,
        record=decision.record,
        attestations=tuple(_attestations(workspace, ledger, record, decision, stages)),
        result=result.value,
        time=now,
        scope=replace(
            _scope(state, policy, decision, record, now), supersedes=tuple(c.digest for c in before)
        ),
    )


def _manifest(folder: Path, record: Record) -> Manifest:
    """The files of the model as they are now, if they are what was judged."""
    name = record.specification.judged_file
    files, digest = files_of(folder / name)
    if digest != judged_model(record):
        raise Distrusted(
            Refusal(
                Because.BYTES_CHANGED,
                f"{name} is no longer the file that was judged: its content has changed.",
            ),
            remedy="Put the judged file back, or certify the new one.",
        )
    return Manifest.of(Path(name).name, files)


def _attestations(
    workspace: Workspace, ledger: Ledger, record: Record, decision: DecisionState, stages: Sequence[Bundle]
) -> Iterable[tuple[str, str]]:
    """Everything that the certificate stands on, by digest; each is kept, so that it can be handed over."""
    yield "evidence", record.evidence_digest
    yield "specification", record.specification_digest
    dictionary = dictionary_of(record)
    if dictionary is not None:
        yield "dictionary", dictionary
    for stage in stages:
        yield "stage", stage.digest
    leaves = ledger.leaves()
    for word in decision.sign_offs:
        (statement,) = read_leaf(leaves[word.entry]).signed
        workspace.blobs.put(statement.content)
        yield f"sign-off/{word.role}", statement.digest


def _scope(state: State, policy: Policy, decision: DecisionState, record: Record, now: dt.datetime) -> Scope:
    run = state.runs[decision.run]
    lock = state.locks[run.lock]
    return Scope(
        **scope_of(record),
        attempt=run.attempt,
        waivers=waivers_told(state, decision, now),
        bypasses=decision.bypasses,
        demo=policy.demo,
        valid_from=now.isoformat(),
        valid_until=(decision.time + dt.timedelta(days=lock.terms.valid_for_days)).isoformat(),
        lock=lock.digest,
        log=policy.log.origin,
        overlaps=record.overlaps,
    )
