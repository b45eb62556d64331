"""``assay revoke``."""

from assay.cli.certificates import revoke as command

__all__ = ["command"]
