"""Be a witness of logs: the parts that the command serves with."""

from assay.proof.checkpoint import TrustedLog
from assay.proof.witness import MOST_BYTES, OK
from assay.store.witness import Witness
from assay.store.witness_server import WitnessServer

__all__ = ["MOST_BYTES", "OK", "TrustedLog", "Witness", "WitnessServer"]
