"""Entries of the log: what happened, when, to what. The log's order is the only order; state is a fold over it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

SCHEMA = "assay.entry/1"
OURS = "https://github.com/assay-ml/assay/statement/"


class Action(enum.StrEnum):
    """What an entry does."""

    POLICY_SET = "policy.set"
    AGREED = "specification.agreed"
    LOCKED = "specification.locked"
    RUN_STARTED = "run.started"
    RUN_REFUSED = "run.refused"
    RUN_UNLOCKED = "run.unlocked"
    DECIDED = "decision.made"
    UNSEALED = "seal.broken"
    SIGNED = "decision.signed"
    WAIVED = "criterion.waived"
    ISSUED = "certificate.issued"
    ISSUE_REFUSED = "certificate.refused"
    REVOKED = "certificate.revoked"
    SUSPENDED = "certificate.suspended"
    REINSTATED = "certificate.reinstated"
    SUPERSEDED = "certificate.superseded"
    RELEASED = "tables.released"


class Kind(enum.StrEnum):
    """What a statement says: its predicate type."""

    CERTIFICATE = "https://slsa.dev/verification_summary/v1"
    STAGE = "https://in-toto.io/attestation/test-result/v0.1"
    MODEL = "https://model_signing/signature/v1.0"
    POLICY = f"{OURS}policy/v1"
    AGREEMENT = f"{OURS}agreement/v1"
    SIGN_OFF = f"{OURS}sign-off/v1"
    UNSEALING = f"{OURS}unsealing/v1"
    WAIVER = f"{OURS}waiver/v1"
    REVOCATION = f"{OURS}revocation/v1"
    STATUS = f"{OURS}status/v1"


class Signed(Protocol):
    """A signed statement that an entry carries; who is believed is for the policy to say."""

    @property
    def kind(self) -> str:
        """Its predicate type."""
        ...

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """Names and digests of what it is about."""
        ...

    @property
    def predicate(self) -> Mapping[str, Any]:
        """What it says."""
        ...

    @property
    def digest(self) -> str:
        """The digest of the whole bundle."""
        ...

    @property
    def content(self) -> bytes:
        """The whole bundle."""
        ...

    @property
    def said(self) -> str:
        """The digest of the statement without its signature, which can be written in more than one way."""
        ...

    @property
    def key_id(self) -> str:
        """The key that is said to have signed; none other counts as its signer."""
        ...

    def signed_by(self, pem: str) -> bool:
        """Whether the key with this PEM text made the signature."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, opened.

    Attributes:
        seq: its place, from 0. time: UTC, the writer's word unless a witness saw a checkpoint. action: what it does.
        object: digest or name of what it is about. body: what it says besides. signed: the statements that it carries.
        digest: of the leaf's bytes. before: root of the log that it was added to, in hexadecimal.
    """

    seq: int
    time: dt.datetime
    action: Action
    object: str
    body: Mapping[str, Any] = field(default_factory=dict)
    signed: tuple[Signed, ...] = ()
    digest: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What can be said of a public key by looking at it."""

    key_id: str
    is_demo: bool


class Inspect(Protocol):
    """Looks at a PEM text; None when it is no key that may sign here."""

    def __call__(self, pem: str, /) -> KeyFacts | None:
        """The facts."""
        ...
