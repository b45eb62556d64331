"""The guided questions of ``assay trust init``: each explains itself, and a wrong answer is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assay.cli.questions import asked, need_a_terminal, several
from assay.domain.errors import AssayError

if TYPE_CHECKING:
    from assay.app.organisation.founding import Person

_ORGANISATION = "Whose rules are these? The name stands in every version of the policy."
_ROOT = (
    "A root key signs the policy: who holds it decides whose keys count. Keep it apart from daily work.\n"
    "One a line as NAME=KEY, or KEY alone; KEY is the name of a key (assay keys new), the path of a PEM file or\n"
    "demo:NAME. An empty line ends."
)
_THRESHOLD = (
    "How many of the root keys must sign each version of the policy? With 1, any one of them changes the rules alone;\n"
    "with as many as there are, one that is lost ends all changes."
)
_CERTIFIER = "The key that signs certificates, as NAME=KEY or KEY alone. It issues what others approved, and approves nothing itself."
_PERSON = (
    "Who signs, and as what? One a line as NAME:ROLE[,ROLE...]=KEY, such as ria:risk_officer=ria. Usual roles are\n"
    "developer (is judged, and approves nothing), data_steward, validator, risk_officer and legal. An empty line ends."
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a first policy is made of, as it was given or asked for; ``threshold`` is None while nobody said one."""

    organisation: str
    roots: tuple[str, ...]
    threshold: int | None
    certifier: str
    persons: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The options that were not given and have no default."""
        options = {
            "--organisation NAME": self.organisation,
            "--root NAME=KEY": self.roots,
            "--certifier NAME=KEY": self.certifier,
            "--person NAME:ROLE=KEY": self.persons,
        }
        return tuple(option for option, given in options.items() if not given)


def completed(given: Answers) -> Answers:
    """What was given, and the answers to the questions about the rest.

    Raises:
        NoTerminal: something is missing, and nobody can be asked.
    """
    if not given.missing:
        return given
    need_a_terminal("for what is not given", " and ".join(given.missing))
    if not given.organisation:
        given = replace(given, organisation=asked("Organisation", _ORGANISATION, lambda _: None))
    if not given.roots:
        given = replace(
            given,
            roots=tuple(
                _entry("--root", text)
                for text in several(
                    "Root key (NAME=KEY)", _ROOT, lambda text, so_far: _fits("--root", text, so_far)
                )
            ),
        )
        if given.threshold is None and len(given.roots) > 1:
            most = len(given.roots)
            told = asked(f"Signatures needed (1 to {most})", _THRESHOLD, lambda text: _count(text, most))
            given = replace(given, threshold=int(told))
    if not given.certifier:
        given = replace(
            given,
            certifier=_entry(
                "--certifier",
                asked(
                    "Key that issues certificates (NAME=KEY)",
                    _CERTIFIER,
                    lambda text: _fits("--certifier", text, given.roots),
                ),
            ),
        )
    if not given.persons:
        before = (*given.roots, given.certifier)
        given = replace(
            given,
            persons=several(
                "Person (NAME:ROLE=KEY)",
                _PERSON,
                lambda text, so_far: _fits("--person", text, (*before, *so_far)),
            ),
        )
    return given


def _fits(option: str, text: str, before: Sequence[str]) -> None:
    """See that an entry can stand beside those before it."""
    from assay.app.organisation.founding import entry, person, told_apart

    others: list[Person] = []
    for other in before:
        try:
            others.append(person(_entry("", other)))
        except AssayError:  # given as an option, and told when all is there
            continue
    told_apart([*others, entry(option, _entry(option, text))])


def _entry(option: str, text: str) -> str:
    """What was answered as an entry: a root key and the certifier's are called as the key is, unless a name is given."""
    if "=" in text or option == "--person":
        return text
    return f"{Path(text.rpartition(':')[2]).stem}={text}"


def _count(text: str, most: int) -> None:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise AssayError(f"A number from 1 to {most} is expected, found {text!r}.", code="threshold")
