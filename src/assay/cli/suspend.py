"""``assay suspend``."""

from assay.cli.certificates import suspend as command

__all__ = ["command"]
