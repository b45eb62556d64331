"""Bytes under their digest: whole or not there, and never believed once they have changed."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assay.domain.errors import ExitCode, Unwritable
from assay.store.blobs import AbsentBlob, BlobStore, CorruptBlob, write_whole

KILLED = """
import os, signal, sys
from pathlib import Path
from assay.store import blobs
blobs.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
blobs.write_whole(Path(sys.argv[1]), b"new" * 100)
"""
CONTENT = b'{"record":1}' * 100


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "objects")


def file_of(store: BlobStore, digest: str) -> Path:
    (found,) = store.folder.rglob(digest.removeprefix("sha256:"))
    return found


@pytest.mark.parametrize("content", [b"", b"\0", CONTENT])
def test_what_was_put_is_got_under_its_digest(store: BlobStore, content: bytes):
    digest = store.put(content)
    assert digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert store.get(digest) == content
    assert store.put(content) == digest


@pytest.mark.parametrize(
    "spoilt",
    [CONTENT[:-1], b"", CONTENT.replace(b"1", b"2", 1), CONTENT + b" "],
    ids=["torn", "empty", "changed", "longer"],
)
def test_bytes_that_are_torn_or_changed_are_a_trust_failure(store: BlobStore, spoilt: bytes):
    digest = store.put(CONTENT)
    file_of(store, digest).write_bytes(spoilt)
    with pytest.raises(CorruptBlob, match="have changed") as told:
        store.get(digest)
    assert told.value.code == "blob_corrupt"
    assert told.value.exit_code is ExitCode.TRUST_FAILURE


def test_storing_again_mends_what_was_spoilt(store: BlobStore):
    digest = store.put(CONTENT)
    file_of(store, digest).write_bytes(CONTENT[:7])
    assert store.put(CONTENT) == digest
    assert store.get(digest) == CONTENT


def test_nothing_is_absent_and_is_no_trust_failure(store: BlobStore):
    with pytest.raises(AbsentBlob) as told:
        store.get(f"sha256:{'0' * 64}")
    assert (told.value.code, told.value.exit_code) == ("blob_absent", ExitCode.NO_VERDICT)


def test_a_digest_is_found_by_its_beginning_of_at_least_four(store: BlobStore):
    assert store.find("abcd") == ()
    digests = sorted(store.put(str(i).encode()) for i in range(50))
    for digest in digests:
        assert store.find(digest) == store.find(digest[7:19]) == (digest,)
    assert store.find(digests[0][7:10]) == ()
    write_whole(store.folder / digests[0][7:9] / ".writing-left-by-a-crash", b"")
    assert store.find(digests[0][7:11]) == (digests[0],)


def test_a_full_disk_leaves_the_old_state_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("assay.store.blobs.os.fsync", full)
    with pytest.raises(Unwritable, match="No space left") as told:
        write_whole(path, b"new")
    assert str(path) in str(told.value)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_writer_that_is_killed_leaves_the_old_state(tmp_path: Path):
    path = tmp_path / "file"
    write_whole(path, b"old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
