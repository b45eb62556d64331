"""The packs that are handed to outsiders: how they are read. Needs no database."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from assay.app.verifying.certificate_folder import CERTIFICATE, PROOF, STATUS, Pack
from assay.domain.digests import named
from assay.domain.entry import Action
from assay.domain.errors import AssayError, ExitCode
from assay.proof.bundle import resembles
from assay.proof.certificate import Certificate
from assay.proof.leaf import has_the_form
from assay.proof.public import Public

LOG, DOCUMENTS = "log.jsonl", "documents/"
CHECKPOINT, POLICY, CERTIFICATES, STATEMENTS = "checkpoint", "policy.yaml", "certificates/", "statements/"
LARGEST = 1 << 30
"""Bytes that a pack may unfold to."""
_ZIP = b"PK\x03\x04"
"""What a ZIP archive with members begins with."""
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Of compression: that of other methods need not be there in every Python, and breaks in ways of its own."""


class BrokenPack(AssayError):
    """A file that is no pack of the kind that is expected."""

    exit_code = ExitCode.NO_VERDICT


def read_pack(path: Path, kind: str = "review") -> Pack:
    """What a review pack holds; nothing in it is believed yet.

    Args:
        kind: as which it was asked for: ``review``, of a certificate, or ``decision``, of a decision without one.

    Raises:
        BrokenPack: it is none, or one of another kind, or unfolds to more than is sane. A review pack has what a decision pack has, and is taken for one.
    """
    members = _members(path, kind)
    documents = {
        named(name.removeprefix(DOCUMENTS)): content
        for name, content in members.items()
        if name.startswith(DOCUMENTS)
    }
    found = _kind_of(members)
    if found == "public" or (found, kind) == ("decision", "review"):
        raise _another(path, found, kind)
    return Pack(tuple(members[LOG].splitlines()), documents)


def read_public(path: Path) -> Public:
    """What a public pack holds; nothing in it is believed yet.

    Raises:
        BrokenPack: it is none, or unfolds to more than is sane.
    """
    members = _members(path, "public")
    found = _kind_of(members)
    if found in {"review", "decision"}:
        raise _another(path, found, "public")
    for needed in (CHECKPOINT, POLICY):
        if needed not in members:
            raise _broken(path, "public", f"it has no {needed}")
    folders = {name.split("/")[1] for name in members if name.startswith(CERTIFICATES)}
    absent = [f for f in folders for n in (CERTIFICATE, PROOF) if f"{CERTIFICATES}{f}/{n}" not in members]
    if absent:
        raise _broken(path, "public", f"the certificate {absent[0][:12]} is not whole")
    return Public(
        leaves=tuple(members[LOG].splitlines()),
        checkpoint=members[CHECKPOINT],
        policy=members[POLICY],
        certificates={
            named(f): (
                members[f"{CERTIFICATES}{f}/{CERTIFICATE}"],
                members[f"{CERTIFICATES}{f}/{PROOF}"],
            )
            for f in sorted(folders)
        },
        statements={
            named(name.removeprefix(STATEMENTS).partition(".")[0]): content
            for name, content in members.items()
            if name.startswith(STATEMENTS)
        },
        status=members.get(STATUS),
    )


SAID = {
    "review": (
        "which holds documents that are not for everyone",
        "It is for: assay verify CERTIFICATE --review PACK",
    ),
    "public": ("which holds no document of the review", "It is for: assay log verify PACK"),
    "decision": (
        "which is signed before there is a certificate",
        "It is for: assay sign PACK --policy POLICY",
    ),
}
"""What each kind of pack is, and what is done with it."""


def _kind_of(members: Mapping[str, bytes]) -> str:
    """Of which kind a pack is; empty where nothing in it tells.

    A certificate stands on signed statements of its stages and persons, which are among the documents of its review, however its log
    was shortened. With a decision go none: its record is there, of which the log says that it was decided.
    """
    if CHECKPOINT in members:
        return "public"
    documents = {name: content for name, content in members.items() if name.startswith(DOCUMENTS)}
    if any(map(resembles, documents.values())):
        return "review"
    decided = b"".join(leaf for leaf in members[LOG].splitlines() if Action.DECIDED.encode() in leaf)
    named = (name.removeprefix(DOCUMENTS).encode() for name in documents)
    return "decision" if any(record in decided for record in named if record) else ""


def _another(path: Path, found: str, kind: str) -> BrokenPack:
    is_for, use = SAID[found]
    return BrokenPack(
        f"{path} is a {found} pack, {is_for}; a {kind} pack is expected.",
        code=f"pack_is_{found}",
        remedy=f"{use}. Ask for one of the other kind, made with: assay export {kind}",
    )


def _members(path: Path, kind: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as pack:
            members = [member for member in pack.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > LARGEST:
                raise BrokenPack(f"{path} unfolds to more than {LARGEST >> 20} MiB.", code="pack_too_large")
            if any(member.compress_type not in METHODS for member in members):
                raise _broken(path, kind, "it is compressed in a way that ours never are")
            found = {member.filename: pack.read(member) for member in members}
    except FileNotFoundError:
        raise _absent(path, f"assay export {kind}") from None
    except (
        OSError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        IndexError,  # a member without a name
        ValueError,
        zlib.error,
    ) as wrong:
        raise _broken(path, kind, type(wrong).__name__) from None
    if LOG not in found:
        raise _broken(path, kind, f"it has no {LOG}")
    return found


def _absent(path: Path, made_with: str) -> BrokenPack:
    return BrokenPack(
        f"There is no file {path}.",
        code="not_found",
        remedy=f"Name the file that was handed over, made with: {made_with}",
    )


def _broken(path: Path, kind: str, why: str) -> BrokenPack:
    return BrokenPack(
        f"{path} is no {kind} pack ({why}).",
        code="pack_broken",
        remedy=f"Ask for one made with: assay export {kind}",
    )


def read_log(path: Path) -> Pack:
    """The exported log alone, an entry on each line; nothing in it is believed yet.

    Raises:
        BrokenPack: it cannot be read, or has lines of which none has the form of an entry: it is another file, which nobody changed.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _absent(path, "assay log export") from None
    except OSError as wrong:
        raise _no_log(path, type(wrong).__name__) from None
    if content.startswith(_ZIP):
        raise _no_log(path, "it is a pack")
    leaves = tuple(content.splitlines())
    if leaves and not any(has_the_form(leaf) for leaf in leaves):
        raise _no_log(path, "none of its lines is an entry of a log")
    return Pack(leaves)


def _no_log(path: Path, why: str) -> BrokenPack:
    return BrokenPack(
        f"{path} is no exported log ({why}).",
        code="pack_broken",
        remedy="Ask for one made with: assay log export",
    )


def record_of(pack: Pack, certificate: Certificate) -> bytes | None:
    """The bytes of the record that a certificate is about, if the pack has them."""
    return (pack.attestations or {}).get(certificate.record)
