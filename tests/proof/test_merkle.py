"""Roots and proofs against the test vectors of Certificate Transparency, pymerkle, and the RFC's own recursion."""

from __future__ import annotations

import hashlib
import random

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.parties import Tree, numbered

from assay.proof.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
)

# The entries and roots of certificate-transparency's merkle_tree_test, as every CT implementation has them.
ENTRIES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip


MOST = 130
BIG = Tree(numbered(MOST))


# --- the RFC, read aloud: RFC 6962 section 2.1 as it is written ---------------------------------------------------


def mth(d: list[bytes]) -> bytes:
    if len(d) < 2:
        return leaf_hash(d[0]) if d else hashlib.sha256().digest()
    k = below(len(d))
    return node_hash(mth(d[:k]), mth(d[k:]))


def below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = below(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = below(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def test_known_roots():
    tree = Tree(ENTRIES)
    assert tree.root(0) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "known"), INCLUSION)
def test_known_inclusion_proofs(index, size, known):
    tree = Tree(ENTRIES)
    assert [h.hex() for h in tree.inclusion(index, size)] == known
    proof = [bytes.fromhex(h) for h in known]
    assert check_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "new", "known"), CONSISTENCY)
def test_known_consistency_proofs(old, new, known):
    tree = Tree(ENTRIES)
    assert [h.hex() for h in tree.consistency(old, new)] == known
    proof = [bytes.fromhex(h) for h in known]
    assert check_consistency(old, new, proof, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]))


def test_every_complete_subtree_is_finished_once():
    size = 100
    kept = Tree(numbered(size)).kept
    assert set(kept) == {(level, i) for level in range(7) for i in range(size >> level)}


@given(st.integers(1, MOST).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_inclusion_equals_the_recursion_of_the_rfc_and_verifies(pair):
    index, size = pair
    entries = BIG.entries[:size]
    proof = BIG.inclusion(index, size)
    assert BIG.root(size) == mth(entries)
    assert list(proof) == path(index, entries)
    assert check_inclusion(leaf_hash(entries[index]), index, size, proof, BIG.root(size))


def test_every_pair_of_sizes_verifies_and_equals_the_recursion():
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = BIG.consistency(old, new)
            if old > 0 and new % 13 == 0:  # the slow oracle: a part
                assert list(proof) == subproof(old, BIG.entries[:new], True)
            assert check_consistency(old, new, proof, BIG.root(old), BIG.root(new)), (old, new)


@pytest.fixture(scope="module")
def theirs() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in BIG.entries:
        tree.append_entry(entry)
    return tree


def test_pymerkle_computes_the_same_roots_and_accepts_our_proofs(theirs):
    for size in range(1, MOST + 1):
        assert theirs.get_root(size) == BIG.root(size)
    for size in (1, 2, 3, 64, 65, 100, 127, 128, 129, 130):
        for index in range(0, size, 7):
            proof = theirs.prove_inclusion(index + 1, size)
            pymerkle.verify_inclusion(leaf_hash(BIG.entries[index]), BIG.root(size), proof)
            # Theirs begins with the leaf itself.
            assert tuple(proof.path[1:]) == BIG.inclusion(index, size), (index, size)


# --- what is not a proof ------------------------------------------------------------------------------------------


def mutations(proof: tuple[bytes, ...], seed: int):
    draw = random.Random(seed)
    for at in range(len(proof)):
        flipped = bytearray(proof[at])
        flipped[draw.randrange(32)] ^= 1 << draw.randrange(8)
        yield (*proof[:at], bytes(flipped), *proof[at + 1 :])
        yield (*proof[:at], *proof[at + 1 :])
        yield (*proof[:at], proof[at], *proof[at:])
        yield (*proof[:at], proof[at][:-1], *proof[at + 1 :])
        yield (*proof[:at], proof[at] + b"\0", *proof[at + 1 :])
    if len(set(proof)) > 1:
        yield proof[::-1]
    yield (*proof, bytes(32))
    yield (*proof, *[bytes(32)] * 64)
    yield (bytes(32), *proof)


@given(st.integers(1, MOST).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))), st.integers())
def test_a_changed_inclusion_proof_is_none(pair, seed):
    index, size = pair
    leaf, proof, top = leaf_hash(BIG.entries[index]), BIG.inclusion(index, size), BIG.root(size)
    for wrong in mutations(proof, seed):
        if wrong != proof:
            assert not check_inclusion(leaf, index, size, wrong, top)
    assert not check_inclusion(bytes(32), index, size, proof, top)
    assert not check_inclusion(leaf, index, size, proof, bytes(32))
    for other in range(size + 2):
        assert check_inclusion(leaf, other, size, proof, top) == (other == index)


@given(st.integers(2, MOST).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))), st.integers())
def test_a_changed_consistency_proof_is_none(pair, seed):
    old, new = pair
    proof, before, after = BIG.consistency(old, new), BIG.root(old), BIG.root(new)
    for wrong in mutations(proof, seed):
        if wrong != proof:
            assert not check_consistency(old, new, wrong, before, after)
    assert not check_consistency(old, new, proof, bytes(32), after)
    assert not check_consistency(old, new, proof, before, bytes(32))
    assert not check_consistency(old, new, (), before, after)
    assert not check_consistency(old, old, (), before, after)


@pytest.mark.parametrize("size", [-1, 0, 2**63, 2**64, 2**4000])
def test_sizes_that_no_tree_has_are_refused_quietly(size):
    h = bytes(32)
    assert not check_inclusion(h, size - 1, size, [h] * 70, h)
    assert not check_inclusion(h, size, size, [], h)
    assert not check_inclusion(h, -1, size, [], h)
    assert not check_consistency(size, size + 1, [h] * 70, h, h)
    assert not check_consistency(1, size, [h] * 5000, h, h)
    assert not check_consistency(-1, size, [], h, h)


def test_the_empty_tree_begins_every_tree_and_needs_no_proof():
    assert check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert check_consistency(0, 9, [], EMPTY_ROOT, BIG.root(9))
    assert not check_consistency(0, 9, [], bytes(32), BIG.root(9))
    assert not check_consistency(0, 9, [bytes(32)], EMPTY_ROOT, BIG.root(9))
    assert not check_consistency(0, 0, [], EMPTY_ROOT, BIG.root(9))
    assert not check_consistency(9, 9, [bytes(32)], BIG.root(9), BIG.root(9))


def test_an_entry_cannot_pose_as_a_node():
    two = Tree([b"a", b"b"])
    posing = b"\x01" + leaf_hash(b"a") + leaf_hash(b"b")
    assert Tree([posing[1:]]).root(1) != two.root(2)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        BIG.inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2)])
def test_there_is_no_proof_of_a_tree_that_shrank(old, new):
    with pytest.raises(ValueError, match="not a continuation"):
        BIG.consistency(old, new)
