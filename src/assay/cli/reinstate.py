"""``assay reinstate``."""

from assay.cli.certificates import reinstate as command

__all__ = ["command"]
