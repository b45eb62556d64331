"""A review pack that was damaged on the way: it is read, or refused in a sentence, and never breaks who opens it."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from assay.app.verifying.packs import BrokenPack, read_pack


def made(place: Path, method: int) -> bytes:
    chance = random.Random(7)
    with zipfile.ZipFile(place, "w", method) as pack:
        pack.writestr("log.jsonl", b"".join(b'{"seq": %d}\n' % seq for seq in range(200)))
        pack.writestr(f"documents/{'ab' * 32}", chance.randbytes(300))
    return place.read_bytes()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_pack_with_any_bit_changed_is_read_or_refused(tmp_path: Path, method: int) -> None:
    chance, place = random.Random(1), tmp_path / "pack.zip"
    whole = made(place, method)
    assert len(read_pack(place).leaves or ()) == 200
    refused = 0
    for _ in range(600):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        place.write_bytes(damaged)
        try:
            read_pack(place)
        except BrokenPack:
            refused += 1
    assert refused > 300


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "pack.zip"
    whole = bytearray(made(place, zipfile.ZIP_STORED))
    directory = whole.rindex(b"PK\x01\x02")
    name = int.from_bytes(whole[directory + 28 : directory + 30], "little")
    del whole[directory + 46 : directory + 46 + name]
    whole[directory + 28 : directory + 30] = b"\0\0"
    end = whole.rindex(b"PK\x05\x06")
    size = int.from_bytes(whole[end + 12 : end + 16], "little") - name
    whole[end + 12 : end + 16] = size.to_bytes(4, "little")
    place.write_bytes(whole)
    with pytest.raises(BrokenPack):
        read_pack(place)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_pack_that_is_compressed_otherwise_than_ours_is_refused_before_it_is_unfolded(
    tmp_path: Path, method: int
) -> None:
    content = bytearray(made(tmp_path / "pack.zip", method))
    content[60:90] = bytes(30)
    (tmp_path / "pack.zip").write_bytes(content)
    with pytest.raises(BrokenPack, match="compressed in a way that ours never are"):
        read_pack(tmp_path / "pack.zip")
