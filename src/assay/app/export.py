"""Write what is handed to an outsider."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from assay.app.ledger import open_ledger
from assay.app.packs import DOCUMENTS, LOG
from assay.app.status import certificate_named
from assay.domain.errors import writing
from assay.proof.certificate import Certificate
from assay.proof.leaf import SignedStatement
from assay.store.workspace import Workspace


def export_review(folder: Path, target: Path, beginning: str = "") -> int:
    """Write the review pack of a certificate: the whole log, and every document that the certificate stands on.

    Nothing in it is a row of anybody's data or a byte of the model. Returns the number of documents.

    Raises:
        Refused: there is no such certificate. AbsentBlob, CorruptBlob: a document is gone or changed.
    """
    blobs = Workspace.of(folder).blobs
    with open_ledger(folder) as ledger:
        leaves = ledger.leaves()
        found = certificate_named(ledger.state(), beginning)
    (signed,) = (SignedStatement.read(s.encode()) for s in json.loads(leaves[found.entry])["signed"])
    certificate = Certificate.read(signed.statement)
    digests = dict.fromkeys((certificate.record, *(digest for _, digest in certificate.attestations)))
    with writing(target), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(LOG, b"".join(leaf + b"\n" for leaf in leaves))
        for digest in digests:
            pack.writestr(DOCUMENTS + digest.removeprefix("sha256:"), blobs.get(digest))
    return len(digests)
