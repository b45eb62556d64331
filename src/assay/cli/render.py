"""A record on the terminal: the decision, then a table per stage."""

from __future__ import annotations

from rich.console import Console

from assay.domain.record import Record
from assay.dossier.tables import decision_panel, stage_tables


def print_record(record: Record) -> None:
    """Print the same content as the dossier's first screen and its criteria."""
    console = Console(highlight=False)
    console.print(decision_panel(record))
    for table in stage_tables(record):
        console.print(table)
        console.print()
