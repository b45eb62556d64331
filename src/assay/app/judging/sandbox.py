"""Which fences this machine has, as the shells ask."""

from assay.sandbox.probe import probe

__all__ = ["probe"]
