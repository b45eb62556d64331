"""``assay verify`` and ``assay gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.example import example
from assay.cli.exclusive import at_most_one
from assay.cli.output import json_option, print_json, say
from assay.domain.errors import ExitCode

if TYPE_CHECKING:
    from assay.app.verifying.gate import Verification

MARKS = {"holds": "ok", "refused": "REFUSED", "not at hand": "-", "not reached": "-"}


def shown(found: Verification, *, as_json: bool, brief: bool = False) -> None:
    """Print every step, or the first reason alone, and end with the exit code of the answer."""
    from assay.app.verifying.gate import refused

    refusal = found.refusal
    if as_json:
        print_json(_document(found))
    elif brief:
        say(
            "let through" if found.accepted else f"refused: {refusal.sentence if refusal else 'not verified'}"
        )
        if not found.accepted:
            say(f"  {refused(found).remedy}")
        _admitted(found)
    else:
        for step in found.steps:
            say(f"{step.number:>3}  {MARKS[step.answer.value]:<8} {step.asks}: {step.sentence}")
        _admitted(found)
        say("Accepted." if found.accepted else "Refused.")
    if found.accepted:
        raise click.exceptions.Exit(ExitCode.CERTIFIED)
    trust = refusal is None or refusal.because.is_trust
    raise click.exceptions.Exit(ExitCode.TRUST_FAILURE if trust else ExitCode.WITHHELD)


def _admitted(found: Verification) -> None:
    """What a certificate that is accepted says against itself."""
    if not found.accepted or found.certificate is None:
        return
    scope = found.certificate.scope
    for what, sentences in (
        ("Condition", scope.conditions),
        ("Waived", scope.waivers),
        ("Rows used before", scope.overlaps),
        ("Not decided for", (", ".join(scope.not_decided_for),) if scope.not_decided_for else ()),
        ("Nothing is said about", (*scope.says_nothing_about, *filter(None, [found.unseen]))),
    ):
        for sentence in sentences:
            say(f"  {what}: {sentence}")
    if scope.demo:
        say("  DEMO: signed with keys that anyone can make.")


def _document(found: Verification) -> dict[str, Any]:
    refusal = found.refusal
    return {
        "accepted": found.accepted,
        "scope": found.certificate.scope.plain() if found.certificate else None,
        "because": refusal.because.value if refusal else None,
        "sentence": refusal.sentence if refusal else None,
        "steps": [
            {
                "number": step.number,
                "asks": step.asks,
                "answer": step.answer.value,
                "sentence": step.sentence,
                "because": step.because.value if step.because else None,
            }
            for step in found.steps
        ],
    }


policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The policy whose keys count: a file that reached you by a way you trust.",
)
use_case_option = click.option(
    "--use-case", required=True, help="What the model is to be used for: the name of the specification."
)


sources_option = click.option(
    "--sources",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The specification's folder: its data, specification and code must be those that were judged, too.",
)
environment_option = click.option(
    "--environment",
    is_flag=True,
    help="The versions of the packages must be those that ran the model, too, and so must code and files that it runs and reads besides its own (joblib), for which it is loaded, behind the fences. One with an environment of its own needs --python.",
)
python_option = click.option(
    "--python",
    help="The interpreter of the model's own environment, as subject.python named it: it must be the one that ran the model, and so must the packages, the code and the files there. It loads the model, behind the fences.",
)
remember_option = click.option(
    "--remember",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of this verifier's own, read and written: it keeps the head of the log between calls, and a log that was shortened or rewritten since is refused.",
)


def _folder_of_a_certificate(_: click.Context, __: click.Parameter, named: Path) -> Path:
    """The folder; whoever names a file is told which folder is meant."""
    if not named.is_file():
        return named
    if named.name.startswith("certificate."):
        raise click.BadParameter(
            f"{named} lies in the folder of a certificate; name the folder: {named.parent}"
        )
    raise click.BadParameter(f"The folder of a certificate (MODEL.assay) is expected, and {named} is a file.")


@click.command(
    "verify",
    epilog=example(
        "assay verify model.txt.assay --model model.txt --policy policy.yaml --use-case credit-default --review review.zip"
    ),
)
@click.argument("certificate", type=click.Path(path_type=Path), callback=_folder_of_a_certificate)
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True), required=True, help="The model in hand."
)
@policy_option
@use_case_option
@click.option(
    "--review",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The review pack: also read the log, and judge every criterion again from the tallies.",
)
@click.option(
    "--public",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The public pack: also read the log. Its documents are not at hand, so nothing is judged again.",
)
@sources_option
@environment_option
@python_option
@remember_option
@json_option
@at_most_one("--review", "--public", why="the review pack holds the log too")
def command(
    certificate: Path,
    *,
    model: Path,
    policy: Path,
    use_case: str,
    review: Path | None,
    public: Path | None,
    sources: Path | None,
    environment: bool,
    python: str | None,
    remember: Path | None,
    as_json: bool,
) -> None:
    """Verify the certificate in the folder CERTIFICATE against the bytes in hand, in eleven numbered steps.

    Needs no database and no network. Ends with 0 when it is accepted, 1 when it is refused (expired, revoked, another
    use), 3 when something is not what it must be (bytes, signature, log).
    """
    from assay.app.verifying.verify import verify_certificate

    found = verify_certificate(
        certificate,
        model=model,
        policy=policy,
        use_case=use_case,
        review=review,
        public=public,
        sources=sources,
        environment=environment,
        python=python,
        remember=remember,
    )
    shown(found, as_json=as_json)


@click.command(
    "gate",
    epilog=example(
        "assay gate model.txt --policy policy.yaml --use-case credit-default",
        "assay gate model.txt --policy policy.yaml --use-case credit-default --sources . --environment",
    ),
)
@click.argument("model", type=click.Path(path_type=Path, exists=True))
@policy_option
@use_case_option
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, file_okay=False),
    help="The certificate's folder; by default MODEL.assay beside the model.",
)
@click.option(
    "--running", is_flag=True, help="The model runs already: the policy's grace for its status holds."
)
@sources_option
@environment_option
@python_option
@remember_option
@click.option(
    "--log",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The exported log (assay log export): read every entry; needed by --remember once the log has grown.",
)
@json_option
def gate(
    model: Path,
    *,
    policy: Path,
    use_case: str,
    certificate: Path | None,
    running: bool,
    sources: Path | None,
    environment: bool,
    python: str | None,
    remember: Path | None,
    log: Path | None,
    as_json: bool,
) -> None:
    """Let MODEL through if it is certified for this use, and refuse everything else with one sentence."""
    from assay.app.verifying.gate import Purpose
    from assay.app.verifying.gate import gate as look
    from assay.app.verifying.packs import read_log

    found = look(
        model,
        use_case=use_case,
        policy=policy,
        certificate=certificate,
        purpose=Purpose.RUNNING if running else Purpose.DEPLOYMENT,
        pack=read_log(log) if log is not None else None,
        remember=remember,
        sources=sources,
        environment=environment,
        python=python,
    )
    shown(found, as_json=as_json, brief=True)
