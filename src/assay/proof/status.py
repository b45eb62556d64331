"""The word on certificates: signed by a verifier for a short time, so that a gate needs no network and no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.domain.entry import Kind
from assay.domain.state import Status, StatusReason
from assay.proof.leaf import TIME
from assay.proof.statement import BrokenStatement, Statement

_ROOT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StatusList:
    """What each certificate of a log was worth at one moment.

    Attributes:
        log: the origin of the log. size: how many entries had been read. root: their root, in hexadecimal.
        issued, expires: UTC. certificates: the status of each, by digest. reasons: why, of those that are not good.
        codes: the same for programs.
    """

    log: str
    size: int
    root: str
    issued: dt.datetime
    expires: dt.datetime
    certificates: Mapping[str, Status]
    reasons: Mapping[str, str]
    codes: Mapping[str, StatusReason] = field(default_factory=dict)

    def why(self, digest: str) -> str:
        """Why a certificate is what it is, for a reader: the code and the sentence."""
        code = self.codes.get(digest)
        said = self.reasons.get(digest, "no reason is given")
        return f"{said} [{code.value}]" if code else said

    def statement(self) -> Statement:
        """The statement that is signed. Its subject is each certificate."""
        subjects = tuple(("certificate", digest) for digest in sorted(self.certificates))
        return Statement(
            Kind.STATUS,
            subjects,
            {
                "log": self.log,
                "checkpoint": {"size": self.size, "root": self.root},
                "issuedAt": self.issued.strftime(TIME),
                "expiresAt": self.expires.strftime(TIME),
                "status": [
                    {
                        "status": self.certificates[digest].value,
                        "reason": self.reasons.get(digest, ""),
                        **({"code": self.codes[digest].value} if digest in self.codes else {}),
                    }
                    for _, digest in subjects
                ],
            },
        )

    @classmethod
    def read(cls, statement: Statement) -> StatusList:
        """The list that a statement says.

        Raises:
            BrokenStatement: when it is of another kind or form.
        """
        if statement.kind is not Kind.STATUS:
            raise BrokenStatement(f"expected a status, found {statement.kind.value}")
        said = statement.predicate
        try:
            listed = list(zip(statement.subjects, said["status"], strict=True))
            made = cls(
                log=str(said["log"]),
                size=_size(said["checkpoint"]["size"]),
                root=_root(said["checkpoint"]["root"]),
                issued=_time(said["issuedAt"]),
                expires=_time(said["expiresAt"]),
                certificates={digest: Status(s["status"]) for (_, digest), s in listed},
                reasons={digest: str(s["reason"]) for (_, digest), s in listed if s["reason"]},
                codes={digest: StatusReason(s["code"]) for (_, digest), s in listed if "code" in s},
            )
            # A verifier keeps this head, and must be able to read it again: no log that it can compare is longer.
            again = 0 <= made.size < 2**53 and made.statement().plain() == statement.plain()
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise BrokenStatement("expected a status list of Assay's") from None
        if not again:
            raise BrokenStatement("the status list contradicts itself")
        return made


def _size(said: object) -> int:
    if type(said) is not int or said < 0:
        raise ValueError("a log has 0 entries or more")
    return said


def _root(said: object) -> str:
    if not isinstance(said, str) or not _ROOT.fullmatch(said):
        raise ValueError("a root is 64 hexadecimal digits")
    return said


def _time(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, TIME).replace(tzinfo=dt.UTC)
