"""Where a decision stands: signatures, waivers, versions and the certificate, as the log of a folder has them now."""

from __future__ import annotations

from pathlib import Path

from assay.app.organisation.changes import changes
from assay.app.organisation.ledger import open_ledger
from assay.domain.difference import Difference
from assay.domain.standing import Standing, standing
from assay.proof.lines import to_base64
from assay.store.blobs import AbsentBlob
from assay.store.workspace import Workspace


def standing_of(folder: Path, record: str) -> Standing | None:
    """Where the decision with this record stands; None when the folder has no log, or its log no such decision.

    Args:
        folder: of the specification, or the specification itself. record: the whole digest.

    Raises:
        Distrusted: an entry of the log breaks a rule.
        CorruptBlob: a kept specification has other bytes than when it was judged.
    """
    folder = folder.resolve()
    workspace = Workspace.of(folder.parent if folder.is_file() else folder)
    if not workspace.has_log:
        return None

    def compare(before: str, after: str) -> tuple[Difference, ...] | None:
        try:
            return changes(workspace.blobs.get(before), workspace.blobs.get(after))
        except AbsentBlob:
            return None

    with open_ledger(workspace.root.parent) as ledger:
        state = ledger.state()
        root = to_base64(ledger.log.root(state.size)) if state.size else ""
    return standing(state, record, root=root, compare=compare)
