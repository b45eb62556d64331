"""What is handed over: the review pack, from which an outsider judges again, and the log as it stands in it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from assay.app.gate import Pack
from assay.app.ledger import open_ledger
from assay.app.status import certificate_named
from assay.domain.errors import AssayError, ExitCode, writing
from assay.proof.certificate import Certificate
from assay.proof.leaf import SignedStatement
from assay.store.workspace import Workspace

LOG, DOCUMENTS = "log.jsonl", "documents/"
LARGEST = 1 << 30
"""Bytes that a pack may unfold to."""


class BrokenPack(AssayError):
    """A file that is no review pack."""

    exit_code = ExitCode.NO_VERDICT


def export_review(folder: Path, target: Path, beginning: str = "") -> int:
    """Write the review pack of a certificate: the whole log, and every document that the certificate stands on.

    Nothing in it is a row of anybody's data or a byte of the model. Returns the number of documents.

    Raises:
        Refused: there is no such certificate. AbsentBlob, CorruptBlob: a document is gone or changed.
    """
    blobs = Workspace(folder.resolve() / ".assay").blobs
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


def read_pack(path: Path) -> Pack:
    """What a review pack holds; nothing in it is believed yet.

    Raises:
        BrokenPack: it is none, or unfolds to more than is sane.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            members = pack.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise BrokenPack(f"{path} unfolds to more than {LARGEST >> 20} MiB.", code="pack_too_large")
            leaves = tuple(pack.read(LOG).splitlines())
            documents = {
                f"sha256:{member.filename.removeprefix(DOCUMENTS)}": pack.read(member)
                for member in members
                if member.filename.startswith(DOCUMENTS)
            }
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as wrong:
        raise BrokenPack(
            f"{path} is no review pack ({type(wrong).__name__}).",
            code="pack_broken",
            remedy="Ask for one made with: assay export review",
        ) from None
    return Pack(leaves, documents)


def record_of(pack: Pack, certificate: Certificate) -> bytes | None:
    """The bytes of the record that a certificate is about, if the pack has them."""
    return (pack.attestations or {}).get(certificate.record)
