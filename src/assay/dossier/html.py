"""The dossier as one HTML file: no script, no request, no inline style, the same bytes for the same record."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assay.domain.record import Record
from assay.domain.standing import Standing
from assay.domain.vocabulary import Outcome
from assay.dossier import wording
from assay.dossier.charts.theme import PALETTE
from assay.dossier.document import compose

_SEAL = {Outcome.CERTIFIED: "✓", Outcome.CONDITIONAL: "!", Outcome.WITHHELD: "✕"}


def render_html(record: Record, *, standing: Standing | None = None) -> str:
    """The page of a record, with what its log says of it.

    Raises:
        MissingExtra: when vl-convert, which draws the charts, is not installed.
    """
    document = compose(record, standing=standing)
    seal = _SEAL[document.opening.outcome]
    return page("page.html.j2", document=document, seal=seal, version=record.environment.assay)


def page(template: str, **shown: Any) -> str:
    """A page from its template, with the style sheet and its digest for the content security policy."""
    style = _style()
    made = _environment().get_template(template)
    return made.render(**shown, style=style, style_digest=_digest(style))


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("assay.dossier"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.filters["drawn"] = Markup
    made.globals.update(marks=wording.MARK, verdicts=wording.VERDICT)
    return made


def _finalize(value: Any) -> Any:
    """Spell out what a reader cannot see in every text that is printed, before it is escaped."""
    return wording.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style() -> str:
    """The style sheet, with a rule per colour of the charts so that they follow the page's scheme."""
    sheet = files("assay.dossier").joinpath("templates/dossier.css").read_text(encoding="utf-8")
    repaint = "\n".join(
        f'.chart [fill="{colour}"] {{ fill: var(--{role}); }} .chart [stroke="{colour}"] {{ stroke: var(--{role}); }}'
        for role, colour in PALETTE.items()
    )
    return f"\n{sheet}{repaint}\n"


def _digest(style: str) -> str:
    """The style sheet's hash as a content security policy states it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"
