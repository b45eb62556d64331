"""The files of a model as they lie there, each with its digest: what a verifier holds against a certificate."""

from __future__ import annotations

from pathlib import Path

from assay.domain.digests import digest_of_listing
from assay.subject.digest import check_plain, digests_below, stamped_digest


def files_of(place: Path) -> tuple[tuple[tuple[str, str], ...], str]:
    """Relative POSIX path and digest of every file of a model, and the digest that a record binds it by.

    A model that is one file has the file's own digest; a folder has that of its listing.

    Raises:
        SubjectError: missing, not regular, written to meanwhile, a name that cannot be shown, or as of ``digests_below``.
    """
    if place.is_dir():
        listed = digests_below(place)
        return listed, digest_of_listing(listed)
    check_plain(place.name)
    digest, _ = stamped_digest(place)
    return ((place.name, digest),), digest
