"""Personal data beside a log: a leaf has a salted digest, whose pair can be deleted without touching the tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.domain.digests import sha256_of

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Salted:
    """A value and the random salt that keeps its digest from being guessed; all of one length, so that none is shifted.

    Without the pair the digest says nothing, not even to whoever guesses the value.
    """

    salt: bytes = field(repr=False)
    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a salt of another length."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, found {len(self.salt)}")

    @property
    def digest(self) -> str:
        """``sha256:`` of salt and value: what stands in a leaf."""
        return sha256_of(self.salt + self.value)
