"""The packages and the interpreter that run a model, held against those that it was judged with.

A certificate names distributions where the model ran in the environment of Assay, and modules, as the model's child told
them, where it ran in one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from assay.domain.errors import PACKAGES
from assay.domain.refusal import Because, Refusal, Refused, raised
from assay.domain.scope import INTERPRETER, Scope
from assay.subject.installed import installed_version


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
