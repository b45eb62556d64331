"""The way of a certificate under a policy that needs a witness: issued, cosigned, written again, let through."""

from __future__ import annotations

import threading
from pathlib import Path

from click.testing import CliRunner
from tests.app.conftest import Folder
from tests.app.team import KEYS, Team
from tests.proof.parties import witness_key

from assay.app.organisation.export import export_public
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.trust import set_policy, text_in_force
from assay.app.organisation.witnessed import have_witnessed
from assay.app.verifying.outside import verify_public
from assay.cli.main import assay
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because
from assay.proof.canonical import digest_of_document
from assay.proof.checkpoint import TrustedLog
from assay.store.witness import Witness
from assay.store.witness_server import WitnessServer

WITNESS = witness_key()


def test_a_certificate_is_let_through_once_a_witness_cosigned_and_its_files_were_written_again(
    folder: Folder, tmp_path: Path
) -> None:
    team = Team(folder)
    with open_ledger(team.root) as ledger:
        first = ledger.policy()
    log = first.log.model_copy(update={"witnesses": (WITNESS.key.vkey,), "witnesses_needed": 1})
    before = digest_of_document(to_plain(first, Policy))
    set_policy(
        team.root, first.model_copy(update={"version": 2, "previous": before, "log": log}), [KEYS["root"]]
    )
    with open_ledger(team.root) as ledger:
        team.policy.write_text(text_in_force(ledger))
    team.lock().certify()
    team.sign()
    done = CliRunner().invoke(
        assay,
        ["issue", "--key", "demo:certifier", "--in", str(team.root), "--output", str(team.root / "cert")],
    )
    assert done.exit_code == 0, done.output
    assert "The proof does not count yet: 1 more witness must cosign the log." in done.stdout
    refusal = team.gate()
    assert refusal is not None
    assert refusal.because is Because.NOT_LOGGED
    witness = Witness(tmp_path / "w", cosigner=WITNESS, logs=[TrustedLog.of(log.key)])
    with WitnessServer(("127.0.0.1", 0), witness) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        have_witnessed(team.root, [server.url])
        server.shutdown()
        thread.join()
    again = team.issue()
    assert (again.before, again.witnesses) == (True, 0)
    assert team.gate() is None
    export_public(team.root, tmp_path / "public.zip", signer=KEYS["certifier"])
    assert verify_public(tmp_path / "public.zip", team.policy, []).wrong == ()
