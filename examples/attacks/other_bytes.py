"""A byte, a number, a word or a letter of what was certified is another one."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from .pack import in_pack, replaced
from .scene import Said, Scene


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    at = len(content) // 2 if place is None else place
    content[at] ^= 1
    path.write_bytes(content)


def model_byte(scene: Scene) -> Said:
    flip(scene.model)
    return scene.gate()


def data_byte(scene: Scene) -> Said:
    flip(next(scene.out.glob("test*.parquet")))
    return scene.verify(sources=True)


def evidence_number(scene: Scene) -> Said:
    in_pack(scene, replaced(b'"events":', b'"events":1'))
    return scene.verify()


def verdict(scene: Scene) -> Said:
    in_pack(scene, replaced(b'"verdict":"inconclusive"', b'"verdict":"pass"'))
    return scene.verify()


def statement_byte(scene: Scene) -> Said:
    path = scene.certificate / "certificate.sigstore.json"
    document = json.loads(path.read_bytes())
    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b'"FAILED"', b'"PASSED"')
    payload = payload.replace(b"credit-default", b"credit-deflate")
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True))
    return scene.gate()


def signature_byte(scene: Scene) -> Said:
    path = scene.certificate / "certificate.sigstore.json"
    text = path.read_text()
    at = text.index('"sig":"') + 30
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    return scene.gate()
