"""Which parcels somebody follows by a dialect's client or as their buyer: what happens to others is
not announced for their sake.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence
from heapq import merge

FEWEST_RECENT = 4_096
# Told of parcels before and after it is written that somebody follows them.
Follow = Callable[[Sequence[int]], Awaitable[None]]


class Followed:
    """Keys of parcels, eight bytes each, as there may be millions. None ever leaves: one that is no
    longer followed costs an announcement that nobody is sent.
    """

    def __init__(self) -> None:
        self._packed: array[int] = array("q")
        self._recent: set[int] = set()

    def __contains__(self, parcel: object) -> bool:
        if parcel in self._recent:
            return True
        if not isinstance(parcel, int):
            return False
        place = bisect_left(self._packed, parcel)
        return place < len(self._packed) and self._packed[place] == parcel

    def __len__(self) -> int:
        return len(self._packed) + len(self._recent)

    def add(self, parcel: int) -> None:
        if parcel in self:
            return
        self._recent.add(parcel)
        if len(self._recent) > max(FEWEST_RECENT, len(self._packed) // 8):
            self.pack(())

    def add_all(self, parcels: Iterable[int]) -> None:
        for one in parcels:
            self.add(one)

    def pack(self, parcels: Iterable[int]) -> None:
        """Take many at once, ascending and each once."""
        known, recent = self._packed, self._recent
        fresh = (one for one in parcels if one not in self)
        self._packed = array("q", merge(known, sorted(recent), fresh))
        self._recent = set()
