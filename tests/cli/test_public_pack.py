"""The public pack: an outsider computes the state from it with the light package, and finds whatever was changed in it."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.cli.ledgers import PASSPHRASE, certified_again, issued, keep
from tests.cli.test_light import HEAVY, loaded_by
from tests.cli.warm import run
from tests.world import EVIDENCE, FILES, LOG_ORIGIN, SPECIFICATION, rows

from assay.app.organisation.export import export_public
from assay.app.verifying.outside import verify_public
from assay.app.verifying.packs import BrokenPack, read_pack, read_public
from assay.proof.log_keys import KeptCheckpoint
from assay.proof.note import Note, NoteSigner
from assay.store.keys import log_signer


def assay(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(*words, cwd=cwd, env=os.environ | {"ASSAY_PASSPHRASE": PASSPHRASE})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two certificates, the second in the place of the first, and its public pack."""
    folder = keep(certified_again(issued()), tmp_path_factory.mktemp("bank"))
    done = assay("export", "public", "public.zip", "--key", "certifier.pem", cwd=folder)
    # The world's times are long past; its certifier's key counts at the status' time all the same.
    assert done.returncode == 0, done.stderr
    assert "2 certificates and 4 sign-offs" in done.stdout
    assert "no signed status" not in done.stdout
    return folder


def test_one_is_told_as_one(tmp_path: Path) -> None:
    folder = keep(issued(), tmp_path)
    done = assay("export", "public", "public.zip", "--key", "certifier.pem", cwd=folder)
    assert "1 certificate and" in done.stdout


def test_a_review_pack_in_place_of_a_public_one_is_told_as_such(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "review.zip", "w") as pack:
        pack.writestr("log.jsonl", "")
        pack.writestr("documents/" + "0" * 64, '{"dsseEnvelope": {}}')
    with pytest.raises(
        BrokenPack,
        match=r"is a review pack.*a public pack is expected.*assay verify CERTIFICATE --review PACK",
    ):
        read_public(tmp_path / "review.zip")


