"""The log of a folder, and how something is added to it: nothing that a rule would make void."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assay.app.clock import Clock, utc_now
from assay.domain.digests import bare
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.domain.state import State
from assay.proof.bundle import sign
from assay.proof.checkpoint import Checkpoint
from assay.proof.keys import Signer
from assay.proof.leaf import Draft, next_leaf, read_leaf, state_of
from assay.proof.note import NoteSigner
from assay.proof.salted import Salted
from assay.proof.statement import Statement
from assay.proof.tlog_proof import TlogProof
from assay.store.keys import log_key_file, log_signer
from assay.store.log import Log
from assay.store.runs import Run
from assay.store.workspace import Workspace

APART = dt.timedelta(hours=1)
"""So far may the clocks of two machines that write to one log be apart."""


def next_time(state: State, clock: Clock) -> dt.datetime:
    """The date of the entry after those of a state; a clock that goes back dates nothing back.

    The newest entry may be of a machine whose clock is a little ahead. One that is further ahead is not followed.
    """
    time = clock()
    near = state.newest if state.newest is not None and state.newest - time <= APART else None
    return max(filter(None, (time, near, state.time)))


class NoLog(AssayError):
    """There is no log in the folder, or no policy in the log: nothing was refused, for there is nobody who could."""


class NotInLog(AssayError):
    """What somebody names is not in the log, or its name fits several: nothing was refused, for nothing was asked of anything."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The log of one folder or one team."""

    log: Log
    clock: Clock = utc_now
    _known: dict[int, State] = field(default_factory=dict, repr=False, compare=False)
    """The state by the size that it was folded at: entries are only ever added."""

    def leaves(self) -> tuple[bytes, ...]:
        """Every entry's bytes, in order."""
        return tuple(self.log.entries())

    def state(self) -> State:
        """What the log says.

        Raises:
            Distrusted: when an entry breaks a rule: somebody else wrote it.
        """
        size = self.log.size
        if size not in self._known:
            self._known.clear()
            self._known[size] = _trusted(self.leaves())
        return self._known[size]

    def now(self, state: State) -> dt.datetime:
        """The date of the next entry. As :func:`next_time`."""
        return next_time(state, self.clock)

    def policy(self) -> Policy:
        """The policy in force. Raises NoLog."""
        return policy_of(self.state())

    def add(self, *drafts: Draft) -> tuple[bytes, ...]:
        """Append entries, all or none; each must stand under the rules after the ones before it.

        Raises:
            Refused: with the rule that a new entry breaks. Distrusted: when the log is broken already.
        """
        return self.decide(lambda state: drafts)  # noqa: ARG005

    def say(self, said: Statement, action: Action, about: str, signer: Signer) -> State:
        """Sign a statement and append it; the state with it. Raises as :meth:`add`."""
        with naming(signer):
            self.add(Draft(action, about, {}, (sign(said.plain(), signer),)))
        return self.state()

    def see(self, draft: Callable[[State], Sequence[Draft]]) -> None:
        """See that entries could be added now, and add none. Raises as :meth:`add`."""
        leaves = list(self.leaves())
        state = self.state()
        for one in draft(state):
            leaves.append(next_leaf(leaves, one, self.now(state)))

    def log_refusal(self, action: Action, about: str, refused: Refused) -> None:
        """Append that something was refused, and why."""
        body = {"because": refused.refusal.because.value, "sentence": refused.refusal.sentence}
        self.add(Draft(action, about, body))

    def decide(
        self, draft: Callable[[State], Sequence[Draft]], *, pairs: Sequence[Salted] = ()
    ) -> tuple[bytes, ...]:
        """As :meth:`add`, with entries that depend on the state: nobody else can write in between.

        ``pairs`` of personal data, whose digests stand in the entries, are kept beside them and can be erased. Where
        this machine holds the log's key, a checkpoint is signed; elsewhere whoever holds it signs the next one.

        Raises:
            Distrusted: this machine holds another key under the log's name; nothing was written.
        """
        made: list[bytes] = []
        signers: list[NoteSigner | None] = []

        def appended(stored: Sequence[bytes]) -> Sequence[bytes]:
            made.clear()
            leaves = list(stored)
            state = self._known.get(len(leaves)) or _trusted(leaves)
            now = self.now(state)
            for one in draft(state):
                leaf = next_leaf(leaves, one, now)
                leaves.append(leaf)
                made.append(leaf)
            if made:
                changed = any(read_leaf(leaf).action is Action.POLICY_SET for leaf in made)
                signers.append(_signer(state.policy, _trusted(leaves).policy if changed else state.policy))
            return made

        kept = [pair for pair in pairs if self.log.value(pair.digest) is None]
        self.log.append(appended, pairs=kept)
        for signer in signers:
            if signer is not None:
                self._signed_by(signer)
        return tuple(made)

    def sign_checkpoint(self) -> Checkpoint:
        """Sign what the log holds now and keep it: from now on a rewritten log contradicts it.

        Raises:
            Refused: this machine does not hold the log's key. Distrusted: it holds another one under its name.
        """
        return self._signed_by(self.signer())

    def signer(self) -> NoteSigner:
        """The log's key. Raises as :meth:`sign_checkpoint`."""
        policy = self.policy()
        signer = _signer(policy, policy)
        if signer is None:
            raise Refused(
                Refusal(
                    Because.CHECKPOINT_UNTRUSTED,
                    f"The key of the log {policy.log.origin!r} is not on this machine, so no checkpoint can be signed here.",
                ),
                remedy="Do this on the machine that holds it; there it is in "
                f"{log_key_file(policy.log.origin)}, unless XDG_STATE_HOME names another folder.",
            )
        return signer

    def _signed_by(self, signer: NoteSigner) -> Checkpoint:
        head = self.log.head(signer.name)
        note, last = head.signed_by(signer), self.log.last_checkpoint()
        # The newest checkpoint is what proofs carry: one of the same entries that witnesses cosigned stays the newest.
        if last is None or last.signed_also(note.signatures) != last or last.text != note.text:
            self.log.put_checkpoint(note)
        return head

    def seen(self) -> tuple[int, str]:
        """Size and root of the log as a signer sees it now."""
        size = self.log.size
        return size, self.log.root(size).hex()

    def proof(self, index: int, leaf: bytes) -> bytes:
        """The tlog-proof file of an entry, under the newest checkpoint."""
        note = self.log.last_checkpoint()
        if note is None:
            raise Refused(Refusal(Because.CHECKPOINT_UNTRUSTED, "The log has no signed checkpoint yet."))
        size = Checkpoint.parse(note.text).size
        if index >= size:
            raise Refused(
                Refusal(
                    Because.CHECKPOINT_UNTRUSTED,
                    f"Entry {index} is under no signed checkpoint yet: the newest has {size} entries.",
                ),
                remedy="On the machine that holds the log's key: assay log checkpoint",
            )
        return bytes(TlogProof(index, self.log.inclusion(index, size), bytes(note), leaf))


