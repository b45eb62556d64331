"""The organisation's rules, signed by its root keys: which keys count, for what, and what every specification must ask.

Roles that a developer writes into a specification prove nothing. The policy maps keys to roles; there is no default key.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.pem import is_one_form
from assay.domain.specification.base import (
    NAME_PATTERN,
    Block,
    Codes,
    Days,
    Exact,
    Identifier,
    Instant,
    Setting,
    Text,
)
from assay.domain.specification.protected import Attribute, Bands
from assay.domain.vocabulary import Comparator, Tier

if TYPE_CHECKING:
    from assay.domain.specification.criteria import Criterion

NEVER_APPROVE = frozenset({"developer", "submitter"})
"""Roles that agree to nothing and sign off nothing, whatever a policy says: they are judged."""


def one_spelling(person: str) -> str:
    """A person's name as it is compared: two spellings that look the same, or differ in case or blanks, are one person."""
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())


class HeldKey(Block):
    """A key, who holds it, and what it may do while it is valid."""

    holder: Text
    """Who holds it; two keys of one holder count once."""
    key: Text
    """The public key, P-256 in PEM, as ``assay keys show`` prints it: no other text of the same key is read."""
    roles: tuple[Identifier, ...] = ()
    """The roles in which it may sign."""
    valid_from: Instant
    """When it begins to count."""
    valid_until: Instant
    """When it ends to count; what it signed before stays signed."""

    @field_validator("key")
    @classmethod
    def _one_form(cls, key: str) -> str:
        if not is_one_form(key):
            raise ValueError(
                "a P-256 public key is expected in PEM, with 64 characters a line as assay keys show prints it"
            )
        return key

    def counts_at(self, time: dt.datetime) -> bool:
        """Whether it may sign at this time."""
        return self.valid_from <= time < self.valid_until


class Verifier(Block):
    """Who issues certificates: an identity, bound to one of the keys."""

    id: Text
    """The identity that a certificate names, a URL of the organisation."""
    key: Identifier
    """The name of its key in this policy."""


class LogKeys(Block):
    """The log that holds everything, and who watches it."""

    origin: Text
    """The name of the log, in every checkpoint."""
    key: Text
    """Its Ed25519 verifier key, in the text form of a C2SP signed note."""
    witnesses: tuple[Text, ...] = ()
    """Verifier keys of witnesses."""
    witnesses_needed: Annotated[int, Field(ge=0, strict=True)] = 0
    """How many of them must have seen a checkpoint."""

    @model_validator(mode="after")
    def _enough_witnesses(self) -> LogKeys:
        if len(set(self.witnesses)) < self.witnesses_needed:
            raise ValueError("witnesses_needed asks for more different witnesses than there are")
        return self


class Meant(Block):
    """What a protected attribute of one name is in every specification: a name alone could be given to any column."""

    column: Text
    """The column that holds it."""
    groups: dict[Text, Codes] | None = None
    """Each group's name with its codes, exactly: codes put together in one group are not compared."""
    bands: Bands | None = None
    """Cut points or named bands of a number, exactly."""

    @model_validator(mode="after")
    def _one_way(self) -> Meant:
        if (self.groups is None) == (self.bands is None):
            raise PydanticCustomError(
                "one_grouping_expected",
                "exactly one of groups and bands is expected of a protected attribute: with neither, "
                "a specification could put any of the column's codes together",
            )
        return self

    def text(self) -> str:
        """The attribute as a reader has it."""
        attribute = self.attribute()
        return ", ".join(f"{label} ({attribute.definition(label)})" for label in attribute.labels())

    def is_it(self, attribute: Attribute) -> bool:
        """Whether an attribute of a specification is this one: of this column, and in these groups."""
        return attribute.column == self.column and _grouped(attribute) == _grouped(self.attribute())

    def attribute(self) -> Attribute:
        """It as a specification would declare it."""
        return Attribute(column=self.column, groups=self.groups, bands=self.bands)


def _grouped(attribute: Attribute) -> tuple[object, object]:
    """The groups of an attribute, whatever the order in which they and their codes are written."""
    return {name: frozenset(codes) for name, codes in attribute.codes()}, set(attribute.intervals())


