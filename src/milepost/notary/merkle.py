"""Merkle trees after RFC 9162 §2.1: roots, and the checks of inclusion and consistency proofs."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.notary.suites import HASH_BYTES, Suite


def half(size: int) -> int:
    """The greatest power of two below a size of 2 or more: where a tree is divided."""
    return 1 << (size - 1).bit_length() - 1


def reduced(suite: Suite, hashes: bytes) -> bytes:
    """The root over a power of two of hashes, joined in their order."""
    new, pair = suite.new, 2 * HASH_BYTES
    while len(hashes) > HASH_BYTES:
        starts = range(0, len(hashes), pair)
        hashes = b"".join([new(b"\x01" + hashes[at : at + pair]).digest() for at in starts])
    return hashes


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._edge: list[bytes] = []
        self.size = 0

    def add(self, leaf: bytes) -> None:
        """One more leaf hash."""
        size, edge = self.size, self._edge
        while size & 1:
            leaf = self._suite.node(edge.pop(), leaf)
            size >>= 1
        edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root now; of an empty tree the hash of nothing."""
        if not self._edge:
            return self._suite.hash(b"")
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = self._suite.node(left, root)
        return root


def includes(
    suite: Suite, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether the path proves that the leaf hash stands at `index` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = suite.node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = suite.node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(
    suite: Suite, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the path proves that the new tree begins with the old one (RFC 9162 §2.1.4.2).

    Every tree begins with the empty one, for which there is nothing to prove.
    """
    if old == 0:
        return new >= 0 and not path and old_root == suite.hash(b"")
    if old == new:
        return not path and old_root == new_root
    if old > new or not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = suite.node(step, first), suite.node(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = suite.node(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