def test_an_outsider_computes_the_state_without_a_database(made: Path, tmp_path: Path) -> None:
    (tmp_path / "public.zip").write_bytes((made / "public.zip").read_bytes())
    (tmp_path / "policy.yaml").write_bytes((made / "policy.yaml").read_bytes())
    done = assay("log", "verify", "public.zip", "--policy", "policy.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "superseded PASSED  model for credit, signed by ria (risk_officer), val (validator)" in done.stdout
    assert "good       PASSED" in done.stdout
    found = json.loads(
        assay("log", "verify", "public.zip", "--policy", "policy.yaml", "--json", cwd=tmp_path).stdout
    )
    assert [c["status"] for c in found["certificates"]] == ["superseded", "good"]
    assert found["wrong"] == []
    assert {p.name for p in tmp_path.iterdir()} == {"public.zip", "policy.yaml"}


def test_it_is_read_with_the_light_package(made: Path) -> None:
    words = ["log", "verify", str(made / "public.zip"), "--policy", str(made / "policy.yaml")]
    loaded = loaded_by(
        "from assay.cli.main import main",
        "try:",
        f"    main({words!r})",
        "except SystemExit as end:",
        "    assert not end.code, end.code",
    )
    assert not loaded & (HEAVY | {"jinja2", "rich"})


def test_it_holds_nothing_confidential(made: Path) -> None:
    with zipfile.ZipFile(made / "public.zip") as pack:
        names = {name.split("/")[0] for name in pack.namelist()}
        words = b"".join(pack.read(name) for name in pack.namelist())
    assert names == {
        "log.jsonl",
        "checkpoint",
        "policy.yaml",
        "certificates",
        "statements",
        "status.sigstore.json",
    }
    for digest in (EVIDENCE, SPECIFICATION):
        assert f"documents/{digest}".encode() not in words
    assert b"PRIVATE" not in words


def test_a_certificate_from_the_pack_is_verified_with_the_log_in_it(made: Path, tmp_path: Path) -> None:
    """Unpacked, it is what a verifier asks for; here the model is another one, and the log is read all the same."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.txt").write_text("another tree")
    with zipfile.ZipFile(made / "public.zip") as pack:
        pack.extractall(tmp_path)
    newest = max(
        (tmp_path / "certificates").iterdir(), key=lambda p: (p / "certificate.tlog-proof").stat().st_size
    )
    (newest / "status.sigstore.json").write_bytes((tmp_path / "status.sigstore.json").read_bytes())
    done = assay(
        "verify", str(newest), "--model", "model", "--use-case", "credit", "--policy", "policy.yaml",
        "--public", str(made / "public.zip"), "--json", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 3
    steps = {s["number"]: s["answer"] for s in json.loads(done.stdout)["steps"]}
    assert (steps[4], steps[9], steps[11]) == ("refused", "holds", "not at hand")
    assert len(FILES) == 2


def test_the_two_packs_are_not_taken_for_each_other(made: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokenPack, match="is a public pack"):
        read_pack(made / "public.zip")
    other = tmp_path / "review.zip"
    with zipfile.ZipFile(other, "w") as pack:
        pack.writestr("log.jsonl", b"")
    with pytest.raises(BrokenPack, match="no public pack"):
        read_public(other)
    done = assay("log", "verify", str(made / "public.zip"), cwd=tmp_path)
    assert (done.returncode, "PACK needs --policy" in done.stderr) == (2, True)


Members = dict[str, bytes]


def _drop_the_last_entry(pack: Members) -> None:
    pack["log.jsonl"] = b"".join(line + b"\n" for line in pack["log.jsonl"].splitlines()[:-1])


def _change_an_entry(pack: Members) -> None:
    pack["log.jsonl"] = pack["log.jsonl"].replace(b'"bypasses":[]', b'"bypasses":["none"]', 1)


def _hide_a_certificate(pack: Members) -> None:
    hidden = min(n for n in pack if n.startswith("certificates/")).rsplit("/", 1)[0]
    for name in [n for n in pack if n.startswith(hidden)]:
        del pack[name]


def _add_a_certificate(pack: Members) -> None:
    some = next(n for n in pack if n.endswith("certificate.sigstore.json"))
    for name in ("certificate.sigstore.json", "certificate.tlog-proof"):
        pack[f"certificates/{'0' * 64}/{name}"] = pack[some.replace("certificate.sigstore.json", name)]


def _swap_proofs(pack: Members) -> None:
    first, second = sorted(n for n in pack if n.endswith(".tlog-proof"))
    pack[first], pack[second] = pack[second], pack[first]


def _change(name: str, old: bytes, new: bytes) -> Callable[[Members], None]:
    def change(pack: Members) -> None:
        (place,) = [n for n in pack if n == name or n.startswith(name)][:1]
        assert old in pack[place]
        pack[place] = pack[place].replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (_drop_the_last_entry, "log_shortened"),
        (_change_an_entry, "log_rewritten"),
        (_hide_a_certificate, "not_logged"),
        (_add_a_certificate, "not_logged"),
        (_swap_proofs, "not_logged"),
        (_change("checkpoint", b"bank.example", b"bank.exemple"), "checkpoint_untrusted"),
        (_change("statements/", b'"keyid":""', b'"keyid":"x"'), "signed_something_else"),
        (_change("status.sigstore.json", b'"keyid":""', b'"keyid":"x"'), "statement_broken"),
        (_change("policy.yaml", b"isolation: 1", b"isolation: 0"), "policy_broken"),
        (_change("certificates/", b'"keyid":""', b'"keyid":"x"'), "bundle_broken"),
    ],
)
def test_whatever_is_changed_in_it_is_found(
    change: Callable[[Members], None], because: str, made: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(made / "public.zip") as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    change(members)
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    found = verify_public(tmp_path / "changed.zip", made / "policy.yaml")
    assert because in {w.because.value for w in found.wrong}


@pytest.mark.parametrize(
    ("history", "because"),
    [
        (lambda leaves: [*leaves[:-1], b"another"], "log_rewritten"),
        (lambda leaves: [*leaves, b"more"], "log_shortened"),
    ],
)
def test_a_proof_of_another_history_is_found(
    history: Callable[[list[bytes]], list[bytes]], because: str, tmp_path: Path
) -> None:
    """The log's key signed two histories, and the certificate stands at the same place in both."""
    first = issued()
    folder = keep(first, tmp_path / "bank")
    first.world.run(rows(100_000))  # something after the certificate
    keep(first, folder)
    export_public(folder, tmp_path / "public.zip")
    assert verify_public(tmp_path / "public.zip", folder / "policy.yaml").wrong == ()
    with zipfile.ZipFile(tmp_path / "public.zip") as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    first.world.leaves[:] = history(first.world.leaves)
    (place,) = [n for n in members if n.endswith(".tlog-proof")]
    members[place] = first.proof(signer=log_signer(LOG_ORIGIN, create=False))
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    found = verify_public(tmp_path / "changed.zip", folder / "policy.yaml")
    assert [w.because.value for w in found.wrong] == [because]
    assert "in the proof of the certificate" in found.wrong[0].sentence


def test_a_whole_pack_of_somebody_else_is_found_by_the_policy(made: Path, tmp_path: Path) -> None:
    """Keys and log are another's, everything in it fits together: only the policy in the reader's hand tells."""
    other = keep(issued(), tmp_path / "other")
    (other / "policy.yaml").write_text(
        (other / "policy.yaml").read_text().replace("isolation: 1", "isolation: 0")
    )
    found = verify_public(made / "public.zip", other / "policy.yaml")
    assert [w.because.value for w in found.wrong] == ["policy_not_next"]


def test_a_checkpoint_that_somebody_kept_is_compared(made: Path, tmp_path: Path) -> None:
    earlier = keep(issued(), tmp_path / "earlier")  # other signatures, so another history of the same log
    export_public(earlier, tmp_path / "earlier.zip")
    with zipfile.ZipFile(tmp_path / "earlier.zip") as pack:
        (tmp_path / "kept").write_bytes(pack.read("checkpoint"))
    words = ("log", "verify", str(made / "public.zip"), "--policy", str(made / "policy.yaml"), "--checkpoint")
    done = assay(*words, "kept", cwd=tmp_path)
    assert done.returncode == 3
    assert "log_rewritten" in done.stdout
    with zipfile.ZipFile(made / "public.zip") as pack:
        (tmp_path / "same").write_bytes(pack.read("checkpoint"))
    done = assay(*words, "same", cwd=tmp_path)
    assert (done.returncode, "No checkpoint from outside" in done.stdout) == (0, False)


def test_a_checkpoint_that_the_log_did_not_sign_is_no_evidence_for_it(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made / "public.zip") as pack:
        text = Note.parse(pack.read("checkpoint")).text
    forger = NoteSigner(text.split("\n")[0], Ed25519PrivateKey.from_private_bytes(b"\x11" * 32))
    note = Note(text, (forger.sign(text),))
    found = verify_public(
        made / "public.zip",
        made / "policy.yaml",
        [KeptCheckpoint("the checkpoint of a stranger", bytes(note))],
    )
    assert [w.because.value for w in found.wrong] == ["checkpoint_untrusted"]
