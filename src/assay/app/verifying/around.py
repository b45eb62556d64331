"""What lies around a certified model: the files that it was judged on, the commit of its code, the packages and the code that ran it.

The bytes of the model alone say little when the data, the specification or the libraries are others than those of the test. The
certificate names them; whoever has them at hand can have them compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from assay.app.verifying.environment import changed_environment
from assay.domain.errors import AssayError
from assay.domain.refusal import Because, Refusal
from assay.domain.scope import INTERPRETER, Material, Scope
from assay.proof.verification import Answer, Verification
from assay.sandbox.loaded import WHEN_ASKED
from assay.subject.code import code_of
from assay.subject.digest import digest_of

BYTES = 4
"""The step of a verification that is about the bytes in hand."""


def look_around(
    found: Verification, model: Path, *, sources: Path | None, environment: bool, python: str | None
) -> Verification:
    """A verification whose step on the bytes in hand has also looked at what lies around the model, or says what was not.

    Args:
        sources: the specification's folder: files and commit are compared. environment: the packages that run the model are,
            and what it runs and reads besides its file when it is loaded.
        python: the interpreter of the model's own environment, which is then compared, too.

    Raises:
        SubjectError, Crash: the model cannot be loaded in its environment.
    """
    if found.certificate is None:
        return found
    scope = found.certificate.scope
    environment = environment or python is not None
    if sources is None and not environment and not scope.modules:
        return found
    wrong, compared, unseen = None, [], _not_compared(scope)
    if sources is not None:
        wrong = changed_source(scope.materials, sources) or changed_code(scope, sources)
        compared.append(f"{len(scope.materials)} files around it")
        if scope.commit:
            compared.append(f"the commit {scope.commit[:12]}")
    if environment and found.accepted:  # what is refused is not loaded to ask it
        wrong = wrong or changed_environment(found.certificate, model, python)
        of_it, unseen = _of_the_environment(scope)
        compared += of_it
    steps = []
    for step in found.steps:
        if step.number != BYTES or step.answer is not Answer.HOLDS:
            steps.append(step)
        elif wrong is None:
            also = f"Unchanged as well: {', '.join(compared)}." if compared else ""
            steps.append(replace(step, sentence=" ".join(filter(None, (step.sentence, also, unseen)))))
        else:
            steps.append(replace(step, answer=Answer.REFUSED, sentence=wrong.sentence, because=wrong.because))
    return replace(found, steps=tuple(steps), unseen=unseen)


def _not_compared(scope: Scope) -> str:
    """The sentence on what is bound of a model besides its file, where nobody asked for it; empty if there is nothing."""
    names = ", ".join(name for name, _ in scope.modules)
    return (
        "The model runs code that is not in its file, or reads other files, and this was not compared, as who asks for its "
        f"environment or loads it with assay.load_certified has it compared: {names}."
        if names
        else ""
    )


def _of_the_environment(scope: Scope) -> tuple[list[str], str]:
    """What was compared of an environment, in words; and the sentence on what cannot be before the model answers."""
    names = {name for name, _ in scope.modules}
    late = sorted(name for name in names if name.endswith(WHEN_ASKED))
    compared = [f"{len(scope.packages)} packages"]
    if INTERPRETER in names:
        compared.append("the interpreter")
    if names - {INTERPRETER, *late}:
        compared.append("what it runs and reads besides its file when it is loaded")
    unseen = (
        "What the model loads or reads only when it answers, the gate has not seen; assay.load_certified compares it with each "
        f"answer: {', '.join(late)}."
    )
    return compared, unseen if late else ""


def changed_source(materials: Iterable[Material], folder: Path) -> Refusal | None:
    """The first file of the run that is not what it was: specification, dictionary, data, lock file, recipe, model."""
    for material in materials:
        try:
            found = digest_of(folder / material.path)
        except AssayError as gone:
            return Refusal(Because.FILE_MISSING, f"The {material.role} {material.path}: {gone.message}")
        if found != material.digest:
            return Refusal(
                Because.BYTES_CHANGED,
                f"The {material.role} {material.path} has other bytes than those that were judged: what it is now was never "
                "tested.",
            )
    return None


def changed_code(scope: Scope, folder: Path) -> Refusal | None:
    """Whether the code in a folder is another than the commit that was judged; what no commit named is not compared."""
    if not scope.commit:
        return None
    code = code_of(folder)
    if code.commit != scope.commit:
        found = f"is at the commit {code.commit[:12]}" if code.commit else "is at no commit"
        return Refusal(
            Because.CODE_CHANGED,
            f"The code {found}; judged was {scope.commit[:12]}: what it is now was never tested.",
        )
    if code.dirty:
        return Refusal(
            Because.CODE_CHANGED,
            f"The code is not as the commit {scope.commit[:12]} that was judged has it"
            f"{f' ({code.told})' if code.told else ''}: what it is now was never tested.",
        )
    return None
