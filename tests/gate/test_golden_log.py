"""The logs that were kept: this version comes to the same state as the one that wrote each, and nothing in one became void."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.gate.test_golden import GOLDEN
from tests.golden_life import CHECKPOINTS, LOG, PROOFS, STATE, told

from assay.app.organisation.logbook import export_log, verify_log
from assay.app.verifying.certificate_folder import STATUS
from assay.app.verifying.packs import read_log
from assay.domain.entry import Action
from assay.domain.state import State
from assay.proof.checkpoint import TrustedLog
from assay.proof.cosignature import CosignerKey
from assay.proof.leaf import read_leaf, state_of
from assay.proof.log_keys import KeptCheckpoint
from assay.proof.note import Note
from assay.proof.public import Public, check_public
from assay.proof.tlog_proof import TlogProof, check_logged
from assay.reading.policy import policy_text
from assay.store.log import Log
from assay.store.workspace import Workspace

FOLDERS = sorted(GOLDEN.glob("log*"))
PROVEN = [(folder, path) for folder in FOLDERS for path in sorted((folder / PROOFS).iterdir())]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def golden(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def kept(golden: Path) -> list[Path]:
    return sorted((golden / CHECKPOINTS).iterdir())


@pytest.fixture(scope="module")
def leaves(golden: Path) -> tuple[bytes, ...]:
    return read_log(golden / LOG).leaves


@pytest.fixture(scope="module")
def state(leaves: tuple[bytes, ...]) -> State:
    """What it comes to; no entry is void."""
    found, void = state_of(leaves)
    assert void == ()
    return found


def test_it_comes_to_the_same_state(golden: Path, state: State) -> None:
    """Keys, locks, quorums, attempts, rows that are spent, waivers, and what became of each certificate."""
    assert json.loads(json.dumps(told(state))) == json.loads((golden / STATE).read_text())


def test_together_they_have_every_kind_of_entry() -> None:
    """Whoever adds a kind makes another golden log with it, and leaves these as they are."""
    every = (leaf for folder in FOLDERS for leaf in read_log(folder / LOG).leaves)
    assert {read_leaf(leaf).action for leaf in every} == set(Action)


def test_its_checkpoints_hold_with_their_witness(
    golden: Path, kept: list[Path], leaves: tuple[bytes, ...], state: State
) -> None:
    """In a store, which has its own look at entries, tree and notes; and as a public pack, which needs the witness."""
    (witness,) = state.policy.log.witnesses
    for one in kept:
        note = Note.parse(one.read_bytes())
        assert any(CosignerKey.parse(witness).verifies(note.text, line.value) for line in note.signatures)
    certificates = {
        c.digest: (read_leaf(leaves[c.entry]).signed[0].content, (golden / PROOFS / f"{c.entry:02}").read_bytes())
        for c in state.certificates.values()
    }  # fmt: skip
    pack = Public(
        leaves, kept[-1].read_bytes(), policy_text(state.policy).encode(), certificates,
        status=(golden / STATUS).read_bytes(),
    )  # fmt: skip
    found = check_public(pack, state.policy, [KeptCheckpoint(k.name, k.read_bytes()) for k in kept])
    assert found.wrong == ()


def test_it_is_kept_and_exported_again_as_it_was(
    golden: Path, kept: list[Path], leaves: tuple[bytes, ...], tmp_path: Path
) -> None:
    place = Workspace.of(tmp_path).database
    with Log.open(place) as log:
        for one in kept:
            log.append(lambda stored, size=int(one.name): leaves[len(stored) : size])
            log.put_checkpoint(Note.parse(one.read_bytes()))
    assert verify_log(tmp_path).wrong == ()
    export_log(tmp_path, tmp_path / LOG)
    assert (tmp_path / LOG).read_bytes() == (golden / LOG).read_bytes()


@pytest.mark.parametrize(("folder", "proof"), PROVEN, ids=lambda path: path.name)
def test_its_proofs_lead_to_what_the_log_signed_then(folder: Path, proof: Path) -> None:
    leaves = read_log(folder / LOG).leaves
    parsed = TlogProof.parse(proof.read_bytes())
    size = int(Note.parse(parsed.checkpoint).text.split("\n")[1])
    then = state_of(leaves[:size])[0].policy.log
    witnesses = [CosignerKey.parse(text) for text in then.witnesses]
    leaf = leaves[int(proof.name)]
    found = check_logged(parsed, leaf, TrustedLog.of(then.key), witnesses=witnesses, needed=1)
    assert found.proven, found.message
    assert not check_logged(
        parsed, leaf + b" ", TrustedLog.of(then.key), witnesses=witnesses, needed=1
    ).proven


def test_it_is_small_and_tells_of_no_machine(golden: Path) -> None:
    files = [path for path in golden.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    for path in files:
        assert not [word for word in (b"/home/", b"/tmp/", b"/work/", b"/root/") if word in path.read_bytes()]
