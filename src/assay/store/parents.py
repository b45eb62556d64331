"""The folder of a file that is about to be written; that of a workspace keeps itself out of git."""

from __future__ import annotations

import contextlib
from pathlib import Path

FOLDER = ".assay"
"""What a workspace is called."""


def make_parent(path: Path) -> None:
    """Make the folder that a file is to lie in, and in a new workspace a ``.gitignore`` of everything: it holds salts and rows.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.parents:
        if folder.name == FOLDER:
            with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
                file.write("*\n")
            return
