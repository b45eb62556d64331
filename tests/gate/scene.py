"""One model with its certificate, status, proof and policy, as files in a folder: what a gate is asked about."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.world import Issued

from assay.app.verifying.certificate_folder import CERTIFICATE, PROOF, STATUS
from assay.domain.digests import sha256_of
from assay.domain.policy import Policy
from assay.proof.manifest import Manifest
from assay.reading.policy import policy_text

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def model_bytes() -> bytes:
    """A small real model, so that what is let through can be loaded: two trees of LightGBM, trained on 200 rows."""
    return (Path(__file__).parent / "model.txt").read_bytes()


def contents(*, folder: bool) -> dict[str, bytes]:
    """The files of the model, by relative path."""
    if not folder:
        return {"model.txt": model_bytes()}
    return {
        "model.txt": model_bytes(),
        "tokenizer/words.json": b'{"a": 1}',
        "weights/part-0.bin": b"\x00" * 999,
    }


def manifest(*, folder: bool) -> Manifest:
    """What is certified of them."""
    files = [(path, sha256_of(content)) for path, content in contents(folder=folder).items()]
    return Manifest.of("credit-model" if folder else "model.txt", files)


def issued(
    *, folder: bool = False, ago: dt.timedelta = HOUR, policy: dict[str, Any] | None = None, **changes: Any
) -> Issued:
    """A certificate of that model, issued so long ago under keys of that time."""
    return Issued.good(policy, start=NOW - ago, **({"manifest": manifest(folder=folder)} | changes))


def good(*, folder: bool = False) -> Issued:
    """The same for every case that changes it on disk alone; nobody adds to it."""
    return _good(folder)


@cache
def _good(folder: bool) -> Issued:
    return issued(folder=folder)


_WRITTEN: dict[str, str] = {}


def _text_of(policy: Policy) -> str:
    """Nearly all scenes have the same one."""
    said = policy.model_dump_json()
    if said not in _WRITTEN:
        _WRITTEN[said] = policy_text(policy)
    return _WRITTEN[said]


@dataclass
class Scene:
    """The files, and what is asked about them."""

    root: Path
    use_case: str = "credit"
    running: bool = False
    folder: bool = False
    pack: Path | None = None
    named: Path | None = None
    sources: Path | None = None
    environment: bool = False
    interpreter: str | None = None
    model: Path = field(init=False)
    policy: Path = field(init=False)

    def __post_init__(self) -> None:
        self.model = self.root / ("credit-model" if self.folder else "model.txt")
        self.policy = self.root / "policy.yaml"
        for path, content in contents(folder=self.folder).items():
            place = self.model / path if self.folder else self.model
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    @property
    def certificates(self) -> Path:
        return self.named or self.model.parent / f"{self.model.name}.assay"

    @property
    def certificate(self) -> Path:
        return self.certificates / CERTIFICATE

    @property
    def status(self) -> Path:
        return self.certificates / STATUS

    @property
    def proof(self) -> Path:
        return self.certificates / PROOF

    def write(self, made: Issued | None = None) -> Issued:
        """Everything that an issuer hands over."""
        shown = made or good(folder=self.folder)
        self.certificates.mkdir(exist_ok=True)
        self.certificate.write_bytes(shown.bundle.content)
        self.status.write_bytes(shown.status())
        self.proof.write_bytes(shown.proof())
        self.write_policy(shown.policy)
        return shown

    def write_policy(self, made: Policy) -> None:
        self.policy.write_text(_text_of(made), encoding="utf-8")

    def write_pack(self, leaves: list[bytes], documents: dict[str, bytes]) -> None:
        self.pack = self.root / "pack.zip"
        with zipfile.ZipFile(self.pack, "w") as pack:
            pack.writestr("log.jsonl", b"".join(leaf + b"\n" for leaf in leaves))
            for digest, content in documents.items():
                pack.writestr(f"documents/{digest.removeprefix('sha256:')}", content)


def flip(path: Path, at: int, bit: int = 1) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[at] ^= bit
    path.write_bytes(content)
