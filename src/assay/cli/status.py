"""``assay status``."""

from assay.cli.certificates import status as command

__all__ = ["command"]
