"""Why a specification cannot be started."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay.domain.errors import AssayError
from assay.domain.nearest import listed, nearest


class CannotStart(AssayError):
    """A specification cannot be started from what was given."""


def refuse_absent(data: Path) -> None:
    """Refuse data that are not there."""
    if not data.exists():
        raise CannotStart(
            f"There is no file {data.absolute()}.",
            code="not_found",
            remedy="Name the file, or the folder of Parquet files, that holds the development rows.",
        )


def refuse_deeper(data: Path, files: Sequence[Path]) -> Sequence[Path]:
    """The files of the data; those in folders below it may hold the test rows, which nobody may look at yet."""
    deeper = [file.relative_to(data) for file in files if file not in {data, data / file.name}]
    if deeper:
        raise CannotStart(
            f"The folder {data} has rows in folders below it, the test rows perhaps: {listed(deeper)}.",
            code="rows_in_folders_below",
            remedy="No row was read. Name the file that holds the development rows, or the folder that holds their files and no others.",
        )
    return files


def refuse_unknown_label(label: str | None, names: Sequence[str]) -> None:
    """Refuse a label that is no column, with the nearest name beside it."""
    if label is not None and label not in names:
        near = nearest(label, names)
        raise CannotStart(
            f"The data has no column {label!r}.{f' Did you mean {near!r}?' if near else ''}",
            code="unknown_column",
            remedy=f"Name the column that holds the truth, 0 or 1; there are {listed(names)}.",
        )


def refuse_two_judgements(copy_from: Path | None, template: str | None, roles: object) -> None:
    """Refuse two judgements, and roles that no template asks for."""
    if copy_from and template:
        raise CannotStart(
            "The judgement comes from a template or from another specification, and both are named.",
            code="arguments_contradict",
            remedy="Leave out --template or --from.",
        )
    if roles and not template:
        raise CannotStart(
            "Columns are named by their role, and no template is, which is what asks for roles.",
            code="arguments_contradict",
            remedy="Add --template, or leave out --column; the label alone is named with --label.",
        )
