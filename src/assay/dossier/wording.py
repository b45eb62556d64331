"""What verdicts, reasons and grades mean, in the words of someone who was not there."""

from __future__ import annotations

import unicodedata

from assay.domain.isolation import HIGHEST, Isolation
from assay.domain.vocabulary import Comparator, Grade, Outcome, Reason, Stage, Tier, Verdict

VERDICT: dict[Verdict, str] = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_EVALUABLE: "not evaluable",
    Verdict.ERROR: "error",
}

POINT: dict[Verdict, str] = {Verdict.PASS: "pass", Verdict.FAIL: "fail"}
"""What a point estimate would have said; it says nothing else."""

TIER_SHORT: dict[Tier, str] = {Tier.CRITICAL: "crit", Tier.SUPPORTING: "supp", Tier.ADVISORY: "adv"}
"""Tiers in a narrow column."""

MARK: dict[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✕",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_EVALUABLE: "–",
    Verdict.ERROR: "!",
}

VERDICT_MEANS: dict[Verdict, str] = {
    Verdict.PASS: "Shown to hold: the confidence bound, not only the estimate, is on the right side of the threshold.",
    Verdict.FAIL: "Shown not to hold: the opposite bound is on the wrong side, after correction for the number of looks.",
    Verdict.INCONCLUSIVE: "Not shown either way: these rows do not settle it. It does not count as a pass.",
    Verdict.NOT_EVALUABLE: "The quantity does not exist on these rows, for example a rate in an empty group. It does not count as a pass.",
    Verdict.ERROR: "The check or the model broke. It does not count as a pass.",
}

OUTCOME: dict[Outcome, str] = {
    Outcome.CERTIFIED: "Certified",
    Outcome.CONDITIONAL: "Conditional",
    Outcome.WITHHELD: "Withheld",
}

OUTCOME_MEANS: dict[Outcome, str] = {
    Outcome.CERTIFIED: (
        "Everything that was required beforehand is shown to hold for the population from which the test rows were "
        "drawn, each requirement at its own confidence."
    ),
    Outcome.CONDITIONAL: (
        "Every critical requirement is shown to hold. Some supporting ones are not: the model may be used only under "
        "the conditions below."
    ),
    Outcome.WITHHELD: "Not certified: something that had to be shown was not.",
}

BYPASSED_MEANS: dict[Outcome, str] = {
    Outcome.CERTIFIED: (
        "In this run everything that was required passed, but a safeguard was bypassed: no certificate can come of it, and nobody "
        "may rely on it as on one."
    ),
    Outcome.CONDITIONAL: (
        "In this run every critical requirement passed and some supporting ones did not, but a safeguard was bypassed: no "
        "certificate can come of it."
    ),
}

USED_MEANS: dict[Outcome, str] = {
    Outcome.CERTIFIED: "Everything that was required passed, on test rows that were used before.",
    Outcome.CONDITIONAL: (
        "Every critical requirement passed, on test rows that were used before. Some supporting ones did not: the model may be "
        "used only under the conditions below."
    ),
}

DEMO = "the policy takes the keys of the demo, with which anyone can sign. Nobody may rely on what is signed under it."

REHEARSAL_OUTCOME: dict[Outcome, str] = {
    Outcome.CERTIFIED: "Would be certified",
    Outcome.CONDITIONAL: "Would be conditional",
    Outcome.WITHHELD: "Would be withheld",
}

REHEARSAL_MEANS: dict[Outcome, str] = {
    Outcome.CERTIFIED: "On these rows everything that was required passed. Only a run on the test rows can certify.",
    Outcome.CONDITIONAL: (
        "On these rows every critical requirement passed and some supporting ones did not. Only a run on the test rows "
        "can certify."
    ),
    Outcome.WITHHELD: "On these rows something that has to be shown was not.",
}

TIER_MEANS: dict[Tier, str] = {
    Tier.CRITICAL: "withholds the certificate when it does not pass",
    Tier.SUPPORTING: "becomes a condition when it does not pass",
    Tier.ADVISORY: "is reported and does not gate",
}

STAGE: dict[Stage, str] = {stage: stage.value.capitalize() for stage in Stage}

GRADE_MEANS: dict[Grade, str] = {
    Grade.A: "exact: the error rate holds for every sample size",
    Grade.B: "asymptotic: the error rate is simulated, not proven",
    Grade.C: "descriptive: never gates",
}

