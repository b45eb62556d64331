"""The texts of a new specification: rendered from the templates of this folder, and written where none of them is yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from assay.app.starting.errors import CannotStart
from assay.domain.errors import writing
from assay.reading.writing import commented, listed_below, said, written, written_code

SPECIFICATION, DICTIONARY, SCHEMA = "specification.yaml", "dictionary.yaml", "specification.schema.json"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The texts of a new specification by file name, and what is wrong with the data or the model they start from."""

    texts: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def write_scaffold(scaffold: Scaffold, folder: Path) -> tuple[Path, ...]:
    """Write the texts into a folder that has none of them.

    Raises:
        CannotStart: when one of the files is there already; then nothing is written.
    """
    paths = {folder / name: text for name, text in scaffold.texts.items()}
    taken = [path for path in paths if path.exists() or path.is_symlink()]
    if taken:
        raise CannotStart(
            f"{', '.join(map(str, taken))} {'is' if len(taken) == 1 else 'are'} there already.",
            code="file_exists",
            remedy="Nothing was written. Choose another folder, or move what is there.",
        )
    for path, text in paths.items():
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    return tuple(paths)


def rendered(template: str, **values: Any) -> str:
    """The text that a template of this folder makes of these values."""
    environment = jinja2.Environment(  # noqa: S701 - the result is YAML; `written` quotes what must be
        loader=jinja2.PackageLoader("assay.app.starting"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"commented": commented, "counted": _counted}
    environment.filters |= {"written": written, "code": written_code, "said": said, "listed": listed_below}
    return environment.get_template(template).render(**values)


def _counted(signatures: Mapping[str, int]) -> str:
    return "{" + ", ".join(f"{role}: {count}" for role, count in signatures.items()) + "}"
