"""A copy of a specification that names a candidate: every byte is the team's but the block ``subject``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assay.domain.errors import AssayError
from assay.domain.metric import Catalogue
from assay.domain.specification import Specification
from assay.reading.specification import SpecificationFile, read_specification
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
    its recipe, and the environment and the interpreter in which it runs.

    Raises:
        AssayError: ``subject_not_a_block`` when the text has no block of that name at the left margin.
    """
    text = read.document.source.text.replace("\r\n", "\n")
    text = text if text.endswith("\n") else f"{text}\n"
    block = (
        f"{MARK} from {written(path.name)}, {read.digest}: of all blocks this one alone is another.\n"
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
    return Copy(place_of(path, candidate), made)


def place_of(path: Path, candidate: str) -> Path:
    """Where the copy that names a candidate is written: ``NAME.CANDIDATE.yaml`` beside the specification."""
    return path.resolve().with_name(f"{path.stem}.{candidate}{path.suffix or '.yaml'}")


def see_free(path: Path, candidates: Iterable[str]) -> None:
    """At the place of each copy is nothing, or an older copy.

    Raises:
        AssayError: ``copy_in_the_way``.
    """
    for place in (place_of(path, candidate) for candidate in candidates):
        if place.exists() and MARK not in place.read_text(encoding="utf-8", errors="replace"):
            raise AssayError(
                f"{place} is in the way: it was not made by assay mitigate.",
                code="copy_in_the_way",
                remedy="Move it, or name the specification otherwise.",
            )


def write(copy: Copy, original: Specification, catalogue: Catalogue) -> SpecificationFile:
    """Write it, and read it as whoever is handed it will: it says what the original says, but for the subject.

    Raises:
        Unwritable, InvalidDocument. AssayError: ``copy_differs``: an anchor, say, was defined in the block that is another now.
    """
    write_whole(copy.path, copy.text.encode())
    try:
        made = read_specification(copy.path, catalogue)
        _see_only_the_subject(made.specification, original, copy)
    except AssayError:
        copy.path.unlink()
        raise
    return made


def _see_only_the_subject(made: Specification, original: Specification, copy: Copy) -> None:
    if made.model_copy(update={"subject": original.subject}) != original:
        raise AssayError(
            f"{copy.path} differs from the specification in more than its subject.",
            code="copy_differs",
            remedy="Write the block 'subject' so that no other block refers to it.",
        )
