"""A check that is not whole is refused when it is made."""

import importlib
import inspect
import re

import pytest

from assay.checks.catalogue import catalogue
from assay.checks.check import AT_LEAST, Check, Example, check, keywords
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Census
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Need, Outcomes, Perturbed, Profiles, RowSets, Sections
from assay.domain.vocabulary import Comparator, Verdict

WHOLE = """Something.

    Purpose:
        What for.
    Method:
        How.
    Limits:
        Not what.
    Remedy:
        What then.
    """


PAIRED = "{one} is {value} of {two}"


def example(verdict: Verdict) -> Example:
    return Example("It is so.", lambda: outcomes({ALL: (1, 0, 0, 1)}), Comparator.AT_LEAST, "0.5", verdict)


def make(measure=None, docstring: str = WHOLE, **changed) -> Check:
    def default(view) -> Census:
        return Census(1, 1)

    function = measure or default
    function.__doc__ = docstring
    stated = {
        "id": "performance.something",
        "title": "Something",
        "estimand": "The thing.",
        "unit": Unit.SHARE,
        "reading": "{value} of the cases are so",
        "need": Outcomes(),
        "comparators": AT_LEAST,
        "examples": (example(Verdict.PASS), example(Verdict.FAIL)),
    }
    return check(**{**stated, **changed})(function)


def test_a_whole_check_is_made():
    made = make()
    assert made.id == "performance.something"
    assert made.module == __name__
    assert made.summary == "Something."
    assert made.sections == {
        "Purpose": "What for.",
        "Method": "How.",
        "Limits": "Not what.",
        "Remedy": "What then.",
    }


@pytest.mark.parametrize("heading", ["Purpose", "Method", "Limits", "Remedy"])
def test_a_docstring_without_a_heading_is_refused(heading: str):
    with pytest.raises(ValueError, match=f"has no {heading}"):
        make(docstring=WHOLE.replace(f"{heading}:", "Else:"))


@pytest.mark.parametrize(
    "id_", ["something", "magic.something", "performance.Some", "performance.", "fairness"]
)
def test_an_id_outside_the_stages_is_refused(id_: str):
    with pytest.raises(ValueError, match=r"stage\.name"):
        make(id=id_)


@pytest.mark.parametrize("verdicts", [(), (Verdict.PASS,), (Verdict.FAIL, Verdict.INCONCLUSIVE)])
def test_one_sided_examples_are_refused(verdicts: tuple[Verdict, ...]):
    with pytest.raises(ValueError, match="passing example and one that does not"):
        make(examples=tuple(map(example, verdicts)))


def test_a_function_that_asks_for_what_it_never_gets_is_refused():
    def measure(view, *, threshold) -> Census:
        return Census(threshold, 1)

    with pytest.raises(ValueError, match="asks for threshold"):
        make(measure)


def test_a_parameter_that_nothing_uses_is_refused():
    with pytest.raises(ValueError, match="declares bins"):
        make(parameters={"bins": Parameter("Bins.", default=3)})


def test_a_reference_that_nothing_uses_is_refused():
    with pytest.raises(ValueError, match="declares a reference group and does not use it"):
        make(reference=True, pairwise=True, across=Across.REQUIRED, reading=PAIRED)


def test_a_reference_is_for_pairs_and_pairs_are_of_groups():
    with pytest.raises(ValueError, match="does not say that it is pairwise"):
        make(reference=True, across=Across.REQUIRED, reading=PAIRED)
    with pytest.raises(ValueError, match="pairwise and never compares groups"):
        make(pairwise=True)


@pytest.mark.parametrize(
    ("need", "asks", "changes"),
    [
        (Outcomes(), True, False),
        (Perturbed(lambda columns, _: columns), True, True),
        (Profiles(), False, False),
        (RowSets(), False, False),
        (Sections(), False, False),
    ],
)
def test_the_need_says_what_is_asked_of_the_model(need: Need, asks: bool, changes: bool):
    metric = make(need=need).metric
    assert (metric.needs_model, metric.changes_inputs) == (asks, changes)


def test_a_parameter_without_default_must_be_given():
    def measure(view, *, bins) -> Census:
        return Census(bins, 10)

    made = make(measure, parameters={"bins": Parameter("Bins.")})
    with pytest.raises(ValueError, match="needs a value for its parameter 'bins'"):
        made.count(outcomes({ALL: (1, 0, 0, 1)}))
    assert made.count(outcomes({ALL: (1, 0, 0, 1)}), arguments={"bins": 4}) == Census(4, 10)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ("", "is empty; write how its value is told, for example"),
        ("it is so", r"does not say \{value\}"),
        ("{value} of the cases are so.", "ends with a full stop"),
        ("{vlaue} of the cases are so", r"names \{vlaue\}, which it never gets; did you mean \{value\}\?"),
        ("{value} of {0}", "cannot be parsed at"),
        ("{value} of [those [who]]", "cannot be parsed at"),
        ("{value} for {group}", "names groups, which the check does not compare"),
    ],
)
def test_a_reading_that_cannot_be_told_is_refused(reading: str, says: str):
    with pytest.raises(ValueError, match=rf"The reading of the check 'performance\.something' {says}"):
        make(reading=reading)


@pytest.mark.parametrize(
    ("across", "reading", "says"),
    [
        (Across.OPTIONAL, "{value} of the cases", "does not say for whom"),
        (Across.OPTIONAL, "{value} for {group}", r"names \{group\} outside of brackets"),
        (Across.OPTIONAL, "{value} more for {one} than for {two}", "can be asked about all rows"),
        (Across.REQUIRED, "{value} more for {one}", r"names only one of \{one\} and \{two\}"),
        (Across.REQUIRED, "{value}[ for {group}] with {given}", r"names \{given\} without"),
    ],
)
def test_a_reading_says_for_whom(across: Across, reading: str, says: str):
    with pytest.raises(ValueError, match=says):
        make(reading=reading, across=across)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ("{value} in {column}", r"names \{column\} outside of brackets"),
        ("{value} of {kind:good=right}", r"does not say how \{kind\} reads when it is bad"),
    ],
)
def test_a_reading_tells_the_parameters_as_they_are_set(reading: str, says: str):
    def measure(view, *, column, kind) -> Census:
        return Census(1, 10)

    given = {
        "column": Parameter("Where.", default=""),
        "kind": Parameter("What.", "good", choices=("good", "bad")),
    }
    with pytest.raises(ValueError, match=says):
        make(measure, reading=reading, parameters=given)
    make(measure, reading="{value}[ in {column}] of {kind:good=right,bad=wrong}", parameters=given)


def written_for(module: str) -> str:
    """The source of a check's module and of what it counts with."""
    text, seen, left = "", set(), [module]
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        source = inspect.getsource(importlib.import_module(name))
        text += source
        left += re.findall(r"^from (assay\.(?:checks\.counting|tally)\.\w+) import", source, re.MULTILINE)
    return text


@pytest.mark.parametrize("made", catalogue().values(), ids=lambda made: made.id)
def test_every_parameter_is_read_by_the_check_or_by_what_counts_for_it(made: Check) -> None:
    """Where a table, a change or a design is told the parameters, a check need not name one that it does not use itself."""
    source = written_for(made.module)
    for name in made.metric.parameters:
        read = re.search(rf'"{name}"(?!\s*:)', source)
        assert name in keywords(made.measure) or read, f"{name} is declared and nobody reads it"
