"""What lies in the folder of a certificate, under which names, and where the folder of a model is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CERTIFICATE, PROOF, STATUS = "certificate.sigstore.json", "certificate.tlog-proof", "status.sigstore.json"
"""What lies in a certificate's folder."""
MODEL_SIGNATURE = "model.sig"
"""Also there, for other tools: the signature of the model in the form of OpenSSF Model Signing. The gate does not read it."""
SUFFIX = ".assay"


@dataclass(frozen=True, slots=True)
class Pack:
    """What was handed over besides the certificate: the exported log, and documents by digest."""

    leaves: Sequence[bytes] | None = None
    attestations: Mapping[str, bytes] | None = None


def certificate_beside(model: Path) -> Path:
    """Where the certificate of a model lies unless told otherwise."""
    return model.parent / f"{model.name}{SUFFIX}"
