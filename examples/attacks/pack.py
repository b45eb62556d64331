"""The members of the review pack, changed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

from .scene import Scene


def in_pack(scene: Scene, change: Callable[[str, bytes], bytes]) -> None:
    """Change members of the review pack."""
    with zipfile.ZipFile(scene.pack) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    with zipfile.ZipFile(scene.pack, "w") as pack:
        for name, content in members.items():
            pack.writestr(name, change(name, content))


def replaced(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """Replace a text once, wherever it stands in a document of the pack."""
    return lambda name, content: content.replace(old, new, 1) if name.startswith("documents/") else content


def of_log(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    """Change the log of the pack, and nothing else in it."""
    return lambda name, content: change(content) if name == "log.jsonl" else content
