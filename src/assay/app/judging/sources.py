"""The files that a run is bound to, each with its digest; what is wrong with one is told where the specification names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assay.app.verifying.search import see_search
from assay.domain.digests import sha256_of
from assay.domain.errors import Crash, InvalidDocument, Problem, SubjectError
from assay.domain.lineage import role_of_record
from assay.domain.nearest import nearest
from assay.domain.record import SourceRecord
from assay.domain.search_held import ROLE
from assay.domain.specification import Specification
from assay.plan.passes import declared_data
from assay.reading.specification import SpecificationFile
from assay.subject.datasets import Dataset
from assay.subject.digest import digest_of, open_regular
from assay.subject.model import ModelReference
from assay.subject.recipe import file_of, recipe_of

LARGEST_SEARCH = 16 << 20
"""Bytes of the record of a search that is read: far more than any search writes."""


def sources_of(
    path: Path, read: SpecificationFile, datasets: Mapping[str, Dataset], model: ModelReference | None
) -> tuple[SourceRecord, ...]:
    """Everything that is bound, each with its digest, but the record of a search, which :func:`with_search` adds.

    Raises:
        InvalidDocument: the lock file or the recipe cannot be bound.
    """
    root, subject, written = (
        path.resolve().parent,
        read.specification.subject,
        declared_data(read.specification),
    )
    found = [
        SourceRecord("specification", path.name, read.digest),
        SourceRecord("dictionary", read.specification.data.dictionary, read.dictionary.digest),
    ]
    found += [SourceRecord(role, written[role], d.digest, d.rows) for role, d in datasets.items()]
    if (lock := subject.environment) is not None:
        with told_at(read, root, "subject", "environment"):
            found.append(SourceRecord("environment", lock, digest_of(root / lock)))
    if subject.recipe is not None:
        with told_at(read, root, "subject", "recipe"):
            recipe = recipe_of(root, subject.recipe)
        found.append(SourceRecord("recipe", recipe.file, recipe.digest))
    found += bound_records(root, read.specification)
    if model is not None:
        found.append(SourceRecord("model", subject.model, model.digest))
    return tuple(found)


def bound_records(root: Path, specification: Specification) -> tuple[SourceRecord, ...]:
    """The declared records that are there, each with its digest, so that a run is bound to what it read; absent ones the check names."""
    lineage = specification.data.lineage
    there = [
        r for r in (lineage.records if lineage else ()) if inside_folder(root, r) and (root / r).is_file()
    ]
    return tuple(SourceRecord(role_of_record(r), r, digest_of(root / r)) for r in there)


def inside_folder(root: Path, written: str) -> bool:
    """Whether a path of the specification leads to something in its folder, links followed; nothing else is opened."""
    return (root / written).resolve().is_relative_to(root.resolve())


def with_search(
    sources: tuple[SourceRecord, ...], read: SpecificationFile, root: Path
) -> tuple[tuple[SourceRecord, ...], str]:
    """The sources of a run with the record of the search for a fairer model, and its text; as they are where none is declared.

    Raises:
        InvalidDocument: it cannot be read, was edited, or is of another model, of other rows or for another gap.
    """
    written = read.specification.subject.search
    if written is None:
        return sources, ""
    with told_at(read, root, "subject", "search"):
        with open_regular(root / written) as file:
            content = file.read(LARGEST_SEARCH + 1)
        text = content.decode("utf-8", "replace") if len(content) <= LARGEST_SEARCH else ""
        see_search(text, read.specification, sources)
    return (*sources, SourceRecord(ROLE, written, sha256_of(content))), text


@contextmanager
def told_at(read: SpecificationFile, root: Path, *trail: str) -> Iterator[None]:
    """Tell what is wrong with a file at the place where the specification names it, with the nearest name beside it."""
    try:
        yield
    except Crash:
        raise
    except SubjectError as wrong:
        written: Any = read.document.value
        for key in trail:
            written = written.get(key, "")
        named = file_of(str(written)) if trail[-1] == "recipe" else str(written)
        raise InvalidDocument(
            (
                Problem(
                    code=wrong.code,
                    place=read.place(*trail),
                    message=wrong.message,
                    found=str(written),
                    nearest=_nearest_file(root, named) if wrong.code == "not_found" else "",
                    remedy=wrong.remedy,
                ),
            )
        ) from wrong


def _nearest_file(root: Path, written: str) -> str:
    """The file in the same folder that is named most alike, as the specification would name it."""
    place = Path(written)
    folder = root / place.parent
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    near = nearest(place.name, names)
    return str(place.with_name(near)) if near else ""
