"""Open the numbers of a sealed run, as the holder of a role; this ends its schedule of attempts."""

from __future__ import annotations

from pathlib import Path

from assay.app.organisation.elsewhere import Away, open_place
from assay.app.organisation.sign import decision_named
from assay.domain.entry import Action
from assay.proof.keys import Signer
from assay.proof.words import unsealing


def unseal(
    folder: Path, beginning: str, *, role: str, signer: Signer, reason: str, away: Away | None = None
) -> str:
    """Open the record of a run before its schedule has ended; this ends the schedule, and stands in the log.

    Args:
        beginning: of the digest of the run's record. away: what is signed with where the log is not; the folder is then not looked
            at, and nothing but its file is written.

    Returns:
        The digest of the record.

    Raises:
        NotInLog: there is no such run in the log. Refused: it is not sealed, the signer may not, or gives no reason. Others as
            :func:`~assay.app.organisation.elsewhere.open_place`.
    """
    with open_place(folder, away) as place:
        record = decision_named(place.state(), beginning).record
        said = unsealing(record, role=role, reason=reason, seen=place.seen(), time=place.clock())
        place.say(said, Action.UNSEALED, record, signer)
    return record
