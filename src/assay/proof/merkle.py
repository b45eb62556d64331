"""The Merkle tree of a log: RFC 6962 hashes, roots, and proofs that an outsider checks.

Only hashes of *complete* subtrees are ever needed. The subtree at ``(level, index)`` has the 2^level leaves from
``index * 2^level`` on; once its last leaf is there it never changes, so that a store can append it and forget it.

Sources: RFC 9162 sections 2.1.1 (tree), 2.1.3 (inclusion), 2.1.4 (consistency); the same tree as RFC 6962 section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence

Subtree = Callable[[int, int], bytes]
"""The hash of the complete subtree at ``(level, index)``."""

HASH_BYTES = 32
MOST_LEAVES = 2**63
"""No tree is larger, so that sizes fit the databases and languages that meet them, and no proof has 64 hashes."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps an entry from posing as a node (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- what the log computes ----------------------------------------------------------------------------------------


def finished_by(index: int, leaf: bytes, subtree: Subtree) -> Iterator[tuple[int, int, bytes]]:
    """The complete subtrees that leaf ``index`` finishes, from itself upward: level, index, hash.

    ``subtree`` is asked for their left siblings, which were finished before.
    """
    level, found = 0, leaf
    yield level, index, found
    while index & 1:
        found = node_hash(subtree(level, index - 1), found)
        level, index = level + 1, index >> 1
        yield level, index, found


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the first ``size`` leaves."""
    return _range(0, size, subtree) if size else EMPTY_ROOT


class Edge:
    """The right edge of a growing tree: the complete subtrees whose hashes make the root; one for each bit of its size."""

    __slots__ = ("_subtrees",)

    def __init__(self) -> None:
        self._subtrees: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        level, top = 0, leaf
        while self._subtrees and self._subtrees[-1][0] == level:
            top, level = node_hash(self._subtrees.pop()[1], top), level + 1
        self._subtrees.append((level, top))

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._subtrees:
            return EMPTY_ROOT
        *left, (_, top) = self._subtrees
        for _, each in reversed(left):
            top = node_hash(each, top)
        return top


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these entries, computed from nothing but them."""
    return roots_of(leaves, {len(leaves)})[len(leaves)]


def roots_of(leaves: Sequence[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The roots over the first so many entries, for all the sizes in one pass; sizes beyond the entries have none."""
    edge = Edge()
    found = {0: edge.root()} if 0 in sizes else {}
    for count, leaf in enumerate(leaves, start=1):
        edge.append(leaf_hash(leaf))
        if count in sizes:
            found[count] = edge.root()
    return found


def inclusion_proof(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The siblings of leaf ``index`` from the leaf up to the root of ``size`` leaves (RFC 9162 section 2.1.3.1).

    Raises:
        ValueError: when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    return tuple(_path(index, 0, size, subtree))


def consistency_proof(old: int, new: int, subtree: Subtree) -> tuple[bytes, ...]:
    """That the first ``old`` leaves of ``new`` are as they were (RFC 9162 section 2.1.4.1).

    Empty when nothing was there before or nothing was added.

    Raises:
        ValueError: when the older tree is not the smaller one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves is not a continuation of one of {old}")
    if old in (0, new):
        return ()
    return tuple(_subproof(old, 0, new, subtree, whole=True))


def _split(leaves: int) -> int:
    """The largest power of two that is smaller than ``leaves``."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _range(start: int, end: int, subtree: Subtree) -> bytes:
    leaves = end - start
    if leaves & (leaves - 1) == 0:
        level = leaves.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(leaves)
    return node_hash(_range(start, middle, subtree), _range(middle, end, subtree))


def _path(index: int, start: int, end: int, subtree: Subtree) -> Iterator[bytes]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _path(index, start, middle, subtree)
        yield _range(middle, end, subtree)
    else:
        yield from _path(index, middle, end, subtree)
        yield _range(start, middle, subtree)


def _subproof(old: int, start: int, end: int, subtree: Subtree, *, whole: bool) -> Iterator[bytes]:
    """``SUBPROOF`` of the RFC; ``whole`` says that the old tree is the whole of this range, so that it is known."""
    if old == end:
        if not whole:
            yield _range(start, end, subtree)
        return
    middle = start + _split(end - start)
    if old <= middle:
        yield from _subproof(old, start, middle, subtree, whole=whole)
        yield _range(middle, end, subtree)
    else:
        yield from _subproof(old, middle, end, subtree, whole=False)
        yield _range(start, middle, subtree)


# --- what an outsider checks --------------------------------------------------------------------------------------


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that the leaf with this hash is number ``index`` of the tree (RFC 9162 section 2.1.3.2).

    Never raises: whatever is not a proof is none.
    """
    if not (0 <= index < size < MOST_LEAVES and _hashes(leaf, root, *proof)):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            at, last = _up_to_a_right_child(at, last)
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether a proof shows that the new tree begins with the old one (RFC 9162 section 2.1.4.2).

    The empty tree begins every tree; it and a tree of equal size have an empty proof. Never raises.
    """
    if not (0 <= old <= new < MOST_LEAVES and _hashes(old_root, new_root, *proof)):
        return False
    if old in (0, new):
        known = old_root == EMPTY_ROOT if old == 0 else old_root == new_root
        return known and not proof and (new != 0 or new_root == EMPTY_ROOT)
    if not proof:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    # An old tree that is one complete subtree is where the path begins: its root is not sent.
    first, *path = (old_root, *proof) if old & (old - 1) == 0 else proof
    older = newer = first
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            at, last = _up_to_a_right_child(at, last)
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def _up_to_a_right_child(at: int, last: int) -> tuple[int, int]:
    """Up the right edge, where nodes have no sibling, to the first that is a right child."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _hashes(*given: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in given)
