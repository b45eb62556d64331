"""Read a template, or say everything that is wrong with it, in one go."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from assay.domain.errors import InvalidDocument
from assay.domain.template import Template
from assay.reading.form import form_problems
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
    try:
        template = Template.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = (*document.problems, *form_problems(document, Template, error))
        raise InvalidDocument(problems) from None
    if document.problems:
        raise InvalidDocument(document.problems)
    return template
