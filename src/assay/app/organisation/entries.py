"""The entries of a log for a reader: who signed each, in which role, and what it says besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.app.organisation.ledger import open_ledger
from assay.domain.digests import short
from assay.domain.entry import Action, Entry
from assay.domain.state.waivers import how_long
from assay.proof.leaf import UnreadableLeaf, read_leaf


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with its signers and what it says, in a few words.

    Attributes:
        by: holder and role of each signature; the role is empty of a verifier and of a root key, the holder of a key that no
            policy up to there names.
    """

    entry: Entry
    by: tuple[tuple[str, str], ...]
    says: str


def entries(folder: Path, start: int = 0) -> Iterable[Told]:
    """Every entry from ``start`` on; ends at one that cannot be read."""
    holders: dict[str, str] = {}
    runs: dict[str, Entry] = {}
    with open_ledger(folder) as ledger:
        for entry in opened(ledger.log.entries(0)):
            if entry.action is Action.POLICY_SET:
                holders |= _holders(entry)
            if entry.action is Action.RUN_STARTED:
                runs[str(entry.seq)] = entry
            if entry.seq >= start:
                yield Told(entry, tuple(_signers(entry, holders)), _says(entry, runs))


def opened(leaves: Iterable[bytes]) -> Iterator[Entry]:
    """The entries up to the first that cannot be read."""
    for leaf in leaves:
        try:
            yield read_leaf(leaf)
        except UnreadableLeaf:
            return


def _holders(entry: Entry) -> dict[str, str]:
    """Who holds the keys of a policy, by their PEM texts; none of a policy that cannot be read."""
    try:
        keys: Iterable[Mapping[str, Any]] = entry.body["policy"]["keys"].values()
        return {str(key["key"]): str(key["holder"]) for key in keys}
    except (KeyError, TypeError, AttributeError):
        return {}


def _signers(entry: Entry, holders: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for statement in entry.signed:
        holder = next((who for pem, who in holders.items() if statement.signed_by(pem)), "")
        yield holder, str(statement.predicate.get("role", ""))


_WORDS = {"approve": "approves", "reject": "rejects", "withdraw": "withdraws"}
_Said = Mapping[str, Any]
_SAYS: Mapping[Action, Callable[[_Said, _Said], object]] = {
    Action.POLICY_SET: lambda body, _: f"version {_at(body, 'policy', 'version')}",
    Action.AGREED: lambda _, said: _WORDS.get(str(said.get("word")), ""),
    Action.SIGNED: lambda _, said: _WORDS.get(str(said.get("word")), ""),
    Action.LOCKED: lambda body, _: _at(body, "terms", "name"),
    Action.RUN_STARTED: lambda body, _: f"attempt {body.get('attempt')}",
    Action.DECIDED: lambda body, _: body.get("outcome"),
    Action.WAIVED: lambda _, said: f"{said.get('criterion')} {_until(said.get('until'))}",
    Action.ISSUED: lambda _, said: said.get("verificationResult"),
    Action.RUN_UNLOCKED: lambda *_: "without a lock: the rows are used, and no decision comes of it",
    Action.RUN_REFUSED: lambda body, _: body.get("because"),
    Action.ISSUE_REFUSED: lambda body, _: body.get("because"),
    Action.REVOKED: lambda _, said: said.get("code"),
    Action.SUSPENDED: lambda _, said: said.get("code"),
    Action.REINSTATED: lambda _, said: said.get("code"),
    Action.SUPERSEDED: lambda body, _: f"by {short(str(body.get('by')))}",
    Action.RELEASED: lambda body, _: f"with noise, epsilon {body.get('epsilon')}",
}
"""What tells an entry from others of its kind, from its body and from what was signed."""


def _until(text: object) -> str:
    """How long a waiver holds; as it stands there where it is no moment, which the rules of the log tell elsewhere."""
    try:
        end = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return f"until {text}"
    return how_long(end) if end.tzinfo else f"until {text}"


def _says(entry: Entry, runs: Mapping[str, Entry]) -> str:
    said = entry.signed[0].predicate if entry.signed else {}
    told = _SAYS[entry.action](entry.body, said) if entry.action in _SAYS else ""
    run = runs.get(str(entry.body.get("run"))) if entry.action is Action.DECIDED else None
    return f"{told}, attempt {run.body.get('attempt')}" if run is not None else str(told)


def _at(body: Mapping[str, Any], *names: str) -> object:
    """What stands in a body under these names; empty where one is not there."""
    found: object = body
    for name in names:
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def by(told: Sequence[tuple[str, str]]) -> str:
    """The signers of an entry, for a reader."""
    return ", ".join(
        f"{holder or 'unknown key'} ({role})" if role else holder or "unknown key" for holder, role in told
    )
