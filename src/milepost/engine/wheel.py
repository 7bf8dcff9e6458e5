"""When to look at a shipment again: buckets of keys by the minute, 9 bytes an entry.

An entry is never moved: whoever comes up is judged afresh and put down again if it is too early.
Only the minute that is now is kept in the order of its seconds, so that nobody is late either.
"""

from __future__ import annotations

from array import array
from heapq import heapify, heappop, heappush
from typing import NamedTuple

BUCKET_S = 60


class _Bucket(NamedTuple):
    """The keys of a minute, and in which of its seconds each is due."""

    keys: array[int]
    seconds: array[int]


class Wheel:
    """Keys by the second in which they are due."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}
        self._minute = -1
        self._now: list[tuple[int, int]] = []  # a heap: what is due in this minute, or was

    def put(self, key: int, due_s: int) -> None:
        minute, second = divmod(due_s, BUCKET_S)
        if minute == self._minute:
            heappush(self._now, (due_s, key))
            return
        bucket = self._buckets.get(minute)
        if bucket is None:
            bucket = self._buckets[minute] = _Bucket(array("q"), array("B"))
        bucket.keys.append(key)
        bucket.seconds.append(second)

    def pop(self, now_s: int, most: int = 1_000) -> list[int]:
        """Up to `most` keys that are due: none of them is too early."""
        self._turn(now_s // BUCKET_S)
        keys: list[int] = []
        for minute in sorted(minute for minute in self._buckets if minute < self._minute):
            bucket = self._buckets[minute]
            while bucket.keys and len(keys) < most:
                keys.append(bucket.keys.pop())
                bucket.seconds.pop()
            if not bucket.keys:
                del self._buckets[minute]
            if len(keys) >= most:
                return keys
        while self._now and self._now[0][0] <= now_s and len(keys) < most:
            keys.append(heappop(self._now)[1])
        return keys

    def _turn(self, minute: int) -> None:
        """Another minute begins: its entries are put in order."""
        if minute == self._minute:
            return
        rest, self._now, self._minute = self._now, [], minute
        for due_s, key in rest:
            self.put(key, due_s)
        bucket = self._buckets.pop(minute, None)
        if bucket is not None:
            begin_s = minute * BUCKET_S
            pairs = zip(bucket.seconds, bucket.keys, strict=True)
            self._now += [(begin_s + second, key) for second, key in pairs]
            heapify(self._now)

    def __len__(self) -> int:
        return len(self._now) + sum(len(bucket.keys) for bucket in self._buckets.values())