class Least(Block):
    """A bound that a specification may only tighten."""

    metric: Text
    """The metric."""
    across: Text | None = None
    """The protected attribute, or the intersection such as sex*age, whose groups must be compared; without it any will do."""
    reference: Text | None = None
    """The group with which all others must be compared; without it all pairs are."""
    at_least: Exact | None = None
    """The lowest threshold that may be asked."""
    at_most: Exact | None = None
    """The highest threshold that may be asked."""
    tier: Literal["critical", "supporting"] = "critical"
    """The least tier of the criterion that asks it: a supporting one that fails makes a condition, and the model is certified."""
    parameters: dict[Identifier, Setting] = Field(default_factory=dict, alias="with")
    """The settings of the metric that the criterion must have; without any, it sets none and has the defaults."""

    @model_validator(mode="after")
    def _one_bound(self) -> Least:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("exactly one of at_least and at_most is expected")
        if self.reference is not None and self.across is None:
            raise ValueError("a reference is a group of an attribute: name that as across")
        return self

    @field_validator("across")
    @classmethod
    def _names_a_grouping(cls, across: str | None) -> str | None:
        parts = across.split("*") if across is not None else []
        if len(set(parts)) < len(parts) or not all(re.fullmatch(NAME_PATTERN, part) for part in parts):
            raise ValueError(
                f"the name of a protected attribute is expected, or an intersection such as sex*age, found {across!r}"
            )
        return across

    def text(self) -> str:
        """The bound as a reader has it."""
        said = f"at least {self.at_least}" if self.at_least is not None else f"at most {self.at_most}"
        reference = f" with the reference {self.reference}" if self.reference is not None else ""
        said = f"across {self.across}{reference} {said}" if self.across is not None else said
        settings = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{said} with {settings}" if settings else said

    def met_by(self, criterion: Criterion) -> bool:
        """Whether a criterion asks at least this much: of the same thing and pairs of groups, in the same direction, and in this tier or above."""
        if criterion.metric != self.metric or not self._holds(criterion.tier):
            return False
        if self.across is not None and not self.compares(criterion.across):
            return False
        if (
            criterion.reference != self.reference
        ):  # compared with one group alone, the others are not with each other
            return False
        if not asks_the_whole(criterion, self.parameters):
            return False
        if self.at_least is not None:
            return criterion.comparator is Comparator.AT_LEAST and criterion.threshold >= self.at_least
        return (
            self.at_most is not None
            and criterion.comparator is Comparator.AT_MOST
            and criterion.threshold <= self.at_most
        )

    def compares(self, across: str | None) -> bool:
        """Whether a grouping is the one that the bound names; the attributes of an intersection come in any order."""
        return across is not None and sorted(across.split("*")) == sorted((self.across or "").split("*"))

    def _holds(self, tier: Tier) -> bool:
        return tier is Tier.CRITICAL or (self.tier == "supporting" and tier is Tier.SUPPORTING)


def asks_the_whole(criterion: Criterion, settings: Mapping[str, int | Decimal | str]) -> bool:
    """Whether a criterion is judged on all test rows and with these settings alone, so that it asks what its metric's name says.

    On other rows, on a part of them, of one column, or with settings under which hardly anything fails, it would ask next to nothing.
    """
    return criterion.data == "test" and not criterion.where and criterion.parameters == settings


SMALL_GROUPS = Decimal("0.02")
"""The share of the rows under which a specification may let a group be small: that of the four-fifths rule (29 CFR 1607.4 A and D)
and of New York's rule on hiring tools (6 RCNY 5-301). A small group gates nothing, whatever is found of it."""
REPEATED_ROWS = Decimal("0.5")
"""The share of what test rows tell that equal ones may cost by a specification's own word: beyond, the organisation must have said so."""


class Requires(Block):
    """What every specification must ask before it can be locked."""

    metrics: tuple[Text, ...] = ()
    """Metrics that some critical or supporting criterion must use on the test rows, with the settings of a bound or with none."""
    bounds: tuple[Least, ...] = ()
    """Thresholds that a specification may tighten and not loosen; each names a metric that must be asked."""
    protected: dict[Identifier, Meant] | None = None
    """By name, the protected attributes that the bounds compare, each with its column and its groups: a specification that has one of this name has it so."""
    confidence: Exact = Field(default=Decimal("0.95"), gt=0, lt=1)
    """The lowest confidence of a critical or supporting criterion."""
    lock: dict[Identifier, Annotated[int, Field(ge=1, strict=True)]] = Field(default_factory=dict)
    """Signatures by role that every specification's approval.lock must ask for."""
    quorum: dict[Identifier, Annotated[int, Field(ge=1, strict=True)]] = Field(default_factory=dict)
    """Signatures by role that every specification's approval.quorum must ask for."""
    waive: tuple[Identifier, ...] | None = None
    """Roles that may open spent test rows to one more run, besides those of the specification's approval.quorum."""
    revoke: tuple[Identifier, ...] | None = None
    """Roles that may revoke or suspend a certificate; by default every role that may approve."""
    longest: Days = dt.timedelta(days=365)
    """The longest that a certificate may hold."""
    longest_waiver: Days = dt.timedelta(days=90)
    """The longest that a waiver may hold; of spent test rows it holds for at most 90 days whatever stands here."""
    attempts: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    """The most judged runs that a specification may ask for."""

    repeated_rows: Exact | None = Field(default=None, gt=0, lt=1)
    """The most that a specification's data.repeated_rows.at_most may be; 0.5 where nothing is said."""

    small_groups: Exact | None = Field(default=None, ge=0, lt=1)
    """The most that a specification's small_groups.below_share may be; 0.02 where nothing is said."""

    @property
    def largest_small_group(self) -> Decimal:
        """The share of the rows under which a specification may let a group be small."""
        return SMALL_GROUPS if self.small_groups is None else self.small_groups

    @property
    def most_repeated(self) -> Decimal:
        """The share of what test rows tell that a specification may declare lost to equal rows."""
        return REPEATED_ROWS if self.repeated_rows is None else self.repeated_rows

    def without_column(self) -> tuple[str, ...]:
        """Attributes that a bound compares and no column is named for, as in a policy of earlier."""
        named = [part for bound in self.bounds if bound.across for part in bound.across.split("*")]
        return tuple(part for part in dict.fromkeys(named) if part not in (self.protected or {}))


