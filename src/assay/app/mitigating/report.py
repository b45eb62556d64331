"""The record of a search and its page, beside the candidates' files."""

from __future__ import annotations

import json
from pathlib import Path

from assay.domain.mitigation_record import Search, to_document
from assay.store.blobs import write_whole

RECORD, PAGE = "mitigation.json", "mitigation.html"


def write_record(search: Search, folder: Path) -> None:
    """Write both. Raises Unwritable, and MissingExtra when what draws the chart is not installed."""
    from assay.dossier.search import render_search

    document = json.dumps(to_document(search), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(folder / RECORD, f"{document}\n".encode())
    write_whole(folder / PAGE, render_search(search).encode())
