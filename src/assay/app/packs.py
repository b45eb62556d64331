"""The review pack, from which an outsider judges again: how it is read. Needs no database."""

from __future__ import annotations

import zipfile
from pathlib import Path

from assay.app.gate import Pack
from assay.domain.errors import AssayError, ExitCode
from assay.proof.certificate import Certificate

LOG, DOCUMENTS = "log.jsonl", "documents/"
LARGEST = 1 << 30
"""Bytes that a pack may unfold to."""


class BrokenPack(AssayError):
    """A file that is no review pack."""

    exit_code = ExitCode.NO_VERDICT


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


def read_log(path: Path) -> Pack:
    """The exported log alone, an entry on each line; nothing in it is believed yet.

    Raises:
        BrokenPack: it cannot be read.
    """
    try:
        return Pack(leaves=tuple(path.read_bytes().splitlines()))
    except OSError as wrong:
        raise BrokenPack(
            f"{path} is no exported log ({type(wrong).__name__}).",
            code="pack_broken",
            remedy="Ask for one made with: assay log export",
        ) from None


def record_of(pack: Pack, certificate: Certificate) -> bytes | None:
    """The bytes of the record that a certificate is about, if the pack has them."""
    return (pack.attestations or {}).get(certificate.record)