class Freshness(Block):
    """How old the word on a certificate's status may be."""

    at_the_gate: Days = dt.timedelta(days=1)
    """For deployment and issuing: older, and the gate refuses."""
    grace: Days = dt.timedelta(days=7)
    """For a model that already runs: older, and it is refused there too."""


class Policy(Block):
    """The rules of one organisation, in one version; the next version names the digest of this one."""

    assay_policy: Literal[1]
    """The version of this document's form."""
    organisation: Text
    """Whose rules these are."""
    version: Annotated[int, Field(ge=1, strict=True)]
    """Counted from 1, one more with each change."""
    previous: Text | None = None
    """The digest of the version before; none for the first."""
    demo: bool = False
    """Whether the demo's keys, which anyone can make, are accepted. Certificates then say so."""
    keys: dict[Identifier, HeldKey]
    """The keys by name."""
    roots: tuple[Identifier, ...]
    """Names of the keys that may sign the next policy."""
    root_threshold: Annotated[int, Field(ge=1, strict=True)] = 1
    """How many of them must sign it."""
    verifiers: tuple[Verifier, ...]
    """Who issues certificates."""
    log: LogKeys
    """The log that holds everything."""
    requires: Requires = Requires()
    """What every specification must ask."""
    isolation: Annotated[int, Field(ge=0, le=3, strict=True)] = 1
    """The least isolation of untrusted models that is accepted."""
    plugins: tuple[Text, ...] = ()
    """Digests of packages of others whose checks may be asked in a judged run; those of Assay itself need none."""
    freshness: Freshness = Freshness()
    """How old the word on a certificate's status may be."""

    @model_validator(mode="after")
    def _named_keys_exist(self) -> Policy:
        for what, names in (("roots", self.roots), ("verifiers", tuple(v.key for v in self.verifiers))):
            absent = [name for name in names if name not in self.keys]
            if absent:
                raise PydanticCustomError(
                    "key_unnamed", f"{what} names the key {absent[0]!r}, which is not among the keys"
                )
        if len(set(self.roots)) != len(self.roots) or len(self.roots) < self.root_threshold:
            raise ValueError("root_threshold asks for more different root keys than there are")
        if not self.verifiers:
            raise ValueError("at least one verifier is expected: nobody could issue a certificate")
        written: dict[str, str] = {}
        for name, held in self.keys.items():
            if written.setdefault(held.key, name) != name:
                raise ValueError(
                    f"the keys {written[held.key]!r} and {name!r} are one key, which would count as two"
                )
        if (self.previous is None) != (self.version == 1):
            raise ValueError("version 1 has no previous version, and every later one names its digest")
        return self

    @model_validator(mode="after")
    def _persons_are_told_apart(self) -> Policy:
        spelt: dict[str, str] = {}
        for held in self.keys.values():
            before = spelt.setdefault(one_spelling(held.holder), held.holder)
            if before != held.holder:
                raise ValueError(
                    f"the holders {before!r} and {held.holder!r} are one name in two spellings, and would count as two persons"
                )
        if len({self.keys[name].holder for name in self.roots}) < self.root_threshold:
            raise ValueError(
                "root_threshold asks for more persons than hold root keys; two keys of one holder count once"
            )
        return self

    def named(self, pem: str) -> tuple[str, HeldKey] | None:
        """The name and entry of a key, by its PEM text."""
        return next(((n, k) for n, k in self.keys.items() if k.key == pem.strip()), None)
