"""Packages of others, written to a folder as an installer leaves them."""

from __future__ import annotations

import textwrap
from pathlib import Path

from assay import checks

NAMES = ", ".join(name for name in checks.__all__ if name not in {"ExampleFails", "judged_example", "verify"})
"""What a check is written with; what it is tested with would load SciPy into each child."""
HONEST = '''
from assay.checks import NAMES
from assay.checks import check


@check(
    id="performance.other",
    title="Specificity",
    estimand="The share of rows with label 0 that are decided as 0.",
    unit=Unit.SHARE,
    reading="{value} of the cases with {label} = 0[ for {group}] are recognised as such",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    parameters={"part": Parameter("How much.", default=1, low=ZERO, high=ONE)},
    examples=(
        Example("Most are.", lambda: outcomes({ALL: (950, 50, 100, 300)}), Comparator.AT_LEAST, "0.90", Verdict.PASS),
        Example("Few are.", lambda: outcomes({ALL: (800, 200, 100, 300)}), Comparator.AT_LEAST, "0.90", Verdict.FAIL),
    ),
)
def other(view, *, part):
    """Specificity.

    Purpose:
        To count.
    Method:
        Counting (Altman & Bland 1994).
    Limits:
        None.
    Remedy:
        None.
    """
    BODY
'''.replace("NAMES", NAMES)
COUNTING = "return rate_of_each(view, lambda g: (g.cell(0, 0), g.labelled(0)), lacking=Reason.NO_ROWS, detail='None.')"
CHANGING = '''
from assay.checks import NAMES
from assay.checks import check


def change(columns, context):
    CHANGE


@check(
    id="robustness.other",
    title="Other noise",
    estimand="The share of rows that become wrong when incomes are changed.",
    unit=Unit.SHARE,
    reading="{value} of the cases[ for {group}] become wrong",
    need=Perturbed(change),
    comparators=AT_MOST,
    across=Across.OPTIONAL,
    examples=(
        Example("Few do.", lambda: paired({ALL: (950, 5, 5, 40)}), Comparator.AT_MOST, "0.10", Verdict.PASS),
        Example("Many do.", lambda: paired({ALL: (400, 500, 50, 50)}), Comparator.AT_MOST, "0.10", Verdict.FAIL),
    ),
)
def other_noise(view):
    """Other noise.

    Purpose:
        To count.
    Method:
        Counting (Altman & Bland 1994).
    Limits:
        None.
    Remedy:
        None.
    """
    return pairs_of_each(view)
'''.replace("NAMES", NAMES)


def counting(body: str = COUNTING, before: str = "", name: str = "other") -> str:
    """The source of a module with one check whose function has this body; ``before`` runs when it is imported.

    Sources of checks of several names, one after the other, are a module with all of them.
    """
    source = HONEST.replace("BODY", textwrap.indent(body, "    ").strip())
    named = source.replace('"performance.other"', f'"performance.{name}"').replace(
        "def other(", f"def {name}("
    )
    return f"{textwrap.dedent(before)}\n{named}"


def changing(body: str, name: str = "other") -> str:
    """The source of a module with one check whose perturbation has this body; as :func:`counting`."""
    source = CHANGING.replace("CHANGE", textwrap.indent(body, "    ").strip())
    named = source.replace('"robustness.other"', f'"robustness.{name}"').replace(
        "other_noise(", f"{name}_noise("
    )
    return named.replace("def change(", f"def change_{name}(").replace(
        "Perturbed(change)", f"Perturbed(change_{name})"
    )


def install(site: Path, source: str, name: str = "assay_other", version: str = "1.0") -> Path:
    """A distribution with one module that brings checks; the module."""
    information = site / f"{name}-{version}.dist-info"
    information.mkdir(parents=True)
    module = site / f"{name}.py"
    module.write_text(source)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (information / "entry_points.txt").write_text(f"[assay.checks]\n{name} = {name}\n")
    return module
