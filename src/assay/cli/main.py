"""The command ``assay`` and the list of its subcommands, each imported only when it is called."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from assay._version import __version__
from assay.cli.output import explain, explain_usage, quiet_output, say
from assay.domain.errors import AssayError, ExitCode, MissingExtra, raised

COMMANDS = {
    "init": ("assay.cli.init", "Write a commented specification from the columns of your data."),
    "schema": ("assay.cli.schema", "Print the JSON Schema of a specification."),
    "plan": ("assay.cli.plan", "Show how likely a good model is to pass, before anything is measured."),
    "lock": ("assay.cli.lock", "Agree to a specification before any result of it exists."),
    "certify": ("assay.cli.certify", "Test a model against its specification and decide."),
    "mitigate": (
        "assay.cli.mitigate",
        "Look for a fairer model that decides as well; keep the record of the search.",
    ),
    "audit": ("assay.cli.audit", "Write the sheets by which an expert audits labels."),
    "show": ("assay.cli.show", "Show the decision of a run, or list the runs."),
    "report": ("assay.cli.report", "Write the dossier of a run: HTML, JSON, JUnit, or its standing."),
    "unseal": ("assay.cli.unseal", "Open the numbers of a sealed run, which ends its schedule of attempts."),
    "sign": ("assay.cli.sign", "Sign a decision as the holder of a role."),
    "take": ("assay.cli.take", "Take what was signed on another machine into the log."),
    "waive": ("assay.cli.waive", "Set a criterion or the rule on spent rows aside until a date."),
    "issue": ("assay.cli.issue", "Issue the certificate of a decision, bound to the exact bytes."),
    "verify": ("assay.cli.verify", "Verify a certificate in eleven steps; no database, no network."),
    "gate": ("assay.cli.gate", "Let a certified model through, refuse everything else."),
    "revoke": ("assay.cli.revoke", "End a certificate for good."),
    "suspend": ("assay.cli.suspend", "Say that a certificate is not to be relied upon for now."),
    "reinstate": ("assay.cli.reinstate", "End the suspension of a certificate."),
    "status": ("assay.cli.status", "Sign what every certificate is worth now."),
    "export": ("assay.cli.export", "Write what is handed to an outsider."),
    "replay": ("assay.cli.replay", "Run again from a record and say whether the same comes out."),
    "diff": ("assay.cli.diff", "Say what changed between two specifications, runs or certificates."),
    "log": ("assay.cli.log", "Read and verify the log."),
    "trust": ("assay.cli.trust", "Say whose keys count, for what: the policy."),
    "keys": ("assay.cli.keys", "Make, show and replace the keys that sign."),
    "sandbox": ("assay.cli.sandbox", "Show which fences this machine has around models and data."),
    "checks": ("assay.cli.checks", "List the checks, or explain one."),
    "witness": ("assay.cli.witness", "Be a witness of logs: cosign what continues, refuse the rest."),
}
EPILOG = "Exit codes: 0 certified or conditional, 1 withheld or refused, 2 no verdict (usage, bad input), 3 trust failure."


class Lazy(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; of an unknown name, the one that was probably meant is told."""
        name = args[0]
        if name.startswith("-") or name in COMMANDS:
            return super().resolve_command(ctx, args)
        from assay.domain.nearest import nearest

        meant = nearest(name, COMMANDS)
        hint = f" Did you mean {meant!r}?" if meant else ""
        raise click.UsageError(f"No such command {name!r}.{hint}", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. When the reader of its output has left, it ends quietly, with no verdict.

        click would end with 1, which here means withheld. A command that has decided says so itself, and nothing that
        it calls may: of a check that leaves with 0, the code would say certified.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            quiet_output()
            raise click.exceptions.Exit(ExitCode.NO_VERDICT) from None
        except SystemExit as left:
            raise _left(left) from left

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from their one-line helps."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assay")
def assay() -> None:
    """Certify machine-learning models for high-risk use, with a known error rate.

    A specification says what must hold. Assay tests the model against it, decides with statistical confidence,
    and explains the decision in a page that an outsider can check.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error of ours becomes a sentence and one of four exit codes."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # Outside its standalone mode click returns the code of a command that asked to exit.
        ended = assay.main(args=given, prog_name="assay", standalone_mode=False)
        sys.exit(ended if isinstance(ended, int) else 0)
    except click.ClickException as error:
        explain_usage(error)
        sys.exit(ExitCode.NO_VERDICT)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped. Finished partitions are kept; the next run goes on from them.", err=True)
        sys.exit(130)
    except AssayError as error:
        _refuse(error, given)
    except ModuleNotFoundError as absent:
        missing = MissingExtra.of(absent.name or "")
        if missing is None:
            raise
        _refuse(missing, given)
    except OSError as error:
        _refuse(_told_by_the_system(error), given)
    except Exception as error:
        if os.environ.get("ASSAY_DEBUG"):
            raise
        _refuse(_defect(error), given)  # never with 1, which would mean that something was decided


def _refuse(error: AssayError, given: Sequence[str]) -> NoReturn:
    with contextlib.suppress(OSError):  # the reader left; the code still says what happened
        explain(error, as_json="--json" in given)
    sys.exit(error.exit_code)


def _left(error: SystemExit) -> AssayError:
    return AssayError(
        f"Something that was called ended the program ({raised(error)}) before there was a verdict.",
        code="program_ended",
        remedy="Mend or uninstall the check or the package that calls sys.exit.",
    )


def _defect(error: Exception) -> AssayError:
    return AssayError(
        f"Assay broke with {raised(error)}: a defect of the program, and no verdict.",
        code="defect",
        remedy="Please report it; ASSAY_DEBUG=1 shows the whole trace.",
    )


def _told_by_the_system(error: OSError) -> AssayError:
    where = f"{error.filename}: " if error.filename else ""
    return AssayError(
        f"{where}{error.strerror or type(error).__name__}.",
        code="system_refused",
        remedy="The operating system refused this; see that the path can be read and written.",
    )
