"""Releases of a folder that has a log: an entry before its table is written, so that nobody draws the noise again.

The entry names the counts by a digest under a secret of the log, and the published document by its own, which a random
part of it keeps from being guessed. The document itself is kept in the folder, under that digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.app.organisation.ledger import Ledger, policy_of
from assay.app.organisation.releases import Asked, InLog, Make, NotReleased, Release, Releases, Told, bytes_of
from assay.app.organisation.salt import Salt, salt_under
from assay.domain.digests import sha256_of, short
from assay.domain.entry import Action
from assay.domain.epsilon import Spent, written
from assay.domain.state import State
from assay.domain.state.state import ReleaseState
from assay.proof.leaf import Draft
from assay.store.blobs import AbsentBlob, BlobStore, CorruptBlob, see_writable


@dataclass(frozen=True, slots=True)
class LoggedReleases:
    """The releases of a log, and where their documents are kept."""

    ledger: Ledger
    blobs: BlobStore
    salt: Salt
    before: tuple[Release, ...] = field(repr=False)
    """Those that were made in the folder before it had a log."""

    @classmethod
    def of(cls, ledger: Ledger, blobs: BlobStore, files: Releases) -> LoggedReleases:
        """Those of this log, whose secret is that of its first release.

        Raises:
            NotReleased: it was erased. CorruptBlob: a file tells of an earlier release, and cannot be read.
        """
        first = next((one.salt for one in ledger.state().releases.values()), None)
        salt = salt_under(ledger, first)
        if salt is None:
            raise NotReleased(
                "The salt of the earlier releases was erased: which counts were released cannot be told.",
                code="releases_unknown",
                remedy="Nothing more is released from this log: the same counts could be drawn again.",
            )
        return cls(ledger, blobs, salt, files.all())

    def release(self, asked: Asked, make: Make) -> Told:
        """What was released of these counts before, or else a first release of them, which is in the log before it is anywhere else.

        Raises:
            NotReleased: with another epsilon before, or the document is not kept here. CorruptBlob: it was changed.
            Refused, Distrusted, Unwritable: nothing was released.
        """
        see_writable(self.blobs.folder / "table")
        counts, drawn = self._known_by(asked.tables), b""

        def drafts(state: State) -> Sequence[Draft]:
            nonlocal drawn
            earlier = self._not_logged(state)
            known = state.releases.get(counts)
            again = next((one for one in earlier if one.tables == asked.tables), None)
            taken = [self._draft(one, one.content) for one in earlier]
            before = known.epsilon if known is not None else again.epsilon if again is not None else None
            if before is not None:
                asked.require_epsilon(before)
                return taken
            costs = Spent.by([*state.releases.values(), *earlier, asked], asked.rows)
            place = InLog(policy_of(state).log.origin, state.size + len(taken))
            drawn = bytes_of(make(costs, place))
            return [*taken, self._draft(asked, drawn)]

        self.ledger.decide(drafts, pairs=self.salt.pairs)
        for content in (*(one.content for one in self.before), *([drawn] if drawn else [])):
            self.blobs.put(content)
        state = self.ledger.state()
        found = state.releases[counts]
        return Told(self._kept(found), Spent.by(state.releases.values(), asked.rows), found.entry)

    def _known_by(self, tables: str) -> str:
        """The digest of counts under the secret of the log: the same for the same counts, and nothing to whoever lacks it."""
        return hashlib.blake2b(f"counts {tables}".encode(), key=self.salt.value, digest_size=32).hexdigest()

    def _draft(self, asked: Asked | Release, content: bytes) -> Draft:
        body = {
            "counts": self._known_by(asked.tables),
            "rows": asked.rows,
            "epsilon": written(asked.epsilon),
            "salt": self.salt.digest,
        }
        return Draft(Action.RELEASED, sha256_of(content), body)

    def _not_logged(self, state: State) -> tuple[Release, ...]:
        """The releases from before there was a log that it does not know yet. Raises NotReleased where it knows another one."""
        new = []
        for one in self.before:
            known = state.releases.get(self._known_by(one.tables))
            if known is None:
                new.append(one)
            elif known.document != sha256_of(one.content):
                raise NotReleased(
                    f"A file of the folder remembers a table of the same counts that is not the one of entry {known.entry} of the log: "
                    "it was changed, or the counts were released twice.",
                    code="release_unlike",
                    remedy=f"Look in .assay/releases for {one.tables}. If it was published as well, tell whoever has the tables that its "
                    f"epsilon of {written(one.epsilon)} comes on top; then move it away.",
                )
        return tuple(new)

    def _kept(self, found: ReleaseState) -> bytes:
        place = self.blobs.place(found.document)
        remedy = (
            f"Put the file that was published there, byte for byte: {place}. Its digest is {found.document}."
        )
        try:
            return self.blobs.get(found.document)
        except AbsentBlob:
            raise NotReleased(
                f"These counts were released (entry {found.entry} of the log, an epsilon of {written(found.epsilon)}), and the table is "
                "not kept here: it is not drawn again, for that would cost the epsilon once more.",
                code="release_lost",
                remedy=remedy,
            ) from None
        except CorruptBlob:
            raise CorruptBlob(
                f"The table that was released (entry {found.entry} of the log) was changed where it is kept: its digest is not "
                f"{short(found.document)} any more.",
                code="release_changed",
                remedy=remedy,
            ) from None
