"""``assay keys``."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.example import example
from assay.cli.output import json_option, print_document, print_json, say
from assay.cli.signing import (
    folder_option,
    new_passphrase,
    policy_output_option,
    roots_option,
    say_policy,
    signer,
)


@click.group("keys")
def command() -> None:
    """Make, show and replace the keys that sign.

    A private key (ECDSA P-256) lies encrypted in the configuration folder of its user; its passphrase is asked for, or
    comes from ASSAY_PASSPHRASE_NAME or ASSAY_PASSPHRASE. Or it never leaves a security module, and the passphrase is
    its PIN. Nobody is trusted by having a key: the policy says whose keys
    count, and for what.
    """


@command.command(
    "new",
    epilog=example("assay keys new ria", 'assay keys new ria --signer "hsm:2?label=TOKEN" --public ria.pem'),
)
@click.argument("name")
@click.option(
    "--signer",
    "uri",
    metavar="URI",
    help="Make none: the key is in a security module or a service, such as hsm:2?label=TOKEN or gcpkms:projects/... "
    "(extra hsm). Its PIN is asked for when it signs.",
)
@click.option(
    "--public",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For --signer: its public half, a PEM file exported from the module.",
)
@json_option
def new(name: str, *, uri: str | None, public: Path | None, as_json: bool) -> None:
    """Make a key called NAME, kept under a passphrase; or remember one that a security module holds."""
    from assay.app.organisation.keys import key_folder, module_key, new_key

    if (uri is None) is not (public is None):
        raise click.UsageError("--signer URI and --public FILE belong together.")
    made = new_key(name, new_passphrase) if uri is None or public is None else module_key(name, uri, public)
    if as_json:
        print_json({"name": name, "key_id": made.key_id, "public": made.pem})
        return
    say(f"Key {name}, id {made.key_id[:12]}, in {key_folder()}.")
    say("Its public half, for the policy:")
    print_document(made.pem)


@command.command("show", epilog=example("assay keys show", "assay keys show ria > ria.pem"))
@click.argument("name", required=False)
@json_option
def show(name: str | None, *, as_json: bool) -> None:
    """List the keys of this user, or print the public half of NAME."""
    from assay.app.organisation.keys import kept_keys, key_folder, public_key

    names = [name] if name else kept_keys()
    found = {one: public_key(one) for one in names}
    if as_json:
        print_json({one: {"key_id": key.key_id, "public": key.pem} for one, key in found.items()})
    elif name:
        print_document(found[name].pem)
    elif not found:
        say(f"There are no keys in {key_folder()}. Make one with: assay keys new NAME")
    else:
        for one, key in found.items():
            say(f"{key.key_id[:12]}  {one}")


@command.command(
    "rotate", epilog=example("assay keys rotate ria --to ria-new --root root --output policy.yaml")
)
@click.argument("old")
@click.option(
    "--to",
    "new_key",
    required=True,
    help="The key that takes over: its name (assay keys new), or the path of its public half.",
)
@roots_option
@policy_output_option
@folder_option
@json_option
def rotate(
    old: str, *, new_key: str, roots: tuple[str, ...], output: Path | None, folder: Path, as_json: bool
) -> None:
    """Let a new key take over the place of OLD, as the policy calls it: its holder, its roles, its duties.

    Logs the next version of the policy, signed by root keys. What OLD signed stays signed; from now on it signs nothing.
    """
    from assay.app.organisation.keys import public_key
    from assay.app.organisation.keys import rotate as replace
    from assay.app.organisation.trust import see_place, write_policy

    see_place(output)
    made = replace(
        folder,
        old,
        public_key(new_key),
        roots=lambda: [signer(root) for root in roots],
        heir=lambda: signer(new_key),
    )
    if output is not None:
        write_policy(folder, output)
    held, version = made.policy.keys[made.new], made.policy.version
    if as_json:
        print_json({"policy": made.digest, "version": version, "old": made.old, "new": made.new})
        return
    say(
        f"{made.new} has the place of {made.old} ({held.holder}) from {held.valid_from:%Y-%m-%d %H:%M:%S} UTC "
        f"until {held.valid_until.date()}."
    )
    say(f"What {made.old} signed before stays signed; it signs nothing new.")
    say_policy(version, made.digest, output)
