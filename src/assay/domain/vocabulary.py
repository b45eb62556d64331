"""The words of the verdict: stages, tiers, grades, verdicts, decisions and reason codes."""

from __future__ import annotations

import enum


class Stage(enum.StrEnum):
    """The stages of an assay, in the order in which they are reported."""

    DATA = "data"
    PERFORMANCE = "performance"
    ROBUSTNESS = "robustness"
    FAIRNESS = "fairness"
    PRIVACY = "privacy"
    SAFETY = "safety"
    OPERATIONS = "operations"
    DOCUMENTATION = "documentation"


class Task(enum.StrEnum):
    """What a model predicts of a row."""

    BINARY = "binary"
    """Whether something is so: the probability of label 1, from which a cut makes a decision."""
    REGRESSION = "regression"
    """How much: a number in the unit of the label."""
    MULTICLASS = "multiclass"
    """Which of several: a probability for each class."""


class Tier(enum.StrEnum):
    """What a criterion does when it does not pass."""

    CRITICAL = "critical"
    SUPPORTING = "supporting"
    ADVISORY = "advisory"


class Grade(enum.StrEnum):
    """How well the error rate of a rule is known.

    A: exact in finite samples. B: asymptotic, with a simulated size printed beside it.
    C: descriptive only; such a number never gates.
    """

    A = "A"
    B = "B"
    C = "C"


class Comparator(enum.StrEnum):
    """On which side of the threshold the true value must lie; the threshold itself is included."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"

    @property
    def sign(self) -> str:
        """The comparator as a mathematical sign."""
        return "≥" if self is Comparator.AT_LEAST else "≤"

    @property
    def words(self) -> str:
        """The comparator as a reader says it."""
        return self.value.replace("_", " ")


class Verdict(enum.StrEnum):
    """What is said about one criterion."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_EVALUABLE = "not_evaluable"
    ERROR = "error"


class Outcome(enum.StrEnum):
    """What is said about the model as a whole."""

    CERTIFIED = "certified"
    CONDITIONAL = "conditional"
    WITHHELD = "withheld"


PASSING = frozenset({Outcome.CERTIFIED, Outcome.CONDITIONAL})
"""The outcomes of a model that has passed; a conditional certificate is one."""


class Result(enum.StrEnum):
    """What a certificate says of a decision: the ``verificationResult`` of a verification summary (SLSA 1.0)."""

    PASSED = "PASSED"
    FAILED = "FAILED"

    @classmethod
    def of(cls, outcome: str) -> Result:
        """That of a decision with this outcome."""
        return cls.PASSED if outcome in PASSING else cls.FAILED


class Reason(enum.StrEnum):
    """Why a verdict or a decision is what it is; stable codes for programs."""

    # verdicts
    BOUND_SATISFIES = "bound_satisfies"
    BOUND_VIOLATES = "bound_violates"
    EXACT_VALUE_SATISFIES = "exact_value_satisfies"
    EXACT_VALUE_VIOLATES = "exact_value_violates"
    INTERVAL_CONTAINS_THRESHOLD = "interval_contains_threshold"
    TIE = "tie"
    VIOLATES_ONLY_BEFORE_CORRECTION = "violates_only_before_correction"
    EMPTY_GROUP = "empty_group"
    NO_ROWS = "no_rows"
    ONE_CLASS_ONLY = "one_class_only"
    ZERO_DENOMINATOR = "zero_denominator"
    ROWS_IN_NO_GROUP = "rows_in_no_group"
    FEWER_THAN_TWO_GROUPS = "fewer_than_two_groups"
    TOO_FEW_ROWS_FOR_METHOD = "too_few_rows_for_method"
    CHANCE_NOT_EXCLUDED = "chance_not_excluded"
    REFERENCE_ABSENT = "reference_absent"
    COLUMN_MISSING = "column_missing"
    NOT_MEASURED = "not_measured"
    CHECK_CRASHED = "check_crashed"
    CHECK_TIMED_OUT = "check_timed_out"
    CHECK_OUTPUT_INVALID = "check_output_invalid"
    CHECK_STOPPED = "check_stopped"
    MODEL_CRASHED = "model_crashed"
    MODEL_TIMED_OUT = "model_timed_out"
    MODEL_OUTPUT_INVALID = "model_output_invalid"
    MODEL_STOPPED = "model_stopped"
    MODEL_NOT_A_FUNCTION = "model_not_a_function"
    RECIPE_CRASHED = "recipe_crashed"
    RECIPE_TIMED_OUT = "recipe_timed_out"
    RECIPE_OUTPUT_INVALID = "recipe_output_invalid"
    RECIPE_STOPPED = "recipe_stopped"
    WORKER_DIED = "worker_died"
    DATA_INVALID = "data_invalid"
    FILE_CHANGED = "file_changed"
    NOTHING_TO_CHANGE = "nothing_to_change"
    GRADE_C_NEVER_GATES = "grade_c_never_gates"
    # decisions
    NO_CRITERIA = "no_criteria"
    NOTHING_REQUIRED = "nothing_required"
    NOTHING_EVALUATED = "nothing_evaluated"
    STAGE_MISSING = "stage_missing"
    CRITERION_BROKE = "criterion_broke"
    CRITERION_NOT_ASSESSED = "criterion_not_assessed"
    CRITICAL_NOT_PASSED = "critical_not_passed"
    SUPPORTING_NOT_PASSED = "supporting_not_passed"
    SMALL_GROUPS_FAIL = "small_groups_fail"
    ALL_REQUIRED_PASSED = "all_required_passed"


ERROR_REASONS = frozenset(
    {
        Reason.CHECK_CRASHED,
        Reason.CHECK_OUTPUT_INVALID,
        Reason.CHECK_STOPPED,
        Reason.CHECK_TIMED_OUT,
        Reason.COLUMN_MISSING,
        Reason.DATA_INVALID,
        Reason.FILE_CHANGED,
        Reason.MODEL_CRASHED,
        Reason.MODEL_NOT_A_FUNCTION,
        Reason.MODEL_OUTPUT_INVALID,
        Reason.MODEL_STOPPED,
        Reason.MODEL_TIMED_OUT,
        Reason.NOTHING_TO_CHANGE,
        Reason.NOT_MEASURED,
        Reason.RECIPE_CRASHED,
        Reason.RECIPE_OUTPUT_INVALID,
        Reason.RECIPE_STOPPED,
        Reason.RECIPE_TIMED_OUT,
        Reason.WORKER_DIED,
    }
)
"""The reasons that a verdict of error may carry, whatever code a check or a model claims."""

UNDEFINED_REASONS = frozenset(
    {
        Reason.CHANCE_NOT_EXCLUDED,
        Reason.COLUMN_MISSING,
        Reason.EMPTY_GROUP,
        Reason.FEWER_THAN_TWO_GROUPS,
        Reason.NOT_MEASURED,
        Reason.NO_ROWS,
        Reason.ONE_CLASS_ONLY,
        Reason.REFERENCE_ABSENT,
        Reason.ROWS_IN_NO_GROUP,
        Reason.TOO_FEW_ROWS_FOR_METHOD,
        Reason.ZERO_DENOMINATOR,
    }
)
"""The reasons that a check may give for an estimand that does not exist on these rows."""
