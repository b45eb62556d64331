"""Which template is meant, and which there are."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from pathlib import Path

from assay.app.starting.errors import CannotStart
from assay.domain.nearest import listed, nearest
from assay.domain.template import Template
from assay.reading.template import read_template

_SUFFIXES = {".yaml", ".yml"}


def template_names() -> tuple[str, ...]:
    """The templates that come with Assay."""
    return tuple(sorted(name.removesuffix(".yaml") for name in _files()))


def templates() -> tuple[Template, ...]:
    """All of them, read."""
    return tuple(choose(name) for name in template_names())


def choose(name: str) -> Template:
    """The template of this name, or the one in a file of one's own.

    Raises:
        CannotStart: when there is none; with the nearest name.
        InvalidDocument: when a file of one's own is no template.
    """
    if Path(name).suffix in _SUFFIXES:
        return read_template(Path(name))
    known = template_names()
    if name not in known:
        near = nearest(name, known)
        raise CannotStart(
            f"There is no template {name!r}.{f' Did you mean {near!r}?' if near else ''}",
            code="unknown_template",
            remedy=f"There are {listed(known)}; or name a file of your own that ends in .yaml. See: assay init --list-templates",
        )
    with importlib.resources.as_file(importlib.resources.files("assay.templates") / f"{name}.yaml") as path:
        return read_template(path)


def _files() -> Iterator[str]:
    for entry in importlib.resources.files("assay.templates").iterdir():
        if entry.name.endswith(".yaml"):
            yield entry.name
