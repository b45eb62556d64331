"""Read a template, or say everything that is wrong with it, in one go."""

from __future__ import annotations

from pathlib import Path

from assay.domain.template import Template
from assay.reading.form import in_form
from assay.reading.kinds import refuse_another_kind
from assay.reading.located import locate
from assay.reading.source import read_source


def read_template(path: Path) -> Template:
    """Read a template file.

    Raises:
        InvalidDocument: with every problem of its form, each with its place.
    """
    document = locate(read_source(path))
    refuse_another_kind(document, "assay_template")
    return in_form(document, Template)
