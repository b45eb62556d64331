"""The command line: parse, call one use case, render. No rule lives here."""

from assay.cli.main import main

__all__ = ["main"]
