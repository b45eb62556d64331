"""A copy of a specification that names a candidate: every byte is the team's but ``subject`` and criteria of the recipe."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from assay.domain.errors import AssayError, InvalidDocument
from assay.domain.metric import Catalogue
from assay.domain.specification import Specification
from assay.reading.leaving_out import without_criteria
from assay.reading.source import source_of
from assay.reading.specification import SpecificationFile, specification_in, specification_of
from assay.reading.writing import written
from assay.store.blobs import write_whole

MARK = "# Made by assay mitigate"
_BLOCK = re.compile(r"^subject\s*:.*\n(?:(?:[ \t#].*)?\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Copy:
    """The file of a copy, and its text."""

    path: Path
    text: str


def copy_of(
    read: SpecificationFile, path: Path, candidate: str, *, model: str, inputs: tuple[str, ...], search: str
) -> Copy:
    """The copy beside the specification that names a candidate's model file, fed these inputs, and the record of the search.

    Beside it, so that the log and the test rows that are spent are the same. What belongs to the original alone is left out:
    its recipe, the criteria for which the recipe trains models, with the failure modes that these alone guard against, and the environment and the interpreter in which it runs.

    Raises:
        AssayError: ``subject_not_a_block`` when the text has no block of that name at the left margin.
    """
    text = read.document.source.text.replace("\r\n", "\n")
    text = text if text.endswith("\n") else f"{text}\n"
    without = of_the_recipe(read.specification, read.world.catalogue)
    modes = _guarded_by_these_alone(read.specification, without)
    left = f"; left out, since its recipe trains no candidate: {', '.join(without)}" if without else ""
    left += f", and the failure modes that name nothing else: {', '.join(modes)}" if modes else ""
    block = (
        f"{MARK} from {written(path.name)}, {read.digest}: of all blocks this one alone is another{left}.\n"
        f"subject:\n  model: {written(model)}\n  format: skops\n  inputs: [{', '.join(map(written, inputs))}]\n"
        f"  search: {written(search)}\n"
    )
    found = _BLOCK.search(text)
    if found is None:
        raise AssayError(
            f"{path} has no block 'subject' that begins at the left margin, so no copy can name another model.",
            code="subject_not_a_block",
            remedy="Write 'subject:' on a line of its own, without quotes, and what belongs to it below, indented.",
        )
    comments = "".join(re.findall(r"(?:^[ \t]*#.*\n|^[ \t]*\n)+\Z", found[0], re.MULTILINE))
    made = text[: found.start()] + block + comments + text[found.end() :]
    return Copy(place_of(path, candidate), without_criteria(made, without))


def of_the_recipe(specification: Specification, catalogue: Catalogue) -> tuple[str, ...]:
    """The criteria for which the recipe trains models: what they tell is of the original's recipe, and of no candidate."""
    return tuple(c.id for c in specification.criteria if catalogue[c.metric].refits)


def _guarded_by_these_alone(specification: Specification, criteria: Collection[str]) -> tuple[str, ...]:
    return tuple(m.id for m in specification.failure_modes if m.criteria and set(m.criteria) <= set(criteria))


def place_of(path: Path, candidate: str) -> Path:
    """Where the copy that names a candidate is written: ``NAME.CANDIDATE.yaml`` beside the specification."""
    return path.resolve().with_name(f"{path.stem}.{candidate}{path.suffix or '.yaml'}")


def see_free(path: Path, candidates: Iterable[str], record: Path) -> None:
    """At the place of each copy is nothing, or an older copy that no other record of a search names.

    Raises:
        AssayError: ``copy_in_the_way``, ``copy_of_another_search``.
    """
    for place in (place_of(path, candidate) for candidate in candidates):
        if not place.exists():
            continue
        content = place.read_bytes()
        if MARK not in content.decode("utf-8", errors="replace"):
            raise AssayError(
                f"{place} is in the way: it was not made by assay mitigate.",
                code="copy_in_the_way",
                remedy="Move it, or name the specification otherwise.",
            )
        other = _record_of(content, place)
        if other is not None and other != record.resolve() and other.exists():
            raise AssayError(
                f"{place} belongs to another search, whose record is {other}: it would not be what that record tells any more.",
                code="copy_of_another_search",
                remedy=f"Search again with --out {other.parent}, or move the folder of that search away, or name the specification "
                "otherwise.",
            )


def _record_of(content: bytes, place: Path) -> Path | None:
    """The record that a copy names; None of a text that is no specification any more."""
    try:
        named = specification_in(content, place.name).subject.search
    except InvalidDocument:
        return None
    return (place.parent / named).resolve() if named else None


def checked(copy: Copy, original: Specification, catalogue: Catalogue) -> SpecificationFile:
    """Read it as whoever is handed it will: it says what the original says, but for the subject and what only a recipe can tell.

    Raises:
        AssayError: ``copy_unreadable``: without the criteria of the recipe, say, a stage has none; ``copy_differs``: an anchor,
            say, was defined in the block that is another now.
    """
    try:
        made = specification_of(source_of(copy.text.encode(), copy.path.name), copy.path.parent, catalogue)
    except InvalidDocument as invalid:
        first = invalid.problems[0]
        raise AssayError(
            f"The specification cannot be copied for a candidate, since {copy.path.name} could not be read: {first.message}",
            code="copy_unreadable",
            remedy=first.remedy or "Mend the specification.",
        ) from invalid
    left = of_the_recipe(original, catalogue)
    kept = tuple(c for c in original.criteria if c.id not in left)
    modes = tuple(
        mode.model_copy(update={"criteria": tuple(name for name in mode.criteria if name not in left)})
        for mode in original.failure_modes
        if mode.id not in _guarded_by_these_alone(original, left)
    )
    expected = original.model_copy(update={"criteria": kept, "failure_modes": modes})
    if made.specification.model_copy(update={"subject": original.subject}) != expected:
        raise AssayError(
            f"{copy.path} would differ from the specification in more than its subject.",
            code="copy_differs",
            remedy="Write the block 'subject' so that no other block refers to it.",
        )
    return made


def write(copy: Copy, original: Specification, catalogue: Catalogue) -> SpecificationFile:
    """Write a copy that was checked.

    Raises:
        Unwritable. AssayError: as :func:`checked`.
    """
    made = checked(copy, original, catalogue)
    write_whole(copy.path, copy.text.encode())
    return made
