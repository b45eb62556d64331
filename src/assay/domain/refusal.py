"""Why something is not trusted, agreed to, or let through: a stable code and one sentence."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from assay.domain.errors import AssayError, ExitCode


class Because(enum.StrEnum):
    """Reason codes of refusals; stable, for programs."""

    # the log and its entries
    ENTRY_UNREADABLE = "entry_unreadable"
    ENTRY_OUT_OF_ORDER = "entry_out_of_order"
    LOG_REWRITTEN = "log_rewritten"
    LOG_UNSEEN = "log_unseen"
    LOG_SHORTENED = "log_shortened"
    NOT_LOGGED = "not_logged"
    CHECKPOINT_UNTRUSTED = "checkpoint_untrusted"
    # policy and keys
    NO_POLICY = "no_policy"
    POLICY_BROKEN = "policy_broken"
    POLICY_UNSIGNED = "policy_unsigned"
    POLICY_NOT_NEXT = "policy_not_next"
    POLICY_OTHER = "policy_other"
    POLICY_NOT_SATISFIED = "policy_not_satisfied"
    DEMO_KEY = "demo_key"
    KEY_UNKNOWN = "key_unknown"
    KEY_NOT_VALID = "key_not_valid"
    SIGNATURE_WRONG = "signature_wrong"
    # people
    ROLE_NOT_HELD = "role_not_held"
    ROLE_NEVER_APPROVES = "role_never_approves"
    SIGNED_SOMETHING_ELSE = "signed_something_else"
    SIGNED_TWICE = "signed_twice"
    QUORUM_MISSING = "quorum_missing"
    REJECTED = "rejected"
    NOTHING_TO_WITHDRAW = "nothing_to_withdraw"
    ISSUED_ALREADY = "issued_already"
    NEVER_WAIVED = "never_waived"
    # lock, runs, attempts
    NOT_LOCKED = "not_locked"
    LOCK_SUPERSEDED = "lock_superseded"
    REASON_MISSING = "reason_missing"
    TEST_SET_SPENT = "test_set_spent"
    ROWS_REPEAT = "rows_repeat"
    CODE_CHANGED = "code_changed"
    ENVIRONMENT_CHANGED = "environment_changed"
    ENVIRONMENT_UNSEEN = "environment_unseen"
    CODE_UNNAMED = "code_unnamed"
    RELEASED_BEFORE = "released_before"
    SEALED = "sealed"
    NOT_SEALED = "not_sealed"
    RUN_UNKNOWN = "run_unknown"
    DECISION_UNKNOWN = "decision_unknown"
    NOT_CERTIFIABLE = "not_certifiable"
    # certificate and gate
    NO_CERTIFICATE = "no_certificate"
    BUNDLE_BROKEN = "bundle_broken"
    STATEMENT_BROKEN = "statement_broken"
    BYTES_CHANGED = "bytes_changed"
    FILE_ADDED = "file_added"
    FILE_MISSING = "file_missing"
    FILES_UNREADABLE = "files_unreadable"
    OTHER_USE_CASE = "other_use_case"
    RESULT_FAILED = "result_failed"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    STATUS_MISSING = "status_missing"
    STATUS_STALE = "status_stale"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    ATTESTATION_MISSING = "attestation_missing"
    CONTRADICTS_LOG = "contradicts_log"
    ATTESTATION_CHANGED = "attestation_changed"
    JUDGED_DIFFERENTLY = "judged_differently"
    ISOLATION_TOO_LOW = "isolation_too_low"
    PLUGIN_NOT_ALLOWED = "plugin_not_allowed"
    BYPASS_USED = "bypass_used"
    TIME_BACKWARDS = "time_backwards"
    LOG_VOID = "log_void"

    @property
    def is_trust(self) -> bool:
        """Whether something is not what it must be (exit code 3); any other refusal is an answer (exit code 1)."""
        return self in _TRUST


_TRUST = frozenset(
    {
        Because.BUNDLE_BROKEN,
        Because.STATEMENT_BROKEN,
        Because.SIGNATURE_WRONG,
        Because.KEY_UNKNOWN,
        Because.KEY_NOT_VALID,
        Because.DEMO_KEY,
        Because.POLICY_OTHER,
        Because.BYTES_CHANGED,
        Because.FILE_ADDED,
        Because.FILE_MISSING,
        Because.FILES_UNREADABLE,
        Because.NOT_LOGGED,
        Because.CHECKPOINT_UNTRUSTED,
        Because.LOG_REWRITTEN,
        Because.LOG_SHORTENED,
        Because.LOG_UNSEEN,
        Because.ENTRY_UNREADABLE,
        Because.ENTRY_OUT_OF_ORDER,
        Because.ATTESTATION_CHANGED,
        Because.CONTRADICTS_LOG,
        Because.ATTESTATION_MISSING,
        Because.JUDGED_DIFFERENTLY,
        Because.LOG_VOID,
        Because.TIME_BACKWARDS,
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why not: the code, and what was expected and found in one sentence."""

    because: Because
    sentence: str


class Refused(AssayError):
    """Something was refused by a rule: not certified, not signed, not let through."""

    exit_code = ExitCode.WITHHELD

    def __init__(self, refusal: Refusal, *, remedy: str = "") -> None:
        super().__init__(refusal.sentence, code=refusal.because.value, remedy=remedy)
        self.refusal = refusal


class Distrusted(Refused):
    """A signature, a digest, the log or a key is not what it must be."""

    exit_code = ExitCode.TRUST_FAILURE


def raised(refusal: Refusal, *, remedy: str = "") -> Refused:
    """The error for a refusal: a failure of trust, or an answer."""
    return (Distrusted if refusal.because.is_trust else Refused)(refusal, remedy=remedy)