REASON: dict[Reason, str] = {
    Reason.BOUND_SATISFIES: "The confidence bound satisfies the threshold",
    Reason.BOUND_VIOLATES: "The confidence bound violates the threshold",
    Reason.EXACT_VALUE_SATISFIES: "Counted in full, and satisfied",
    Reason.EXACT_VALUE_VIOLATES: "Counted in full, and violated",
    Reason.INTERVAL_CONTAINS_THRESHOLD: "The threshold lies inside the interval",
    Reason.TIE: "The bound ties with the threshold",
    Reason.VIOLATES_ONLY_BEFORE_CORRECTION: "Violated only if looks are not counted",
    Reason.EMPTY_GROUP: "A group is empty",
    Reason.NO_ROWS: "There are no rows",
    Reason.ONE_CLASS_ONLY: "Only one outcome occurs",
    Reason.ZERO_DENOMINATOR: "The rate has nothing to divide by",
    Reason.ROWS_IN_NO_GROUP: "Too many rows are in no group",
    Reason.FEWER_THAN_TWO_GROUPS: "There are not two groups to compare",
    Reason.TOO_FEW_ROWS_FOR_METHOD: "Too few rows for the method",
    Reason.CHANCE_NOT_EXCLUDED: "What was found may be chance, and may be none",
    Reason.REFERENCE_ABSENT: "The reference group is absent",
    Reason.COLUMN_MISSING: "A column is missing",
    Reason.NOT_MEASURED: "Nothing was measured",
    Reason.CHECK_CRASHED: "The check crashed",
    Reason.CHECK_TIMED_OUT: "The check did not answer in time",
    Reason.CHECK_OUTPUT_INVALID: "The check's answer is invalid",
    Reason.CHECK_STOPPED: "The check ran into a fence of its sandbox",
    Reason.MODEL_CRASHED: "The model crashed",
    Reason.MODEL_TIMED_OUT: "The model did not answer in time",
    Reason.MODEL_OUTPUT_INVALID: "The model's answer is invalid",
    Reason.MODEL_STOPPED: "The model ran into a fence of its sandbox",
    Reason.MODEL_NOT_A_FUNCTION: "The model gives one row different scores",
    Reason.RECIPE_CRASHED: "The recipe crashed",
    Reason.RECIPE_TIMED_OUT: "The recipe did not finish in time",
    Reason.RECIPE_OUTPUT_INVALID: "What the recipe trained gives no usable scores",
    Reason.RECIPE_STOPPED: "The recipe ran into a fence of its sandbox",
    Reason.DATA_INVALID: "The data is invalid",
    Reason.NOTHING_TO_CHANGE: "There is nothing to change",
    Reason.WORKER_DIED: "A worker process died",
    Reason.FILE_CHANGED: "A file changed while it was read",
    Reason.GRADE_C_NEVER_GATES: "A descriptive number never gates",
    Reason.NO_CRITERIA: "Nothing was asked",
    Reason.NOTHING_REQUIRED: "Nothing was required",
    Reason.NOTHING_EVALUATED: "Nothing could be evaluated",
    Reason.STAGE_MISSING: "A required stage is missing",
    Reason.CRITERION_BROKE: "A check or the model broke",
    Reason.CRITERION_NOT_ASSESSED: "A criterion was not assessed",
    Reason.CRITICAL_NOT_PASSED: "A critical criterion did not pass",
    Reason.SUPPORTING_NOT_PASSED: "A supporting criterion did not pass",
    Reason.SMALL_GROUPS_FAIL: "Groups that are too small to gate are shown to be treated worse than allowed",
    Reason.ALL_REQUIRED_PASSED: "All that was required passed",
}

_LEVEL = {
    0: "none",
    1: "a process with limits",
    2: "limits, file system and system calls",
    3: "limits, file system, system calls, network and rights",
}


def isolation(found: Isolation) -> str:
    """The level on one line, with the fences that the highest level would need and that are missing."""
    said = f"level {found.level} of {HIGHEST}: {_LEVEL[found.level]}"
    if not found.degraded:
        return said
    names = ", ".join(name for name, _ in found.missing)
    return f"{said}; degraded, missing: {names}" if names else f"{said}; degraded"


NOT_BOUND = (
    "This page is not bound: it is drawn from the record, and whoever holds it can edit it. What counts is the certificate, "
    "if there is one: it binds the bytes of the model, the record and the signatures, and the log holds it. Ask for it and "
    "for the policy, and let assay verify hold them against the model in hand. A rehearsal, and a run that was made without "
    "a lock, has none."
)

ONLY_DRAWN = (
    "The page itself is only drawn from it, and whoever holds it can edit it: let assay verify hold the certificate against "
    "the model in hand, under a policy that reached you by a way you trust."
)

NEVER_WAIVED = (
    "A waiver changes no verdict and no number. A failure of trust (a changed byte, a wrong or missing signature, a missing "
    "or revoked certificate, a rewritten log) can be waived by nobody."
)

REHEARSAL = (
    "This is a rehearsal and never a certificate. It may be repeated at will on rows that the developers know, so "
    "its verdicts carry no guarantee."
)


_DATA = {"develop": "development", "train": "training"}


def data_set(name: str) -> str:
    """A data set as a reader says it: the development, training or test rows."""
    return _DATA.get(name, name)


def grouping(name: str) -> str:
    """An attribute, or attributes that are crossed: ``sex and age``."""
    return name.replace("*", " and ")


def sentences(*texts: str) -> str:
    """Texts of other people one after the other, each with one full stop at its end."""
    kept = [text.strip().rstrip(".") for text in texts]
    return " ".join(f"{text}." for text in kept if text)


def bound_name(comparator: Comparator) -> str:
    """The side of the bound that decides."""
    return "lower" if comparator is Comparator.AT_LEAST else "upper"


def plural(n: int, one: str, many: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(items: tuple[str, ...]) -> str:
    """``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""The categories (Unicode) of the characters that a reader cannot see."""

_HARMLESS = {"\n", "\t", "\N{SOFT HYPHEN}", "\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}


def one_per(unit: str | None) -> str:
    """What rows that count are, for behind their number: one of each unit, where one is declared."""
    return f", one per {unit}" if unit else ""


def visible(text: str) -> str:
    """The text with characters that a reader cannot see, and that could reorder what is read, spelt out.

    Bidirectional controls (Trojan Source, CVE-2021-42574), control characters and lone surrogates become
    ``[U+202E]``; joiners, which some scripts need, stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"[U+{ord(c):04X}]" if c not in _HARMLESS and unicodedata.category(c) in INVISIBLE else c
        for c in text
    )
