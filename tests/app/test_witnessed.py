"""A policy that needs a witness: its checkpoint is cosigned on request, and proofs carry the cosignature."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.app.team import refused
from tests.proof.parties import witness_key

from assay.app.organisation.founding import Founding, Person
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import checkpoint, prove, verify_log
from assay.app.organisation.trust import found, set_policy
from assay.app.organisation.witnessed import have_witnessed
from assay.cli.main import assay
from assay.domain.entry import Action
from assay.domain.errors import InvalidDocument
from assay.domain.refusal import Because, Distrusted, Refusal, Refused
from assay.proof.checkpoint import TrustedLog
from assay.proof.cosignature import time_of
from assay.proof.keys import PrivateKey
from assay.proof.note import Note
from assay.proof.tlog_proof import Logged, TlogProof, check_logged
from assay.reading.policy import policy_text, read_next_policy
from assay.store.witness import Witness
from assay.store.witness_client import WitnessDisagrees
from assay.store.witness_server import WitnessServer
from assay.store.workspace import Workspace

ORIGIN = "demo.example/assay"
WITNESS = witness_key()
ROOT = PrivateKey.demo("root")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose policy needs one witness."""
    root, certifier = (Person(n, (), PrivateKey.demo(n).public) for n in ("root", "certifier"))
    policy, digest = found(
        tmp_path,
        Founding("Demo Bank", ORIGIN, "https://demo.example/c", (root,), certifier, (), demo=True),
        [ROOT],
    )
    log = policy.log.model_copy(update={"witnesses": (WITNESS.key.vkey,), "witnesses_needed": 1})
    set_policy(tmp_path, policy.model_copy(update={"version": 2, "previous": digest, "log": log}), [ROOT])
    return tmp_path


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    with open_ledger(folder) as ledger:
        trusted = TrustedLog.of(ledger.policy().log.key)
    with WitnessServer(("127.0.0.1", 0), Witness(folder / "w", cosigner=WITNESS, logs=[trusted])) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def add(folder: Path) -> None:
    refusal = Refused(Refusal(Because.NOT_LOCKED, "The specification is not locked."))
    with open_ledger(folder) as ledger:
        ledger.log_refusal(Action.RUN_REFUSED, "sha256:" + "0" * 64, refusal)


def proven(folder: Path, index: int) -> Logged:
    """What an outsider finds who holds the policy."""
    prove(folder, index, folder / "proof")
    proof = TlogProof.parse((folder / "proof").read_bytes())
    with open_ledger(folder) as ledger:
        log = ledger.policy().log
    return check_logged(
        proof,
        proof.extra or b"",
        TrustedLog.of(log.key),
        witnesses=[WITNESS.key],
        needed=log.witnesses_needed,
    )


def test_a_proof_counts_once_the_witness_cosigned_and_until_the_log_grows(folder: Path, url: str) -> None:
    assert proven(folder, 0).code == "witnesses_missing"
    assert [w.name for w in have_witnessed(folder, [url]).by] == [WITNESS.name]
    assert proven(folder, 0).proven
    checkpoint(folder)  # signs nothing anew: there is nothing new, and the cosigned one stays the newest
    assert proven(folder, 1).witnessed[0].name == WITNESS.name
    add(folder)
    assert proven(folder, 2).code == "witnesses_missing"
    have_witnessed(folder, [url])
    assert proven(folder, 2).proven
    assert verify_log(folder).wrong == ()


def test_a_log_that_was_rolled_back_is_cosigned_no_more(folder: Path, url: str) -> None:
    place = Path(Workspace.of(folder).database)
    shutil.copy(place, folder / "before.db")
    add(folder)
    have_witnessed(folder, [url])
    shutil.copy(folder / "before.db", place)
    with pytest.raises(WitnessDisagrees, match="has seen 3 entries of this log, which now has 2"):
        have_witnessed(folder, [url])


