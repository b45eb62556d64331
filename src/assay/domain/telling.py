"""How a check tells its value to someone who knows no statistics: the sentence that it declares, its *reading*.

A reading is the first half of a sentence, of which the second says what was asked:
``{value} of the cases[ for {group}] are decided right``. What stands in brackets is left out when a placeholder in it
is empty. A placeholder may say how each choice of a parameter reads: ``{decision:positive=1,negative=0}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assay.domain.metric import Across, Metric, Parameter
from assay.domain.nearest import nearest

PLACEHOLDERS: Mapping[str, str] = {
    "value": "what was found, in the metric's unit",
    "group": "the group that it was found for; empty when it was found for all rows",
    "one": "the first of two groups that are compared",
    "two": "the second of them",
    "given": "the label among whose cases they are compared, 0 or 1",
    "part": "of a check that compares no groups, the part that it was found for, such as a column or a period",
    "first": "of a check that compares no groups, the first of two parts that are compared",
    "second": "the second of them",
    "family": "in what groups or parts are compared, such as a stratum or a column",
    "label": "the column of true labels",
    "favourable": "the favourable decision, 0 or 1",
    "answer": "what the model answers for a row: a score, or of a model of numbers a prediction",
    "as_one": "how someone is treated for whom 1 is decided: favourably or unfavourably",
}
"""What a reading may name besides the parameters of its metric."""

_PARTS = frozenset({"part", "first", "second"})
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}\[\]]*))?\}")
_ABOVE = "{value} above"
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_EXAMPLE = "'{value} of the cases[ for {group}] are decided right'"


def names_in(reading: str) -> tuple[str, ...]:
    """The placeholders of a reading, each once, in their order."""
    return tuple(dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(reading)))


def can_be_told(reading: str, words: Mapping[str, str]) -> bool:
    """Whether there is a word for every placeholder that stands outside of brackets."""
    return all(words.get(name) for name in _always(reading))


def tell(reading: str, words: Mapping[str, str]) -> str:
    """The reading with its placeholders filled; nothing inside a word is taken for a placeholder."""

    def part(match: re.Match[str]) -> str:
        return match[1] if all(words.get(name) for name in names_in(match[1])) else ""

    def word(match: re.Match[str]) -> str:
        said = words.get(match[1], "")
        return dict(_choices(match[2] or "")).get(said, said)

    value = words.get("value", "")
    if (
        value.startswith(("-", "\N{MINUS SIGN}")) and _ABOVE in reading
    ):  # what is less than nothing above is below
        reading, words = reading.replace(_ABOVE, "{value} below"), {**words, "value": value[1:]}
    return _PLACEHOLDER.sub(word, _OPTIONAL.sub(part, reading))


def fault_in_reading(metric: Metric) -> str:
    """What is wrong with the reading of a metric, as the end of a sentence; empty when nothing is."""
    return next(_faults(metric), "")


def _faults(metric: Metric) -> Iterator[str]:
    reading, names = metric.reading, names_in(metric.reading)
    if not reading.strip():
        yield f"is empty; write how its value is told, for example {_EXAMPLE}"
    rest = _PLACEHOLDER.sub("", _OPTIONAL.sub(r"\1", reading))
    if any(mark in rest for mark in "{}[]"):
        yield (
            f"cannot be parsed at {rest!r}; a placeholder is a name in braces, and brackets hold what is left out when "
            f"it is empty: {_EXAMPLE}"
        )
    known = (*PLACEHOLDERS, *metric.parameters)
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {{{near}}}? " if near else ""
            yield f"names {{{name}}}, which it never gets; {hint}it may name {_listed(known)}"
    if "value" not in names:
        yield "does not say {value}"
    if reading.rstrip().endswith("."):
        yield "ends with a full stop; the sentence goes on with what was asked"
    yield from _faults_of_groups(metric, names)
    yield from _faults_of_parameters(metric)


def _faults_of_groups(metric: Metric, names: tuple[str, ...]) -> Iterator[str]:
    if ("one" in names) != ("two" in names):
        yield "names only one of {one} and {two}, the groups that are compared"
    pair = "one" in names
    if "given" in names and not pair:
        yield "names {given} without {one} and {two}, the groups that are compared"
    if (pair or "group" in names) and metric.across is Across.NEVER:
        yield "names groups, which the check does not compare"
    if pair and metric.across is not Across.REQUIRED:
        yield "names two groups, and the check can be asked about all rows; write [ for {group}]"
    if "group" in _always(metric.reading):
        yield "names {group} outside of brackets; it is empty when all rows are meant: write [ for {group}]"
    if metric.across is not Across.NEVER and _PARTS & set(names):
        yield "names {part}, {first} or {second}, and the check compares groups; write {group}, or {one} and {two}"
    if metric.across is not Across.NEVER and not metric.census and not pair and "group" not in names:
        yield "does not say for whom: write [ for {group}], or {one} and {two} when groups are compared in pairs"


def _faults_of_parameters(metric: Metric) -> Iterator[str]:
    for name, parameter in metric.parameters.items():
        if name in _always(metric.reading) and parameter.default == "":
            yield f"names {{{name}}} outside of brackets, and it is empty unless it is given: write [ in {{{name}}}]"
    for match in _PLACEHOLDER.finditer(metric.reading):
        if match[2] is not None and (lacking := _not_told(metric.parameters.get(match[1]), match[2])):
            yield f"does not say how {{{match[1]}}} reads when it is {lacking}; write {{{match[1]}:choice=word,...}}"


def _always(reading: str) -> tuple[str, ...]:
    return names_in(_OPTIONAL.sub("", reading))


def _not_told(parameter: Parameter | None, written: str) -> str:
    """The choices of a parameter that a placeholder leaves out."""
    choices = parameter.choices if parameter is not None else ()
    told = dict(_choices(written))
    return " or ".join(choice for choice in choices if choice not in told) if choices else "one of its values"


def _choices(written: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, written.split(",")):
        choice, _, word = part.partition("=")
        yield choice.strip(), word.strip()


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
