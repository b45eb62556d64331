"""Write what is handed to an outsider."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.seal import require_unsealed
from assay.app.organisation.sign import signing_of
from assay.app.organisation.status import certificate_named, signed_status
from assay.app.organisation.trust import text_in_force
from assay.app.verifying.agreement import dictionary_of
from assay.app.verifying.certificate_folder import CERTIFICATE, PROOF, STATUS
from assay.app.verifying.packs import CERTIFICATES, CHECKPOINT, DOCUMENTS, LOG, POLICY, STATEMENTS
from assay.domain.digests import bare
from assay.domain.errors import writing
from assay.proof.certificate import certificate_in
from assay.proof.keys import Signer
from assay.proof.leaf import read_leaf
from assay.store.blobs import BlobStore
from assay.store.workspace import Workspace


def export_review(folder: Path, target: Path, beginning: str = "") -> int:
    """Write the review pack of a certificate: the whole log, and every document that the certificate stands on.

    Nothing in it is a row of anybody's data or a byte of the model. Returns the number of documents.

    Raises:
        NotInLog: there is no such certificate. Refused: its run is sealed. AbsentBlob, CorruptBlob: a document is gone or changed.
    """
    blobs = Workspace.of(folder).blobs
    with open_ledger(folder) as ledger:
        leaves = ledger.leaves()
        state = ledger.state()
        found = certificate_named(state, beginning)
        require_unsealed(state, found.record)
    (signed,) = read_leaf(leaves[found.entry]).signed
    certificate = certificate_in(signed.content)
    return _write_review(
        target, leaves, blobs, (certificate.record, *(digest for _, digest in certificate.attestations))
    )


def export_decision(folder: Path, target: Path, beginning: str = "") -> int:
    """Write what a signer on another machine must see of a decision, before there is a certificate of it.

    It has the form of a review pack: the whole log, and the record, the evidence, the specification and the dictionary.
    Returns the number of documents.

    Args:
        beginning: of the digest of the decision's record; empty for the latest.

    Raises:
        NotInLog: there is no such decision. Refused: its run is sealed. AbsentBlob, CorruptBlob: a document is gone or changed.
        Distrusted: the record is not what the log says of it, or its verdicts do not follow from its counts.
    """
    with open_ledger(folder) as ledger:
        leaves = ledger.leaves()
        found = signing_of(folder, ledger.state(), beginning)
    decision = found.decision
    digests = (decision.record, decision.evidence, decision.specification, dictionary_of(found.record))
    return _write_review(target, leaves, Workspace.of(folder).blobs, filter(None, digests))


def _write_review(target: Path, leaves: Sequence[bytes], blobs: BlobStore, digests: Iterable[str]) -> int:
    documents = {digest: blobs.get(digest) for digest in digests}
    with writing(target), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(LOG, b"".join(leaf + b"\n" for leaf in leaves))
        for digest, content in documents.items():
            pack.writestr(DOCUMENTS + bare(digest), content)
    return len(documents)


@dataclass(frozen=True, slots=True)
class Exported:
    """How much a public pack holds."""

    entries: int
    certificates: int
    statements: int
    status: bool


def export_public(folder: Path, target: Path, *, signer: Signer | None = None) -> Exported:
    """Write the public pack: the log under a signed checkpoint, its certificates with their proofs, what persons signed.

    From it anybody computes the state again. It has no tallies, no records and no rows: what is confidential stands in
    documents that the log names by digest alone. Holders are called as the policy calls them.

    Args:
        signer: the key of a verifier; with it the pack also has a status that is fresh.
    """
    with open_ledger(folder) as ledger:
        state, leaves = ledger.state(), ledger.leaves()
        ledger.sign_checkpoint()
        note = ledger.log.last_checkpoint()
        issued = [
            (c.digest, leaves[c.entry], ledger.proof(c.entry, leaves[c.entry]))
            for c in state.certificates.values()
        ]
        said = [
            s
            for d in state.decisions.values()
            for w in d.sign_offs
            for s in read_leaf(leaves[w.entry]).signed
        ]
        status = signed_status(ledger, signer)[1].content if signer is not None else None
        policy = text_in_force(ledger)
    with writing(target), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(LOG, b"".join(leaf + b"\n" for leaf in leaves))
        pack.writestr(CHECKPOINT, bytes(note) if note else b"")
        pack.writestr(POLICY, policy)
        for digest, leaf, proof in issued:
            place = CERTIFICATES + bare(digest)
            (certificate,) = read_leaf(leaf).signed
            pack.writestr(f"{place}/{CERTIFICATE}", certificate.content)
            pack.writestr(f"{place}/{PROOF}", proof)
        for word in said:
            pack.writestr(f"{STATEMENTS}{bare(word.digest)}.sigstore.json", word.content)
        if status is not None:
            pack.writestr(STATUS, status)
    return Exported(len(leaves), len(issued), len(said), status is not None)
