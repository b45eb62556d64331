"""A candidate as a skops file, with the same bytes on every run: its digest is that of what was learned."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePath
from typing import Any

import skops.io

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can hold."""


def skops_bytes(model: Any) -> bytes:
    """The model as skops. It names parts after memory addresses and stamps them with the time of day; both are replaced."""
    numbers: dict[int, int] = {}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        files: dict[str, str] = {}
        schema = _renumbered(json.loads(source.read("schema.json")), numbers, files)
        target.writestr(_entry("schema.json"), json.dumps(schema, indent=1))
        for made, name in sorted(((made, name) for name, made in files.items()), key=_number):
            target.writestr(_entry(made), source.read(name))
    return packed.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _number(pair: tuple[str, str]) -> int:
    return int(PurePath(pair[0]).stem)


def _renumbered(part: Any, numbers: dict[int, int], files: dict[str, str]) -> Any:
    if isinstance(part, list):
        return [_renumbered(item, numbers, files) for item in part]
    if not isinstance(part, dict):
        return part
    made = {key: _renumbered(value, numbers, files) for key, value in part.items()}
    if "__id__" in made:
        made["__id__"] = numbers.setdefault(made["__id__"], len(numbers))
    if isinstance(made.get("file"), str):
        name = f"{made['__id__']}{PurePath(made['file']).suffix}"
        files[made["file"]] = name
        made["file"] = name
    return made
