"""What a certificate says: a SLSA Verification Summary with one extension, and how it is read again.

SLSA VSA v1: https://slsa.dev/verification_summary/v1. It carries refusals too: a withheld decision is a certificate with
the result FAILED. What it has no field for (validity, scope, conditions, the place in the log) stands in one extension.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assay.domain.digests import PREFIX
from assay.domain.entry import Kind
from assay.domain.plain import NotPlain
from assay.domain.scope import EXTENSION, Scope
from assay.domain.state.claims import attested_once
from assay.domain.vocabulary import Result
from assay.proof.bundle import read
from assay.proof.canonical import hexadecimal
from assay.proof.leaf import TIME
from assay.proof.manifest import Manifest
from assay.proof.statement import BrokenStatement, Statement, statement_of


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is signed.

    Attributes:
        manifest: the files of the model. verifier: who issues. policy: its digest. record: of the decision.
        attestations: name and digest of everything that it stands on: specification, evidence, data, sign-offs.
        result: ``PASSED`` or ``FAILED``. time: when it was issued.
    """

    manifest: Manifest
    verifier: str
    version: str
    policy: str
    record: str
    attestations: tuple[tuple[str, str], ...]
    result: str
    time: dt.datetime
    scope: Scope

    def statement(self) -> Statement:
        """The statement that is signed."""
        levels = (
            [f"ASSAY_{self.scope.outcome.upper()}"] if self.result == Result.PASSED else [Result.FAILED.value]
        )
        predicate = {
            "verifier": {"id": self.verifier, "version": {"assay": self.version}},
            "timeVerified": self.time.strftime(TIME),
            "resourceUri": resource(self.scope.name),
            "policy": {"uri": "assay:policy", "digest": {"sha256": hexadecimal(self.policy)}},
            "inputAttestations": [
                {"uri": f"assay:{name}", "digest": {"sha256": hexadecimal(digest)}}
                for name, digest in (("record", self.record), *self.attestations)
            ],
            "verificationResult": self.result,
            "verifiedLevels": levels,
            "slsaVersion": "1.1",
            EXTENSION: self.scope.plain(),
        }
        return Statement(Kind.CERTIFICATE, self.manifest.subjects(), predicate)

    @classmethod
    def read(cls, statement: Statement) -> Certificate:
        """The certificate that a statement says.

        Raises:
            BrokenStatement: when it is of another kind, or says anything else or in another way than ours do.
        """
        if statement.kind is not Kind.CERTIFICATE:
            raise BrokenStatement(f"expected a certificate, found {statement.kind.value}")
        try:
            made = _read(statement)
            if made.statement().plain() != statement.plain():
                raise BrokenStatement("the certificate contradicts itself")  # noqa: TRY301
        except BrokenStatement:
            raise
        except (
            KeyError, TypeError, ValueError, AttributeError, RecursionError, NotPlain, ValidationError
        ):  # fmt: skip
            raise BrokenStatement("expected a SLSA verification summary with Assay's extension") from None
        return made


def certificate_in(content: bytes) -> Certificate:
    """The certificate in the bytes of a bundle; says nothing about who signed.

    Raises:
        BrokenBundle, BrokenStatement: they are none.
    """
    return Certificate.read(statement_of(read(content)))


def resource(name: str) -> str:
    """The resource that a certificate is for: the use case that a specification of this name describes."""
    return f"assay:use-case/{name}"


def _read(statement: Statement) -> Certificate:
    said: Mapping[str, Any] = statement.predicate
    (model, digest), *files = statement.subjects
    manifest = Manifest.of(model, files)
    if manifest.digest != digest:
        raise BrokenStatement("the files of the certificate do not have the digest of its model")
    (first, *others) = (
        (str(a["uri"]).removeprefix("assay:"), PREFIX + a["digest"]["sha256"])
        for a in said["inputAttestations"]
    )
    if first[0] != "record":
        raise BrokenStatement("the first attestation of a certificate is its record")
    attested_once((first, *others))
    return Certificate(
        manifest=manifest,
        verifier=str(said["verifier"]["id"]),
        version=str(said["verifier"]["version"]["assay"]),
        policy=PREFIX + said["policy"]["digest"]["sha256"],
        record=first[1],
        attestations=tuple(others),
        result=str(said["verificationResult"]),
        time=dt.datetime.strptime(said["timeVerified"], TIME).replace(tzinfo=dt.UTC),
        scope=Scope.read(said[EXTENSION]),
    )