@contextmanager
def naming(signer: Signer) -> Iterator[None]:
    """Add to the refusal of a key that the policy does not have what its holder calls it: an id alone tells them nothing."""
    try:
        yield
    except Refused as refused:
        if refused.refusal.because is not Because.KEY_UNKNOWN or not signer.name:
            raise
        said = f"{refused.refusal.sentence} That is {signer.name!r}, with which you sign."
        raise type(refused)(Refusal(Because.KEY_UNKNOWN, said), remedy=refused.remedy) from None


def _signer(before: Policy | None, after: Policy | None) -> NoteSigner | None:
    """The key that signs for the log under a policy; None where this machine does not hold it.

    While the log gets another key, the machine may still hold the one ``before``.
    """
    if after is None:
        return None
    signer = log_signer(after.log.origin, demo=after.demo)
    if signer is None or signer.key.vkey == after.log.key:
        return signer
    if before is not None and signer.key.vkey == before.log.key:
        return None
    raise Distrusted(
        Refusal(
            Because.CHECKPOINT_UNTRUSTED,
            f"The key of the log {after.log.origin!r} on this machine is not the one that the policy names.",
        ),
        remedy=f"Restore the right one in {log_key_file(after.log.origin)}, or move this one away: then entries are added "
        "unsigned, and whoever holds the key signs the next checkpoint.",
    )


def _trusted(leaves: Sequence[bytes]) -> State:
    state, void = state_of(leaves)
    if void:
        raise Distrusted(
            Refusal(
                void[0].refusal.because,
                f"Entry {void[0].entry} of the log breaks a rule: {void[0].refusal.sentence}",
            ),
            remedy="Run: assay log verify",
        )
    return state


def policy_of(state: State) -> Policy:
    """The policy in force. Raises NoLog."""
    if state.policy is None:
        raise NoLog("No policy says whose keys count.", code="no_policy", remedy=FOUND_ONE)
    return state.policy


FOUND_ONE = "If it lies in another folder, name that one; else set it up with: assay trust init"


def see_log(folder: Path) -> None:
    """See that the folder has a log, before a person is asked for anything. Raises NoLog."""
    if not Workspace.of(folder).has_log:
        raise NoLog(
            f"There is no log in {folder.absolute()}: nobody has said whose keys count.",
            code="no_log",
            remedy=FOUND_ONE,
        )


def _require_never_there(workspace: Workspace) -> None:
    """Raise when the log was lost: a new one would count no attempt on rows that were used."""
    known = sum(_under_a_lock(workspace, run) for run in workspace.runs.all() if not run.rehearsal)
    if known:
        place = Path(workspace.database)
        kept = "1 judged run is" if known == 1 else f"{known:,} judged runs are"
        raise Distrusted(
            Refusal(
                Because.LOG_SHORTENED,
                f"{kept} kept in {workspace.root} whose specification was locked, and their log is gone: {place} is "
                f"{'a folder' if place.is_dir() else 'not there'}.",
            ),
            remedy="Restore it from a copy, or name the database that holds it in ASSAY_STORE. A new log would know of no "
            "attempt: to begin one all the same, move the folder away with all that is kept in it.",
        )


def _under_a_lock(workspace: Workspace, run: Run) -> bool:
    """Whether a log knew this run: then its seed is that of the lock, and not of the specification alone."""
    try:
        seed = json.loads(workspace.blobs.get(run.record))["seed"]
    except (OSError, ValueError, KeyError, TypeError, AssayError):
        return False  # a record that is lost, or was changed, tells nothing
    return bool(seed != bare(run.specification))


@contextmanager
def open_ledger(folder: Path, *, create: bool = False, clock: Clock = utc_now) -> Iterator[Ledger]:
    """The log of a folder.

    Raises:
        NoLog: when there is none and it is not to be made.
        Distrusted: ``log_shortened`` when there is none, and runs are kept that a log knew.
    """
    workspace = Workspace.of(folder)
    if not workspace.has_log:
        _require_never_there(workspace)
        if not create:
            see_log(folder)
    with Log.open(workspace.database) as log:
        yield Ledger(log, clock)
