"""Checkpoints in a git repository that somebody else keeps: what continues is pushed, what does not is refused and told."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.cli.ledgers import certified_again, issued, keep
from tests.cli.warm import run
from tests.world import LOG_ORIGIN, Issued

from assay.app.organisation.export import export_public
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import checkpoint, verify_log
from assay.app.organisation.remote import held_against, held_for, push_checkpoint
from assay.app.verifying.outside import verify_public
from assay.domain.policy import LogKeys
from assay.domain.refusal import Distrusted
from assay.proof.note import NoteSigner
from assay.reading.policy import policy_text
from assay.store.git_remote import open_remote, place_of
from assay.store.keys import log_key_file, log_signer

BRANCH = "assay-checkpoints"


def git(*words: str, cwd: Path) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@y")
    done = subprocess.run(["git", *who, *words], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


def log(*words: str, cwd: Path, ends: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    done = run("log", *words, cwd=cwd, env=os.environ | env)
    assert done.returncode == ends, done.stdout + done.stderr
    return done


def words(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    place = tmp_path / "remote.git"
    place.mkdir()
    git("init", "-q", "--bare", cwd=place)
    return place


@pytest.fixture
def first() -> Issued:
    return issued()


@pytest.fixture
def bank(first: Issued, tmp_path: Path) -> Path:
    return keep(first, tmp_path / "bank")


def test_every_checkpoint_is_a_commit_on_the_one_before(bank: Path, first: Issued, remote: Path) -> None:
    done = log("checkpoint", "--push", str(remote), "--json", cwd=bank)
    pushed = json.loads(done.stdout)["pushed"]
    assert (pushed["size"], pushed["before"]) == (len(first.world.leaves), None)
    assert "holds this checkpoint already" in words(log("checkpoint", "--push", str(remote), cwd=bank))
    keep(certified_again(first), bank)
    said = words(log("checkpoint", "--push", "../remote.git", cwd=bank))  # a path from here
    assert f"the remote held {pushed['size']} entries before" in said
    told = git("log", "--format=%s", BRANCH, cwd=remote).splitlines()
    assert told == [f"{LOG_ORIGIN} {len(first.world.leaves)}", f"{LOG_ORIGIN} {pushed['size']}"]
    note = git("show", f"{BRANCH}:{place_of(LOG_ORIGIN)}", cwd=remote)
    assert note.startswith(f"{LOG_ORIGIN}\n{len(first.world.leaves)}\n")
    said = words(log("verify", "--against", str(remote), cwd=bank))
    assert "holds" in said
    assert "No checkpoint from outside" not in said


def test_a_remote_is_named_as_git_names_it(bank: Path, remote: Path) -> None:
    git("init", "-q", cwd=bank)
    git("remote", "add", "notary", str(remote), cwd=bank)
    log("checkpoint", "--push", "notary", "--branch", "bank/log", cwd=bank)
    assert git("rev-parse", "--verify", "refs/heads/bank/log", cwd=remote)
    log("verify", "--against", "notary", "--branch", "bank/log", cwd=bank)


def test_a_log_that_was_rolled_back_is_not_pushed(
    bank: Path, first: Issued, remote: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier"
    keep(first, earlier)
    keep(certified_again(first), bank)
    log("checkpoint", "--push", str(remote), cwd=bank)
    before = git("rev-parse", BRANCH, cwd=remote)
    said = words(log("checkpoint", "--push", str(remote), cwd=earlier, ends=3))
    assert "entries were removed, or this is an older copy" in said
    assert git("rev-parse", BRANCH, cwd=remote) == before
    assert "log_shortened" in words(log("verify", "--against", str(remote), cwd=earlier, ends=3))


def test_another_history_of_the_same_log_is_not_pushed(bank: Path, remote: Path, tmp_path: Path) -> None:
    log("checkpoint", "--push", str(remote), cwd=bank)
    rewritten = keep(certified_again(issued()), tmp_path / "rewritten")  # longer, with other signatures
    said = words(log("checkpoint", "--push", str(remote), cwd=rewritten, ends=3))
    assert "have another root than the checkpoint of commit" in said
    assert len(git("rev-list", BRANCH, cwd=remote).split()) == 1
    assert "log_rewritten" in words(log("verify", "--against", str(remote), cwd=rewritten, ends=3))


def test_a_smaller_checkpoint_of_another_history_is_not_built_upon(
    bank: Path, first: Issued, remote: Path, tmp_path: Path
) -> None:
    """Whoever has the log's key showed the remote another history, and then the true one: the largest alone looks right."""
    other = keep(issued(), tmp_path / "other")
    log("checkpoint", "--push", str(remote), cwd=other)
    keep(certified_again(first), bank)
    work = tmp_path / "work"
    git("clone", "-q", "-b", BRANCH, str(remote), str(work), cwd=tmp_path)
    log("checkpoint", "--output", str(work / place_of(LOG_ORIGIN)), cwd=bank)
    git("commit", "-qam", "the true one", cwd=work)
    git("push", "-q", cwd=work)
    said = words(log("checkpoint", "--push", str(remote), cwd=bank, ends=3))
    assert "have another root than the checkpoint of commit" in said
    assert len(git("rev-list", BRANCH, cwd=remote).split()) == 2


