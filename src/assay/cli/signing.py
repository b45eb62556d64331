"""What every command that signs has in common: the key, the passphrase, the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assay.app.keys import Signer

PASSPHRASE = "ASSAY_PASSPHRASE"  # noqa: S105 - the name of a variable

key_option = click.option(
    "--key",
    required=True,
    help="The key that signs: its name (assay keys show), the path of a PEM file, or demo:NAME.",
)
role_option = click.option("--as", "role", required=True, help="The role in which you sign.")
folder_option = click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The specification's folder; by default this one.",
)


def passphrase(name: str) -> str:
    """The passphrase of a key: from ASSAY_PASSPHRASE, or asked for without showing it."""
    given = os.environ.get(PASSPHRASE)
    return given if given is not None else str(click.prompt(f"Passphrase of the key {name}", hide_input=True))


def new_passphrase(name: str) -> str:
    """A passphrase for a new key: from ASSAY_PASSPHRASE, or asked for twice."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    return str(click.prompt(f"Passphrase for the new key {name}", hide_input=True, confirmation_prompt=True))


def signer(key: str) -> Signer:
    """The key that a command's option names, opened."""
    from assay.app.keys import open_signer

    return open_signer(key, passphrase)


def short(digest: str) -> str:
    """The beginning of a digest, as tables show it."""
    return digest.removeprefix("sha256:")[:12]


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
