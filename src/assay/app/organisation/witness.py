"""Be a witness of logs: the parts that the command serves with."""

from assay.proof.checkpoint import TrustedLog
from assay.proof.witness import CONFLICT, FORBIDDEN, MOST_BYTES, OK, UNPROCESSABLE
from assay.store.witness import Witness
from assay.store.witness_server import WitnessServer

__all__ = ["CONFLICT", "DISTRUSTED", "MOST_BYTES", "OK", "TrustedLog", "Witness", "WitnessServer"]

DISTRUSTED = frozenset({FORBIDDEN, CONFLICT, UNPROCESSABLE})
"""Answers that say of the log itself that it is not what the witness knows."""
