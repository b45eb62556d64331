"""``assay keys``."""

from __future__ import annotations

import click

from assay.cli.output import json_option, print_json
from assay.cli.signing import new_passphrase


@click.group("keys")
def command() -> None:
    """Make and show the keys that sign.

    A private key (ECDSA P-256) lies encrypted in the configuration folder of its user; its passphrase is asked for, or
    comes from ASSAY_PASSPHRASE. Nobody is trusted by having a key: the policy says whose keys count, and for what.
    """


@command.command("new")
@click.argument("name")
@json_option
def new(name: str, *, as_json: bool) -> None:
    """Make a key called NAME, kept under a passphrase."""
    from assay.app.keys import key_folder, new_key

    made = new_key(name, new_passphrase(name))
    if as_json:
        print_json({"name": name, "key_id": made.key_id, "public": made.pem})
        return
    click.echo(f"Key {name}, id {made.key_id[:12]}, in {key_folder()}.")
    click.echo("Its public half, for the policy:")
    click.echo(made.pem, nl=False)


@command.command("show")
@click.argument("name", required=False)
@json_option
def show(name: str | None, *, as_json: bool) -> None:
    """List the keys of this user, or print the public half of NAME."""
    from assay.app.keys import key_folder, public_key

    names = [name] if name else sorted(path.stem for path in key_folder().glob("*.pub"))
    found = {one: public_key(one) for one in names}
    if as_json:
        print_json({one: {"key_id": key.key_id, "public": key.pem} for one, key in found.items()})
    elif name:
        click.echo(found[name].pem, nl=False)
    elif not found:
        click.echo(f"There are no keys in {key_folder()}. Make one with: assay keys new NAME")
    else:
        for one, key in found.items():
            click.echo(f"{key.key_id[:12]}  {one}")
