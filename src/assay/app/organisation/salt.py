"""The secret under which a log knows values again that it does not tell: kept beside it, and erased for good where it must be."""

from __future__ import annotations

import os
from dataclasses import dataclass

from assay.app.organisation.ledger import Ledger
from assay.proof.salted import SALT_BYTES, Salted
from assay.store.log import salted


@dataclass(frozen=True, slots=True)
class Salt:
    """A secret of a log by the digest that its entries name; ``pair`` is to be kept when it is new."""

    digest: str
    value: bytes
    pair: Salted | None = None

    @property
    def pairs(self) -> tuple[Salted, ...]:
        """What is to be kept with the entries that name it."""
        return () if self.pair is None else (self.pair,)


def salt_under(ledger: Ledger, digest: str | None) -> Salt | None:
    """The secret that earlier entries name, or a new one when none does; None when it was erased."""
    if digest is None:
        pair = salted(os.urandom(SALT_BYTES))
        return Salt(pair.digest, pair.value, pair)
    value = ledger.log.value(digest)
    return None if value is None else Salt(digest, value)
