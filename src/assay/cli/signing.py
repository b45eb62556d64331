"""What every command that signs has in common: the key, the passphrase, the folder."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.output import one_line, say
from assay.domain.digests import short
from assay.domain.errors import AssayError

if TYPE_CHECKING:
    from assay.app.organisation.elsewhere import Away
    from assay.app.organisation.keys import Signer
    from assay.domain.quorum import Quorum, SignOff
    from assay.domain.state import CertificateState

PASSPHRASE = "ASSAY_PASSPHRASE"  # noqa: S105 - the name of a variable

NOT_HERE = "by --policy it is signed where the log is not, and --in names the folder of a log"


class NoPassphrase(AssayError):
    """A key's passphrase is neither in the environment nor can it be asked for."""


key_option = click.option(
    "--key",
    required=True,
    help="The key that signs: its name (assay keys show), the path of a PEM or signer file, or demo:NAME.",
)
role_option = click.option("--as", "role", required=True, help="The role in which you sign.")
roots_option = click.option(
    "--root", "roots", multiple=True, required=True, help="A root key that signs; several may be given."
)
policy_output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the new policy to this file, for verifiers.",
)
folder_option = click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The specification's folder; by default this one.",
)


_policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The policy that you trust, on another machine than the log's: with --log and --to.",
)
_log_option = click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --policy: the log that you were handed (assay log export).",
)
_to_option = click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --policy: the file for what you sign, which goes to who keeps the log.",
)


def away_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a command signs where the log is not: --policy, --log and --to."""
    return _policy_option(_log_option(_to_option(command)))


def away(policy: Path | None, log: Path | None, target: Path | None) -> Away | None:
    """What is signed with where the log is not; None at the log. The three options go together."""
    from assay.app.organisation.elsewhere import Away

    if policy and log and target:
        return Away(log, policy, target)
    if policy or log or target:
        raise click.UsageError("--policy POLICY, --log LOG and --to FILE go together.")
    return None


def written(target: Path | None) -> dict[str, str]:
    """For programs: the file in which something is signed away from the log; nothing at the log."""
    return {} if target is None else {"written": str(target)}


def say_written(target: Path) -> None:
    """Say where what was signed away from the log is, and what is to be done with it."""
    say(
        f"It is signed in {target}, and stands in no log yet. Who keeps the log takes it in with: assay take FILE"
    )


def passphrase(name: str) -> str:
    """The passphrase of a key: from its variable or ASSAY_PASSPHRASE, or asked for without showing it.

    Raises:
        NoPassphrase: there is neither a variable nor a terminal to ask at.
    """
    return _from_environment(name) or _asked(name, f"Passphrase of the key {name}", twice=False)


def new_passphrase(name: str) -> str:
    """A passphrase for a new key: from its variable or ASSAY_PASSPHRASE, or asked for twice. Raises NoPassphrase."""
    return _from_environment(name) or _asked(name, f"Passphrase for the new key {name}", twice=True)


def variable(name: str) -> str:
    """The variable that holds the passphrase of one key: ``ASSAY_PASSPHRASE_RIA_2`` for ``ria-2``."""
    return f"{PASSPHRASE}_{''.join(c if c.isalnum() else '_' for c in Path(name).stem.upper())}"


def _from_environment(name: str) -> str | None:
    for one in (variable(name), PASSPHRASE):
        if one in os.environ:
            if not os.environ[one]:
                raise NoPassphrase(
                    f"{one} is set and empty: a key is kept under a passphrase, and an empty one is none.",
                    code="passphrase_empty",
                    remedy="Set it to the passphrase, or unset it to be asked.",
                )
            return os.environ[one]
    return None


def _asked(name: str, prompt: str, *, twice: bool) -> str:
    if not _has_terminal():
        raise NoPassphrase(
            f"The passphrase of the key {name} is asked for at a terminal, and there is none.",
            code="passphrase_missing",
            remedy=f"Set {variable(name)} or {PASSPHRASE}; a passphrase is never an argument, which others could read.",
        )
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))


def _has_terminal() -> bool:
    """Whether a person can be asked: getpass reads from the terminal itself, whatever standard input is."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return sys.stdin.isatty()
    return True


def signer(key: str, folder: Path | None = None) -> Signer:
    """The key that a command's option names, opened; before a passphrase is asked for, the folder's log is looked for.

    Raises:
        NoLog: there is nothing that it could sign for.
    """
    from assay.app.organisation.keys import open_signer
    from assay.app.organisation.ledger import see_log

    if folder is not None:
        see_log(folder)
    return open_signer(key, passphrase)


def say_certificate(found: CertificateState, more: str = "") -> None:
    """Say in a line what a certificate is worth, what it says (FAILED is a refusal, whatever it is worth) and what it is about."""
    say(
        f"{short(found.digest)}  {found.status.value:<10} {found.result}  {found.model} for {found.use_case}{more}"
    )


def say_policy(version: int, digest: str, output: Path | None) -> None:
    """Say that a later version of the policy is in force, and what is to be handed out."""
    say(f"Policy version {version} is in force: {short(digest)}.")
    say(
        f"Hand {output} to those who verify: what they have is an older version."
        if output is not None
        else "Hand it to those who verify, who have an older version; write it with: assay trust show --output policy.yaml"
    )


def say_beside(quorum: Quorum, role: str | None, before: SignOff | None, *, width: int) -> None:
    """Say of approvals that fill no place that they do not, and of the ``role`` that was signed in what there is to know.

    Args:
        role: None where nothing was said. before: the same word, where it stood in the log already.
    """
    for word in quorum.beside:
        say(f"  {word.role:<{width}} {word.holder} approves too, and fills no place")
    if role is not None and role not in quorum.asked:
        say(
            f"No word of a {role} is asked for here, only of: {', '.join(quorum.asked)}. It stands in the log, and fills no place."
        )
    if before is not None:
        time = dt.datetime.fromisoformat(before.time)
        say(
            f"{before.holder} has said this as {before.role} already (entry {before.entry} of the log, {time:%Y-%m-%d %H:%M} UTC): "
            "it stands, and nothing was added."
        )


class _Readable(click.ParamType[str]):
    """A line that a person can read: no line break, and nothing that steers a terminal or reorders what is read."""

    name = "text"

    def __init__(self, *, blank: bool) -> None:
        """``blank``: whether it may say nothing."""
        self.blank = blank

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it was given. Fails with the first character that it may not hold."""
        text = str(value)
        for place, character in enumerate(text, 1):
            if character == "\t" or one_line(character) != character:
                self.fail(
                    f"expected one line of text that can be read, found the character U+{ord(character):04X} at place "
                    f"{place}. It is signed and shown to others; write it without that character.",
                    param,
                    ctx,
                )
        if not self.blank and not text.strip():
            self.fail(
                "a reason in words is expected, found none. It is signed and shown to others.", param, ctx
            )
        return text


READABLE = _Readable(blank=True)
REASON = _Readable(blank=False)


def require_reason(reason: str, *, rejects: bool) -> None:
    """See that whoever rejects says why, before anything is asked or read."""
    if rejects and not reason.strip():
        raise click.UsageError("--reject needs --reason: who rejects says why.")