def test_an_outsider_compares_a_public_pack_with_the_remote(bank: Path, remote: Path, tmp_path: Path) -> None:
    log("checkpoint", "--push", str(remote), cwd=bank)
    export_public(bank, tmp_path / "public.zip")
    rewritten = keep(issued(), tmp_path / "rewritten")
    export_public(rewritten, tmp_path / "rewritten.zip")
    asked = ("--policy", str(bank / "policy.yaml"), "--against", str(remote))
    log("verify", "public.zip", *asked, cwd=tmp_path)
    found = words(
        log("verify", "rewritten.zip", "--policy", str(rewritten / "policy.yaml"), "--against", str(remote),
            cwd=tmp_path, ends=3)
    )  # fmt: skip
    assert "log_rewritten" in found


def test_what_the_log_did_not_sign_is_not_built_upon(bank: Path, remote: Path, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assay.proof.checkpoint import Checkpoint

    work = tmp_path / "work"
    work.mkdir()
    git("init", "-q", "-b", BRANCH, cwd=work)
    place = work / place_of(LOG_ORIGIN)
    place.parent.mkdir(parents=True)
    thief = NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    place.write_bytes(bytes(Checkpoint(LOG_ORIGIN, 3, b"\x00" * 32).signed_by(thief)))
    git("add", ".", cwd=work)
    git("commit", "-qm", "forged", cwd=work)
    git("push", "-q", str(remote), BRANCH, cwd=work)
    for way in (("checkpoint", "--push"), ("verify", "--against")):
        assert "did not sign the checkpoint of commit" in words(log(*way, str(remote), cwd=bank, ends=3))


@dataclass(frozen=True)
class Rotated:
    """A log whose key was changed after a push: its folder, the key that signs no more, and the policies before and since."""

    bank: Path
    retired: NoteSigner
    policies: tuple[Path, Path]


@pytest.fixture
def rotated(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rotated:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # keys that no other test meets
    made = issued()
    bank = keep(made, tmp_path / "rotated")
    push_checkpoint(bank, str(remote))
    before = tmp_path / "before.yaml"
    before.write_text(policy_text(made.policy))
    retired = log_signer(LOG_ORIGIN)
    log_key_file(LOG_ORIGIN).unlink()
    new = log_signer(LOG_ORIGIN, create=True)
    assert retired
    assert new
    policy = made.policy.model_copy(
        update={
            "version": 2,
            "previous": made.world.state.policy_digest,
            "log": LogKeys(origin=LOG_ORIGIN, key=new.key.vkey),
        }
    )
    made.world.set_policy(policy)
    keep(replace(made, policy=policy), bank)
    return Rotated(bank, retired, (before, bank / "policy.yaml"))


def test_after_the_log_has_a_new_key_owner_and_outsider_still_find_what_the_old_one_signed(
    rotated: Rotated, remote: Path, tmp_path: Path
) -> None:
    pushed = push_checkpoint(rotated.bank, str(remote))
    assert pushed.size == (pushed.before or 0) + 1
    kept = held_for(rotated.bank, str(remote))
    assert len(kept) == 2
    assert verify_log(rotated.bank, kept).wrong == ()
    export_public(rotated.bank, tmp_path / "public.zip")
    for policy in rotated.policies:
        kept = held_against(policy, str(remote))
        assert len(kept) == 2
        assert verify_public(tmp_path / "public.zip", policy, kept).wrong == ()


def test_a_key_that_the_log_had_before_signs_no_later_entries(
    rotated: Rotated, remote: Path, tmp_path: Path
) -> None:
    """Somebody who stole it pushes the truth, so that only the key is wrong."""
    checkpoint(rotated.bank)
    with open_ledger(rotated.bank) as ledger:
        head = ledger.log.head(LOG_ORIGIN)
    with open_remote(str(remote), BRANCH, LOG_ORIGIN, tmp_path) as there:
        there.push(bytes(head.signed_by(rotated.retired)), "as if it still counted")
    with pytest.raises(Distrusted, match="Nothing was pushed") as refused:
        push_checkpoint(rotated.bank, str(remote))
    assert refused.value.code == "checkpoint_untrusted"
    found = verify_log(rotated.bank, held_for(rotated.bank, str(remote))).wrong
    assert [wrong.code for wrong in found] == ["checkpoint_untrusted"]
    export_public(rotated.bank, tmp_path / "public.zip")
    for policy in rotated.policies:
        public = verify_public(tmp_path / "public.zip", policy, held_against(policy, str(remote)))
        assert [wrong.because.value for wrong in public.wrong] == ["checkpoint_untrusted"]


def test_other_files_and_other_logs_on_the_branch_are_kept(bank: Path, remote: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    git("init", "-q", "-b", BRANCH, cwd=work)
    (work / "README").write_text("kept by the notary")
    git("add", ".", cwd=work)
    git("commit", "-qm", "begin", cwd=work)
    git("push", "-q", str(remote), BRANCH, cwd=work)
    log("checkpoint", "--push", str(remote), cwd=bank)
    assert git("show", f"{BRANCH}:README", cwd=remote) == "kept by the notary"


def test_an_earlier_checkpoint_that_was_taken_away_still_counts(
    bank: Path, remote: Path, tmp_path: Path
) -> None:
    log("checkpoint", "--push", str(remote), cwd=bank)
    work = tmp_path / "work"
    git("clone", "-q", "-b", BRANCH, str(remote), str(work), cwd=tmp_path)
    git("rm", "-q", place_of(LOG_ORIGIN), cwd=work)
    git("commit", "-qm", "gone", cwd=work)
    git("push", "-q", "origin", BRANCH, cwd=work)
    rewritten = keep(issued(), tmp_path / "rewritten")
    assert "have another root than the checkpoint of commit" in words(
        log("checkpoint", "--push", str(remote), cwd=rewritten, ends=3)
    )


def test_what_is_missing_is_a_sentence(bank: Path, remote: Path, tmp_path: Path) -> None:
    assert "holds no checkpoint of the log" in words(
        log("verify", "--against", str(remote), cwd=bank, ends=2)
    )
    assert "git ls-remote failed with" in words(
        log("checkpoint", "--push", "nowhere/at-all", cwd=bank, ends=2)
    )
    assert "A remote and a branch are expected" in words(
        log("checkpoint", "--push=--upload-pack=x", cwd=bank, ends=2)
    )
    assert "expected" in words(log("checkpoint", "--push", str(remote), "--branch", "-x", cwd=bank, ends=2))
    secret = words(log("checkpoint", "--push", "file://me:hunter2@/nowhere", cwd=bank, ends=2))
    assert "hunter2" not in secret
    empty = tmp_path / "empty"
    empty.mkdir()
    said = words(log("checkpoint", "--push", str(remote), cwd=bank, ends=2, PATH=str(empty)))
    assert "needs the program git, which is not installed here" in said
