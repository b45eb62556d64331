"""What persons and verifiers sign: each statement of ours made in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from assay.domain.digests import bare
from assay.domain.entry import Kind
from assay.domain.quorum import Word
from assay.domain.state.state import Status, StatusReason
from assay.proof.leaf import TIME
from assay.proof.statement import Statement


def policy_statement(digest: str, *, organisation: str, version: int) -> Statement:
    """A root key's signature under a version of the policy."""
    return Statement(Kind.POLICY, (("policy", digest),), {"organisation": organisation, "version": version})


def agreement(
    specification: str,
    *,
    dictionary: str,
    role: str,
    word: Word,
    reason: str,
    seen: tuple[int, str],
    time: dt.datetime,
) -> Statement:
    """A word on a specification with its dictionary before any result exists; it is over the digests of both.

    Args:
        seen: size and root of the log that the signer saw.
    """
    subjects = (("specification", specification), ("dictionary", dictionary))
    return Statement(Kind.AGREEMENT, subjects, _word(role, word, reason, seen, time))


def sign_off(
    *,
    record: str,
    evidence: str,
    specification: str,
    role: str,
    word: Word,
    reason: str,
    seen: tuple[int, str],
    time: dt.datetime,
) -> Statement:
    """A word on a decision; it is over the digests of the record, the evidence and the specification."""
    subjects = (("record", record), ("evidence", evidence), ("specification", specification))
    return Statement(Kind.SIGN_OFF, subjects, _word(role, word, reason, seen, time))


def unsealing(record: str, *, role: str, reason: str, seen: tuple[int, str], time: dt.datetime) -> Statement:
    """That the numbers of a run are opened before its schedule of attempts has ended, and why."""
    return Statement(Kind.UNSEALING, (("record", record),), _word(role, Word.APPROVE, reason, seen, time))


def waiver(
    specification: str,
    *,
    criterion: str,
    until: dt.datetime,
    role: str,
    reason: str,
    seen: tuple[int, str],
    time: dt.datetime,
    run: int | None = None,
) -> Statement:
    """A criterion set aside until a date; or the rule on spent rows, for one run after the ``run`` of this place."""
    said = _word(role, Word.APPROVE, reason, seen, time)
    return Statement(
        Kind.WAIVER,
        (("specification", specification),),
        {
            **said,
            "criterion": criterion,
            "until": until.isoformat(),
            **({} if run is None else {"run": run}),
        },
    )


def revocation(
    certificate: str,
    *,
    becomes: Status,
    code: StatusReason,
    role: str,
    reason: str,
    seen: tuple[int, str],
    time: dt.datetime,
) -> Statement:
    """What a certificate becomes from now on, and why."""
    said = {**_word(role, Word.APPROVE, reason, seen, time), "becomes": becomes.value, "code": code.value}
    return Statement(Kind.REVOCATION, (("certificate", certificate),), said)


def _word(role: str, word: Word, reason: str, seen: tuple[int, str], time: dt.datetime) -> Mapping[str, Any]:
    return {
        "role": role,
        "word": word.value,
        "reason": reason,
        "checkpoint": {"size": seen[0], "root": seen[1]},
        "signedAt": time.strftime(TIME),
    }


def stage_result(
    stage: str,
    *,
    record: str,
    specification: str,
    passed: Sequence[str],
    failed: Sequence[str],
    warned: Sequence[str],
) -> Statement:
    """The result of one stage as an in-toto test result. https://in-toto.io/attestation/test-result/v0.1"""
    result = "FAILED" if failed else "WARNED" if warned else "PASSED"
    return Statement(
        Kind.STAGE,
        ((f"record/{stage}", record),),
        {
            "result": result,
            "configuration": [{"name": "specification", "digest": {"sha256": bare(specification)}}],
            "passedTests": list(passed),
            "warnedTests": list(warned),
            "failedTests": list(failed),
        },
    )
