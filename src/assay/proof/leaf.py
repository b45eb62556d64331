"""The bytes of a log entry, and what they say: canonical JSON in, an opened entry out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from assay.domain.digests import sha256_of
from assay.domain.entry import SCHEMA, Action, Entry, KeyFacts
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.domain.state import State, Void, fold
from assay.proof.bundle import BrokenBundle, Bundle
from assay.proof.bundle import read as read_bundle
from assay.proof.canonical import canonical, digest_of_document
from assay.proof.keys import PublicKey, UnfitKey
from assay.proof.merkle import Edge, leaf_hash
from assay.proof.statement import BrokenStatement, Statement, statement_of

TIME = "%Y-%m-%dT%H:%M:%SZ"


class UnreadableLeaf(ValueError):
    """Bytes that are no entry of a version that this program knows."""


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A bundle with its statement read: what an entry carries."""

    bundle: Bundle
    statement: Statement

    @classmethod
    def read(cls, content: bytes) -> SignedStatement:
        """Read a bundle. Raises BrokenBundle or BrokenStatement."""
        bundle = read_bundle(content)
        return cls(bundle, statement_of(bundle))

    @property
    def kind(self) -> str:
        """Its predicate type."""
        return self.statement.kind.value

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """Names and digests of what it is about."""
        return self.statement.subjects

    @property
    def predicate(self) -> Mapping[str, Any]:
        """What it says."""
        return self.statement.predicate

    @property
    def digest(self) -> str:
        """The digest of the whole bundle."""
        return self.bundle.digest

    @property
    def content(self) -> bytes:
        """The whole bundle."""
        return self.bundle.content

    @property
    def said(self) -> str:
        """The digest of the statement without its signature."""
        return sha256_of(self.bundle.payload)

    @property
    def key_id(self) -> str:
        """The key that is said to have signed."""
        return self.bundle.key_id

    def signed_by(self, pem: str) -> bool:
        """Whether the key with this PEM text made the signature."""
        return _signed_by(self.bundle, pem)


@lru_cache(maxsize=16384)
def _signed_by(bundle: Bundle, pem: str) -> bool:
    """Remembered: a log is folded several times in one command, and its signatures do not change."""
    try:
        return bundle.signed_by(_key(pem))
    except UnfitKey:
        return False


@lru_cache(maxsize=1024)
def _key(pem: str) -> PublicKey:
    return PublicKey(pem)


def write_leaf(
    seq: int,
    time: dt.datetime,
    action: Action,
    object: str,  # noqa: A002 - the word of the entry
    body: Mapping[str, Any],
    bundles: Sequence[Bundle] = (),
) -> bytes:
    """The canonical bytes of an entry.

    Raises:
        ValueError: for a time that is not UTC, or a body without a canonical form.
    """
    if time.utcoffset() != dt.timedelta(0):
        raise ValueError("the time of an entry is UTC")
    plain = {
        "schema": SCHEMA,
        "seq": seq,
        "time": time.strftime(TIME),
        "action": action.value,
        "object": object,
        "body": dict(body),
        "signed": [bundle.content.decode() for bundle in bundles],
    }
    return canonical(plain)


@lru_cache(maxsize=4096)
def read_leaf(leaf: bytes) -> Entry:
    """The entry that a leaf's bytes stand for.

    Raises:
        UnreadableLeaf: when they are of another form or version.
    """
    try:
        plain = json.loads(leaf)
        if plain["schema"] != SCHEMA or canonical(plain) != leaf:
            raise UnreadableLeaf(f"expected an entry of schema {SCHEMA!r} in canonical form")  # noqa: TRY301
        if (
            plain["action"] == Action.POLICY_SET
            and digest_of_document(plain["body"]["policy"]) != plain["object"]
        ):
            # Root keys sign the digest: without this, any policy could stand under a digest that they signed.
            raise UnreadableLeaf("the policy in it is not the one that its digest names")  # noqa: TRY301
        return Entry(
            seq=int(plain["seq"]),
            time=dt.datetime.strptime(plain["time"], TIME).replace(tzinfo=dt.UTC),
            action=Action(plain["action"]),
            object=str(plain["object"]),
            body=dict(plain["body"]),
            signed=tuple(SignedStatement.read(text.encode()) for text in plain["signed"]),
            digest=sha256_of(leaf),
        )
    except UnreadableLeaf:
        raise
    except (BrokenBundle, BrokenStatement) as wrong:
        raise UnreadableLeaf(f"a signed statement in it is broken: {wrong}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableLeaf("expected an entry of the log in canonical JSON") from None


def has_the_form(line: bytes) -> bool:
    """Whether a line tells what an entry of a log tells, of any version; an entry that was changed still does."""
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(plain, dict) and {"schema", "seq", "action"} <= plain.keys()


def inspect(pem: str) -> KeyFacts | None:
    """What can be said of a public key by looking at it; None when it is no P-256 key."""
    try:
        key = _key(pem)
    except UnfitKey:
        return None
    return KeyFacts(key.key_id, key.is_demo)


def state_of(leaves: Iterable[bytes]) -> tuple[State, tuple[Void, ...]]:
    """The state that the bytes of a log lead to, and the entries that count for nothing.

    An outsider with an exported log calls this, and reaches the same state as its owner.
    """
    entries, unreadable, edge = [], [], Edge()
    for place, leaf in enumerate(leaves):
        try:
            entries.append(replace(read_leaf(leaf), before=edge.root().hex()))
            edge.append(leaf_hash(leaf))
        except UnreadableLeaf as wrong:
            unreadable.append(Void(place, Refusal(Because.ENTRY_UNREADABLE, f"Entry {place}: {wrong}.")))
            break  # what follows cannot be placed
    state, void = fold(entries, inspect)
    return state, (*void, *unreadable)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a place and a time."""

    action: Action
    object: str
    body: Mapping[str, Any]
    bundles: tuple[Bundle, ...] = ()


def next_leaf(leaves: Sequence[bytes], draft: Draft, time: dt.datetime) -> bytes:
    """The bytes of the entry that follows these, if every rule lets it stand.

    Raises:
        Refused: when a rule makes the new entry void. Distrusted: when an entry that is there already is.
    """
    leaf = write_leaf(len(leaves), time, draft.action, draft.object, draft.body, draft.bundles)
    _, void = state_of([*leaves, leaf])
    for found in void:
        if found.entry < len(leaves):
            raise Distrusted(
                Refusal(
                    Because.LOG_VOID,
                    f"Entry {found.entry} of the log breaks a rule, so nothing is added to it: {found.refusal.sentence}",
                ),
                remedy="Run: assay log verify",
            )
        raise Refused(found.refusal, remedy=_REMEDY.get(found.refusal.because, ""))
    return leaf


_REMEDY = {
    Because.KEY_UNKNOWN: "Sign with a key that the policy has: assay trust show. Holders of root keys add one: assay trust show --next, "
    "then assay trust edit.",
}
"""What to do about a refusal of the log, where its sentence leaves that open."""
