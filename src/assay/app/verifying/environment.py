"""The packages, the interpreter, the code and the files that run a model, held against those that it was judged with.

A certificate names distributions where the model ran in the environment of Assay, and modules, as the model's child told
them, where it ran in one of its own. Of a model that runs code which is not in its file it has digests of that code and of what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assay.domain.answers import Answers
from assay.domain.errors import PACKAGES, SubjectError
from assay.domain.refusal import Because, Refusal, Refused, raised
from assay.domain.scope import INTERPRETER, Scope
from assay.proof.certificate import Certificate
from assay.sandbox.loaded import FILES_READ, WHEN_ASKED
from assay.subject.installed import installed_version

if TYPE_CHECKING:
    from assay.subject.model import Model, ModelReference


def changed_environment(certificate: Certificate, model: Path, python: str | None) -> Refusal | None:
    """The first thing that is not as it was in the environment that the model was judged in.

    Of Assay's own environment the installed packages are compared. One of the model's own is asked by a child of its
    interpreter, which loads the very bytes that are certified behind the fences; so only of a certificate that is accepted. So is
    Assay's own, of a model that runs code which is not in its file: only who loads it sees which.

    Args:
        python: the interpreter of the model's own environment.

    Raises:
        SubjectError, Crash: the model cannot be loaded there.
    """
    scope = certificate.scope
    if python is None and INTERPRETER not in dict(scope.modules):
        changed_package = changed_here(scope)
        if changed_package is not None or not scope.modules:
            return changed_package
    try:
        started(reference_of(certificate, model, python), certificate).close()
    except Refused as changed:
        return changed.refusal
    return None


def reference_of(certificate: Certificate, model: Path, python: str | None) -> ModelReference:
    """What to load: the bytes that are certified, with the interpreter that they were judged with.

    Raises:
        Refused: it is another interpreter, or none is named. SubjectError: ``not_a_file`` of a folder, or there is no such
            interpreter.
    """
    from assay.subject.model import ModelReference

    if model.is_dir():
        raise SubjectError(
            f"{model} is certified, and a folder: which of its files is loaded, nothing says.",
            code="not_a_file",
            remedy="Check it with assay.require, and load it with its own library.",
        )
    scope = certificate.scope
    _require_the_judged_interpreter(dict(scope.modules).get(INTERPRETER, ""), python)
    # The certified digest, not that of the file: the child is handed a sealed copy only if its bytes have this one.
    bound = dict(certificate.manifest.files)[model.name]
    answers = Answers.of_words(scope.predicts)
    return ModelReference(
        str(model.absolute()), scope.format, scope.inputs, bound, python=python, answers=answers
    )


def started(reference: ModelReference, certificate: Certificate) -> Model:
    """The model in a child of the packages and the code that it was judged with; with others it answers nobody.

    Raises:
        Refused: a package has another version, or loading the model runs or reads something else. SubjectError, Crash: the model
            cannot be loaded there.
    """
    from assay.subject.model import Model

    model = Model(reference)
    scope = certificate.scope
    changed = changed_in_child(scope, model.packages) or changed_code(scope, model.modules, answered=False)
    if changed is not None:
        model.close()
        raise changed
    return model


def _require_the_judged_interpreter(judged: str, own: str | None) -> None:
    from assay.subject.model import interpreter_digest

    found = "" if own is None else interpreter_digest(own)
    if found == judged:
        return
    if not found:
        raise raised(
            Refusal(
                Because.ENVIRONMENT_UNSEEN,
                "The model was judged in an environment of its own, and none is named here: whether it is the same, nothing "
                "says.",
            ),
            remedy="Name the interpreter of the environment that it was judged in: python=...",
        )
    what = (
        f"{own} is not the interpreter that the model was judged with"
        if judged
        else "The model was judged in the environment of Assay, and another is named here"
    )
    raise raised(
        Refusal(Because.ENVIRONMENT_CHANGED, f"{what}: how it behaves there was never tested."),
        remedy="Name the interpreter of the environment that it was judged in: python=..."
        if judged
        else "Leave python= away.",
    )


def changed_here(scope: Scope) -> Refusal | None:
    """The first package that is installed here in another version than the model was judged with."""
    for name, judged in scope.packages:
        found = installed_version(name)
        if found != judged:
            return _other(name, judged, f"is installed as {found}" if found else "is not installed")
    return None


def changed_in_child(scope: Scope, found: Mapping[str, str]) -> Refused | None:
    """The error for the first package that a model's child loaded in another version than the model was judged with.

    Args:
        found: version by module, and that of ``python``, as the child told them. What was judged in an environment of its
            own names what was loaded, and all of it must be; otherwise it names what was installed, and what is loaded counts.
    """
    judged = dict(scope.packages)
    if INTERPRETER in dict(scope.modules):
        pairs = [(name, judged.get(name, ""), found.get(name, "")) for name in sorted({*judged, *found})]
    else:
        pairs = [(name, judged.get(name, ""), found[module]) for module, name in _named(found, judged)]
    for name, before, now in pairs:
        if before != now:
            what = f"is {now} where the model is loaded" if now else "is not loaded with the model"
            todo = f"Install {name} {before}" if before else f"Take {name} out of"
            return raised(
                _other(name, before, what),
                remedy=f"{todo}{' in' if before else ''} the environment that the model is loaded in; or ask its issuer to "
                "have the model certified with this one.",
            )
    return None


def changed_code(scope: Scope, found: tuple[tuple[str, str], ...], *, answered: bool) -> Refused | None:
    """The error for code that a model's child has loaded, or files that it has read, that are not those of when it was judged.

    Args:
        found: digests by label, as the child told them. answered: whether that was when the model had answered; before that
            only what was there when it was loaded is compared, which is all of it for many models.
    """
    from assay.subject.model import changed_modules

    judged = tuple(
        (name, digest)
        for name, digest in scope.modules
        if name != INTERPRETER and (answered or not name.endswith(WHEN_ASKED))
    )
    changed = changed_modules(judged, found)
    if not changed:
        return None
    files = set(changed) <= {FILES_READ, FILES_READ + WHEN_ASKED}
    return raised(
        Refusal(
            Because.CODE_CHANGED,
            f"The model {'reads other files' if files else 'runs other code'} than when it was judged, {', '.join(changed)}: how it "
            "behaves now was never tested.",
        ),
        remedy="Install the code and the files that were judged; or ask its issuer to have the model certified with this one.",
    )


def _named(found: Mapping[str, str], judged: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each module that was loaded, with the name of the distribution under which the certificate has it."""
    names = {module: PACKAGES.get(module, (module, ""))[0] for module in found}
    return [(module, name if name in judged else module) for module, name in sorted(names.items())]


def _other(name: str, judged: str, found: str) -> Refusal:
    before = f"with {judged}" if judged else "without it"
    return Refusal(
        Because.ENVIRONMENT_CHANGED,
        f"{name} {found}; the model was judged {before}: how it behaves now was never tested.",
    )
