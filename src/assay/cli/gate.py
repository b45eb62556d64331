"""``assay gate``."""

from assay.cli.verify import gate as command

__all__ = ["command"]
