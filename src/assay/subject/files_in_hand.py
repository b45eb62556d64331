"""The files of a model as they lie there, each with its digest: what a verifier holds against a certificate."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assay.domain.digests import digest_of_listing
from assay.domain.errors import SubjectError
from assay.subject.digest import check_inside, stamped_digest


def files_of(place: Path) -> tuple[tuple[tuple[str, str], ...], str]:
    """Relative POSIX path and digest of every file of a model, and the digest that a record binds it by.

    A model that is one file has the file's own digest; a folder has that of its listing.

    Raises:
        SubjectError: missing, empty, not regular, a link that leads outside, a name that cannot be shown, or written to
            meanwhile.
    """
    if not place.is_dir():
        _named_plainly(place.name)
        digest, _ = stamped_digest(place)
        return ((place.name, digest),), digest
    paths = tuple(_regular(place))
    if not paths:
        raise SubjectError(f"The folder {place} holds no files.", code="folder_empty")
    # Hashing lets go of the interpreter, so that threads read and hash side by side.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        digests = list(pool.map(lambda path: stamped_digest(path)[0], paths))
    listed = tuple((path.relative_to(place).as_posix(), d) for path, d in zip(paths, digests, strict=True))
    return listed, digest_of_listing(listed)


def _regular(place: Path) -> Iterable[Path]:
    for path in sorted(p for p in place.rglob("*") if p.is_symlink() or not p.is_dir()):
        _named_plainly(path.relative_to(place).as_posix())
        check_inside(path, place)
        yield path


def _named_plainly(name: str) -> None:
    """Refuse a name that would be printed as something else than a name: other lines, other colours, no text at all."""
    if not name.isprintable():
        raise SubjectError(
            f"The file {name!a} has a name that cannot be shown as it is.",
            code="name_not_printable",
            remedy="Rename it; a name is plain text on one line.",
        )
