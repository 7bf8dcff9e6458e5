"""A tree over stored hashes: any root or proof of a huge log from a few hundred of them.

Level 0 holds the leaf hashes; level k the roots of complete subtrees of 256 to the power of k
leaves, as the tiles of static certificate transparency logs do.
"""

from __future__ import annotations

from collections.abc import Callable

from milepost.notary.merkle import half, reduced
from milepost.notary.suites import HASH_BYTES, Suite

FAN = 256
FAN_BITS = 8
# (level, first, end) → the hashes stored there, joined; fewer where the level is behind.
Read = Callable[[int, int, int], bytes]


class Tree:
    """The tree over the first `size` leaves that `read` gives."""

    def __init__(self, suite: Suite, read: Read, size: int) -> None:
        self._suite = suite
        self._read = read
        self.size = size

    def root(self) -> bytes:
        return self._over(0, self.size) if self.size else self._suite.hash(b"")

    def inclusion(self, index: int) -> list[bytes]:
        """The path from a leaf to the root, lowest first. ValueError outside the tree."""
        if not 0 <= index < self.size:
            raise ValueError(f"no leaf {index} in a tree of {self.size}")
        path, first, end = [], 0, self.size
        while end - first > 1:
            middle = first + half(end - first)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """What proves that this tree begins with its first `old` leaves, lowest first."""
        if not 0 <= old <= self.size:
            raise ValueError(f"a tree of {self.size} holds none of {old}")
        if old in (0, self.size):
            return []
        path, first, end, whole = [], 0, self.size, True
        while old != end - first:
            middle = half(end - first)
            if old <= middle:
                path.append(self._over(first + middle, end))
                end = first + middle
            else:
                path.append(self._over(first, first + middle))
                first, old, whole = first + middle, old - middle, False
        if not whole:
            path.append(self._over(first, end))
        return path[::-1]

    def _over(self, first: int, end: int) -> bytes:
        """The root over some leaves that stand as a subtree does."""
        size = end - first
        if size & (size - 1) == 0:
            return self.complete(first, size)
        middle = first + half(size)
        return self._suite.node(self._over(first, middle), self._over(middle, end))

    def complete(self, first: int, size: int) -> bytes:
        """The root over a power of two of leaves, from the highest level that has them."""
        for level in range((size.bit_length() - 1) // FAN_BITS, -1, -1):
            unit = FAN_BITS * level
            hashes = self._read(level, first >> unit, (first + size) >> unit)
            if len(hashes) == (size >> unit) * HASH_BYTES:
                return reduced(self._suite, hashes)
            if level == 0:
                break
            if size > 1 << unit:  # this level is behind: its part by part
                return self._halves(first, size)
        raise LookupError(f"leaves {first} to {first + size} are not all there")

    def _halves(self, first: int, size: int) -> bytes:
        left = self.complete(first, size // 2)
        return self._suite.node(left, self.complete(first + size // 2, size // 2))