def test_the_command_prints_the_cosigned_checkpoint_and_who_cosigned(folder: Path, url: str) -> None:
    done = CliRunner().invoke(assay, ["log", "checkpoint", "--in", str(folder), "--witness", url, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    (by,) = said["witnessed"].pop("by")
    (line,) = Note.parse(said["checkpoint"].encode()).signatures[1:]
    assert by == {
        "name": WITNESS.name,
        "time": dt.datetime.fromtimestamp(time_of(line.value), dt.UTC).isoformat(),
    }
    assert said["witnessed"] == {"needed": 1}
    assert [line.name for line in Note.parse(said["checkpoint"].encode()).signatures] == [
        ORIGIN,
        WITNESS.name,
    ]
    shown = CliRunner().invoke(assay, ["log", "checkpoint", "--in", str(folder), "--witness", url])
    said = rf"Cosigned by {re.escape(WITNESS.name)} at [0-9-]{{10}} [0-9:]{{5}} UTC; the policy needs 1 witness\.\n"
    assert re.fullmatch(said, shown.stderr)


def test_a_witness_without_a_network_is_asked_by_a_file_and_its_answer_is_kept(folder: Path) -> None:
    def checkpoint_with(*words: str) -> Result:
        return CliRunner().invoke(assay, ["log", "checkpoint", "--in", str(folder), *words])

    with open_ledger(folder) as ledger:
        trusted = TrustedLog.of(ledger.policy().log.key)
    witness = Witness(folder / "w", cosigner=WITNESS, logs=[trusted])
    request, lines = folder / "request.txt", folder / "lines.txt"
    for known in (0, 2):
        assert checkpoint_with("--request", str(request), "--known", str(known)).exit_code == 0
        lines.write_bytes(witness.submit(request.read_bytes(), 1_800_000_000).body)
        assert proven(folder, known).code == "witnesses_missing"
        assert checkpoint_with("--cosigned", str(lines)).stderr.startswith(f"Cosigned by {WITNESS.name}")
        assert proven(folder, known).proven
        add(folder)
    late = checkpoint_with("--cosigned", str(lines))  # lines of a checkpoint before the last entry
    assert isinstance(late.exception, Distrusted)
    assert "of the newest checkpoint, which is of 4 entries" in str(late.exception)
    lines.write_text("nonsense")
    assert "holds no cosignature" in str(checkpoint_with("--cosigned", str(lines)).exception)
    assert checkpoint_with("--known", "2").exit_code == 2


def test_the_policy_is_shown_with_its_log_and_witnesses(folder: Path) -> None:
    said = CliRunner().invoke(assay, ["trust", "show", "--in", str(folder)]).stdout
    with open_ledger(folder) as ledger:
        assert f"Log {ORIGIN}, verifier key {ledger.policy().log.key}\n" in said
    assert f"1 of 1 witness must cosign a checkpoint before a proof counts:\n  {WITNESS.key.vkey}\n" in said


def test_without_a_witness_in_the_policy_none_is_asked(tmp_path: Path) -> None:
    root, certifier = (Person(n, (), PrivateKey.demo(n).public) for n in ("root", "certifier"))
    found(
        tmp_path,
        Founding("Demo Bank", ORIGIN, "https://demo.example/c", (root,), certifier, (), demo=True),
        [ROOT],
    )
    with refused(Because.CHECKPOINT_UNTRUSTED):
        have_witnessed(tmp_path, ["http://127.0.0.1:1"])


@pytest.mark.parametrize(
    ("wrong", "to", "said"),
    [
        (
            "witnesses_needed: 1",
            "witnesses_needed: 2",
            "witnesses_needed asks for more different witnesses than there are",
        ),
        (WITNESS.key.vkey, "witness.example", "No witness can have this verifier key"),
    ],
)
def test_a_policy_that_no_proof_could_meet_is_refused(folder: Path, wrong: str, to: str, said: str) -> None:
    with open_ledger(folder) as ledger:
        text = policy_text(ledger.policy())
        now = ledger.clock()
    assert wrong in text
    (folder / "next.yaml").write_text(text.replace(wrong, to))
    with pytest.raises(InvalidDocument, match=said):
        read_next_policy(folder / "next.yaml", tuple, now)
